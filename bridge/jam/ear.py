"""The ear for harmony: which chord the player's notes speak for, heard as they come.

The same scores as for a whole piece (`bridge.music.harmony`), added up beat by beat: what is known of the chord now is
the best path up to here, with nothing of what is to come. What is likely to come is `bridge.music.foresight`'s.
"""

import math

import numpy as np

from bridge.music.chord import Chord, ChordAt
from bridge.music.foresight import LOW, ONSET, Foresight, chord
from bridge.music.foresight import odds as odds_of
from bridge.music.harmony import CHANGE, HEARD, Scores, entering, fit, onward
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.recurrent import Floats

BASS = 0.8
"""How much of a low note's length counts for the bass of the chord."""
LEADING = 1.0
"""Log likelihood by which a chord must lead the next best one to be named."""
HOLD = 2.0
"""Beats of a long note that count in a beat at most."""
LEAST = 0.1
"""Beats that a note counts at least, from the moment it is struck."""
LEAP = 4
"""Beats at most that pass one by one where nothing was asked in between."""
FORGET = 8.0
"""Beats of silence after which no chord is said to hold any more."""
LOSE = 32.0
"""Beats of silence after which nothing is known of the music any more; while the player rests, its loop goes on."""


class Ear:
    """Takes the player's keys in stage beats; `advance` must be called at least once a beat to be up to date."""

    def __init__(self) -> None:
        self._down: dict[int, float] = {}
        self._struck: set[int] = set()
        """Keys down that have not counted in any beat yet."""
        self._now = -math.inf
        self._notes = np.zeros(12)
        self._low = np.zeros(12)
        self._scores: Scores | None = None
        self._beat: int | None = None
        self._heard = -math.inf
        self._enter = entering(0, "major")
        self._key: Key | None = None
        self._odds = odds_of({})
        self._onsets = np.zeros((2, 12))
        """What the onsets of this beat count: of all notes, and of low ones."""
        self._foresight = Foresight()
        self._told: dict[int, int] = {}
        """What was told of each beat of the song, as a state of the foresight."""
        self._song = 0.0
        self._meter = Meter()

    def press(self, beat: float, pitch: int) -> None:
        """A key went down."""
        self.release(beat, pitch)
        self._down[pitch] = beat
        self._struck.add(pitch)
        self._onsets[: 2 if pitch < LOW else 1, pitch % 12] += ONSET
        self._heard = beat
        self._now = max(beat, self._now)

    def release(self, beat: float, pitch: int) -> None:
        """A key went up; one that was not down is no news."""
        if self._beat is not None and beat > self._now:
            self._turn(beat)
        since = self._down.pop(pitch, None)
        if since is not None:
            self._now = max(beat, self._now)
            self._weigh(pitch, beat - since, self._notes, self._low)
            self._struck.discard(pitch)
            self._heard = max(beat, self._heard)

    def advance(self, beat: float, song: float, meter: Meter, key: Key | None, odds: Floats | None = None) -> None:
        """Time has come to a stage beat: whole beats of the song that have passed are taken account of.

        `odds` [KEYS] are of the keys as `bridge.music.foresight` has them, None where there is no doubt of `key`.
        """
        if key is not None:
            self._settle(key, odds)
        self._song, self._meter = song, meter
        self._turn(beat)
        if beat - self._heard > FORGET and not self._down:
            self._scores = None
        if beat - self._heard > LOSE and not self._down:
            self._lose()

    def _turn(self, beat: float) -> None:
        """Beats of the song that are over by a stage beat are taken account of."""
        self._now = max(beat, self._now)
        meter, now = self._meter, math.floor(beat + self._song + 1e-6)
        if self._beat is None or now < self._beat:
            self._beat = now
        for step in range(max(self._beat, now - LEAP), now):
            over = step + 1 - self._song
            for pitch, since in list(self._down.items()):
                self._weigh(pitch, over - since, self._notes, self._low)
                self._down[pitch] = over
            self._struck.clear()
            self._foresight.fold(self._heard_in(self._notes, self._low), _strength(step, meter), self._odds)
            self._fold()
        if now > self._beat:
            for told in [told for told in self._told if told < now]:
                del self._told[told]
            if self._scores is not None:
                self._scores, _ = onward(self._scores, CHANGE[_strength(now, meter)], self._enter)
            self._beat = now

    def forget(self) -> None:
        """The music jumped: what was heard says nothing about where it goes on."""
        self._beat = None
        self._now = -math.inf
        self._down.clear()
        self._lose()
        self._struck.clear()

    def jump(self, beat: float) -> None:
        """The song jumped at a stage beat in mid-play, as a loop does: its place is another one, the music the same."""
        if self._beat is not None:
            self._turn(max(round(beat + self._song) - self._song, self._now))
        self._told.clear()
        self._beat = None
        self._now = -math.inf

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

    def to_come(self, until: float, song: float, meter: Meter) -> tuple[ChordAt, ...]:
        """The chords to expect from the beat that sounds up to a stage beat; none while nothing or no key is known.

        What was told before is told again unless something else has come to fit clearly better.
        """
        if self._key is None or self._beat is None or (not self._foresight.knows and not self._onsets.any()):
            return ()
        beats = range(self._beat, max(math.ceil(until + song - 1e-6), self._beat + 1))
        through = min(max(self._now + song - self._beat, 0.0), 1.0)
        told = [self._told.get(beat) for beat in beats]
        heard, strength = self._heard_in(*self._sounding()), _strength(self._beat, meter)
        states = self._foresight.look(heard, strength, through, told, self._odds)
        found: list[ChordAt] = []
        for beat, state in zip(beats, states, strict=True):
            self._told[beat] = state
            said = chord(state)
            if not found or found[-1].chord != said:
                found.append(ChordAt(beat - song, said))
        return tuple(found)

    def _so_far(self) -> Scores | None:
        """The scores with the beat that is not over yet, keys that are down included."""
        notes, low = self._sounding()
        if not notes.any():
            return self._scores
        before = self._scores if self._scores is not None else self._enter
        return before + fit(notes, BASS * low)

    def _sounding(self) -> tuple[Scores, Scores]:
        """What this beat's notes weigh so far, keys that are down included: all notes, and the low ones."""
        notes, low = self._notes.copy(), self._low.copy()
        for pitch, since in self._down.items():
            self._weigh(pitch, self._now - since, notes, low)
        return notes, low

    def _heard_in(self, notes: Scores, low: Scores) -> Floats:
        """What the foresight hears in a beat in which notes sounded so long."""
        return (np.stack([notes, low]) + self._onsets).reshape(-1).astype(np.float32)

    def _settle(self, key: Key, odds: Floats | None) -> None:
        """The key is this one, or there is a doubt."""
        self._odds = odds_of({key: 1.0}) if odds is None else odds
        if key != self._key:
            self._enter = entering(key.tonic, "minor" if key.minor else "major")
            self._key = key

    def _lose(self) -> None:
        """No chord is known any more."""
        self._scores = None
        self._clear()
        self._foresight.forget()
        self._told.clear()

    def _clear(self) -> None:
        self._notes[:] = self._low[:] = self._onsets[:] = 0.0

    def _fold(self) -> None:
        if self._notes.any():
            before = self._scores if self._scores is not None else self._enter
            self._scores = before + fit(self._notes, BASS * self._low)
        self._clear()

    def _weigh(self, pitch: int, beats: float, notes: Scores, low: Scores) -> None:
        """Add what a key that was down for so many beats says to the weights of all notes, and of the low ones."""
        beats = min(max(beats, LEAST if pitch in self._struck else 0.0), HOLD)
        notes[pitch % 12] += beats
        if pitch < LOW:
            low[pitch % 12] += beats


def _strength(beat: int, meter: Meter) -> int:
    """Where a beat of the song lies: 2 on a bar line, 1 in the middle of a bar, 0 elsewhere."""
    into = beat % meter.bar
    if into < 1e-6 or meter.bar - into < 1e-6:
        return 2
    return 1 if abs(into - meter.bar / 2) < 1e-6 else 0
