"""Messages between the desk and the engine."""

import msgspec

from bridge.engine.family import Ask, Heard
from bridge.music.note import Note, Voice


class Load(msgspec.Struct, frozen=True, tag=True):
    """Desk: load the pack in the folder `pack`, while those that are loaded play on.

    `provider` is "auto", "cpu", "cuda" or "coreml". `history` is what was heard so far, up to ear `heard`, so that
    an engine started anew knows where the music is. Answered by `Loaded` or `Fault` with the same `folder`.
    """

    pack: str
    provider: str = "auto"
    strict: bool = False
    history: tuple[Heard, ...] = ()
    heard: int = 0
    default: bool = True
    """Whether it takes the place of the pack that answers requests which name none."""
    keep: int = 3
    """Packs held at most; the one not asked for longest goes."""
    memory: int = 0
    """Megabytes that the engine may take on the processor's side; 0 leaves it unbounded."""


class Unload(msgspec.Struct, frozen=True, tag=True):
    """Desk: let a loaded pack go, by its name; what it owes is not answered."""

    pack: str


class Listen(msgspec.Struct, frozen=True, tag=True):
    """Desk: dial in to the wire at this address to hear it."""

    address: str
    key: bytes


class Loaded(msgspec.Struct, frozen=True, tag=True):
    """Engine: the pack is warm. Times are milliseconds a note, measured just now on this machine."""

    pack: str
    family: str
    voices: tuple[Voice, ...]
    asked: str
    got: str
    p50_ms: float
    p99_ms: float
    cpu_p50_ms: float = 0.0
    """The same median in time on a core."""
    folder: str = ""
    default: bool = True
    explained: bool = False
    """Whether a fault has already said why another provider runs than was asked for."""


class Unloaded(msgspec.Struct, frozen=True, tag=True):
    """Engine: a pack was let go, to make room or because it was told to."""

    pack: str


class Request(msgspec.Struct, frozen=True, tag=True):
    """Desk: answer this ask with the pack of that name ("": the default one).

    A newer request ends those that share a voice with it; others wait for their turn.
    """

    ask: Ask
    pack: str = ""


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Desk: stop answering an ask."""

    ask: int


class Describe(msgspec.Struct, frozen=True, tag=True):
    """Desk: say where a phrase lies among the latents of the pack of that name ("": the default one), or else of any
    that can.

    Onsets in beats from the phrase's first bar line; `bar` in beats, `key` as in an ask. Answered by `Described` when
    nobody waits for a note, or not at all where no loaded pack can.
    """

    id: str
    notes: tuple[Note, ...]
    beats: float
    pack: str = ""
    bar: float = 4.0
    key: tuple[int, ...] = ()


class Ear(msgspec.Struct, frozen=True, tag=True):
    """Wire (or a replay): something was played. `seq` counts up by one."""

    seq: int
    event: Heard


class Begun(msgspec.Struct, frozen=True, tag=True):
    """Engine: an answer is begun, with ears up to number `heard`, `ears` of them since the pack was loaded."""

    ask: int
    heard: int
    ears: int
    beside: tuple[Note, ...] = ()
    """What the ask was told of voices that were asked before it, as its own `beside`."""


class PhraseNote(msgspec.Struct, frozen=True, tag=True):
    """Engine: one note of the answer."""

    ask: int
    note: Note


class PhraseEnd(msgspec.Struct, frozen=True, tag=True):
    """Engine: the answer is whole. `heard` is the last ear it was made with; times in milliseconds."""

    ask: int
    notes: int
    heard: int
    wall_ms: float
    first_ms: float
    note_ms: tuple[float, ...] = ()
    """Time that each note took, from one to the next, other work of the engine left out."""
    cpu_ms: float = 0.0
    """Time on a core that they took together."""
    pack: str = ""


class Described(msgspec.Struct, frozen=True, tag=True):
    """Engine: where a pack has the phrase `id`. `sha` tells its version: another one's latents are other ones."""

    id: str
    pack: str
    place: tuple[float, ...]
    sha: str = ""


class Fault(msgspec.Struct, frozen=True, tag=True):
    """Engine: something failed; `fatal` means that no pack is loaded. The text is for the user."""

    text: str
    fatal: bool = False
    ask: int = -1
    again: bool = False
    """Whether the user has been told of this trouble already."""
    folder: str = ""
    """The folder of the pack, where loading it failed."""


ToEngine = Load | Unload | Listen | Request | Cancel | Ear | Describe
FromEngine = Loaded | Unloaded | Begun | PhraseNote | PhraseEnd | Fault | Described
