"""A suggestion: something that a player has not judged yet and may like, and why."""

import msgspec

from bridge.taste.item import Item


class Suggestion(msgspec.Struct, frozen=True):
    """Something to try; `kept` is how many of the players who are like this one liked it, `score` only orders."""

    item: Item
    score: float
    kept: int = 0

    @property
    def reason(self) -> str:
        """Why, in words."""
        if self.kept:
            return "players like you kept it" if self.kept > 1 else "a player like you kept it"
        return "it is like what you liked"

    @property
    def line(self) -> str:
        """It, in words."""
        return f"{self.item.kind.value} {self.item.label}: {self.reason}"
