"""Trials: excerpts of held-out pieces, their lead as what the player plays, the rest as what people wrote to it."""

import hashlib
from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from bridge.engine.grid import TICKS
from bridge.music.chord import ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from export.data.piece import MADE, VOICE_OF, Column, Piece, Role, Table, excerpt, transpose

SETTLING = 2
"""Bars that are played and not judged: nobody can accompany what has not begun."""
JUDGED = 8
"""Bars that are judged."""
LIVELY = 0.75
"""Share of the bars in which the lead must begin a note."""
PLAYS = 0.25
"""Notes a beat that a written accompaniment must have at least."""
WRITTEN, SHEETS, POP = "written", "sheets", "pop"
INPUTS = {
    WRITTEN: ("openhymnal", "lieder", "mutopia", "freedoom"),
    SHEETS: ("nottingham", "ewld_pd"),
    POP: ("billboard", "rock200", "wjd"),
}
"""What of a piece is people's: its accompaniment; its tune and chords; its chords alone, the notes being by rule."""
BEATS_A_MINUTE = (40.0, 220.0)


class Trial(msgspec.Struct, frozen=True):
    """An excerpt. All beats are quarter notes from its first bar line; judged is what lies from `judged` to `end`."""

    id: str
    set: str
    kind: str
    """A key of INPUTS."""
    cluster: str
    bpm: float
    meter: Meter
    tonic: int
    mode: str
    player: tuple[Note, ...]
    human: tuple[Note, ...]
    """What people wrote for the band; empty where nobody did."""
    chords: tuple[ChordAt, ...]
    judged: float
    end: float

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The band's voices that are asked to play: those that people wrote for, else all but the lead."""
        written = {note.voice for note in self.human}
        band = (Voice.DRUMS, Voice.BASS, Voice.CHORDS)
        return tuple(voice for voice in band if voice in written) or band


def kind_of(name: str) -> str | None:
    """The kind of input that a set is; None for sets that are no input."""
    return next((kind for kind, sets in INPUTS.items() if name in sets), None)


def trials(pieces: Sequence[Piece], most: int, kinds: Sequence[str] = tuple(INPUTS)) -> list[Trial]:
    """Up to `most` trials, one a piece, the sets in turn; the same ones for the same pieces."""
    waiting: dict[str, list[Piece]] = {}
    for piece in sorted(pieces, key=lambda piece: lot(piece.id)):
        if kind_of(piece.set) in kinds:
            waiting.setdefault(piece.set, []).append(piece)
    order = sorted(waiting, key=_turn)
    found: list[Trial] = []
    while len(found) < most and any(waiting.values()):
        for name in order:
            while waiting[name] and len(found) < most:
                trial = cut(waiting[name].pop(0))
                if trial is not None:
                    found.append(trial)
                    break
    return found


def cut(piece: Piece, bars: int = SETTLING + JUDGED) -> Trial | None:
    """An excerpt of a piece in one meter in which the lead keeps playing; None where there is none."""
    kind = kind_of(piece.set)
    if kind is None:
        return None
    places = np.random.default_rng(int(lot(piece.id)[:8], 16)).permutation(max(len(piece.bars) - bars, 0))
    for first in places[:24].tolist():
        trial = _at(piece, first, bars, kind)
        if trial is not None:
            return trial
    return None


def moved(trial: Trial, piece: Piece) -> Trial | None:
    """The player's part of another piece, in a trial's key, meter and tempo; None where it does not fit."""
    if piece.mode != trial.mode or piece.cluster == trial.cluster:
        return None
    other = cut(piece)
    if other is None or other.meter != trial.meter:
        return None
    up = (trial.tonic - piece.tonic + 6) % 12 - 6
    other = cut(transpose(piece, up))
    return None if other is None else msgspec.structs.replace(other, bpm=trial.bpm)


def partner(trial: Trial, pieces: Sequence[Piece]) -> Trial | None:
    """Another tune of the same key, meter and tempo (transposed and set to them), if possible of the same set."""
    order = sorted(pieces, key=lambda piece: (piece.set != trial.set, lot(f"{trial.id} {piece.id}")))
    return next((found for piece in order if (found := moved(trial, piece)) is not None), None)


def _turn(name: str) -> tuple[int, int]:
    """Where a set comes in turn: the first of each kind, then the second of each."""
    return next((sets.index(name), number) for number, sets in enumerate(INPUTS.values()) if name in sets)


def _at(piece: Piece, first: int, bars: int, kind: str) -> Trial | None:
    part = excerpt(piece, first, bars)
    lines = [int(line) for line in part.bars]
    if len(part.meters) != 1 or len(lines) != bars + 1:
        return None
    meter = Meter(*part.meters[0][1:])
    bar = round(meter.bar * TICKS)
    if any(after - before != bar for before, after in pairwise(lines)) or meter.bar < 1.5:
        return None
    start, end = lines[0], lines[-1]
    lead = part.part(Role.LEAD)
    begun = {(int(tick) - start) // bar for tick in lead[:, Column.TICK]}
    if len(begun) < LIVELY * bars or 0 not in begun:
        return None
    band = part.notes[(part.notes[:, Column.ROLE] != Role.LEAD) & (part.notes[:, Column.SOURCE] != MADE)]
    pitched = int((band[:, Column.ROLE] != Role.DRUMS).sum())
    if kind == WRITTEN and pitched < PLAYS * bars * meter.bar:
        return None
    chords = _chords(part, start)
    if not any(at.chord is not None for at in chords):
        return None
    return Trial(
        id=piece.id,
        set=piece.set,
        kind=kind,
        cluster=piece.cluster,
        bpm=min(max(piece.tempo, BEATS_A_MINUTE[0]), BEATS_A_MINUTE[1]),
        meter=meter,
        tonic=piece.tonic,
        mode=piece.mode,
        player=_notes(lead, start, end, Voice.GUEST),
        human=_notes(band, start, end) if kind == WRITTEN else (),
        chords=chords,
        judged=SETTLING * meter.bar,
        end=(end - start) / TICKS,
    )


def _notes(rows: Table, start: int, end: int, voice: Voice | None = None) -> tuple[Note, ...]:
    found = []
    for row in rows.tolist():
        tick, length = row[Column.TICK] - start, row[Column.LENGTH]
        length = max(min(length, end - start - tick), 1)
        who = voice or VOICE_OF[Role(row[Column.ROLE])]
        found.append(Note(who, tick / TICKS, length / TICKS, row[Column.PITCH], max(row[Column.VELOCITY], 1)))
    return tuple(found)


def _chords(part: Piece, start: int) -> tuple[ChordAt, ...]:
    found: list[ChordAt] = []
    for row in part.chords.tolist():
        chord = part.chord_at(row[0])
        if not found or found[-1].chord != chord:
            found.append(ChordAt((row[0] - start) / TICKS, chord))
    return tuple(found)


def lot(text: str) -> str:
    """A piece of chance that is the same everywhere, as hexadecimal digits."""
    return hashlib.sha256(f"trial:{text}".encode()).hexdigest()
