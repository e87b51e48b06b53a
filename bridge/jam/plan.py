"""The plan as the desk sees it: the band's notes to come, mirrored to the wire's player.

Before the commit line nothing changes; after it anything can be replaced.
"""

import itertools
import math
from collections import deque
from collections.abc import Callable, Collection, Iterable

from bridge.music.note import Note, Span, Voice
from bridge.wire.protocol import Put, Recall, ToWire, Withdraw

JUST_SENT = 32
"""Notes of a voice kept after they were sent, since the engine may not have heard of them yet."""
SAME = 1e-6
"""Beats within which two onsets are one."""


class Plan:
    """Planned notes by id, with how far each voice is filled. Tells the wire through `send`."""

    def __init__(self, send: Callable[[ToWire], object]) -> None:
        self._send = send
        self._notes: dict[int, Note] = {}
        self._by_rule: set[int] = set()
        self._sent: dict[Voice, deque[Note]] = {}
        self._filled: dict[Voice, float] = {}
        self._ids = itertools.count(1)

    def add(self, *notes: Note, by_rule: bool = False) -> None:
        """Plan notes, made by a model or `by_rule`, and hand them to the wire."""
        ids = tuple(next(self._ids) for _ in notes)
        if notes:
            self._notes.update(zip(ids, notes, strict=True))
            if by_rule:
                self._by_rule.update(ids)
            self._send(Put(ids, notes))

    def swap(self, voice: Voice, span: Span, notes: Iterable[Note]) -> None:
        """Put `notes` in the place of what a voice has planned in a span; a note that is in both stays untouched."""
        new = {_place(note): note for note in notes if note.beat in span}
        gone = []
        for id, note in self._notes.items():
            if note.voice == voice and note.beat in span:
                if new.get(_place(note)) == note and id not in self._by_rule:
                    del new[_place(note)]
                else:
                    gone.append(id)
        for id in gone:
            self._forget(id)
        if gone:
            self._send(Recall(tuple(gone)))
        self.add(*new.values())

    def fill(self, voice: Voice, until: float) -> None:
        """Note that a voice's plan is complete up to a stage beat, silence included."""
        self._filled[voice] = max(until, self._filled.get(voice, until))

    def filled(self, voice: Voice, otherwise: float) -> float:
        """Stage beat up to which a voice's plan is complete, or `otherwise` where that is later."""
        return max(self._filled.get(voice, otherwise), otherwise)

    def withdraw(self, voice: Voice, after: float, hush: bool = False) -> None:
        """Take back a voice's notes at or after a stage beat; with `hush` close its sounding ones too."""
        for id in [i for i, n in self._notes.items() if n.voice == voice and n.beat >= after]:
            self._forget(id)
        if voice in self._filled:
            self._filled[voice] = min(self._filled[voice], after)
        self._send(Withdraw(voice, after, hush))

    def unfill(self, voice: Voice) -> None:
        """Nothing of a voice counts as complete any more: the turn it was made for is over."""
        self._filled.pop(voice, None)

    def gone(self, id: int, note: Note, sounds: bool = True) -> bool:
        """A note was sent, or (`sounds` false) dropped as too late; returns whether it was made by rule."""
        if sounds:
            self._sent.setdefault(note.voice, deque(maxlen=JUST_SENT)).append(note)
        by_rule = id in self._by_rule
        self._forget(id)
        return by_rule

    def forget(self) -> None:
        """Nothing is planned any more: the wire dropped the plan at a stop, a jump or a panic."""
        self._notes.clear()
        self._by_rule.clear()
        self._sent.clear()
        self._filled.clear()

    def before(self, beat: float, voices: Collection[Voice]) -> tuple[Note, ...]:
        """What some voices have just played or will play before a stage beat, in time order."""
        sent = itertools.chain.from_iterable(self._sent.get(voice, ()) for voice in voices)
        planned = (note for note in self._notes.values() if note.voice in voices)
        return tuple(sorted((n for n in (*sent, *planned) if n.beat < beat), key=lambda note: note.beat))

    def within(self, span: Span, voices: Collection[Voice]) -> tuple[Note, ...]:
        """What a model has planned for some voices in a span, in time order."""
        notes = (
            note
            for id, note in self._notes.items()
            if note.voice in voices and note.beat in span and id not in self._by_rule
        )
        return tuple(sorted(notes, key=lambda note: note.beat))

    @property
    def ids(self) -> Collection[int]:
        """The ids of what is planned."""
        return self._notes.keys()

    @property
    def notes(self) -> Iterable[tuple[int, Note, bool]]:
        """What is planned: id, note, and whether it was made by rule."""
        return ((id, note, id in self._by_rule) for id, note in self._notes.items())

    def __len__(self) -> int:
        return len(self._notes)

    def _forget(self, id: int) -> None:
        self._notes.pop(id, None)
        self._by_rule.discard(id)


def _place(note: Note) -> tuple[int, int]:
    """Where a note stands: its onset, to within `SAME`, and its pitch."""
    return math.floor(note.beat / SAME + 0.5), note.pitch
