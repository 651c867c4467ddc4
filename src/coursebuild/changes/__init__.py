"""build/changes/index.html: what a branch's runs say that the lessons did not say before."""
