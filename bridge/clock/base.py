"""What every source of time has in common."""

from typing import Protocol

from bridge.clock.tempo_map import TempoMap


class Source(Protocol):
    """Somebody who knows the beat: our own clock, a MIDI clock, later Link or a DAW."""

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats: `song` is 0, and `beat` may go back at a new epoch."""
        ...

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps; the same number as in `map`."""
        ...

    def poll(self, time: float) -> None:
        """Notice what only the passing of time tells, such as a clock that fell silent. Cheap."""
        ...
