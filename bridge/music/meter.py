"""Meter: how beats (quarter notes) group into bars."""

import msgspec


class Meter(msgspec.Struct, frozen=True, array_like=True):
    """A time signature; `beats` counts units of `1/unit` notes in a bar (7/8: beats=7, unit=8)."""

    beats: int = 4
    unit: int = 4

    @property
    def bar(self) -> float:
        """Length of a bar in beats (quarter notes)."""
        return self.beats * 4.0 / self.unit

    @property
    def pulse(self) -> float:
        """Length in beats of what one counts in: a dotted quarter in 6/8 and its like, else the unit."""
        return 12.0 / self.unit if self.unit >= 8 and self.beats % 3 == 0 else 4.0 / self.unit

    def __str__(self) -> str:
        return f"{self.beats}/{self.unit}"
