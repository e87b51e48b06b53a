"""The pulses of a calibration, and what their echoes say. Pure: times come in and a result goes out."""

import random
import statistics
from collections.abc import Iterable, Sequence

import msgspec

from bridge.errors import CalibrationError

SHORTEST, LONGEST = 0.07, 0.17
"""Seconds from pulse to pulse. They are irregular, so that they beat with nobody's buffers."""
LENGTH = 0.03
"""Seconds that a pulse sounds."""
WAIT = 1.0
"""Seconds after which an echo is not waited for any more."""
LOWEST, PITCHES, STEP = 36, 48, 7
"""No pitch comes again before its echo was given up."""
VELOCITY = 100
REACH = 0.5
"""Seconds that an offset can make up for."""
MOST_LOST = 0.5
"""Share of the pulses that may be lost before the rest says nothing."""
LOOSE = 0.005
"""Seconds of spread beyond which no offset makes the port tight."""


class Pulse(msgspec.Struct, frozen=True):
    """A short note; `time` in seconds of the ports."""

    time: float
    pitch: int


class Echo(msgspec.Struct, frozen=True):
    """A note-on that came in; `time` in seconds of the ports."""

    time: float
    pitch: int


class Delay(msgspec.Struct, frozen=True):
    """How long the way there and back took, in seconds."""

    sent: int
    heard: int
    median: float
    spread: float
    """Half of what the middle eight of ten lie within."""
    strangers: int
    """Note-ons that were no echo of any pulse, nor the second one of one."""

    @property
    def lost(self) -> int:
        """Pulses without an echo."""
        return self.sent - self.heard

    @property
    def offset_ms(self) -> float:
        """The port's offset that makes up for the delay, in milliseconds."""
        return round(-self.median * 1000, 3) + 0.0

    @property
    def is_loose(self) -> bool:
        """Whether the delay varies too much to be made up for."""
        return self.spread > LOOSE


def pulses(count: int, start: float, seed: int = 1) -> tuple[Pulse, ...]:
    """So many pulses from a time on, at irregular distances."""
    dice = random.Random(seed)
    times, time = [], start
    for _ in range(count):
        times.append(time)
        time += dice.uniform(SHORTEST, LONGEST)
    return tuple(Pulse(time, LOWEST + number * STEP % PITCHES) for number, time in enumerate(times))


def measure(sent: Sequence[Pulse], echoes: Iterable[Echo], detour: float = 0.0) -> Delay:
    """The delay of the echoes, less a `detour` in seconds that only a circle takes.

    Raises CalibrationError where too few pulses came back, or too late.
    """
    delays: dict[Pulse, float] = {}
    strangers = 0
    for echo in sorted(echoes, key=lambda echo: echo.time):
        pulse = next((p for p in reversed(sent) if p.pitch == echo.pitch and 0.0 <= echo.time - p.time < WAIT), None)
        if pulse is None:
            strangers += 1
        else:
            delays.setdefault(pulse, echo.time - pulse.time - detour)
    if len(delays) < len(sent) * (1.0 - MOST_LOST):
        raise CalibrationError(_too_few(len(sent), len(delays), strangers))
    values = sorted(delays.values())
    median = max(statistics.median(values), 0.0)
    if median > REACH:
        raise CalibrationError(
            f"the pulses came back after {median * 1000:.0f} ms, which no offset makes up for (up to "
            f"{REACH * 1000:.0f} ms); look for a delay or a large buffer on the way"
        )
    low, high = values[len(values) // 10], values[-1 - len(values) // 10]
    return Delay(len(sent), len(delays), median, (high - low) / 2, strangers)


def _too_few(sent: int, heard: int, strangers: int) -> str:
    """What to do where hardly a pulse came back."""
    if not heard and strangers:
        return (
            f"{strangers} notes came in, but none is a pulse of ours: switch off what transposes, delays by more than "
            f"{WAIT:g} s or plays by itself on the way"
        )
    if not heard:
        return f"none of {sent} pulses came back; see that the way through the music program is closed, and try again"
    return f"only {heard} of {sent} pulses came back, too few to go by; see what drops notes on the way, and try again"
