"""`course lint`: what can be told of a lesson without running it."""
