"""A piece for several voices as training sees it: a table of notes, bar lines, meters, chords, and what is known."""

import hashlib
from enum import IntEnum
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.music.chord import KINDS, Chord
from bridge.music.note import Voice

Table = NDArray[np.int32]


class Role(IntEnum):
    """Who plays a note of a table."""

    LEAD = 0
    CHORDS = 1
    BASS = 2
    DRUMS = 3


VOICE_OF = {Role.LEAD: Voice.LEAD, Role.CHORDS: Voice.CHORDS, Role.BASS: Voice.BASS, Role.DRUMS: Voice.DRUMS}
"""The band's voice of each role."""
ROLE_OF = {voice: role for role, voice in VOICE_OF.items()}


class Column(IntEnum):
    """Columns of a table of notes; tick and length in 24ths of a beat."""

    ROLE = 0
    TICK = 1
    LENGTH = 2
    PITCH = 3
    VELOCITY = 4
    SOURCE = 5


PLAYED, MADE = 0, 1
"""Sources of a note: written or played in the piece, or added to it by us."""
NO_CHORD = -1
KIND_LIST = tuple(KINDS)
KIND_INDEX = {kind: index for index, kind in enumerate(KIND_LIST)}
VALIDATION_PERCENT = 6
BRIGHTER_A_SEMITONE = 0.3 / 5.84929 / 1.3
"""What a semitone's rise adds to the brightness that `proxies` computes."""


class Piece(msgspec.Struct):
    """One piece. Ticks are 24 a beat (quarter note); pitched onsets lie on the grid, drums where they were played."""

    id: str
    set: str
    cluster: str
    """Pieces that share a tune share it; a split never parts them."""
    style: str
    """Such as "jig", "chorale", "art song", "game rock", "rock"; "" where nothing is known."""
    tempo: float
    """Quarter notes a minute."""
    nominal_tempo: bool
    """Whether the tempo is only what is usual for such pieces."""
    tonic: int
    mode: str
    arousal: float
    """Computed from density, and from velocity where a person played; NaN where not known. Tempo has no part in it."""
    brightness: float
    """Computed from mode and register; NaN for drums alone."""
    notes: Table
    """[N, 6] rows of `Column`, by tick, role and pitch."""
    micro: NDArray[np.float32]
    """[N] beats by which a drum was played after (or before) its tick; 0 elsewhere."""
    dynamics: bool
    """Whether the velocities of pitched notes are a person's."""
    drum_dynamics: bool
    """Whether the velocities and the micro-timing of the drums are a person's."""
    bars: Table
    """Ticks of all bar lines, the first at or before the first onset, the last after the last onset."""
    meters: list[tuple[int, int, int]]
    """(index of the first bar, beats, unit), one for each change."""
    chords: Table
    """[K, 3] tick, root or NO_CHORD, index of the kind in KIND_LIST; each holds until the next."""
    chords_given: bool
    """Whether the chords were written in the source, not recognised by us."""

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that have notes."""
        return frozenset(Role(role) for role in np.unique(self.notes[:, Column.ROLE]))

    def part(self, role: Role) -> Table:
        """The rows of one role."""
        rows: Table = self.notes[self.notes[:, Column.ROLE] == role]
        return rows

    def chord_at(self, tick: int) -> Chord | None:
        """The chord that sounds at a tick; None for none."""
        row = int(np.searchsorted(self.chords[:, 0], tick, side="right")) - 1
        if row < 0 or self.chords[row, 1] == NO_CHORD:
            return None
        return Chord(int(self.chords[row, 1]), KIND_LIST[self.chords[row, 2]])


def is_held_out(cluster: str) -> bool:
    """Whether a cluster is in the validation split; the same on every machine."""
    return int(hashlib.sha256(f"antiphon band:{cluster}".encode()).hexdigest(), 16) % 100 < VALIDATION_PERCENT


def split(pieces: list[Piece]) -> tuple[list[Piece], list[Piece]]:
    """Training and validation pieces; no cluster is in both."""
    train = [piece for piece in pieces if not is_held_out(piece.cluster)]
    return train, [piece for piece in pieces if is_held_out(piece.cluster)]


def transpose(piece: Piece, semitones: int) -> Piece:
    """The piece so many semitones higher, drums as they were; what would leave MIDI's range moves by an octave less."""
    notes, chords = piece.notes.copy(), piece.chords.copy()
    pitched = notes[:, Column.ROLE] != Role.DRUMS
    moved = notes[pitched, Column.PITCH] + semitones
    notes[pitched, Column.PITCH] = moved - 12 * (moved > 127) + 12 * (moved < 0)
    sounding = chords[:, 1] != NO_CHORD
    chords[sounding, 1] = (chords[sounding, 1] + semitones) % 12
    order = np.lexsort((notes[:, Column.PITCH], notes[:, Column.ROLE], notes[:, Column.TICK]))
    return msgspec.structs.replace(
        piece,
        notes=notes[order],
        micro=piece.micro[order],
        chords=chords,
        tonic=(piece.tonic + semitones) % 12,
        brightness=piece.brightness + semitones * BRIGHTER_A_SEMITONE,
    )


def window(piece: Piece, bars: int, random: np.random.Generator) -> Piece:
    """At most `bars` bars of a piece, from a random bar on; ticks stay those of the piece."""
    count = len(piece.bars) - 1
    if count <= bars:
        return piece
    return excerpt(piece, int(random.integers(0, count - bars + 1)), bars)


def excerpt(piece: Piece, first: int, bars: int) -> Piece:
    """The notes that begin in `bars` bars from bar `first` on, with the chord that holds at its start."""
    lines = piece.bars[first : first + bars + 1]
    start, end = int(lines[0]), int(lines[-1])
    low, high = np.searchsorted(piece.notes[:, Column.TICK], [start, end])
    inside = piece.chords[(piece.chords[:, 0] >= start) & (piece.chords[:, 0] < end)]
    before = piece.chords[piece.chords[:, 0] < start][-1:].copy()
    if len(before) and not (len(inside) and inside[0, 0] == start):
        before[0, 0] = start
        inside = np.concatenate([before, inside])
    held = [meter for meter in piece.meters if meter[0] <= first][-1:]
    later = [
        (index - first, beats, unit) for index, beats, unit in piece.meters if first < index < first + len(lines) - 1
    ]
    return msgspec.structs.replace(
        piece,
        notes=piece.notes[low:high],
        micro=piece.micro[low:high],
        bars=lines,
        chords=inside,
        meters=[(0, beats, unit) for _, beats, unit in held] + later,
    )


def load_pieces(data: Path, cache: Path | None = None) -> list[Piece]:
    """Every piece of the bundle in folder `data`, from a cache where the data and the code are as they were."""
    from export.data.bundle import Bundle
    from export.data.table import load

    return load(Bundle(data), cache).pieces
