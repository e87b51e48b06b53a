"""Counting how harmony goes under melodies, for `bridge.music.foresight`: `python -m export.foresight DATA [CACHE]`.

Counted are the lead's notes over the chords (written or recognised), and where chords go, beat by beat, in the training
split of all symbolic sets of the bundle; the licences are those in the packs' cards, and only counts are kept.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.foresight import (
    MODES,
    ONSET,
    PACES,
    PLAINER,
    STATE_KINDS,
    STATES,
    STRENGTHS,
    Foresight,
    Tables,
    tones,
)
from export.data.piece import KIND_LIST, Piece, Role, load_pieces, split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TICKS = 24
FEWEST = 8
"""Notes and beats that a piece must have."""
MOST = 400
"""Beats of a piece that count."""
PACE_EDGES = (0.25, 0.45)
"""Changes of chord a beat between which a piece's harmony is neither slow nor fast."""
NOTES_BACK, MOVES_BACK = 30.0, 10.0
"""Beats, and changes, that what is usual for a kind of chord, or for all chords, weighs."""
SETTLED = 8
"""Beats of a piece after which foretelling is judged."""
CLASSES = np.array([PLAINER[kind] for kind in KIND_LIST])
OUT = Path(__file__).parents[1] / "bridge" / "music" / "foresight.npz"


class Beats(msgspec.Struct, frozen=True):
    """A piece beat by beat, relative to its tonic."""

    states: Ints
    """[N] the chord at the beat; -1 for none."""
    strengths: Ints
    """[N] 0 weak, 1 middle of the bar, 2 bar line."""
    notes: Floats
    """[N, 12] beats that each pitch class of the lead sounds, with what its onsets count."""
    mode: int
    set: str

    @property
    def pace(self) -> int:
        """How fast the harmony moves."""
        return int(np.searchsorted(PACE_EDGES, np.mean(np.diff(self.states) != 0), side="right"))


