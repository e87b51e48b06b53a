"""Foresight: which chords are to come, from what a player has played so far and how music usually goes on.

A small recurrent network (two layers of GRU, Cho et al., 2014) reads the player's notes beat by beat, relative to the
key; a reader on top of it looks at what is known of the beat that sounds, and says how likely each chord is now and in
the beats to come. What is told of a beat is the chord whose tones are likeliest to fit whatever the chord really is
(the least expected loss), not the likeliest chord alone.

`foresight.npz` is made by `python -m export.foresight`, which says from which pieces and how well it foretells.
"""

import functools
from collections import deque
from importlib import resources

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import KINDS, Chord

Floats = NDArray[np.float32]

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
RECALLED = 64
"""Beats that are read again when the key turns out to be another one."""
ROOT = 0.3
"""What the right root is worth beside all the tones being in the chord."""
_EACH_STRENGTH = np.eye(STRENGTHS, dtype=np.float32)
STEADY = 0.1
"""How much better another chord must fit than the one that was told before."""


class Gates(msgspec.Struct, frozen=True):
    """A layer of gated recurrent units of width W reading I numbers: reset, update and new, one above the other."""

    read: Floats
    """[3 W, I]"""
    keep: Floats
    """[3 W, W]"""
    read_bias: Floats
    """[3 W]"""
    keep_bias: Floats
    """[3 W]"""

    def step(self, heard: Floats, before: Floats) -> Floats:
        """The layer's state [W] after reading [I]."""
        width = len(before)
        new, old = self.read @ heard + self.read_bias, self.keep @ before + self.keep_bias
        reset, update = np.split(_sigmoid(new[: 2 * width] + old[: 2 * width]), 2)
        found: Floats = np.tanh(new[2 * width :] + reset * old[2 * width :])
        return found + update * (before - found)


class Line(msgspec.Struct, frozen=True):
    """A linear map, [O, I] and [O]."""

    weight: Floats
    bias: Floats

    def of(self, numbers: Floats) -> Floats:
        """[O] of [I]."""
        found: Floats = self.weight @ numbers + self.bias
        return found


class Network(msgspec.Struct, frozen=True):
    """What was learnt."""

    enter: Line
    layers: tuple[Gates, ...]
    readers: tuple[Line, ...]
    tell: Line
    """[AHEAD STATES, I]"""

    @property
    def silence(self) -> tuple[Floats, ...]:
        """The state before anything is heard."""
        return tuple(np.zeros(len(layer.keep[0]), np.float32) for layer in self.layers)

    def onward(self, state: tuple[Floats, ...], place: Floats) -> tuple[Floats, ...]:
        """The state after a whole beat [PLACE]."""
        numbers, found = self.enter.of(place), []
        for layer, before in zip(self.layers, state, strict=True):
            numbers = layer.step(numbers, before)
            found.append(numbers)
        return tuple(found)

    def chances(self, state: tuple[Floats, ...], place: Floats, through: float) -> Floats:
        """[AHEAD, STATES] how likely each chord is in the beat of which [PLACE] is known so far, and in those after it.

        `through` is the share of the beat that has passed.
        """
        numbers = np.concatenate([state[-1], place, np.array([through], np.float32)])
        for line in self.readers:
            numbers = np.maximum(line.of(numbers), 0)
        scores = self.tell.of(numbers).reshape(AHEAD, STATES)
        raised = np.exp(scores - scores.max(1, keepdims=True))
        found: Floats = raised / raised.sum(1, keepdims=True)
        return found


@functools.cache
def network() -> Network:
    """The network that comes with Antiphon."""
    with resources.files("bridge.music").joinpath("foresight.npz").open("rb") as file, np.load(file) as found:
        return unpacked({name: found[name].astype(np.float32) for name in found.files})


def unpacked(arrays: dict[str, Floats]) -> Network:
    """The network of arrays under the names that torch gives them: enter, core, readers 0, 1, ... and tell."""

    def line(name: str) -> Line:
        return Line(arrays[f"{name}.weight"], arrays[f"{name}.bias"])

    def gates(number: int) -> Gates:
        names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        return Gates(*(arrays[f"core.{name}_l{number}"] for name in names))

    layers = sum(name.startswith("core.weight_ih") for name in arrays)
    readers = sorted({name.rsplit(".", 1)[0] for name in arrays if name.startswith("readers.")})
    return Network(line("enter"), tuple(map(gates, range(layers))), tuple(map(line, readers)), line("tell"))


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


def place(heard: Floats, strength: int | NDArray[np.int64], mode: int) -> Floats:
    """[..., PLACE] what the network reads of beats in which [..., HEARD] beats of each pitch class sound."""
    found = np.zeros((*heard.shape[:-1], PLACE), np.float32)
    found[..., :HEARD] = np.log1p(2 * heard)
    found[..., HEARD : HEARD + STRENGTHS] = _EACH_STRENGTH[strength]
    found[..., HEARD + STRENGTHS + mode] = 1.0
    return found


class Foresight:
    """What is believed of the chords, a beat at a time. All states and pitch classes are relative to the tonic.

    The strength of a beat is 0 for a weak one, 1 in the middle of the bar, 2 on the bar line.
    """

    def __init__(self, found: Network | None = None) -> None:
        self._network = found or network()
        self._mode = 0
        self._state = self._network.silence
        self._past: deque[tuple[Floats, int]] = deque(maxlen=RECALLED)

    @property
    def knows(self) -> bool:
        """Whether anything has been heard."""
        return bool(self._past)

    def settle(self, up: int, minor: bool) -> None:
        """The key is so many semitones above the one before, and major or minor: what was heard is read anew."""
        if up % 12 == 0 and self._mode == int(minor):
            return
        self._mode = int(minor)
        past = [(_rolled(heard, -up), strength) for heard, strength in self._past]
        self.forget()
        for heard, strength in past:
            self.fold(heard, strength)

    def fold(self, heard: Floats, strength: int) -> None:
        """A beat is over, in which [HEARD] beats of each pitch class sounded; silence at first does not count."""
        if not self._past and not heard.any():
            return
        self._past.append((heard, strength))
        self._state = self._network.onward(self._state, place(heard, strength, self._mode))

    def forget(self) -> None:
        """Nothing is known."""
        self._past.clear()
        self._state = self._network.silence

    def look(self, heard: Floats, strength: int, through: float, told: list[int | None]) -> list[int]:
        """The states to tell of the beat that sounds and of the beats after it, as many as `told`.

        Of that beat [HEARD] is known, and a share `through` of it has passed; `told` is what was told before of each,
        None where nothing was. Beyond AHEAD beats the last one holds.
        """
        chances = self._network.chances(self._state, place(heard, strength, self._mode), through)
        return [best(chances[min(number, AHEAD - 1)], before) for number, before in enumerate(told)]


def chord(state: int, tonic: int) -> Chord:
    """The chord of a state in a key."""
    root, kind = divmod(state, len(STATE_KINDS))
    return Chord((root + tonic) % 12, STATE_KINDS[kind])


def _rolled(heard: Floats, up: int) -> Floats:
    return np.concatenate([np.roll(half, up) for half in np.split(heard, 2)])


def _sigmoid(numbers: Floats) -> Floats:
    found: Floats = 0.5 + 0.5 * np.tanh(0.5 * numbers)
    return found
