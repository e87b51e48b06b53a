"""What the groove GAN learns from: two bars of human drums each, with the rhythm that other voices play beside them.

A performance's own label says whether it is a beat or a fill. Single bars of fill are put behind (or before) a bar of
beat of their own drummer and genre; in long beats, a bar with three tom hits more than is usual there counts as a fill.
"""

import json
from collections.abc import Callable, Sequence
from itertools import pairwise

import msgspec
import numpy as np

from bridge.engine.gan_rows import GENRES, TAP, Hits, kit_of, tap_of
from bridge.engine.grid import TICKS
from bridge.engine.window import STEPS, Cell, Window, cells
from bridge.music.note import Note, Voice
from export.data.bundle import Bundle
from export.data.piece import MADE, ROLE_OF, VOICE_OF, Column, Piece, Role
from export.data.windows import Excerpt, excerpts

BAR = STEPS // 2
"""Steps of the bars that fills are put together from."""
TOMS = slice(4, 7)
MORE_TOMS = 3
EARLY = TICKS // 8
"""Ticks before a bar line from which a drum belongs to the bar."""
SIDES = (Voice.LEAD, Voice.CHORDS, Voice.BASS)
"""Voices whose rhythm may be the tap, where drums were laid under a piece."""
MOST_OF_A_PIECE = 6
"""Windows taken of a piece that drums were laid under."""
COARSE = {
    "dance": "pop", "electronic": "pop", "gospel": "soul", "blues": "soul", "afrobeat": "afrocuban",
    "highlife": "afrocuban", "middleeastern": "afrocuban", "reel": "country", "hornpipe": "country",
    "march": "neworleans",
}  # fmt: skip
"""Genres with few performances -> the one that they are counted with."""


class Groove(msgspec.Struct, frozen=True):
    """A window: kit [9, 32], bars that are fills, the rhythm of SIDES [3, 32] (none: of drums alone), genre."""

    source: str
    """Its piece."""
    cluster: str
    kit: Hits
    steps: int
    bar: int
    genre: int
    """From 1 on; 0 where none is known."""
    fills: frozenset[int]
    beside: Hits | None = None


def genre_of(style: str) -> int:
    """Place of a style in GENRES from 1 on; 0 for none."""
    name = COARSE.get(style, style)
    return GENRES.index(name) + 1 if name in GENRES else 0


def labels(bundle: Bundle) -> dict[str, str]:
    """Piece -> "beat" or "fill", as the drummers labelled what they played."""
    return {row["id"]: json.loads(row["extra"])["beat_type"] for row in bundle.pieces("groove")}


def alone(pieces: Sequence[Piece], label: Callable[[str], str]) -> list[Groove]:
    """Every window of human drumming, one for each bar line, and the fills put together with beats."""
    beats: dict[tuple[str, int], list[Groove]] = {}
    found: list[Groove] = []
    fills: list[tuple[Groove, Hits]] = []
    for piece in pieces:
        genre, drummer = genre_of(piece.style), piece.id.split("/")[0]
        if label(piece.id) == "fill":
            fills += [(Groove(piece.id, piece.cluster, kit, STEPS, BAR, genre, frozenset({1})), kit)
                      for kit in _single_bars(piece)]  # fmt: skip
            continue
        windows = list(excerpts(piece, 1))
        toms = [int(kit_of(drums(each)).onset[TOMS, : each.window.bar].sum()) for each in windows]
        usual = float(np.median(toms)) if toms else 0.0
        for each in windows:
            kit = kit_of(drums(each))
            bars = range(each.bars)
            bar = each.window.bar
            busy = [n for n in bars if kit.onset[TOMS, n * bar : (n + 1) * bar].sum() >= usual + MORE_TOMS]
            groove = Groove(piece.id, piece.cluster, kit, each.window.steps, bar, genre, frozenset(busy))
            if kit.onset.sum() >= 4:
                found.append(groove)
                if bar == BAR and not busy:
                    beats.setdefault((drummer, genre), []).append(groove)
    found += [put for fill, kit in fills for put in _together(fill, kit, beats)]
    return found


