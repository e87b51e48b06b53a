"""Taste: what a player likes of what the band plays, kept on this machine, and what follows from it."""
