"""Training and exporting the accompanist."""
