"""What the desk says to the audio process, and what it hears from there."""

import msgspec

from bridge.clock.tempo_map import TempoMap


class Furnish(msgspec.Struct, frozen=True, tag=True):
    """Desk: open the pack in a folder and an output ("auto", "jack", "device" or "none").

    `seeds` is a folder of the player's own sounds; "" for none.
    """

    pack: str
    output: str = "auto"
    seeds: str = ""


class Scene(msgspec.Struct, frozen=True, tag=True):
    """Desk: the music as it is now. `map` is in `perf_counter` seconds; a newer scene takes the place of an older."""

    map: TempoMap = TempoMap()
    sounding: bool = False
    """Whether there is to be any sound; without, it fades out at once."""
    pitch_classes: tuple[int, ...] = ()
    """Of the chord that holds a little ahead of now, where the sound is being made; () for none."""
    density: float = 1.0
    """Strikes a second."""
    brightness: float = 0.5
    """0 dark to 1 bright."""
    motion: float = 0.5
    """0 still to 1 restless."""
    level: float = 1.0
    """Factor on the amplitude."""
    character: int = 0
    """Which sound, by its place in the list; beyond its end it begins anew."""
    seed: int = 0


class Furnished(msgspec.Struct, frozen=True, tag=True):
    """Audio process: pack and output are open. `sounds` are the names of what can be chosen from."""

    pack: str
    output: str
    rate: int
    sounds: tuple[str, ...]


class Report(msgspec.Struct, frozen=True, tag=True):
    """Audio process, once a second: how it fares."""

    sounding: bool
    underruns: int
    """Times that the output wanted more than was ready, since the output was opened."""
    xruns: int
    """Cycles that the audio system itself reports as missed."""
    load: float
    """Real-time factor: seconds of work a second of sound, over the last second."""
    worst: float
    """The same of the slowest block since the start."""
    ahead_ms: float
    """Sound that was ready, in milliseconds."""
    peak: float
    """Largest sample of the last second."""


class Complaint(msgspec.Struct, frozen=True, tag=True):
    """Audio process: something the user should know, in one line; `fatal`: there is no texture."""

    text: str
    fatal: bool = False


ToSound = Furnish | Scene
FromSound = Furnished | Report | Complaint
