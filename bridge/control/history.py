"""History: what hands did to the knobs, to be taken back and done again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from bridge.control.parameter import Value
from bridge.control.parameters import Change, ParameterTable
from bridge.control.preset import apply
from bridge.control.rows import MORPH

GESTURE = 0.5
"""Seconds without a change after which the next one is another gesture."""
DEEPEST = 200
"""Gestures that can be taken back."""
UNDONE = "undo"
"""How changes made here are signed."""
NOBODY = frozenset(("", "pack"))
"""What is signed like this no hand has done."""
MORPHED = "morph"
"""How those of the morph fader are signed: they are one gesture with it."""


class Gesture(msgspec.Struct):
    """What a hand did in one go: path -> the values before and after; `time` of its last change in seconds."""

    key: tuple[str, str]
    time: float
    before: dict[str, Value]
    after: dict[str, Value]


class History:
    """Follows a table. A gesture is what one source does to one parameter within half a second between changes."""

    def __init__(self, table: ParameterTable, now: Callable[[], float]) -> None:
        self._table = table
        self._now = now
        self._done: list[Gesture] = []
        self._undone: list[Gesture] = []
        self._group = ""
        self._at_work = False
        table.subscribe(self._changed)

    @property
    def depth(self) -> tuple[int, int]:
        """How many gestures can be taken back, and done again."""
        return len(self._done), len(self._undone)

    def undo(self) -> bool:
        """Take the last gesture back; False where there is none."""
        return self._step(self._done, self._undone, lambda gesture: gesture.before)

    def redo(self) -> bool:
        """Do again what was taken back last; False where there is nothing."""
        return self._step(self._undone, self._done, lambda gesture: gesture.after)

    @contextmanager
    def one_gesture(self, name: str) -> Iterator[None]:
        """Everything that changes meanwhile counts as one gesture, which ends here."""
        self._group = name
        try:
            yield
        finally:
            self._group = ""
            if self._done:
                self._done[-1].time = float("-inf")

    def _step(self, out: list[Gesture], into: list[Gesture], values: Callable[[Gesture], dict[str, Value]]) -> bool:
        if not out:
            return False
        gesture = out.pop()
        self._at_work = True
        try:
            apply(self._table, values(gesture), UNDONE)  # knobs of a pack that has gone are left out
        finally:
            self._at_work = False
        gesture.time = float("-inf")
        into.append(gesture)
        return True

    def _changed(self, change: Change) -> None:
        if self._at_work or change.source in NOBODY:
            return
        path, now = change.place.path, self._now()
        key = (self._group, "") if self._group else (change.source, path)
        if not self._group and (change.source == MORPHED or path == MORPH):
            key = (MORPHED, "")
        last = self._going_on(key, path, now)
        if last is None:
            last = Gesture(key, now, {}, {})
            self._done.append(last)
            del self._done[:-DEEPEST]
        self._undone.clear()
        last.time = now
        last.before.setdefault(path, change.old)
        last.after[path] = change.new

    def _going_on(self, key: tuple[str, str], path: str, now: float) -> Gesture | None:
        """The gesture that a change is part of: two hands may turn two knobs at a time."""
        for gesture in reversed(self._done):
            if now - gesture.time > GESTURE:
                return None
            if gesture.key == key:
                return gesture
            if path in gesture.after:
                return None
        return None
