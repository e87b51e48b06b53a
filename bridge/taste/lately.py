"""What the band has played lately: its last turn, or its last bars, as a phrase that can be liked."""

from bridge.engine.family import Sounded
from bridge.jam.band import Band
from bridge.music.note import Note, Span
from bridge.taste.phrase import Phrase, cut, last_bars
from bridge.taste.turns import LATELY, LONG, Turns

EARLY = 0.02
"""Beats before a turn in which a note may belong to it: who plays is looked at now and then."""


class Lately:
    """Looks at a band's memory; `step` follows its turns."""

    def __init__(self) -> None:
        self._turns = Turns()

    def step(self, band: Band) -> Phrase | None:
        """See who plays now; returns a turn of the band's that the player has just cut short. Call it often."""
        if not band.map.playing:
            self._turns.forget()
            return None
        short = self._turns.follow(band.beat, band.conductor.floor.who, band.conductor.pressed)
        return None if short is None else _cut(band, short)

    def turn(self, band: Band) -> Phrase | None:
        """The band's last turn, or as much as there is of it; where it plays on without turns, its last bars."""
        for span in self._turns.meant(band.beat):
            if span.end - span.start > LONG * band.map.meter.bar:
                break
            phrase = _cut(band, span)
            if phrase is not None:
                return phrase
        return self.bars(band, LATELY)

    def bars(self, band: Band, count: int) -> Phrase | None:
        """The last bars in which the band played; None where it has not."""
        return _cut(band, last_bars(_played(band), count, band.beat, band.map))


def _cut(band: Band, span: Span) -> Phrase | None:
    pack = band.loaded.pack if band.loaded is not None else ""
    return cut(_played(band), Span(span.start - EARLY, span.end), band.map, band.conductor.key(), pack)


def _played(band: Band) -> list[Note]:
    return [heard.note for heard in band.memory if isinstance(heard, Sounded)]