def beats(piece: Piece) -> Beats | None:
    """A piece's beats; None for one without enough of a lead, or without chords."""
    lead = piece.part(Role.LEAD)
    first, last = int(piece.bars[0]), int(piece.bars[-1])
    count = (last - first) // TICKS
    if len(lead) < FEWEST or len(piece.chords) == 0 or count < FEWEST:
        return None
    places = first + TICKS * np.arange(count)
    row = np.searchsorted(piece.chords[:, 0], places, side="right") - 1
    root, kind = piece.chords[np.maximum(row, 0), 1], piece.chords[np.maximum(row, 0), 2]
    known = (row >= 0) & (root >= 0)
    states = np.where(known, (root - piece.tonic) % 12 * len(STATE_KINDS) + CLASSES[kind], -1)
    bar = np.searchsorted(piece.bars, places, side="right") - 1
    into = places - piece.bars[bar]
    length = np.diff(piece.bars)[np.minimum(bar, len(piece.bars) - 2)]
    strengths = np.where(into == 0, 2, np.where(into * 2 == length, 1, 0))
    notes = np.zeros((count, 12))
    for tick, sounds, pitch in lead[:, 1:4].tolist():
        begins, pitch_class = tick - first, (pitch - piece.tonic) % 12
        ends = min(begins + sounds, count * TICKS)
        if 0 <= begins < count * TICKS:
            notes[begins // TICKS, pitch_class] += ONSET
            for beat in range(begins // TICKS, -(-ends // TICKS)):
                notes[beat, pitch_class] += (min(ends, (beat + 1) * TICKS) - max(begins, beat * TICKS)) / TICKS
    return Beats(states.astype(np.int64), strengths, notes, MODES.index("minor" if piece.mode == "minor" else "major"),
                 piece.set)  # fmt: skip


def count(pieces: Iterable[Beats]) -> Tables:
    """The tables of some pieces."""
    notes, moves = np.zeros((2, STATES, 12)), np.zeros((2, STATES, STATES))
    changes, chords, paces = np.zeros((PACES, STRENGTHS, 2)), np.zeros((2, STATES)), np.zeros(PACES)
    for piece in pieces:
        states, pace, mode = piece.states[:MOST], piece.pace, piece.mode
        paces[pace] += 1
        there = states >= 0
        np.add.at(notes[mode], states[there], piece.notes[:MOST][there])
        np.add.at(chords[mode], states[there], 1)
        pairs = there[1:] & there[:-1]
        before, after = states[:-1][pairs], states[1:][pairs]
        changed = before != after
        np.add.at(changes[pace], (piece.strengths[1 : len(states)][pairs], changed.astype(np.int64)), 1)
        np.add.at(moves[mode], (before[changed], after[changed]), 1)
    usual = (chords + 1e-3) / (chords + 1e-3).sum(1, keepdims=True)
    return Tables(
        notes=_over_chords(notes),
        moves=_smoothed(moves, usual),
        changes=(changes[:, :, 1] + 1) / (changes.sum(2) + 2),
        chords=usual,
        paces=(paces + 1) / (paces + 1).sum(),
    )


def _over_chords(notes: Floats) -> Floats:
    """Log of how much commoner each pitch class is over each chord than in the mode."""
    kinds = np.ones((len(STATE_KINDS), 12))
    for state in range(STATES):
        root, kind = divmod(state, len(STATE_KINDS))
        kinds[kind] += np.roll(notes[:, state].sum(0), -root)
    kinds /= kinds.sum(1, keepdims=True)
    usual = np.stack([np.roll(kinds[state % len(STATE_KINDS)], state // len(STATE_KINDS)) for state in range(STATES)])
    over = (notes + NOTES_BACK * usual) / (notes.sum(2, keepdims=True) + NOTES_BACK)
    everywhere = notes.sum(1) + 1
    everywhere /= everywhere.sum(1, keepdims=True)
    found: Floats = np.log(over / everywhere[:, None])
    return found


def _smoothed(moves: Floats, usual: Floats) -> Floats:
    back = np.repeat(usual[:, None], STATES, 1) * (1 - np.eye(STATES))
    back /= back.sum(2, keepdims=True)
    found: Floats = (moves + MOVES_BACK * back) / (moves.sum(2, keepdims=True) + MOVES_BACK)
    return found


class Mark(msgspec.Struct, frozen=True):
    """How well a set's chords are foretold: the share of a told chord's tones that are in the true one."""

    pieces: int
    before: float
    """Told before a beat is heard."""
    after: float
    """Told when it is over."""
    tonic: float
    """Always telling the tonic."""


def judge(found: Tables, pieces: Sequence[Beats]) -> dict[str, Mark]:
    """The marks of each set, means over its pieces."""
    rows: dict[str, list[Floats]] = {}
    for piece in pieces:
        marks = _marks(Foresight(found), piece)
        if len(marks):
            rows.setdefault(piece.set, []).append(marks.mean(0))
    means = {name: np.mean(each, 0).tolist() for name, each in sorted(rows.items())}
    return {name: Mark(len(rows[name]), *mean) for name, mean in means.items()}


def _marks(foresight: Foresight, piece: Beats) -> Floats:
    """[beats, 3] marks before, after and of the tonic, for each judged beat of a piece."""
    inside = tones()
    fits = inside @ inside.T / inside.sum(1, keepdims=True)
    foresight.settle(0, bool(piece.mode))
    marks, silence = [], np.zeros(STATES)
    for beat, (state, heard) in enumerate(zip(piece.states.tolist(), piece.notes, strict=True)):
        says = foresight.melody(heard)
        before, after = foresight.look(silence, [], [None])[0], foresight.look(says, [], [None])[0]
        if state >= 0 and beat >= SETTLED:
            marks.append((fits[before, state], fits[after, state], fits[piece.mode, state]))
        if beat + 1 < len(piece.states):
            foresight.fold(says, int(piece.strengths[beat + 1]))
    return np.array(marks, np.float64).reshape(-1, 3)


def write(found: Tables, out: Path) -> None:
    """Keep the tables."""
    np.savez_compressed(out, **{name: getattr(found, name).astype(np.float16) for name in Tables.__struct_fields__})


def main(data: str, cache: str = "") -> None:
    """Count, judge on the pieces that were held out, write, and print."""
    train, valid = (
        [each for piece in pieces if (each := beats(piece)) is not None]
        for pieces in split(load_pieces(Path(data), Path(cache) if cache else None))
    )
    found = count(train)
    print(f"counted {sum(min(len(piece.states), MOST) for piece in train)} beats of {len(train)} pieces")
    for name, mark in judge(found, valid).items():
        told = f"told before {mark.before:.2f}, after {mark.after:.2f}, tonic {mark.tonic:.2f}"
        print(f"  {name:12} {mark.pieces:3} held out: {told}")
    write(found, OUT)
    print(f"{OUT}: {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
