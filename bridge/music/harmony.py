"""Hearing chords in notes: how well every chord explains pitch classes and a bass, and the likeliest path through them.

The scores are log likelihood ratios against notes at random, so that those of several stretches add up. The path of a
whole piece is found here; who hears a piece while it is played adds the same scores up as they come.
"""

import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import KINDS
from bridge.music.key import SCALES

Scores = NDArray[np.float64]
Ints = NDArray[np.int32]

HEARD = ("", "m", "7", "m7", "maj7", "dim", "dim7", "m7b5", "aug", "sus4")
"""Kinds that are listened for. A sixth is heard as the seventh chord of the same notes."""
RARITY = {
    "": 0.0, "m": -0.2, "7": -0.5, "m7": -1.1, "maj7": -1.5, "dim": -1.3, "dim7": -1.4, "m7b5": -1.6, "aug": -2.2,
    "sus4": -1.9,
}  # fmt: skip
"""What it costs to enter a chord of a kind, as a logarithm of how common it is."""
STRAY = 0.09
"""Share of the sounding time that notes outside the chord take."""
TONES = ((0.37, 0.28, 0.26, 0.22), (0.62, 0.13, 0.16, 0.06))
"""Weights of a chord's notes from the root up, among all notes and in the bass."""
BASS_STRAY = 0.14
FOREIGN = -0.9
"""What it costs to enter a chord outside the key."""
CHANGE = (2.6, 1.7, 1.0)
"""What a change of chord costs on a weak beat, in the middle of a bar, and on a bar line."""
FALLS = {7: 0.0, 5: -0.1, 0: -0.5, 2: -0.3, 10: -0.4, 9: -0.3, 3: -0.4, 8: -0.5, 4: -0.5, 1: -0.8, 11: -0.5, 6: -1.0}
"""What a motion of the root costs, by its semitones downwards: falling fifths are commonest."""
ENOUGH = 3.0
"""Sounding beats in a beat beyond which more notes say nothing more."""
SILENCE = -1
"""Root of «no chord»."""


def _profile(weights: tuple[float, ...], stray: float) -> Scores:
    rows = np.full((12, len(HEARD), 12), stray)
    for index, kind in enumerate(HEARD):
        steps = KINDS[kind]
        rows[:, index] = stray / (12 - len(steps))
        share = (1 - stray) / sum(weights[: len(steps)])
        for root in range(12):
            for step, weight in zip(steps, weights, strict=False):
                rows[root, index, (root + step) % 12] = weight * share
    logs: Scores = np.log(rows * 12)
    return logs


NOTES, BASS = (_profile(weights, stray) for weights, stray in zip(TONES, (STRAY, BASS_STRAY), strict=True))
"""[root, kind in HEARD, pitch class]: log of how much likelier a note is under the chord than by chance."""

_MOTION = np.array([[FALLS[(before - after) % 12] for after in range(12)] for before in range(12)])


def fit(notes: Scores, bass: Scores) -> Scores:
    """[..., root, kind]: how well each chord explains [..., 12] sounding beats of all notes, and of the lowest ones."""
    fitted: Scores = np.tensordot(notes, NOTES, axes=(-1, 2)) + np.tensordot(bass, BASS, axes=(-1, 2))
    return fitted


def entering(tonic: int, mode: str) -> Scores:
    """[root, kind]: what it costs (<= 0) to enter each chord in a key; its fifth's dominant and its own are at home."""
    scale = {(tonic + step) % 12 for step in SCALES["minor" if mode == "minor" else "major"]}
    if mode == "minor":
        scale.add((tonic + 11) % 12)
    costs = np.zeros((12, len(HEARD)))
    for index, kind in enumerate(HEARD):
        for root in range(12):
            foreign = sum((root + step) % 12 not in scale for step in KINDS[kind])
            costs[root, index] = RARITY[kind] + FOREIGN * min(foreign, 2) / 1.5
    return costs


