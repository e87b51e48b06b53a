"""Keys as the music-theory VAE sees them: everything is moved to the white keys, C major or A minor, and back."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.music.key import SCALES, find_key
from bridge.music.note import Note

WHITE = SCALES["major"]
MOST_STEPS = 14
"""Steps of the scale that a line is moved by at most."""


def shift_to_white(scale: Iterable[int]) -> int:
    """Semitones, -5 to 6, that bring a scale's pitch classes (from the tonic up) best onto the white keys.

    Of several that do, the one that brings the tonic onto C, else onto A.
    """
    pitches = [pitch % 12 for pitch in scale]
    if not pitches:
        return 0
    fits = {shift: sum((pitch + shift) % 12 in WHITE for pitch in pitches) for shift in range(12)}
    best = max(fits.values())
    homes = [shift for shift in fits if fits[shift] == best]
    chosen = next((s for home in (0, 9) for s in homes if (pitches[0] + s) % 12 == home), homes[0])
    return (chosen + 5) % 12 - 5


def mode_of(scale: Sequence[int]) -> int:
    """1 for scales with a major third above their first pitch class, 2 for those with a minor one, else 0."""
    if not scale:
        return 0
    above = {(pitch - scale[0]) % 12 for pitch in scale}
    return 1 if 4 in above else 2 if 3 in above else 0


def scale_of(notes: Iterable[Note]) -> tuple[int, ...]:
    """The scale that notes speak for, from its tonic up; empty where there are none."""
    weights = [0.0] * 12
    for note in notes:
        weights[note.pitch % 12] += note.duration
    if not any(weights):
        return ()
    key = find_key(weights)
    return tuple((key.tonic + step) % 12 for step in SCALES[key.scale])


def rotations() -> NDArray[np.float32]:
    """[29, 12, 12] what a distribution over degrees becomes when the line moves by -14 to 14 steps of the scale.

    A black key moves as the white one below it does, and stays a semitone above it where that is no white key.
    """
    found = np.zeros((2 * MOST_STEPS + 1, 12, 12), np.float32)
    for steps in range(-MOST_STEPS, MOST_STEPS + 1):
        for degree in range(12):
            white = degree in WHITE
            at = WHITE.index(degree if white else degree - 1)
            found[steps + MOST_STEPS, degree, (WHITE[(at + steps) % 7] + (not white)) % 12] = 1.0
    return found
