"""Whose turn it is."""

from enum import StrEnum


class Who(StrEnum):
    """Who has the floor."""

    NOBODY = "nobody"
    PLAYER = "player"
    BAND = "band"
    BOTH = "both"
    """Player and band play together."""
