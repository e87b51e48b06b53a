"""Where things go in the picture: which bars share a row, and how beats become pixels. Pure arithmetic."""

from collections.abc import Iterable

import msgspec

from bridge.record.timeline import Bar

FULL_ROW = 10
"""Bars in a row that read well; a take too long for MOST_ROWS of them gets longer rows."""
MOST_ROWS = 12
NARROWEST = 24
"""Semitones that the picture shows at least."""
PITCH_MARGIN = 2


class Row(msgspec.Struct, frozen=True):
    """One system of the picture: its bars, and the stage beats from its left edge to its right edge."""

    bars: tuple[Bar, ...]
    start: float
    end: float

    @property
    def stop(self) -> float:
        """Stage beat at which the music of this row ends; at most its right edge."""
        return self.bars[-1].end


class Scale(msgspec.Struct, frozen=True):
    """Beats -> x within a row of `width` pixels from `left`."""

    left: float
    width: float
    start: float
    end: float

    def x(self, beat: float) -> float:
        """The x of a stage beat, held within the row."""
        inside = min(max(beat, self.start), self.end)
        return self.left + (inside - self.start) * self.width / (self.end - self.start)


def rows(bars: tuple[Bar, ...]) -> tuple[Row, ...]:
    """Break bars into at most MOST_ROWS rows of equal scale and of about the same number of bars."""
    count = min(max(1, -(-len(bars) // FULL_ROW)), MOST_ROWS)
    size = -(-len(bars) // count)
    groups = [bars[index : index + size] for index in range(0, len(bars), size)]
    beats = max(group[-1].end - group[0].start for group in groups)
    return tuple(Row(group, group[0].start, group[0].start + beats) for group in groups)


def pitch_range(pitches: Iterable[int]) -> tuple[int, int]:
    """Lowest and highest pitch to show: with a margin, at least NARROWEST apart, within 0 to 127."""
    shown = sorted(pitches) or [60]
    low, high = shown[0] - PITCH_MARGIN, shown[-1] + PITCH_MARGIN
    short = max(0, NARROWEST - (high - low))
    low, high = low - short // 2, high + short - short // 2
    return max(low, 0), min(high, 127)
