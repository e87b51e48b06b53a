"""The page that `step` reads: what it is shown of each row's moment and how it is to draw, rewritten from note to note.

All arrays stay where they are, as ONNX Runtime looks into their memory; a row is one candidate.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import DURATIONS, FIELDS, PARTS, PITCHES, POSITIONS, SHIFTS, SIZES, Event, Part, place
from bridge.engine.ensemble_controls import CHORD_SIZE, NEXT, NOW
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.features import (
    COLUMNS,
    HEAD,
    PAIRS,
    PERIODS,
    RATES,
    REFERENCES,
    SAME_PART,
    kin_own,
    kin_references,
    row,
)
from bridge.engine.kv import HIDDEN, Cache
from bridge.engine.moment import Moment, Setting
from bridge.engine.session import Session
from bridge.errors import EngineError

Array = NDArray[Any]

UNLIKELY = -1.0e8
"""Log-probability that only a masked pitch has."""
BOTH = slice(NOW.start, NEXT.stop)
HERE = np.array((0, POSITIONS), np.int64)
"""Where a place's two classes begin in the table for the event's own place."""
LANDS = np.array((SHIFTS, SHIFTS + POSITIONS), np.int64)
"""And in the table for the next event's shift and place."""
OWN = np.array([kin_own(pitch) for pitch in range(-1, PITCHES)], np.int64)
"""Rows of kin by last pitch + 1."""


