"""Held-out phrases as somebody would play them, played through the family that plays live, and measured."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.family import Ask, Material
from bridge.engine.theory_idea import ATTRIBUTES
from bridge.engine.theory_key import shift_to_white
from bridge.engine.theory_layout import CHORDS, LEAD, ONSET, VOICES, Page, Shape, read
from bridge.engine.theory_vae import TheoryVae
from bridge.music.key import SCALES
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice
from export.data.melody import Tone
from export.data.piece import Piece
from export.data.windows import TICKS_A_STEP
from export.evaluate.figures import Phrase, figures
from export.theory.attributes import hard, repetition
from export.theory.phrases import Batch, pairs

MEASURES = (*ATTRIBUTES, "repetition")
FEWEST = 8
"""Onsets of the lead, and of the chords, that an example has."""
TICKS = 24
FIGURES = (
    "notes a beat", "share of time sounding", "in key", "distinct pitches", "range (semitones)",
    "mean step (semitones)", "leaps over a fifth", "off-beat onsets",
)  # fmt: skip
"""Figures of the lead that are held beside the human ones."""


class Example(NamedTuple):
    """A held-out phrase of two windows, onsets from its first bar line."""

    notes: tuple[Note, ...]
    shape: Shape
    meter: Meter
    scale: tuple[int, ...]
    """Pitch classes of its key, from the tonic up."""
    set: str

    @property
    def shift(self) -> int:
        """Semitones to the white keys."""
        return shift_to_white(self.scale)

    @property
    def material(self) -> Material:
        """It, as an ask brings it."""
        return Material(phrase=self.notes, beats=self.shape.beats, origin=0.0)


def examples(pieces: Sequence[Piece], count: int) -> list[Example]:
    """One phrase a piece, from the middle of it, of lead, chords and bass; in turn from the sets."""
    by_set: dict[str, list[Example]] = {}
    for piece in pieces:
        found = [pair for pair in pairs(piece, 1) if _whole(pair[0].notes) and _whole(pair[1].notes)]
        if not found:
            continue
        first, second = found[len(found) // 2]
        later = [
            msgspec.structs.replace(note, beat=note.beat + first.window.beats)
            for voice in VOICES
            for note in second.notes[voice]
        ]
        notes = sorted([*(note for voice in VOICES for note in first.notes[voice]), *later], key=_order)
        steps = SCALES["major" if piece.mode == "major" else "minor"]
        scale = tuple((piece.tonic + step) % 12 for step in steps)
        shape = Shape(msgspec.structs.replace(first.window, number=0))
        by_set.setdefault(piece.set, []).append(Example(tuple(notes), shape, first.meter, scale, piece.set))
    chosen: list[Example] = []
    while len(chosen) < count and any(by_set.values()):
        for name in sorted(by_set):
            if by_set[name]:
                chosen.append(by_set[name].pop(0))
    return chosen[:count]


def played(family: TheoryVae, example: Example, material: Material, knobs: Mapping[str, float]) -> list[Note]:
    """What the family makes of an example, all voices, over its own bars."""
    ask = Ask(
        id=0,
        span=Span(0.0, example.shape.beats),
        voices=VOICES,
        meter=example.meter,
        key=example.scale,
        knobs=knobs,
        material=material,
        seed=1,
    )
    return list(family.respond(ask))


def page(notes: Sequence[Note], example: Example) -> Page:
    """Notes on the example's grid."""
    parts = {voice: [note for note in notes if note.voice is voice] for voice in VOICES}
    return read(parts, example.shape, example.shift)


def measured(pages: Sequence[Page]) -> NDArray[np.float64]:
    """[N, 8] attributes and repetition of phrases."""
    batch = batched(pages)
    found = hard(batch.states, batch.lead, batch.chords, batch.bar)
    again = repetition(batch.states, batch.lead, batch.chords, batch.bass, batch.bar)
    whole: NDArray[np.float64] = torch.cat([found, again.unsqueeze(-1)], -1).double().numpy()
    return whole


def batched(pages: Sequence[Page]) -> Batch:
    """Phrases as tensors."""
    columns = [np.array(column) for column in list(zip(*pages, strict=True))[:8]]
    kinds = (torch.int64, torch.int64, torch.float32, torch.int64, torch.int64, torch.float32, torch.int64, torch.int64)
    return Batch(*(torch.from_numpy(column).to(kind) for column, kind in zip(columns, kinds, strict=True)))


def figured(notes: Sequence[Note], example: Example) -> list[float]:
    """FIGURES of the lead; NaN where it has fewer than two notes."""
    lead = [note for note in notes if note.voice is Voice.LEAD]
    if len(lead) < 2:
        return [np.nan] * len(FIGURES)
    tones = tuple(Tone(round(n.beat * TICKS), max(round(n.duration * TICKS), 1), n.pitch, n.velocity) for n in lead)
    bar = example.shape.first.bar * TICKS_A_STEP
    phrase = Phrase(tones, frozenset(example.scale), example.scale[0], 0, round(example.shape.beats * TICKS), bar)
    found = figures(phrase)
    return [found[name] for name in FIGURES]


def overlap(first: Page, second: Page, voice: int) -> tuple[int, int, int]:
    """Notes (onset and pitch) that two phrases have in common, and how many each has."""
    a, b = struck(first, voice), struck(second, voice)
    return len(a & b), len(a), len(b)


def struck(found: Page, voice: int) -> set[tuple[int, int]]:
    """Place and pitch of every note of a voice."""
    places = np.flatnonzero(found.states[voice] == ONSET)
    if voice == CHORDS:
        return {(int(at), int(pitch)) for at in places for pitch in np.flatnonzero(found.chords[at])}
    row = found.lead if voice == LEAD else found.bass
    return {(int(at), int(row[at])) for at in places}


def _whole(notes: Mapping[Voice, Sequence[Note]]) -> bool:
    least = ((Voice.LEAD, FEWEST // 2), (Voice.CHORDS, FEWEST // 2), (Voice.BASS, 1))
    return all(len(notes.get(voice, ())) >= count for voice, count in least)


def _order(note: Note) -> tuple[float, Voice, int]:
    return note.beat, note.voice, note.pitch
