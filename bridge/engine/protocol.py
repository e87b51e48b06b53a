"""Messages between the desk and the engine."""

import msgspec

from bridge.engine.family import Ask, Heard
from bridge.music.note import Note, Voice


class Load(msgspec.Struct, frozen=True, tag=True):
    """Desk: load the pack in the folder `pack` and make it the one that answers.

    `provider` is "auto", "cpu", "cuda" or "coreml". `history` is what was heard so far, up to ear `heard`, so that
    an engine started anew knows where the music is.
    """

    pack: str
    provider: str = "auto"
    strict: bool = False
    history: tuple[Heard, ...] = ()
    heard: int = 0


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


class Request(msgspec.Struct, frozen=True, tag=True):
    """Desk: answer this ask; a newer request ends the one under way."""

    ask: Ask


class Cancel(msgspec.Struct, frozen=True, tag=True):
    """Desk: stop answering an ask."""

    ask: int


class Ear(msgspec.Struct, frozen=True, tag=True):
    """Wire (or a replay): something was played. `seq` counts up by one."""

    seq: int
    event: Heard


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


class Fault(msgspec.Struct, frozen=True, tag=True):
    """Engine: something failed; `fatal` means that no pack is loaded. The text is for the user."""

    text: str
    fatal: bool = False
    ask: int = -1


ToEngine = Load | Listen | Request | Cancel | Ear
FromEngine = Loaded | PhraseNote | PhraseEnd | Fault
