"""The ear for harmony: which chord the player's notes speak for, heard as they come.

The same scores as for a whole piece (`bridge.music.harmony`), added up beat by beat: what is known of the chord now is
the best path up to here, with nothing of what is to come.
"""

import math

import numpy as np

from bridge.music.chord import Chord
from bridge.music.harmony import CHANGE, HEARD, Scores, entering, fit, onward
from bridge.music.key import Key
from bridge.music.meter import Meter

BASS = 52
"""Pitches below this (E3) speak for the bass of the chord."""
LEADING = 1.0
"""Log likelihood by which a chord must lead the next best one to be named."""
HOLD = 2.0
"""Beats of a long note that count in a beat at most."""
LEAST = 0.1
"""Beats that a note counts at least, from the moment it is struck."""
FORGET = 8.0
"""Beats of silence after which nothing is known any more."""


class Ear:
    """Takes the player's keys in stage beats; `advance` must be called at least once a beat to be up to date."""

    def __init__(self) -> None:
        self._down: dict[int, float] = {}
        self._struck: set[int] = set()
        """Keys down that have not counted in any beat yet."""
        self._now = -math.inf
        self._notes = np.zeros(12)
        self._bass = np.zeros(12)
        self._scores: Scores | None = None
        self._beat: int | None = None
        self._heard = -math.inf
        self._enter = entering(0, "major")
        self._key: Key | None = None

    def press(self, beat: float, pitch: int) -> None:
        """A key went down."""
        self.release(beat, pitch)
        self._down[pitch] = beat
        self._struck.add(pitch)
        self._heard = beat
        self._now = max(beat, self._now)

    def release(self, beat: float, pitch: int) -> None:
        """A key went up; one that was not down is no news."""
        since = self._down.pop(pitch, None)
        if since is not None:
            self._now = max(beat, self._now)
            self._weigh(pitch, beat - since, self._notes, self._bass)
            self._struck.discard(pitch)
            self._heard = max(beat, self._heard)

    def advance(self, beat: float, song: float, meter: Meter, key: Key | None) -> None:
        """Time has come to a stage beat: whole beats of the song that have passed are taken account of."""
        if key is not None and key != self._key:
            self._key = key
            self._enter = entering(key.tonic, "minor" if 3 in _steps(key) and 4 not in _steps(key) else "major")
        if beat - self._heard > FORGET and not self._down:
            self._scores = None
            self._notes[:] = self._bass[:] = 0.0
        self._now = max(beat, self._now)
        now = math.floor(beat + song + 1e-6)
        if self._beat is None or now < self._beat:
            self._beat = now
        if now > self._beat:
            for pitch, since in list(self._down.items()):
                self._weigh(pitch, beat - since, self._notes, self._bass)
                self._down[pitch] = beat
            self._struck.clear()
            self._fold()
            if self._scores is not None:
                self._scores, _ = onward(self._scores, CHANGE[_strength(now, meter)], self._enter)
            self._beat = now

    def forget(self) -> None:
        """The music jumped: what was heard says nothing about where it goes on."""
        self._scores = self._beat = None
        self._now = -math.inf
        self._notes[:] = self._bass[:] = 0.0
        self._down.clear()
        self._struck.clear()

    def chord(self) -> Chord | None:
        """The chord that holds now, where one stands out."""
        scores = self._so_far()
        if scores is None:
            return None
        flat = scores.reshape(-1)
        best = int(flat.argmax())
        root, kind = divmod(best, len(HEARD))
        rivals = np.delete(scores.max(axis=1), root)
        return Chord(root, HEARD[kind]) if flat[best] - rivals.max() >= LEADING else None

    def _so_far(self) -> Scores | None:
        """The scores with the beat that is not over yet, keys that are down included."""
        notes, bass = self._notes.copy(), self._bass.copy()
        for pitch, since in self._down.items():
            self._weigh(pitch, self._now - since, notes, bass)
        if not notes.any():
            return self._scores
        before = self._scores if self._scores is not None else self._enter
        return before + fit(notes, bass)

    def _fold(self) -> None:
        if self._notes.any():
            before = self._scores if self._scores is not None else self._enter
            self._scores = before + fit(self._notes, self._bass)
        self._notes[:] = self._bass[:] = 0.0

    def _weigh(self, pitch: int, beats: float, notes: Scores, bass: Scores) -> None:
        """Add what a key that was down for so many beats says to the weights of all notes, and of the bass."""
        beats = min(max(beats, LEAST if pitch in self._struck else 0.0), HOLD)
        notes[pitch % 12] += beats
        if pitch < BASS:
            bass[pitch % 12] += 0.8 * beats


def _steps(key: Key) -> set[int]:
    return {(pitch_class - key.tonic) % 12 for pitch_class in key.pitch_classes}


def _strength(beat: int, meter: Meter) -> int:
    """Where a beat of the song lies: 2 on a bar line, 1 in the middle of a bar, 0 elsewhere."""
    into = beat % meter.bar
    if into < 1e-6 or meter.bar - into < 1e-6:
        return 2
    return 1 if abs(into - meter.bar / 2) < 1e-6 else 0
