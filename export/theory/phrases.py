"""Phrases of pieces as arrays: what the music-theory VAE is trained and judged on."""

from collections.abc import Iterator

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bridge.engine.theory_key import shift_to_white
from bridge.engine.theory_layout import CHORDS_SIZE, LEAD, ONSET, VOICES, Page, Shape, read
from bridge.engine.window import PER_BEAT
from bridge.music.chord import Chord
from bridge.music.key import SCALES
from bridge.music.note import Note, Voice
from export.data.mixture import chances
from export.data.piece import Piece
from export.data.windows import Excerpt, excerpts

FEWEST = 5
"""Onsets that the voices of a phrase must have together."""
LEAST_LEAD = 3


class Batch(msgspec.Struct):
    """Phrases as tensors; see `bridge.engine.theory_layout.Page`."""

    states: Tensor
    lead: Tensor
    chords: Tensor
    bass: Tensor
    symbols: Tensor
    known: Tensor
    bar: Tensor
    mode: Tensor

    def __len__(self) -> int:
        return len(self.bar)

    def take(self, rows: Tensor) -> "Batch":
        """Some of the phrases."""
        return Batch(*(getattr(self, name)[rows] for name in self.__struct_fields__))


class Shelf(msgspec.Struct):
    """All phrases of a split, packed, with the weight that each is drawn with."""

    states: NDArray[np.uint8]
    lead: NDArray[np.uint8]
    chords: NDArray[np.uint8]
    """[N, 64, 7] bits."""
    bass: NDArray[np.uint8]
    symbols: NDArray[np.uint8]
    known: NDArray[np.bool_]
    bar: NDArray[np.uint8]
    mode: NDArray[np.uint8]
    weight: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.bar)

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Some phrases as tensors."""
        chords = np.unpackbits(self.chords[rows], axis=-1)[..., :CHORDS_SIZE]
        whole = (self.states, self.lead, chords, self.bass, self.symbols, self.known, self.bar, self.mode)
        picked = [part if part is chords else part[rows] for part in whole]
        kinds = (torch.int64, torch.int64, torch.float32, torch.int64, torch.int64, torch.float32, *[torch.int64] * 2)
        return Batch(*(torch.from_numpy(part).to(kind) for part, kind in zip(picked, kinds, strict=True)))


def pairs(piece: Piece, hop: int = 0) -> Iterator[tuple[Excerpt, Excerpt]]:
    """Windows of a piece that follow one another, every `hop` pairs (0: every pair of neighbours)."""
    before: Excerpt | None = None
    for excerpt in excerpts(piece):
        if before is not None and excerpt.first == before.first + before.bars and excerpt.meter == before.meter:
            yield before, excerpt
            before = None if hop else excerpt
        else:
            before = excerpt


def page(first: Excerpt, second: Excerpt) -> Page:
    """The phrase that two windows make, in C major or A minor."""
    piece = first.piece
    notes: dict[Voice, list[Note]] = {}
    for voice in VOICES:
        later = [msgspec.structs.replace(n, beat=n.beat + first.window.beats) for n in second.notes.get(voice, ())]
        notes[voice] = [*first.notes.get(voice, ()), *later]
    shape = Shape(first.window)

    def chord_at(beat: float) -> Chord | None:
        early = beat < first.window.beats
        return (first if early else second).chord_at(int((beat - (0 if early else first.window.beats)) * PER_BEAT))

    scale = [(piece.tonic + step) % 12 for step in SCALES["major" if piece.mode == "major" else "minor"]]
    return read(notes, shape, shift_to_white(scale), 1 if piece.mode == "major" else 2, chord_at)


def worthy(found: Page) -> bool:
    """Whether a phrase has enough to learn from."""
    onsets = (found.states == ONSET).sum(1)
    return bool(onsets.sum() >= FEWEST and (onsets[LEAD] == 0 or onsets[LEAD] >= LEAST_LEAD))


def shelve(pieces: list[Piece], most: int = 0) -> Shelf:
    """The phrases of the pieces that have any, at most so many of one piece, spread over it (0: all)."""
    pages: list[Page] = []
    weights: list[float] = []
    for piece, chance in zip(pieces, chances(pieces), strict=True):
        found = list(pairs(piece))
        if most and len(found) > most:
            found = [found[n * len(found) // most] for n in range(most)]
        own = [each for each in (page(*pair) for pair in found) if worthy(each)]
        pages += own
        weights += [chance / max(len(own), 1)] * len(own)
    columns = list(zip(*pages, strict=True))
    stacked = [np.array(column, np.uint8) for column in columns[:8]]
    stacked[2] = np.packbits(stacked[2], axis=-1)
    states, lead, chords, bass, symbols, known, bar, mode = stacked
    weight = np.array(weights)
    return Shelf(states, lead, chords, bass, symbols, known.astype(np.bool_), bar, mode, weight / weight.sum())
