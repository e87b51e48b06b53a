"""The contract every model family plays through: `hear`, `rewind`, `respond`.

A family keeps the stream of what has really been played, by the player and by the band, in the order of time.
An ask is answered from a branch of that stream, so imagining a future never changes what was heard.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec

from bridge.music.chord import ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice
from bridge.taste.liking import Taste


class Pressed(msgspec.Struct, frozen=True, tag=True):
    """The player put a key down at `beat`; the note is held until its `Released`."""

    beat: float
    pitch: int
    velocity: int


class Released(msgspec.Struct, frozen=True, tag=True):
    """The player let a key (or the pedal that held it) go."""

    beat: float
    pitch: int


class Sounded(msgspec.Struct, frozen=True, tag=True):
    """The band's own note left the port at its onset."""

    note: Note

    @property
    def beat(self) -> float:
        """Onset in stage beats."""
        return self.note.beat


Heard = Pressed | Released | Sounded
"""One event of the stream; every one has a `beat` in stage beats."""


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """Phrases that an answer is to be made from, for packs that can.

    `phrase` and `other` have their onsets in beats from their own first bar line and are `beats` long (whole bars).
    The answer repeats the phrase from stage beat `origin` (a bar line) on: what it makes for `origin` + b comes from
    the phrase at b modulo `beats`.
    """

    phrase: tuple[Note, ...]
    beats: float
    origin: float
    other: tuple[Note, ...] = ()
    """A second phrase of the same length, to go towards; empty where there is but one."""
    blend: float = 0.0
    """How far towards `other`, 0 to 1."""
    keep: tuple[str, ...] = ()
    """What of the phrase the answer keeps, of "pitch", "rhythm", "harmony" and "structure"; empty: all, and the pack's
    knobs move it from there."""


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A request for the notes of `voices` in `span`."""

    id: int
    span: Span
    voices: tuple[Voice, ...]
    committed: tuple[Note, ...] = ()
    """Band notes before the span that are planned or sounding but may not have been heard yet."""
    meter: Meter = Meter()
    song: float = 0.0
    """Song position minus stage beat, to find the bars."""
    entry: float | None = None
    """Stage beat by which the first note is to begin; None where the answer may start with a rest."""
    key: tuple[int, ...] = ()
    """Pitch classes of the scale that the music is in; empty where nothing is known."""
    allowed: tuple[int, ...] = ()
    """The only pitch classes that may sound; empty where all may."""
    chords: tuple[ChordAt, ...] = ()
    """Chords known to come (a chord track), from the last one before the span on; empty where none is told."""
    draft: tuple[Note, ...] = ()
    """What is planned for the span so far; a family keeps what still fits, so that a new plan does not flicker."""
    beside: tuple[Note, ...] = ()
    """What other voices of the band will play in the span, as far as it is known, in time order; the engine adds
    what voices asked before this one have just been given."""
    knobs: Mapping[str, float] = {}
    """Snapshot of the pack's knobs by name, in natural units."""
    material: Material | None = None
    """What the answer is to be made from; None: from what was heard."""
    after: tuple[Note, ...] = ()
    """Notes that stand behind the span, to which the answer must lead, in time order; empty where all is open."""
    fills: tuple[float, ...] = ()
    """Stage beats of the bar lines that begin bars which are to be drum fills."""
    taste: Taste | None = None
    """What the player likes, for choosing among candidates; None where nothing is known, or it is not to count."""
    seed: int = 0
    candidates: int = 1
    patience: float = 1.0
    """Share of its usual work that the answer may take, 0 to 1: below 1 a family that can do with less, in fewer steps,
    does so, since a late answer is worth nothing."""
    now: float | None = None
    """Stage beat up to which the player has been heard; None where the span begins there."""
    deadline: float = 0.0
    """Seconds of the engine's `perf_counter` after which the answer is worth nothing; 0 = none."""


class Family(Protocol):
    """A loaded pack, ready to play. Not thread-safe: one thread owns it."""

    def hear(self, event: Heard) -> None:
        """Append an event to the stream; one that is earlier than the last is put in its place."""
        ...

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        ...

    def respond(self, ask: Ask) -> Iterator[Note]:
        """Answer an ask with notes in time order, as they are made. Closing the iterator cancels the rest.

        Raises EngineError where the model's output cannot be used (not finite, out of range).
        """
        ...

    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""
        ...


@runtime_checkable
class Describes(Protocol):
    """What a family may offer beside: where a phrase lies among its own latents, so that taste can go by them."""

    def describe(
        self, notes: Sequence[Note], beats: float, bar: float = 4.0, key: Sequence[int] = ()
    ) -> Sequence[float]:
        """Always as many numbers, about 0 and seldom beyond 3, for notes with onsets in beats from a bar line on.

        The phrase is `beats` long and its bars `bar` beats; `key` is its scale as in an ask. Empty for one that the
        family cannot read. What was heard plays no part in it, and is not changed by it. Raises EngineError.
        """
        ...