def recognise(
    ticks: Ints,
    lengths: Ints,
    pitches: Ints,
    low: NDArray[np.bool_],
    edges: Ints,
    strengths: Ints,
    tonic: int,
    mode: str,
) -> Ints:
    """Rows (tick, root or SILENCE, index into KINDS) of the likeliest chords of a piece.

    `low` marks the notes of a bass part; without any, the lowest note that sounds is the bass. `edges` are the ticks
    between which a chord holds, `strengths` index CHANGE for each stretch (0 weak, 1 middle, 2 bar line).
    """
    notes, bass = _sounding(ticks, lengths, pitches, low, edges)
    total = notes.sum(axis=1, keepdims=True)
    spans = np.diff(edges)[:, None] / 24.0
    notes *= np.minimum(1.0, ENOUGH * spans / np.maximum(total, 1e-9))
    path = _path(fit(notes, bass * 0.8), np.array(CHANGE)[strengths], entering(tonic, mode))
    begun = int(np.argmax(total[:, 0] > 0))
    found = [(int(edges[0]), SILENCE, 0)] if begun else []
    kinds = [list(KINDS).index(kind) for kind in HEARD]
    for index in range(begun, len(path)):
        root, kind = divmod(int(path[index]), len(HEARD))
        if not found or found[-1][1:] != (root, kinds[kind]):
            found.append((int(edges[index]), root, kinds[kind]))
    return np.array(found, np.int32).reshape(-1, 3)


def _sounding(ticks: Ints, lengths: Ints, pitches: Ints, low: NDArray[np.bool_], edges: Ints) -> tuple[Scores, Scores]:
    """Sounding beats of each pitch class in each stretch: of all notes, and of the lowest."""
    count = len(edges) - 1
    notes, bass = np.zeros((count, 12)), np.zeros((count, 12))
    lowest = np.full(count, 128)
    first = np.clip(np.searchsorted(edges, ticks, side="right") - 1, 0, count - 1)
    last = np.clip(np.searchsorted(edges, ticks + lengths, side="left") - 1, first, count - 1)
    reach = int((last - first).max(initial=0))
    overlaps = []
    for step in range(reach + 1):
        stretch = first + step
        there = stretch <= last
        stretch = stretch[there]
        begin = np.maximum(ticks[there], edges[stretch])
        beats = np.maximum(np.minimum(ticks[there] + lengths[there], edges[stretch + 1]) - begin, 0) / 24.0
        pitch = pitches[there]
        np.add.at(notes, (stretch, pitch % 12), beats)
        np.minimum.at(lowest, stretch, np.where(beats >= 0.2, pitch, 128))
        overlaps.append((stretch, pitch, beats, low[there]))
    for stretch, pitch, beats, own in overlaps:
        counts = own if low.any() else pitch == lowest[stretch]
        np.add.at(bass, (stretch[counts], pitch[counts] % 12), beats[counts])
    spans = np.diff(edges)[:, None] / 24.0
    return notes, bass * np.minimum(1.0, spans / np.maximum(bass.sum(axis=1, keepdims=True), 1e-9))


def onward(scores: Scores, change: float, enter: Scores) -> tuple[Scores, NDArray[np.int64]]:
    """Best scores [root, kind] a stretch later, before it is heard, and the index in `scores` that each came from."""
    kinds = enter.shape[1]
    best_kind = scores.argmax(axis=1)
    moves = scores.max(axis=1)[:, None] + _MOTION
    origin = moves.argmax(axis=0)
    moved = moves.max(axis=0)[:, None] + enter - change
    came = np.where(
        moved > scores, (origin * kinds + best_kind[origin])[:, None], np.arange(enter.size).reshape(12, -1)
    )
    return np.maximum(moved, scores), came


def _path(fits: Scores, change: Scores, enter: Scores) -> NDArray[np.int64]:
    """Index root * kinds + kind of the best chord of each stretch."""
    count = len(fits)
    scores = fits[0] + enter
    came = np.empty((count, enter.size), np.int64)
    for index in range(1, count):
        scores, origin = onward(scores, float(change[index]), enter)
        came[index] = origin.reshape(-1)
        scores = scores + fits[index]
    path = np.empty(count, np.int64)
    path[-1] = scores.argmax()
    for index in range(count - 1, 0, -1):
        path[index - 1] = came[index, path[index]]
    return path
