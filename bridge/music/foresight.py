"""Foresight: which chords are to come, from what a player has played so far and how music usually goes on.

A small recurrent network (two layers of GRU, Cho et al., 2014) reads the player's notes beat by beat, relative to the
key; a reader on top of it looks at what is known of the beat that sounds, and says how likely each chord is now and in
the beats to come. It does so in every key that the music may be in, each counting as likely as it is; and where chords
come round again (`bridge.music.refrain`), that is minded too. What is told of a beat is the chord whose tones are
likeliest to fit whatever the chord really is (the least expected loss), not the likeliest chord alone.

`foresight.npz` is made by `python -m export.foresight`, which says from which pieces and how well it foretells.
"""

import functools
from collections import deque
from collections.abc import Mapping, Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import KINDS, Chord
from bridge.music.key import Key
from bridge.music.recurrent import Floats, Network, unpacked
from bridge.music.refrain import Refrain, temper

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
"""Chords that are told apart, as states: root above the tonic, then kind."""
MODES = ("major", "minor")
STRENGTHS = 3
"""Weak beat, middle of the bar, bar line."""
LOW = 52
"""Pitches below this (E3) speak for the bass of the chord."""
HEARD = 24
"""Numbers of a beat: beats of each pitch class above the tonic, of all notes and then of the low ones."""
ONSET = 0.25
"""Beats that a note counts beside its length, from the moment it is struck."""
PLACE = HEARD + STRENGTHS + len(MODES)
"""Numbers that the network reads of a beat: what is heard, how strong the beat is, and the mode."""
AHEAD = 8
"""Beats that are foretold, the one that sounds included."""
ROOT = 0.3
"""What the right root is worth beside all the tones being in the chord."""
KEYS = 12 * len(MODES)
"""Keys that are told apart: major ones from C up, then minor ones."""
UNLIKELY = 0.02
"""Odds below which a key is left out."""
FORGOTTEN = 0.005
"""Odds below which one that was not left out is."""
RECALLED = 64
"""Beats that are read anew in a key that had been left out."""
_SILENCE = np.zeros(HEARD, np.float32)
_EACH_STRENGTH = np.eye(STRENGTHS, dtype=np.float32)
_EACH_MODE = np.eye(len(MODES), dtype=np.float32)
_ABOVE = np.add.outer(np.arange(12), np.arange(12)) % 12
"""[tonic, step] the pitch class so many semitones above a tonic."""
_MOVED = (np.arange(STATES)[None] - len(STATE_KINDS) * np.arange(12)[:, None]) % STATES
"""[tonic, state] a chord in C as one above the tonic."""
STEADY = 0.1
"""How much better another chord must fit than the one that was told before."""


@functools.cache
def network() -> Network:
    """The network that comes with Antiphon: it reads PLACE numbers of each beat, and tells [AHEAD STATES]."""
    with resources.files("bridge.music").joinpath("foresight.npz").open("rb") as file, np.load(file) as found:
        return unpacked({name: found[name].astype(np.float32) for name in found.files})


def chances(found: Network, state: tuple[Floats, ...], place: Floats, through: float) -> Floats:
    """[..., AHEAD, STATES] how likely each chord is in the beat of which [..., PLACE] is known, and in those after it.

    `through` is the share of the beat that has passed.
    """
    known = np.concatenate([place, np.full((*place.shape[:-1], 1), through, np.float32)], -1)
    scores = found.tells(state, known)
    scores = scores.reshape(*scores.shape[:-1], AHEAD, STATES)
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    likely: Floats = raised / raised.sum(-1, keepdims=True)
    return likely


def tones() -> Floats:
    """[STATES, 12] 1 for the pitch classes above the tonic that are in each chord."""
    found = np.zeros((STATES, 12), np.float32)
    for state in range(STATES):
        root, kind = divmod(state, len(STATE_KINDS))
        found[state, [(root + step) % 12 for step in KINDS[STATE_KINDS[kind]]]] = 1.0
    return found


@functools.cache
def fits() -> Floats:
    """[told, true] share of a told chord's tones that are in the true one."""
    inside = tones()
    found: Floats = inside @ inside.T / inside.sum(1, keepdims=True)
    return found


@functools.cache
def _worth() -> Floats:
    """[told, true] what a told chord is worth."""
    roots = np.arange(STATES) // len(STATE_KINDS)
    found: Floats = fits() + np.float32(ROOT) * (roots[:, None] == roots)
    return found


def best(chances: Floats, before: int | None = None) -> int:
    """The state to tell where each is as likely as `chances` [STATES] say; the one told before unless it fits worse."""
    worth = _worth() @ chances
    found = int(worth.argmax())
    return before if before is not None and worth[before] >= worth[found] - STEADY else found


def place(heard: Floats, strength: int | NDArray[np.int64], mode: int | NDArray[np.int64]) -> Floats:
    """[..., PLACE] what the network reads of beats in which [..., HEARD] beats of each pitch class sound."""
    found = np.zeros((*heard.shape[:-1], PLACE), np.float32)
    found[..., :HEARD] = np.log1p(2 * heard)
    found[..., HEARD : HEARD + STRENGTHS] = _EACH_STRENGTH[strength]
    found[..., HEARD + STRENGTHS :] = _EACH_MODE[mode]
    return found


