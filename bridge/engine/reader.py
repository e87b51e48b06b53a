"""Reading with the two graphs of a transformer: `score` takes known moments in, `step` makes the next event."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import FIELDS, Part
from bridge.engine.ensemble_controls import NOW
from bridge.engine.features import HEAD, SAME, kin_own, kin_references
from bridge.engine.kv import HIDDEN, Cache
from bridge.engine.moment import Moment, Setting, Shown
from bridge.engine.page import HERE, LANDS, Page
from bridge.engine.session import Session
from bridge.errors import EngineError

Array = NDArray[Any]

CHUNK = 64
"""Moments read at a time at most, so that nothing else waits long."""
ALONE = 12
"""Up to so many moments are read one by one, as they are when they are heard one by one: their columns are then the
same to the last bit, whether a note was told or heard."""
SCORE = ("log_prob", "likeliest", "new_keys", "new_values")


class Startling(NamedTuple):
    """A key that went down, and by how many nats it was less likely than the likeliest key at its time."""

    moment: Moment
    nats: float


class Reader:
    """The graphs, and the cache of what was read."""

    def __init__(self, step: Session, score: Session, layers: int, heads: int, context: int) -> None:
        self._step = step
        self._score = score
        self._heads = heads
        self.cache = Cache(layers, context)
        self._pages: dict[int, Page] = {}
        self._ear = self._listening()

    def page(self, rows: int, room: int = 0) -> Page:
        """The page for so many rows, with so many columns beside the ring at least."""
        if self.cache.make_room(room):
            self._pages.clear()  # the columns lie elsewhere now
            self._ear = self._listening()
        if rows not in self._pages:
            self._pages[rows] = Page(self._step, self.cache, rows, self._heads)
        return self._pages[rows]

    def unread(self, moment: Moment) -> list[Moment]:
        """The moments up to this one that the cache does not hold, oldest first; the context at most."""
        found: list[Moment] = []
        for each in moment.back():
            if self.cache.holds(each) or len(found) == self.cache.context:
                break
            found.append(each)
        return found[::-1]

    def read(self, moments: Sequence[Moment], setting: Setting, after: Moment | None = None) -> list[Startling]:
        """Take in moments that follow one another; the cache holds what is before them. Raises EngineError.

        Gives the player's keys among their followers, `after` behind the last, with the nats by which each was less
        likely than the likeliest; none where the moments are too many to be read one by one.
        """
        if len(moments) > ALONE:
            for at in range(0, len(moments), CHUNK):
                part = moments[at : at + CHUNK]
                self.cache.write(part, *self._run(part, None, setting)[2:])
            return []
        page, found = self._ear, []
        for moment, follower in zip(moments, [*moments[1:], after], strict=False):
            page.show(0, moment, setting)
            page.look(0, self.cache.seen(moment.number))
            page.run()
            self.cache.keep(moment, page.keys, page.values)
            if follower is not None and follower.event.voice == Part.HELD:
                log_prob = page.log_prob[0]
                found.append(Startling(follower, float(log_prob.max() - log_prob[follower.event.pitch])))
        return found

    def _listening(self) -> Page:
        """A page for reading: what it draws does not matter, but for what it thinks the player would play next."""
        page = Page(self._step, self.cache, 1, self._heads)
        page.voice_noise[:] = HIDDEN
        page.voice_noise[:, Part.HELD] = 0.0
        return page

    def score(self, moments: Sequence[Moment], after: Moment, setting: Setting) -> tuple[Array, Array]:
        """How likely each next moment was, [T, 5] by field, and the likeliest pitch [T]; the last's next is `after`.

        The cache holds what is before them, and is left as it is where they are no more than a chunk.
        Raises EngineError.
        """
        found: list[tuple[Array, Array]] = []
        for at in range(0, len(moments), CHUNK):
            part, rest = moments[at : at + CHUNK], moments[at + CHUNK :]
            log_prob, likeliest, keys, values = self._run(part, rest[0] if rest else after, setting)
            found.append((log_prob, likeliest))
            if rest:
                self.cache.write(part, keys, values)
        return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])

    def _run(self, moments: Sequence[Moment], after: Moment | None, setting: Setting) -> list[Array]:
        count, cache = len(moments), self.cache
        known = [*moments, after or moments[-1]]
        shown = Shown(known, setting)
        mask = np.full((count, cache.size + count), HIDDEN, np.float32)
        first = moments[0].number
        for n, moment in enumerate(moments):
            mask[n, : cache.size][cache.seen(moment.number, first)] = 0.0
        mask[:, cache.size :] = np.triu(np.full((count, count), HIDDEN, np.float32), 1)
        kin = [
            (*kin_own(moment.earlier[SAME[moment.event.voice]]),
             *kin_references((moment.earlier[Part.HELD], moment.earlier[Part.BASS], root, setting.tonic)))
            for moment, (root, _) in zip(known[1:], shown.roots[1:].tolist(), strict=True)
        ]  # fmt: skip
        then, places = shown.events[1:], shown.places[1:]
        feeds: dict[str, Array] = {
            "columns": shown.columns[None, :-1],
            "controls": shown.controls[None, :-1],
            "cos": shown.cos[:-1],
            "sin": shown.sin[:-1],
            "mask": np.repeat(mask, self._heads, 0)[None],
            "past": np.array([cache.size, count], np.int64),
            **cache.feeds(True),
            "here": shown.places[:-1] + HERE,
            "then": then,
            "landing": np.concatenate([then[:, 1:2], places + LANDS], 1),
            "kin": np.array(kin, np.int64),
            "chords": shown.controls[1:, NOW],
        }
        found = self._score.run(SCORE, feeds)
        columns = (1, count, cache.layers * HEAD)
        if [each.shape for each in found] != [(count, len(FIELDS)), (count,), columns, columns]:
            raise EngineError("the model's output is not of the shape that was agreed; get the pack again")
        if not all(np.isfinite(each).all() for each in found):
            raise EngineError("the model's output is not finite; get the pack again or choose another")
        return found
