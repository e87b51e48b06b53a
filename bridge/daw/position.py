"""Positions as programs write them, bars and beats from 1, as song beats."""

import math
import re

from bridge.music.meter import Meter

_FIELDS = re.compile(r"\s*(-?\d+)([.:|])(\d+)\2(\d+)(?:\2(\d+))?\s*")


def song_beat(text: str, meter: Meter, ticks: int = 100) -> float | None:
    """Song position in quarter notes of «bar.beat.part», or of «bar.beat.16th.part»; None for another text.

    The meter counts from the top. `ticks` parts make a beat, which is its unit; with a fourth field they make a 16th.
    """
    found = _FIELDS.fullmatch(text)
    if found is None:
        return None
    bar, beat, part, rest = int(found[1]), int(found[3]), int(found[4]), found[5]
    unit = 4.0 / meter.unit
    into = (beat - 1) * unit
    into += part / ticks * unit if rest is None else (part - 1) * 0.25 + int(rest) / ticks * 0.25
    # There is no bar 0: the one before the first is called -1 or 0, by taste.
    number = bar - 1 if bar > 0 else bar
    return number * meter.bar + into


def number(value: object) -> float | None:
    """A finite number, as which switches count too; None for what is none."""
    if isinstance(value, bool | int | float) and math.isfinite(value):
        return float(value)
    return None


def meter_of(beats: object, unit: object) -> Meter | None:
    """A time signature, None where it is none that can be counted."""
    top, bottom = number(beats), number(unit)
    if top is None or bottom is None or not 1 <= top <= 64 or bottom not in (1, 2, 4, 8, 16, 32):
        return None
    return Meter(int(top), int(bottom))
