"""Takeover: what happens when a fader is moved whose value has meanwhile been changed from elsewhere."""

from enum import StrEnum

TOLERANCE = 0.05
"""Part of the way within which a tolerant pick-up takes hold."""
EXACT = 1.0 / 127.0
"""Part of the way within which a fader counts as where the value is."""
STEEPEST = 4.0
"""How many times as far as the fader the value may go, at most, while value scaling brings them together."""
SAME = 1e-9


class Takeover(StrEnum):
    """Who gives way, where a fader and its value are apart."""

    JUMP = "jump"
    """The value leaps to the fader."""
    PICK_UP = "pick-up"
    """Nothing happens until the fader meets or passes the value."""
    TOLERANT = "tolerant pick-up"
    """The same, but being near is enough."""
    SCALING = "value scaling"
    """The value moves with the fader, in such measure that both reach the end together."""


class Grip:
    """One fader's hold on its value; all places are parts of the way, 0 to 1."""

    def __init__(self) -> None:
        self._before: float | None = None
        self._left: float | None = None
        """Where we left the value, while we hold it."""

    def take(self, place: float, value: float, how: Takeover) -> float | None:
        """The fader is at `place`, the value at `value`: where the value goes, or None where it stays."""
        before, self._before = self._before, place
        held = self._left is not None and abs(self._left - value) <= SAME
        if not held and not (how is Takeover.JUMP or self._meets(before, place, value, how)):
            self._left = None
            return self._scaled(before, place, value) if how is Takeover.SCALING else None
        self._left = place
        return place

    def see(self, place: float) -> None:
        """The fader is at a place without having been moved there by a hand."""
        self._before = place

    def settle(self, value: float) -> None:
        """The value came to lie a little off where we put it, because it has steps: we hold it all the same."""
        if self._left is not None:
            self._left = value

    def let_go(self) -> None:
        """Forget where the fader is: it may be another one by now."""
        self._before = self._left = None

    def _meets(self, before: float | None, place: float, value: float, how: Takeover) -> bool:
        near = TOLERANCE if how is Takeover.TOLERANT else EXACT
        if abs(place - value) <= near:
            return True
        return before is not None and min(before, place) <= value <= max(before, place)

    def _scaled(self, before: float | None, place: float, value: float) -> float | None:
        if before is None or place == before:
            return None
        room, way = (1.0 - before, 1.0 - value) if place > before else (before, value)
        return min(max(value + (place - before) * min(way / room, STEEPEST), 0.0), 1.0)