class Page:
    """Rows for `step`, bound to the graph and to a cache of columns."""

    def __init__(self, session: Session, cache: Cache, rows: int, heads: int) -> None:
        self.rows = rows
        self._cache = cache
        keys_and_values = cache.feeds(rows == 1)
        self.seen = len(keys_and_values["keys_0"])
        """Columns of the cache that are looked at."""
        self.columns = np.zeros((1, rows, COLUMNS), np.int64)
        self.controls = np.zeros((1, rows, CONTROLS), np.float32)
        self.cos = np.ones((rows, PAIRS), np.float32)
        self.sin = np.zeros((rows, PAIRS), np.float32)
        self.here = np.zeros((rows, 2), np.int64)
        self.chords = np.zeros((rows, 2, CHORD_SIZE), np.float32)
        self.landing = np.zeros((rows, SHIFTS, 4), np.int64)
        self.landing[:, :, 0] = np.arange(SHIFTS)
        self.own = np.zeros((rows, PARTS, 2), np.int64)
        self.references = np.zeros((rows, 2, len(REFERENCES)), np.int64)
        self.daring = np.ones((rows, PARTS, 2), np.float32)
        """For each part one by its temperature, and the nats below the likeliest within which it may choose."""
        self.shift_mask = np.zeros((rows, SHIFTS), np.float32)
        self.pitch_mask = np.zeros((rows, PARTS, PITCHES), np.float32)
        self.voice_noise = np.zeros((rows, PARTS), np.float32)
        self.shift_noise = np.zeros((rows, SHIFTS), np.float32)
        self.pitch_noise = np.zeros((rows, PITCHES), np.float32)
        self.duration_noise = np.zeros((rows, len(DURATIONS)), np.float32)
        self.quantile = np.full((rows, 1), 0.5, np.float32)
        self.chosen = np.zeros((rows, len(FIELDS)), np.int64)
        self.log_prob = np.zeros((rows, PITCHES), np.float32)
        width = cache.layers * HEAD
        self.keys = np.zeros((1, rows, width), np.float32)
        self.values = np.zeros((1, rows, width), np.float32)
        looks = heads if rows > 1 else 1
        self._mask = np.full((rows, looks, self.seen + rows), HIDDEN, np.float32)
        for n in range(rows):
            self._mask[n, :, self.seen + n] = 0.0
        names = (
            "columns", "controls", "cos", "sin", "here", "chords", "landing", "own", "references", "daring",
            "shift_mask", "pitch_mask", "voice_noise", "shift_noise", "pitch_noise", "duration_noise", "quantile",
        )  # fmt: skip
        self.run = session.bind(
            {
                **{name: getattr(self, name) for name in names},
                "mask": self._mask.reshape(1, rows * looks, -1),
                "past": np.array([self.seen, rows], np.int64),
                **keys_and_values,
            },
            {"next": self.chosen, "log_prob": self.log_prob, "new_keys": self.keys, "new_values": self.values},
        )
        """Runs the graph on the page as it is. Raises what `Session.run` does."""
        self._shown: list[tuple[Moment, Setting] | None] = [None] * rows
        self._turns = np.zeros(PAIRS, np.float64)

    def show(self, n: int, moment: Moment, setting: Setting) -> None:
        """Write a row's moment."""
        shown = self._shown[n]
        if shown is not None and shown[0] is moment and shown[1] is setting:
            return
        self._shown[n] = (moment, setting)
        tick, bar, last = moment.tick, moment.bar, moment.last
        controls = self.controls[0, n]
        controls[:] = setting.wishes
        root, after = setting.track.tell(tick, controls)
        where = place(tick, bar)
        self.columns[0, n] = row(moment.event, where, moment.earlier, root, setting.tonic)
        self._turn(n, moment)
        self.here[n] = (where[0], where[1] + POSITIONS)
        self.chords[n] = controls[BOTH].reshape(2, CHORD_SIZE)
        landing, into = self.landing[n], tick % bar
        landing[:, 1:3] = landings(bar)[into : into + SHIFTS]
        gap = max(setting.track.gap(tick), 0)
        landing[:gap, 3] = 0
        landing[gap:, 3] = 1
        self.own[n] = OWN[[last[part] + 1 for part in SAME_PART]]
        now = kin_references((last[Part.HELD], last[Part.BASS], root, setting.tonic))
        self.references[n, 0] = now
        if after != root:
            now = kin_references((last[Part.HELD], last[Part.BASS], after, setting.tonic))
        self.references[n, 1] = now

    def look(self, n: int, seen: NDArray[np.bool_], beside: slice | list[int] = slice(0)) -> None:
        """Which columns of the ring a row looks at, and which beside it."""
        mask = self._mask[n]
        size = len(seen)
        mask[:, :size] = np.where(seen, np.float32(0), HIDDEN)
        if self.seen > size:
            mask[:, size : self.seen] = HIDDEN
            mask[:, size : self.seen][:, beside] = 0.0

    def event(self, n: int) -> tuple[Event, float]:
        """What was drawn for a row, and the log-probability of its pitch. Raises EngineError where it is no event."""
        fields = self.chosen[n].tolist()
        if any(not 0 <= value < size for value, size in zip(fields, SIZES, strict=True)):
            raise EngineError(f"the model gave an event out of range ({fields}); get the pack again or choose another")
        event = Event(*fields)
        log_prob = float(self.log_prob[n, event.pitch])
        if not log_prob > UNLIKELY or self.voice_noise[n, event.voice] < UNLIKELY or self.shift_mask[n, event.shift]:
            raise EngineError(
                "the model's output is not finite or breaks its masks; get the pack again or choose another"
            )
        return event, log_prob

    def _turn(self, n: int, moment: Moment) -> None:
        turns = self._turns
        turns[: len(PERIODS)] = moment.tick
        turns[len(PERIODS) :] = moment.number
        turns *= RATES
        self.cos[n] = np.cos(turns)
        self.sin[n] = np.sin(turns)


@lru_cache(maxsize=16)
def landings(bar: int) -> NDArray[np.int64]:
    """Rows of the place [bar + SHIFTS, 2] for ticks that count on from a bar line."""
    places = [place(tick, bar) for tick in range(bar)]
    rows = np.array(places, np.int64) + LANDS
    return rows[np.arange(bar + SHIFTS) % bar]