class Foresight:
    """What is believed of the chords, a beat at a time.

    What is heard is [HEARD] of pitch classes from C up; states are of chords in C. The key need not be known: every one
    has a reading of its own, and `odds` [KEYS] say how much each counts (major keys from C up, then minor ones). The
    strength of a beat is 0 for a weak one, 1 in the middle of the bar, 2 on the bar line.
    """

    def __init__(self, found: Network | None = None) -> None:
        self._network = found or network()
        self._refrain = Refrain()
        self._past: deque[tuple[Floats, int]] = deque(maxlen=RECALLED)
        self._keys = np.zeros(0, np.int64)
        """Keys that have a reading, rising."""
        self._state = self._network.silence(0)
        """The network's state in each of them."""
        self._foretold: tuple[bytes, int, Floats, Floats] | None = None
        """For these odds and this strength of the beat, before it was heard: what is likely, and the refrain's word."""

    @property
    def knows(self) -> bool:
        """Whether anything has been heard."""
        return bool(self._past)

    def fold(self, heard: Floats, strength: int, odds: Floats) -> None:
        """A beat is over, in which [HEARD] beats of each pitch class sounded; silence at first does not count."""
        if not self._past and not heard.any():
            return
        before, word = self._before(strength, odds)
        if heard.any():
            self._refrain.fold(before, word, self._read(heard, strength, 1.0, odds)[0], strength)
        else:
            self._refrain.rest(before, word, strength)
        self._past.append((heard, strength))
        self._state = self._network.onward(self._state, _places(heard, strength, self._keys))
        self._foretold = None

    def forget(self) -> None:
        """Nothing is known."""
        self._past.clear()
        self._keys, self._state = np.zeros(0, np.int64), self._network.silence(0)
        self._refrain.forget()
        self._foretold = None

    def look(self, heard: Floats, strength: int, through: float, told: Sequence[int | None], odds: Floats) -> list[int]:
        """The states to tell of the beat that sounds and of the beats after it, as many as `told`.

        Of that beat [HEARD] is known, and a share `through` of it has passed; `told` is what was told before of each,
        None where nothing was. Beyond AHEAD beats the last one holds.
        """
        _, word = self._before(strength, odds)
        likely = temper(self._read(heard, strength, through, odds), word)
        return [best(likely[min(number, AHEAD - 1)], was) for number, was in enumerate(told)]

    def _before(self, strength: int, odds: Floats) -> tuple[Floats, Floats]:
        """What is likely before anything of the beat is heard, and what the refrain says to that."""
        now = odds.tobytes(), strength
        if self._foretold is None or self._foretold[:2] != now:
            before = self._read(_SILENCE, strength, 0.0, odds)
            self._foretold = (*now, before, self._refrain.word(before, strength))
        return self._foretold[2:]

    def _read(self, heard: Floats, strength: int, through: float, odds: Floats) -> Floats:
        """[AHEAD, STATES] how likely each chord is, whatever the key."""
        self._tune(odds)
        counts = odds[self._keys] / odds[self._keys].sum()
        read = chances(self._network, self._state, _places(heard, strength, self._keys), through)
        found: Floats = np.tensordot(counts, np.take_along_axis(read, _MOVED[self._keys % 12][:, None, :], 2), 1)
        return found

    def _tune(self, odds: Floats) -> None:
        """Have a reading in every key that counts: in one that had none, what was heard is read anew."""
        counts = odds >= UNLIKELY
        counts[self._keys] |= odds[self._keys] >= FORGOTTEN
        keys = np.flatnonzero(counts)
        if np.array_equal(keys, self._keys):
            return
        fresh = np.setdiff1d(keys, self._keys)
        state = self._network.silence(len(fresh))
        for heard, strength in self._past if len(fresh) else ():
            state = self._network.onward(state, _places(heard, strength, fresh))
        had = np.isin(self._keys, keys)
        order = np.argsort(np.concatenate([self._keys[had], fresh]))
        self._state = tuple(np.concatenate([old[had], new])[order] for old, new in zip(self._state, state, strict=True))
        self._keys = keys


def chord(state: int) -> Chord:
    """The chord of a state."""
    root, kind = divmod(state, len(STATE_KINDS))
    return Chord(root, STATE_KINDS[kind])


def odds(likely: Mapping[Key, float]) -> Floats:
    """[KEYS] how much each key counts, from how likely keys are; a scale counts as the mode that has its third.

    All count alike where nothing is known.
    """
    found = np.zeros(KEYS, np.float32) if likely else np.full(KEYS, 1 / KEYS, np.float32)
    for key, chance in likely.items():
        found[12 * key.minor + key.tonic] += chance
    return found


def _places(heard: Floats, strength: int, keys: NDArray[np.int64]) -> Floats:
    """[K, PLACE] what the network reads of a beat in each of some keys."""
    above = heard.reshape(2, 12)[:, _ABOVE[keys % 12]]
    return place(above.transpose(1, 0, 2).reshape(-1, HEARD), strength, keys // 12)
