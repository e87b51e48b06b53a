"""`antiphon top`: the running daemon on a terminal, asked by OSC."""
