"""The plan as the desk sees it: the band's notes to come, mirrored to the wire's player.

Before the commit line nothing changes; after it anything can be replaced.
"""

import itertools
from collections import deque
from collections.abc import Callable, Collection

from bridge.music.note import Note, Voice
from bridge.wire.protocol import Put, ToWire, Withdraw

JUST_SENT = 32
"""Notes kept after they were sent, since the engine may not have heard of them yet."""


class Plan:
    """Planned notes by id, with how far each voice is filled. Tells the wire through `send`."""

    def __init__(self, send: Callable[[ToWire], object]) -> None:
        self._send = send
        self._notes: dict[int, Note] = {}
        self._by_rule: set[int] = set()
        self._sent: deque[Note] = deque(maxlen=JUST_SENT)
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

    def fill(self, voice: Voice, until: float) -> None:
        """Note that a voice's plan is complete up to a stage beat, silence included."""
        self._filled[voice] = max(until, self._filled.get(voice, until))

    def filled(self, voice: Voice, otherwise: float) -> float:
        """Stage beat up to which a voice's plan is complete, or `otherwise` where that is later."""
        return max(self._filled.get(voice, otherwise), otherwise)

    def withdraw(self, voice: Voice, after: float, hush: bool = False) -> None:
        """Take back a voice's notes at or after a stage beat; with `hush` close its sounding ones too."""
        for id in [i for i, n in self._notes.items() if n.voice == voice and n.beat >= after]:
            del self._notes[id]
            self._by_rule.discard(id)
        if voice in self._filled:
            self._filled[voice] = min(self._filled[voice], after)
        self._send(Withdraw(voice, after, hush))

    def unfill(self) -> None:
        """Nothing counts as complete any more: the turn it was made for is over."""
        self._filled.clear()

    def gone(self, id: int, sounds: bool = True) -> bool:
        """A note was sent, or (`sounds` false) dropped as too late; returns whether it was made by rule."""
        note = self._notes.pop(id, None)
        if note is not None and sounds:
            self._sent.append(note)
        by_rule = id in self._by_rule
        self._by_rule.discard(id)
        return by_rule

    def forget(self) -> None:
        """Nothing is planned any more: the wire dropped the plan at a stop, a jump or a panic."""
        self._notes.clear()
        self._by_rule.clear()
        self._sent.clear()
        self._filled.clear()

    def before(self, beat: float, voices: Collection[Voice]) -> tuple[Note, ...]:
        """What some voices have just played or will play before a stage beat, in time order."""
        notes = (n for n in (*self._sent, *self._notes.values()) if n.voice in voices and n.beat < beat)
        return tuple(sorted(notes, key=lambda note: note.beat))

    def __len__(self) -> int:
        return len(self._notes)
