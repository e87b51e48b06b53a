"""Reading with the two graphs of a transformer: `score` takes known moments in, `step` makes the next event."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import FIELDS, MIDDLE, PARTS, PITCHES, SHIFTS, SIZES, Event, Part
from bridge.engine.ensemble_controls import NOW
from bridge.engine.features import SAME
from bridge.engine.harmony_track import HarmonyTrack
from bridge.engine.kv import Ring, Suffix
from bridge.engine.moment import Moment, Shown
from bridge.engine.session import Session
from bridge.errors import EngineError

Array = NDArray[Any]

CHUNK = 64
"""Moments read at a time at most, so that nothing else waits long."""
UNLIKELY = -1.0e8
"""Log-probability that only a masked class has."""
STEP = ("next", "log_prob", "new_keys", "new_values")
SCORE = ("log_prob", "likeliest", "new_keys", "new_values")


class Setting(NamedTuple):
    """What is told beside the moments."""

    wishes: NDArray[np.float32]
    track: HarmonyTrack
    tonic: int


class Draws(NamedTuple):
    """How the next event of each of B candidates is drawn; see the `step` graph."""

    noise: Array
    temperature: Array
    min_p: Array
    voice_mask: Array
    pitch_mask: Array
    shift_min: Array
    shift_max: Array

    @classmethod
    def idle(cls) -> "Draws":
        """For one candidate of which the next event does not matter."""
        return cls(
            np.full((1, len(FIELDS)), 0.5, np.float32),
            np.ones(1, np.float32),
            np.zeros(1, np.float32),
            np.ones((1, PARTS), np.bool_),
            np.ones((1, PARTS, PITCHES), np.bool_),
            np.zeros(1, np.int64),
            np.full(1, SHIFTS - 1, np.int64),
        )


class Reader:
    """The graphs and the ring of what was really played."""

    def __init__(self, step: Session, score: Session, layers: int, size: int) -> None:
        self._step = step
        self._score = score
        self._layers = layers
        self.ring = Ring(layers, size)
        self._empty = Suffix(layers, 1)
        self._idle = Draws.idle()

    def unread(self, moment: Moment) -> list[Moment]:
        """The moments up to this one that the ring does not hold, oldest first; the ring's size at most."""
        found: list[Moment] = []
        for each in moment.back():
            if len(found) >= self.ring.size or self.ring.holds(each):
                break
            found.append(each)
        return found[::-1]

    def read(self, moments: Sequence[Moment], setting: Setting) -> None:
        """Read moments that follow one another into the ring."""
        for at in range(0, len(moments), CHUNK):
            part = moments[at : at + CHUNK]
            if len(part) == 1:
                _, _, keys, values = self.step(part, setting, part[0].number, self._empty, self._idle)
            else:
                _, _, keys, values = self.score(part, None, setting, part[0].number, self._empty)
            self.ring.write(part, keys, values)

    def step(
        self, moments: Sequence[Moment], setting: Setting, before: int, suffix: Suffix, draws: Draws
    ) -> tuple[list[Event], Array, Array, Array]:
        """Next events of B candidates after their moments, their log-probabilities [B, 5], and the new columns.

        `before` is the number from which on the ring is not looked at. Raises EngineError.
        """
        shown = Shown(moments, *setting)
        far = self.ring.size
        mask = np.zeros((len(moments), far + suffix.mask.shape[1] + 1), np.float32)
        mask[:, :far] = self.ring.mask(before)
        mask[:, far:-1] = suffix.mask
        feeds: dict[str, Array] = {
            "columns": shown.columns,
            "controls": shown.controls,
            "cos": shown.cos,
            "sin": shown.sin,
            "mask": mask,
            "position": np.array([[moment.tick % moment.bar, moment.bar] for moment in moments], np.int64),
            "chord_roots": shown.roots,
            "last": np.array([_by_part(moment.last) for moment in moments], np.int64),
            "tonic": shown.tonic,
            **draws._asdict(),
        }
        for layer in range(self._layers):
            feeds[f"keys_{layer}"] = self.ring.keys[layer]
            feeds[f"values_{layer}"] = self.ring.values[layer]
            feeds[f"near_keys_{layer}"] = suffix.keys[layer]
            feeds[f"near_values_{layer}"] = suffix.values[layer]
        chosen, log_prob, keys, values = self._step.run(STEP, feeds)
        return [_checked(row, logs) for row, logs in zip(chosen, log_prob, strict=True)], log_prob, keys, values

    def score(
        self, moments: Sequence[Moment], after: Moment | None, setting: Setting, before: int, suffix: Suffix
    ) -> tuple[Array, Array, Array, Array]:
        """How likely each next moment was, [T, 5] by field, and the likeliest pitch [T]; and the new columns.

        The moment after the last is `after`; where it is None the last row says nothing. Raises EngineError.
        """
        count = len(moments)
        known = [*moments, after or moments[-1]]
        shown = Shown(known, *setting)
        own = np.array([moment.earlier[SAME[moment.event.voice]] for moment in known[1:]], np.int64)
        mask = np.zeros((count, self.ring.size + suffix.mask.shape[1] + count), np.float32)
        mask[:, : self.ring.size] = self.ring.mask(before)
        mask[:, self.ring.size : -count] = suffix.mask[0]
        mask[:, -count:] = np.triu(np.full((count, count), -1.0e9, np.float32), 1)
        earlier = np.array([moment.earlier for moment in known[1:]], np.int64)
        feeds: dict[str, Array] = {
            "columns": shown.columns[:-1],
            "controls": shown.controls[:-1],
            "cos": shown.cos[:-1],
            "sin": shown.sin[:-1],
            "mask": mask,
            "places": shown.places[:-1],
            "then": shown.events[1:],
            "then_places": shown.places[1:],
            "own": np.where(own < 0, MIDDLE, own),
            "references": np.stack(
                [earlier[:, Part.HELD], earlier[:, Part.BASS], shown.roots[1:, 0], shown.tonic[1:]], 1
            ),
            "chords": shown.controls[1:, NOW],
        }
        for layer in range(self._layers):
            feeds[f"keys_{layer}"] = self.ring.keys[layer]
            feeds[f"values_{layer}"] = self.ring.values[layer]
            feeds[f"near_keys_{layer}"] = suffix.keys[layer][0]
            feeds[f"near_values_{layer}"] = suffix.values[layer][0]
        log_prob, likeliest, keys, values = self._score.run(SCORE, feeds)
        if not np.isfinite(log_prob).all() or not np.isfinite(keys).all():
            raise EngineError("the model's output is not finite; get the pack again or choose another")
        return log_prob, likeliest, keys, values


def _by_part(last: tuple[int, ...]) -> tuple[int, ...]:
    """Last pitches with the release's taken from the last key that went down."""
    return (last[Part.HELD], last[Part.HELD], *last[2:])


def _checked(chosen: Array, log_prob: Array) -> Event:
    """A row of the graph's answer as an event. Raises EngineError where it is none, or was masked out."""
    if not np.all(log_prob > UNLIKELY):
        raise EngineError("the model's output is not finite or breaks its masks; get the pack again or choose another")
    fields = [int(value) for value in chosen]
    if any(not 0 <= value < size for value, size in zip(fields, SIZES, strict=True)):
        raise EngineError(f"the model gave an event out of range ({fields}); get the pack again or choose another")
    return Event(*fields)
