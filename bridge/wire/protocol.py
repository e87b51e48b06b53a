"""Messages between the desk and the wire.

`Put` and `Withdraw` are idempotent. All positions are stage beats.
"""

import msgspec

from bridge.clock.report import ClockReport
from bridge.clock.tempo_map import TempoMap
from bridge.music.groove import Groove
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice


class Hello(msgspec.Struct, frozen=True, tag=True):
    """Child: first message on a link; `role` is "wire" or "engine"."""

    role: str
    pid: int


class Ready(msgspec.Struct, frozen=True, tag=True):
    """Wire: the ports are open. `ears` and `key` are where an engine dials in to hear."""

    system: str
    reason: str
    ports: tuple[str, ...]
    priority: str
    ears: str
    key: bytes
    swept: int
    """Notes that a wire before this one had left sounding and that were closed now."""


class Put(msgspec.Struct, frozen=True, tag=True):
    """Desk: add notes to the plan. An id that is known, or was already sent, is not added again."""

    ids: tuple[int, ...]
    notes: tuple[Note, ...]


class Withdraw(msgspec.Struct, frozen=True, tag=True):
    """Desk: take back the planned notes of `voice` with onsets at or after `after`.

    With `hush`, its sounding notes are released at once as well.
    """

    voice: Voice
    after: float
    hush: bool = False


class Recall(msgspec.Struct, frozen=True, tag=True):
    """Desk: take back planned notes by id; one that was handed over already plays."""

    ids: tuple[int, ...]


class Release(msgspec.Struct, frozen=True, tag=True):
    """Desk: let go of notes that sound, by id; those that sound no more are let be."""

    ids: tuple[int, ...]


class Harmony(msgspec.Struct, frozen=True, tag=True):
    """Desk: with every key of the player let `voice` sound the pitches of its row in `table`, at once; () for none."""

    voice: Voice
    table: tuple[tuple[int, ...], ...] = ()
    level: float = 1.0
    """Factor on the velocity of the key."""


class Start(msgspec.Struct, frozen=True, tag=True):
    """Desk: roll our own clock from the top, after `lead_in` beats of count-in."""

    lead_in: float = 0.0
    top: float | None = None
    """When, in `perf_counter` seconds, the count-in or without one the song begins; None for now."""


class Resume(msgspec.Struct, frozen=True, tag=True):
    """Desk: roll our own clock from where it stands."""


class Stop(msgspec.Struct, frozen=True, tag=True):
    """Desk: stop our own clock."""


class Locate(msgspec.Struct, frozen=True, tag=True):
    """Desk: our own clock goes to `beat` of the song."""

    beat: float


class Restore(msgspec.Struct, frozen=True, tag=True):
    """Desk, to a wire that takes a dead one's place: go on by the last map that one published.

    `seq` is the highest number heard of that one; the new one counts on well above it.
    """

    map: TempoMap
    source: str
    seq: int = 0


class Tempo(msgspec.Struct, frozen=True, tag=True):
    """Desk: tempo of our own clock in quarter notes a minute, and the meter."""

    bpm: float
    meter: Meter


class Master(msgspec.Struct, frozen=True, tag=True):
    """Desk: which clock leads: "auto", "midi", "link", "daw" or "internal"."""

    name: str


class Align(msgspec.Struct, frozen=True, tag=True):
    """Desk: a beat of our own clock was tapped and is to fall at `time`, in `perf_counter` seconds."""

    time: float


class Session(msgspec.Struct, frozen=True, tag=True):
    """Desk: whether to be in the Ableton Link session, to start and stop with it, and to lead its tempo."""

    on: bool
    shares: bool = False
    leads: bool = False


class Observe(msgspec.Struct, frozen=True, tag=True):
    """Desk: what a DAW's control surface said, arrived at `time` in `perf_counter` seconds.

    `beat` is the song position in quarter notes. None is what it said nothing of.
    """

    source: str
    time: float
    beat: float | None
    bpm: float | None
    meter: Meter | None
    playing: bool


class Offsets(msgspec.Struct, frozen=True, tag=True):
    """Desk: seconds by which an out port plays after the beat (negative: before), 0 for those that are not named.

    What comes in on an in port counts as played so many seconds later (negative: earlier).
    """

    seconds: dict[str, float] = {}


class Sway(msgspec.Struct, frozen=True, tag=True):
    """Desk: how the band's notes are moved from their planned places when they sound, from now on."""

    groove: Groove


class Play(msgspec.Struct, frozen=True, tag=True):
    """Desk: a message of the player that came in by no port (the page's keys); it counts as one on `in`, now.

    With a stage beat that has passed it counts as heard then: a clip that is what the player has said.
    """

    data: bytes
    beat: float | None = None


class Show(msgspec.Struct, frozen=True, tag=True):
    """Desk: send these messages to the controllers, at once and in this order."""

    messages: tuple[bytes, ...]


class Panic(msgspec.Struct, frozen=True, tag=True):
    """Desk: forget the plan, close every note, then all-notes-off on every port and channel."""


class Bye(msgspec.Struct, frozen=True, tag=True):
    """Desk: close every note and every port, and end."""


class Map(msgspec.Struct, frozen=True, tag=True):
    """Wire: the tempo map has changed; its time is in `perf_counter` seconds, `source` is the master clock."""

    map: TempoMap
    source: str
    error_ms: float = 0.0
    """How well the master clock is followed (rms); 0 for the internal one."""


class Clocks(msgspec.Struct, frozen=True, tag=True):
    """Wire: what there is to show of the clocks has changed."""

    report: ClockReport


class Input(msgspec.Struct, frozen=True, tag=True):
    """Wire: a message of the player, stamped in stage beats; `seq` counts up by one."""

    seq: int
    beat: float
    port: str
    data: bytes


class Sent(msgspec.Struct, frozen=True, tag=True):
    """Wire: a planned note was sent, `late` seconds after its due time.

    Or it was dropped: it was too late, or its port led nowhere. `seq` counts on with `Input`. `moved` is by how many
    beats the groove has it begin and end later (negative: earlier) than planned.
    """

    seq: int
    id: int
    note: Note
    late: float
    dropped: bool = False
    moved: tuple[float, float] = (0.0, 0.0)

    @property
    def sounding(self) -> Note:
        """The note as it sounds."""
        begins, ends = self.moved
        if begins == ends == 0.0:
            return self.note
        note = self.note
        return Note(note.voice, note.beat + begins, note.duration + ends - begins, note.pitch, note.velocity)


class Closed(msgspec.Struct, frozen=True, tag=True):
    """Wire: a note that was sent has been released, at `beat`."""

    id: int
    beat: float


class Unplugged(msgspec.Struct, frozen=True, tag=True):
    """Wire: an input went away at `beat`; keys that were down on it will never be let go by it."""

    port: str
    beat: float


class Plugged(msgspec.Struct, frozen=True, tag=True):
    """Wire: what is at the other ends of our in ports has changed; in port -> the system's names of those."""

    devices: dict[str, tuple[str, ...]]


class Trouble(msgspec.Struct, frozen=True, tag=True):
    """Wire: something the user should know, in one line."""

    text: str


ToWire = (
    Put
    | Withdraw
    | Recall
    | Release
    | Harmony
    | Start
    | Resume
    | Stop
    | Locate
    | Restore
    | Tempo
    | Master
    | Align
    | Session
    | Observe
    | Offsets
    | Sway
    | Play
    | Show
    | Panic
    | Bye
)
FromWire = Hello | Ready | Map | Clocks | Input | Sent | Closed | Unplugged | Plugged | Trouble
