"""The click: a metronome on a port of its own."""

from collections.abc import Iterator

from bridge.clock.tempo_map import TempoMap
from bridge.jam.plan import Plan
from bridge.music.note import Note, Voice

HIGH, LOW = 76, 77
"""General MIDI wood blocks: first beat of the bar, other beats."""
AHEAD = 1.0
"""Beats that are planned ahead."""
LENGTH = 0.1
HAIR = 1e-6
"""Beats within which two positions are the same."""


class Click:
    """Plans clicks on every pulse of the meter: never ("off"), before the first bar ("count-in"), or "always"."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._next: float | None = None
        self.when = "count-in"

    def step(self, now: float, map: TempoMap) -> None:
        """Plan the clicks of the next beat."""
        if not map.playing or self.when == "off":
            return
        after = now if self._next is None else max(self._next, now)
        for beat, first in _pulses(map, after, now + AHEAD):
            if self.when == "always" or beat + map.song < -HAIR:
                self._plan.add(Note(Voice.CLICK, beat, LENGTH, HIGH if first else LOW, 110 if first else 90))
            self._next = beat + HAIR

    def jump(self) -> None:
        """The music started, stopped or jumped."""
        self._next = None


def _pulses(map: TempoMap, after: float, until: float) -> Iterator[tuple[float, bool]]:
    """Stage beats of the meter's pulses from `after` to `until`, and whether each begins a bar."""
    meter = map.meter
    bar, _ = map.bar_at(after)
    while (start := bar * meter.bar - map.song) < until:
        for pulse in range(round(meter.bar / meter.pulse)):
            beat = start + pulse * meter.pulse
            if after <= beat < until:
                yield beat, pulse == 0
        bar += 1
