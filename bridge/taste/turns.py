"""Turns: where the band's last turn was, and whether the player cut it short."""

from bridge.music.note import Span
from bridge.music.turn import Who

SOON = 2.5
"""Beats from the band's entry within which a key that ends its turn says something of what it played."""
LONG = 8
"""Bars beyond which the band plays on rather than taking a turn."""
LATELY = 4
"""The bars that are meant where it does."""
PLAYS = frozenset((Who.BAND, Who.BOTH))


class Turns:
    """Follows who plays, in stage beats."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._last: Span | None = None

    def follow(self, beat: float, who: Who, pressed: float) -> Span | None:
        """It is `who`'s turn now, and the player's last key went down at `pressed`.

        Returns the turn where the player has just cut it short, soon after the band came in.
        """
        if self._since is not None and beat < self._since - SOON:
            self.forget()
        plays = who in PLAYS
        if plays and self._since is None:
            self._since = beat
        elif not plays and self._since is not None:
            start, self._since = self._since, None
            self._last = Span(start, beat)
            if who is Who.PLAYER and start < pressed <= beat and beat - start < SOON:
                return self._last
        return None

    def meant(self, beat: float) -> tuple[Span, ...]:
        """What «what you just played» may mean, the likeliest first: the turn that runs, then the one before."""
        runs = () if self._since is None else (Span(self._since, beat + 1e-6),)
        return runs if self._last is None else (*runs, self._last)

    def forget(self) -> None:
        """The music jumped or began anew."""
        self._since = self._last = None
