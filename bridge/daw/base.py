"""What a lane to a music program can do: the one small interface that every adapter has."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Flag, auto
from typing import ClassVar

import msgspec

from bridge.clock.daw import Observation
from bridge.errors import DawError
from bridge.music.key import Key
from bridge.music.meter import Meter


class Can(Flag):
    """What an adapter is able to; the rest it refuses with a DawError that says what to do instead."""

    NOTHING = 0
    TIME = auto()
    """It tells tempo, position and whether the music plays."""
    METER = auto()
    """It tells the time signature; where it does not, ours is used to count its bars."""
    KEY = auto()
    TRACKS = auto()
    WRITE = auto()
    """It takes a clip."""
    READ = auto()
    """It gives the notes of a clip."""
    FIRE = auto()
    """It can start a clip that was written."""
    WIRE = auto()
    """It can choose what a track hears."""


class Track(msgspec.Struct, frozen=True):
    """A track as the program shows it; `index` is its own number for it, which moves when tracks do."""

    index: int
    name: str
    midi: bool = True
    armed: bool = False
    free_slot: int | None = None
    """The first clip slot with nothing in it."""
    slots: int = 0
    """How many clip slots it has; 0 where the program has none, or does not say."""


class ClipNote(msgspec.Struct, frozen=True, array_like=True):
    """A note of a clip: onset and duration in beats from the clip's beginning, pitch 0-127, velocity 1-127."""

    beat: float
    duration: float
    pitch: int
    velocity: int


class Clip(msgspec.Struct, frozen=True):
    """Notes by onset, and the clip's length in beats; `song` is the song beat at which it was played."""

    name: str
    notes: tuple[ClipNote, ...]
    beats: float
    song: float = 0.0


class Ears(msgspec.Struct, frozen=True):
    """Whom a lane tells: the clock, the parameter table and the user. `meter` is ours, `now` in `perf_counter` seconds.

    A key of None says that the program's scale is none of ours.
    """

    observe: Callable[[Observation], object]
    key: Callable[[Key | None], object]
    tell: Callable[[str], object]
    meter: Callable[[], Meter]
    now: Callable[[], float]


class Lane(ABC):
    """A way to one program. It never waits but in its coroutines; `poll` is called about ten times a second."""

    name: ClassVar[str]
    """What the settings call it."""
    title: ClassVar[str]
    """What its users call it."""
    can: ClassVar[Can] = Can.NOTHING

    def __init__(self) -> None:
        self.found = False
        """Whether the program answers."""
        self.detail = ""
        """What it says of itself, such as its version."""

    @abstractmethod
    async def connect(self) -> None:
        """Open our end. Raises DawError where that cannot be; the program need not run."""

    @abstractmethod
    def poll(self, time: float) -> None:
        """See whether the program is there, has come back or has gone."""

    @abstractmethod
    def close(self) -> None:
        """Close our end. Closing twice is no matter."""

    async def tracks(self) -> tuple[Track, ...]:
        """The tracks as they are now. Raises DawError where there is no answer."""
        raise DawError(f"{self.title} does not tell its tracks")

    async def write_clip(self, track: str, clip: Clip, slot: int | None = None, fire: bool = False) -> str:
        """Write a clip to the track of that name, into a slot (None: the first that is empty); says where it lies.

        Raises DawError where it cannot be, or is not confirmed.
        """
        raise DawError(f"{self.title} takes no clips by OSC: drag the .mid file onto a track")

    async def wire(self, track: str, port: str) -> str:
        """Let a track hear a port of ours (its name without the client's), sounding all the time; says what it hears.

        Raises DawError where it cannot be.
        """
        raise DawError(f"{self.title} does not let its inputs be chosen by OSC")

    async def read_clip(self, track: str, slot: int) -> Clip:
        """The clip in a slot. Raises DawError where there is none or the program does not give it."""
        raise DawError(f"{self.title} gives no clips by OSC")


def track_called(name: str, tracks: tuple[Track, ...], title: str) -> Track:
    """The MIDI track that is meant by a name, which may be written with other capitals. Raises DawError."""
    exact = [track for track in tracks if track.name == name]
    loose = [track for track in tracks if track.name.casefold().strip() == name.casefold().strip()]
    for track in exact or loose:
        if not track.midi:
            raise DawError(f"track «{track.name}» of {title} takes no MIDI; name a MIDI track «{name}»")
        return track
    there = ", ".join(track.name for track in tracks[:12]) or "none"
    raise DawError(f"{title} has no track «{name}» (there are: {there}); name a MIDI track so")
