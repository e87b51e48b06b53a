"""A moment of a stream: an event and all that follows from what came before it. Moments make a chain, newest first."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import PARTS, Event, Part, place
from bridge.engine.features import NONE, angles, row
from bridge.engine.harmony_track import HarmonyTrack

REACH = 1024
"""Moments behind which the chain is cut, now and then: nothing looks so far back."""
NOTHING = (NONE,) * PARTS


class Moment:
    """`last` is the last pitch of each part with this event in it, `held` the keys that the player holds down."""

    __slots__ = ("bar", "before", "earlier", "event", "held", "last", "number", "tick")

    def __init__(self, before: "Moment | None", event: Event, tick: int, bar: int) -> None:
        """`before` is the moment before, None at the start; `tick` counts from a bar line, `bar` is its length."""
        self.before = before
        self.event = event
        self.tick = tick
        self.bar = bar
        self.number: int = before.number + 1 if before else 0
        self.earlier: tuple[int, ...] = NOTHING if before is None else before.last
        self.last: tuple[int, ...] = self.earlier
        self.held: frozenset[int] = before.held if before else frozenset()
        part, pitch = event.voice, event.pitch
        if part == Part.RELEASE:
            self.held -= {pitch}
        elif part != Part.START:
            self.last = (*self.earlier[:part], pitch, *self.earlier[part + 1 :])
            if part == Part.HELD:
                self.held |= {pitch}
        if self.number % REACH == REACH - 1:
            _cut(self)

    def back(self) -> Iterator["Moment"]:
        """This moment and those before it, newest first."""
        moment: Moment | None = self
        while moment is not None:
            yield moment
            moment = moment.before


class Setting(NamedTuple):
    """What is told beside the moments: a row [C] of what is asked for, the chords by tick, and the tonic."""

    wishes: NDArray[np.float32]
    track: HarmonyTrack
    tonic: int


class Shown:
    """Moments as `score` is shown them, row by row; `Page` writes the same for one moment."""

    def __init__(self, moments: Sequence[Moment], setting: Setting) -> None:
        wishes, track, tonic = setting
        count = len(moments)
        self.events = np.array([moment.event for moment in moments], np.int64)
        self.controls = np.repeat(wishes[None], count, 0)
        roots = [track.tell(moment.tick, self.controls[n]) for n, moment in enumerate(moments)]
        self.roots = np.array(roots, np.int64)
        places = [place(moment.tick, moment.bar) for moment in moments]
        self.places = np.array(places, np.int64)
        self.columns = np.array(
            [
                row(moment.event, where, moment.earlier, root, tonic)
                for moment, where, (root, _) in zip(moments, places, roots, strict=True)
            ],
            np.int64,
        )
        self.cos, self.sin = angles(
            np.array([moment.number for moment in moments], np.int64),
            np.array([moment.tick for moment in moments], np.int64),
        )


def _cut(moment: Moment) -> None:
    """Let go of what lies more than REACH behind."""
    for _ in range(REACH):
        if moment.before is None:
            return
        moment = moment.before
    moment.before = None
