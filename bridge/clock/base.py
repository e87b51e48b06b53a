"""What every source of time has in common."""

from typing import Protocol

from bridge.clock.tempo_map import TempoMap


class Source(Protocol):
    """Somebody who knows the beat: our own clock, a MIDI clock, a Link session or a DAW."""

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats: `song` is 0, and `beat` may go back at a new epoch."""
        ...

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps; the same number as in `map`."""
        ...

    @property
    def pulse(self) -> TempoMap | None:
        """The line its beats lie on, to be compared with another source's; None where it has no beat now."""
        ...

    @property
    def shown_bpm(self) -> float:
        """The tempo to show, in quarter notes a minute; nobody plays by it. 0 while unknown."""
        ...

    @property
    def error_ms(self) -> float:
        """How far what it says lies off the line that is followed, in ms; 0 where it is exact."""
        ...

    def poll(self, time: float) -> None:
        """Notice what only the passing of time tells, such as a clock that fell silent. Cheap."""
        ...
