"""One process as lines to read: documents, trees, steps, history, versions, and what it is in words."""
