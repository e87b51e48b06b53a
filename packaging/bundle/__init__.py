"""How the packages are made: what goes into the bundle, whose it is, and what it says about that."""
