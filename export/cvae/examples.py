"""Examples: the windows of pieces as arrays, moved to C, with all that can be told about them."""

import logging
import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_controls import (
    BAR,
    BARS,
    BEAT_SIZE,
    SIZE,
    STYLES,
    Wish,
    beat_rows,
    likeness,
    section_of,
    wish_row,
)
from bridge.engine.cvae_rolls import BEATS, CHORDS, DRUMS, FARTHEST, Rolls, rolls
from bridge.engine.window import STEPS
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Voice
from export.cvae.attributes import density, moods, register
from export.data.mixture import chances
from export.data.piece import Piece
from export.data.windows import Excerpt, excerpts

log = logging.getLogger("export.cvae")

STYLE_OF = {
    "hornpipe": "reel", "march": "folk", "slip-jig": "jig", "morris": "folk", "playford": "folk", "carol": "folk",
    "folk-mixed": "folk", "baroque": "classical", "romantic": "classical", "renaissance": "classical",
    "modern": "classical", "song": "art song", "art-song": "art song", "hymn": "chorale", "punk": "rock",
    "hiphop": "funk", "soul": "funk", "funk / soul": "funk", "gospel": "funk", "neworleans": "funk",
    "afrobeat": "latin", "afrocuban": "latin", "reggae": "latin", "highlife": "latin", "country": "pop",
    "dance": "pop", "electronic": "pop", "popular-dance": "ragtime", "ragtime-jazz": "ragtime", "blues": "jazz",
    "folk, world, & country": "folk", "stage & screen": "pop",
}  # fmt: skip
"""Styles of the data under the names of the list; those in neither are not told."""
MOST = 48
"""Windows of a piece at most: as many as fit, one after another, from a random one on."""
ASTRAY = 0.15
"""Share of the pieces in which the key is taken for another: a fifth up or down, or any."""
BYTE_A_BEAT = 127 / FARTHEST


class Examples(msgspec.Struct, frozen=True):
    """N windows; the first axis of every array."""

    lead: NDArray[np.uint8]
    bass: NDArray[np.uint8]
    chords: NDArray[np.uint8]
    drums: NDArray[np.uint8]
    offset: NDArray[np.int8]
    """Units of 1/127 of FARTHEST."""
    velocity: NDArray[np.uint8]
    played: NDArray[np.bool_]
    """[N, 2] whether velocities of pitched notes, and those and the timing of drums, are a person's."""
    wish: NDArray[np.float32]
    """[N, 68] all that can be told."""
    beats: NDArray[np.int8]
    """[N, 8, 42] rows of the beats, in 127ths."""
    steps: NDArray[np.int8]
    before: NDArray[np.int32]
    """The window before, -1 where there is none."""
    style: NDArray[np.int8]
    """Place in STYLES, -1 for none."""
    chance: NDArray[np.float64]
    """Of being drawn; they sum to 1."""

    def bar(self, index: int) -> int:
        """Steps of a bar of one window."""
        return BARS[int(self.wish[index, BAR].argmax())]

    def rolls(self, index: int) -> Rolls:
        """One window's notes."""
        offset = self.offset[index].astype(np.float32) / BYTE_A_BEAT
        parts = (self.lead, self.bass, self.chords, self.drums)
        lead, bass, chords, drums = (part[index] for part in parts)
        return Rolls(lead, bass, chords, drums, offset.astype(np.float32), self.velocity[index])


class _Line(NamedTuple):
    rolls: Rolls
    wish: NDArray[np.float32]
    beats: NDArray[np.float32]
    steps: int
    follows: bool


def examples(pieces: list[Piece], seed: int = 3, most: int = MOST, astray: float = ASTRAY) -> Examples:
    """The windows of pieces as arrays."""
    random = np.random.default_rng(seed)
    shares = chances(pieces)
    lines: list[_Line] = []
    styles: list[int] = []
    played: list[tuple[bool, bool]] = []
    chance: list[float] = []
    for number, piece in enumerate(pieces):
        semitones = -piece.tonic if piece.tonic <= 6 else 12 - piece.tonic
        if random.random() < astray:
            semitones += int(random.choice((5, -5, int(random.integers(-5, 7)))))
        found = list(_lines(piece, semitones, random, most))
        style = STYLE_OF.get(piece.style, piece.style)
        lines += found
        styles += [STYLES.index(style) if style in STYLES else -1] * len(found)
        played += [(piece.dynamics, piece.drum_dynamics)] * len(found)
        chance += [float(shares[number]) / max(len(found), 1)] * len(found)
        if (number + 1) % 1000 == 0:
            log.info("%d pieces, %d windows", number + 1, len(lines))
    return _packed(lines, styles, played, chance)


