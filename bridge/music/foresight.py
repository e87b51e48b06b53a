"""Foresight: which chords are to come, from what a player has played so far and how music usually goes on.

A hidden Markov model, filtered beat by beat: a state is a chord (root above the tonic, kind) and how fast the harmony
moves; it changes more readily on a bar line, and goes where it went in the music that the tables were counted from; a
player's notes speak for the chords that they are common over. What is told of a beat is the chord whose tones are
likeliest to fit whatever the chord really is (the least expected loss), not the likeliest chord alone.

`foresight.npz` is made by `python -m export.foresight`, which says from which pieces and how well it foretells.
"""

import functools
import math
from importlib import resources

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import KINDS, Chord

Floats = NDArray[np.float64]

STATE_KINDS = ("", "m", "7", "dim")
"""Kinds of chord that are told apart; richer ones count as the nearest."""
PLAINER = {
    **dict.fromkeys(KINDS, 0),
    **dict.fromkeys(("m", "m7", "m6", "mmaj7"), 1),
    **dict.fromkeys(("7", "7sus4"), 2),
    **dict.fromkeys(("dim", "dim7", "m7b5"), 3),
}
"""Kind of chord -> the place in STATE_KINDS that it counts as."""
STATES = 12 * len(STATE_KINDS)
MODES = ("major", "minor")
PACES = 3
"""How fast the harmony moves: slow, usual, fast."""
STRENGTHS = 3
"""Weak beat, middle of the bar, bar line."""
TRUST = 1.0
"""Power of what a beat's notes say."""
ONSET = 0.25
"""Beats that a note counts beside its length, from the moment it is struck."""
ROOT = 0.3
"""What the right root is worth beside all the tones being in the chord."""
STEADY = 0.04
"""How much better another chord must fit than the one that was told before."""


class Tables(msgspec.Struct, frozen=True):
    """What was counted, by mode; chords are states relative to the tonic."""

    notes: Floats
    """[2, STATES, 12] log of how much commoner a pitch class above the tonic is over a chord than in the mode."""
    moves: Floats
    """[2, STATES, STATES] where a chord that changes goes."""
    changes: Floats
    """[PACES, STRENGTHS] how often the chord changes at a beat."""
    chords: Floats
    """[2, STATES] how common each chord is."""
    paces: Floats
    """[PACES] how common each pace is."""


@functools.cache
def tables() -> Tables:
    """The tables that come with Antiphon."""
    with resources.files("bridge.music").joinpath("foresight.npz").open("rb") as file, np.load(file) as found:
        return Tables(**{name: found[name].astype(np.float64) for name in Tables.__struct_fields__})


def tones() -> Floats:
    """[STATES, 12] 1 for the pitch classes above the tonic that are in each chord."""
    found = np.zeros((STATES, 12))
    for state in range(STATES):
        root, kind = divmod(state, len(STATE_KINDS))
        found[state, [(root + step) % 12 for step in KINDS[STATE_KINDS[kind]]]] = 1.0
    return found


@functools.cache
def _worth() -> Floats:
    """[told, true] share of a told chord's tones that are in the true one, and the root's."""
    inside = tones()
    fits = inside @ inside.T / inside.sum(1, keepdims=True)
    roots = np.arange(STATES) // len(STATE_KINDS)
    found: Floats = fits + ROOT * (roots[:, None] == roots)
    return found


class Foresight:
    """What is believed of the chord, a beat at a time. All states are relative to the tonic."""

    def __init__(self, found: Tables | None = None) -> None:
        self._tables = found or tables()
        self._mode = 0
        self._belief: Floats | None = None

    @property
    def knows(self) -> bool:
        """Whether anything has been heard."""
        return self._belief is not None

    def settle(self, up: int, minor: bool) -> None:
        """The key is so many semitones above the one before, and major or minor."""
        self._mode = int(minor)
        if self._belief is not None and up % 12:
            self._belief = np.roll(self._belief, -(up % 12) * len(STATE_KINDS), axis=1)

    def melody(self, notes: Floats) -> Floats:
        """[STATES] what `notes` [12], beats of each pitch class above the tonic, say as a melody over each chord."""
        found: Floats = TRUST * (self._tables.notes[self._mode] @ notes)
        return found

    def fold(self, evidence: Floats, strength: int) -> None:
        """A beat is over in which what was heard says `evidence` [STATES]: log likelihoods, all 0 for nothing.

        `strength` is of the beat that begins now: 0 weak, 1 middle of the bar, 2 bar line.
        """
        if self._belief is None and not evidence.any():
            return
        self._belief = self._onward(self._heard(evidence), strength)

    def forget(self) -> None:
        """Nothing is known."""
        self._belief = None

    def look(self, evidence: Floats, strengths: list[int], told: list[int | None]) -> list[int]:
        """The states to tell of the beat that sounds, of which `evidence` is known, and of the beats after it.

        `strengths` are of the beats after it, `told` what was told before of all of them, None where nothing was.
        """
        belief = self._heard(evidence)
        found = [self._decide(belief, told[0])]
        for strength, before in zip(strengths, told[1:], strict=True):
            belief = self._onward(belief, strength)
            found.append(self._decide(belief, before))
        return found

    def _heard(self, evidence: Floats) -> Floats:
        """[PACES, STATES] the belief with what a beat says."""
        belief = self._belief
        if belief is None:
            belief = np.outer(self._tables.paces, self._tables.chords[self._mode])
        belief = belief * np.exp(evidence - evidence.max())
        found: Floats = belief / max(belief.sum(), math.ulp(1.0))
        return found

    def _onward(self, belief: Floats, strength: int) -> Floats:
        change = self._tables.changes[:, strength, None]
        found: Floats = (1 - change) * belief + change * (belief @ self._tables.moves[self._mode])
        return found

    def _decide(self, belief: Floats, before: int | None) -> int:
        worth = _worth() @ belief.sum(0)
        best = int(worth.argmax())
        return before if before is not None and worth[before] >= worth[best] - STEADY else best


def chord(state: int, tonic: int) -> Chord:
    """The chord of a state in a key."""
    root, kind = divmod(state, len(STATE_KINDS))
    return Chord((root + tonic) % 12, STATE_KINDS[kind])
