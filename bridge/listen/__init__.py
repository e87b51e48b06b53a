"""`antiphon listen`: two excerpts, who plays them hidden, and a person who says which is the better music."""