def _lines(piece: Piece, semitones: int, random: np.random.Generator, most: int) -> Iterator[_Line]:
    bars = len(piece.bars) - 1
    start = int(random.integers(0, max(bars - 4 * most, 0) + 1))
    before: Rolls | None = None
    last = -1
    count = 0
    for excerpt in excerpts(piece, start=start):
        made = rolls({voice: excerpt.cells(voice) for voice in excerpt.notes}, semitones)
        if not any(part.any() for part in (made.lead, made.bass, made.chords, made.drums)):
            before = None
            continue
        follows = before is not None and excerpt.first == last
        wish = _wish(excerpt, made, semitones, before if follows else None)
        yield _Line(made, wish, _beats(excerpt, semitones), excerpt.window.steps, follows)
        before, last, count = made, excerpt.first + excerpt.bars, count + 1
        if count >= most:
            return


def parts(made: Rolls) -> list[NDArray[np.float32]]:
    """The arrays of rolls, as `likeness` compares them."""
    return [
        part.astype(np.float32) for part in (made.lead, made.bass, (made.chords == 2).astype(np.uint8), made.drums > 0)
    ]


def _wish(excerpt: Excerpt, made: Rolls, semitones: int, before: Rolls | None) -> NDArray[np.float32]:
    piece, steps = excerpt.piece, excerpt.window.steps
    arousal, brightness = moods(made, steps)
    style = STYLE_OF.get(piece.style, piece.style)
    key = Key((piece.tonic + semitones) % 12, "minor" if piece.mode == "minor" else "major")
    alike = math.nan if before is None else likeness(parts(made), parts(before))
    drums_alone = set(excerpt.notes) == {Voice.DRUMS}
    wish = Wish(
        scale=() if drums_alone else key.pitch_classes,
        styles={STYLES.index(style): 1.0} if style in STYLES else {},
        arousal=arousal,
        brightness=brightness,
        contrast=1.0 - alike,
        section=section_of(excerpt.place),
        playing=tuple(excerpt.notes),
        density=density(made, steps),
        register=register(made, steps),
    )
    return wish_row(wish, excerpt.window.bar)


def _beats(excerpt: Excerpt, semitones: int) -> NDArray[np.float32]:
    def chord_at(step: int) -> Chord | None:
        chord = excerpt.chord_at(step)
        return None if chord is None else chord.moved(semitones)

    return beat_rows(excerpt.window, chord_at if len(excerpt.piece.chords) else None)


def _packed(
    lines: list[_Line], styles: list[int], played: list[tuple[bool, bool]], chance: Iterable[float]
) -> Examples:
    count = len(lines)
    shapes = {"lead": (), "bass": (), "chords": (CHORDS,), "drums": (DRUMS,), "velocity": (3,)}
    stacked = {name: np.zeros((count, STEPS, *shape), np.uint8) for name, shape in shapes.items()}
    offset = np.zeros((count, STEPS, DRUMS), np.int8)
    wish = np.zeros((count, SIZE), np.float32)
    beats = np.zeros((count, BEATS, BEAT_SIZE), np.int8)
    before = np.full(count, -1, np.int32)
    for index, line in enumerate(lines):
        for name, array in stacked.items():
            array[index] = getattr(line.rolls, name)
        offset[index] = np.round(line.rolls.offset * BYTE_A_BEAT)
        wish[index] = line.wish
        beats[index] = np.round(line.beats * 127)
        if line.follows:
            before[index] = index - 1
    weights = np.array(list(chance), np.float64)
    return Examples(
        **stacked,
        offset=offset,
        played=np.array(played, np.bool_).reshape(count, 2),
        wish=wish,
        beats=beats,
        steps=np.array([line.steps for line in lines], np.int8),
        before=before,
        style=np.array(styles, np.int8),
        chance=weights / weights.sum(),
    )
