"""From executed notebooks to pages: a MkDocs plugin and its parts."""
