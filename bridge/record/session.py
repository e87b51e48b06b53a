"""The session log: what a run took in, one JSON line each, so that it can be played again to the same notes.

The band and the engine are functions of what they take in and when. So the log holds just that: what wire and engine
said to the desk, the knobs, the moments at which the desk decided, and how far the engine had listened when it began
an answer. Times are the seconds that the desk read, in whole microseconds.
"""

from typing import Any

import msgspec

from bridge.engine.protocol import FromEngine
from bridge.jam.gestures import Gesture
from bridge.music.note import Voice
from bridge.wire.protocol import FromWire

SCHEMA = 1
ENDED = "the run ended"
"""Why a log ends where nothing went wrong."""


class PackId(msgspec.Struct, frozen=True):
    """Which pack: its name, its version, and the SHA-256 of its pack.toml, which holds those of its files."""

    name: str
    version: str
    sha256: str


class Header(msgspec.Struct, frozen=True, kw_only=True, tag="session", tag_field="log"):
    """The first line: what the run began with."""

    schema: int = SCHEMA
    began: str
    """Date and time, ISO 8601."""
    versions: dict[str, str] = {}
    """Of Antiphon, Python and what the model runs on."""
    system: str = ""
    """Operating system and processor."""
    knobs: dict[str, Any] = {}
    """The band's first knobs; the settings' come with the first turn."""
    settings: dict[str, Any] = {}
    tune: str | None = None
    """What the built-in player performs."""
    bars: int | None = None
    """Bars of its calls; None for its own phrases."""


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """Something that the band took in at `time`; `said` is a checksum of what it sent out in answer, 0 for nothing."""

    time: float
    said: int


class WireSaid(Entry, frozen=True, tag="wire"):
    """A message from the wire."""

    message: FromWire


class EngineSaid(Entry, frozen=True, tag="engine"):
    """A message from the engine."""

    message: FromEngine


class Stepped(Entry, frozen=True, tag="step"):
    """The band decided, with nothing new to go on but the time."""


class Turned(Entry, frozen=True, tag="knobs"):
    """Knobs were turned: the values of those that changed."""

    changes: dict[str, Any]


class Chosen(Entry, frozen=True, tag="voices"):
    """The voices that play, and with which pack."""

    voices: dict[Voice, str]


class Clicked(Entry, frozen=True, tag="click"):
    """When the metronome sounds."""

    when: str


class Gestured(Entry, frozen=True, tag="gesture"):
    """The player did something with phrases."""

    gesture: Gesture


class Panicked(Entry, frozen=True, tag="panic"):
    """Silence was asked for."""


class EngineLost(Entry, frozen=True, tag="engine lost"):
    """The engine ended, or was taken to hang."""


class WireLost(Entry, frozen=True, tag="wire lost"):
    """The wire ended."""


class Introduced(Entry, frozen=True, tag="load"):
    """The engine was told to load the pack in `folder`, and what was heard so far; None where no pack lies there."""

    folder: str
    pack: PackId | None
    default: bool = True


class Part(msgspec.Struct, frozen=True, array_like=True, tag="part"):
    """The first line of a file that goes on where a full one ended; the first file is number 0."""

    number: int


class Over(msgspec.Struct, frozen=True, array_like=True, tag="over"):
    """The last line: why the log ends."""

    reason: str


Taken = (
    WireSaid
    | EngineSaid
    | Stepped
    | Turned
    | Chosen
    | Clicked
    | Gestured
    | Panicked
    | EngineLost
    | WireLost
    | Introduced
)
Line = Taken | Part | Over