def laid_under(pieces: Sequence[Piece], seed: int = 3) -> list[Groove]:
    """Windows of pieces under which human drumming was laid, at most MOST_OF_A_PIECE of each."""
    random = np.random.default_rng(seed)
    found = []
    for piece in pieces:
        kit = piece.part(Role.DRUMS)
        if not piece.drum_dynamics or piece.set == "groove" or not len(kit) or (kit[:, Column.SOURCE] != MADE).any():
            continue
        windows = [each for each in excerpts(piece) if each.notes.get(Voice.DRUMS)]
        for n in random.permutation(len(windows))[:MOST_OF_A_PIECE]:
            each = windows[n]
            sides = [tap_of(each.cells(voice)) for voice in SIDES]
            beside = Hits(*(np.stack([getattr(side, name) for side in sides]) for name in TAP))
            groove = kit_of(drums(each))
            if beside.onset.any() and groove.onset.sum() >= 4:
                found.append(
                    Groove(piece.id, piece.cluster, groove, each.window.steps, each.window.bar, genre_of(piece.style),
                           frozenset(), beside)
                )  # fmt: skip
    return found


def drums(excerpt: Excerpt) -> list[Cell]:
    """The drums of a window on the grid, those too that a drummer played just ahead of its first bar line."""
    piece, lines = excerpt.piece, excerpt.piece.bars
    start, end = int(lines[excerpt.first]), int(lines[excerpt.first + excerpt.bars])
    return _cells(piece, start, end, excerpt.window)


def _cells(piece: Piece, start: int, end: int, window: Window) -> list[Cell]:
    low, high = piece.notes[:, Column.TICK].searchsorted([start - EARLY, end])
    rows, micro = piece.notes[low:high], piece.micro[low:high]
    played = rows[:, Column.ROLE] == ROLE_OF[Voice.DRUMS]
    notes = [
        Note(VOICE_OF[Role.DRUMS], (int(row[Column.TICK]) - start) / TICKS + float(late), 0.1, int(row[Column.PITCH]),
             int(row[Column.VELOCITY]))
        for row, late in zip(rows[played], micro[played], strict=True)
    ]  # fmt: skip
    return cells(notes, window)


def _single_bars(piece: Piece) -> list[Hits]:
    """The bars of a performance in 4/4 that have at least four hits, each as [9, 16]."""
    lines = piece.bars.tolist()
    found = []
    if piece.meters[0][1:] == (4, 4):
        for start, end in pairwise(lines):
            kit = kit_of(_cells(piece, start, end, Window(0.0, BAR, BAR)))
            if kit.onset.sum() >= 4:
                found.append(Hits(*(part[:, :BAR] for part in kit)))
    return found


def _together(fill: Groove, kit: Hits, beats: dict[tuple[str, int], list[Groove]]) -> list[Groove]:
    """A fill's bar behind a bar of beat, and the other way round; where the fill begins late, the beat goes on."""
    drummer = fill.source.split("/")[0]
    same = beats.get((drummer, fill.genre)) or [
        groove for key, some in beats.items() if key[1] == fill.genre for groove in some
    ]
    if not same:
        return []
    random = np.random.default_rng(int.from_bytes(fill.source.encode()[-7:], "big"))
    found = []
    for behind in (True, True, False):
        beat = same[int(random.integers(len(same)))].kit
        first = int(kit.onset.any(0).argmax()) // 4 * 4
        bar = [
            np.concatenate([old[:, BAR : BAR + first], new[:, first:]], 1) for old, new in zip(beat, kit, strict=True)
        ]
        parts = [(old[:, :BAR], new) if behind else (new, old[:, BAR:]) for old, new in zip(beat, bar, strict=True)]
        whole = Hits(*(np.concatenate(pair, 1) for pair in parts))
        found.append(msgspec.structs.replace(fill, kit=whole, fills=frozenset({int(behind)})))
    return found
