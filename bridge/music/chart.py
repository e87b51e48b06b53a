"""A chord chart: bars of chords that go round and round from the song's first bar."""

import math
from collections.abc import Iterator

import msgspec

from bridge.errors import SettingsError
from bridge.music.chord import Chord, ChordAt, parse
from bridge.music.meter import Meter

LONGEST = 512
"""Bars of a chart at most."""
MOST = 16
"""Chords of a bar at most."""
AGAIN = "%"
"""Stands for the bar before."""


class Chart(msgspec.Struct, frozen=True):
    """Bars of chords, those of a bar sharing it evenly; None is a chord of nobody's."""

    bars: tuple[tuple[Chord | None, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.bars)

    def between(self, start: float, end: float, meter: Meter) -> tuple[ChordAt, ...]:
        """The chords from the one that holds at `start` to the last before `end`, both in song beats."""
        return tuple(self._from(start, end, meter)) if self.bars else ()

    def at(self, beat: float, meter: Meter) -> Chord | None:
        """The chord that holds at a beat of the song."""
        found = self.between(beat, beat, meter)
        return found[0].chord if found else None

    def __str__(self) -> str:
        return " | ".join(" ".join("N.C." if chord is None else chord.name for chord in bar) for bar in self.bars)

    def _from(self, start: float, end: float, meter: Meter) -> Iterator[ChordAt]:
        bar = math.floor(start / meter.bar + 1e-9)
        held: ChordAt | None = None
        while bar * meter.bar <= max(start, end):
            chords = self.bars[bar % len(self.bars)]
            for index, chord in enumerate(chords):
                found = ChordAt((bar + index / len(chords)) * meter.bar, chord)
                if found.beat <= start + 1e-9:
                    held = found
                    continue
                if held is not None:
                    yield held
                    held = None
                if found.beat >= end:
                    return
                yield found
            bar += 1
        if held is not None:
            yield held


def read_chart(text: str) -> Chart:
    """Read «C | Am F | G7 | %»; without bar lines every chord has a bar of its own; empty text is an empty chart.

    Raises SettingsError that names what is no chord.
    """
    parts = text.split("|") if "|" in text else text.split()
    bars: list[tuple[Chord | None, ...]] = []
    for part in parts:
        words = part.split()
        if words == [AGAIN]:
            if not bars:
                raise SettingsError(f"«{AGAIN}» repeats the bar before, and there is none")
            bars.append(bars[-1])
        elif words:
            if len(words) > MOST:
                raise SettingsError(f"a bar has {len(words)} chords; it takes {MOST} at most")
            bars.append(tuple(parse(word) for word in words))
    if len(bars) > LONGEST:
        raise SettingsError(f"the chart has {len(bars)} bars; it takes {LONGEST} at most")
    return Chart(tuple(bars))
