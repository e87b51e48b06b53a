"""Making a piece of parts: rows, ruling, chords, key and proxies."""

from collections.abc import Sequence

import numpy as np

from bridge.errors import DataError
from bridge.music.harmony import recognise
from export.data import proxies
from export.data.parts import Part
from export.data.piece import Column, Piece, Role, Table
from export.data.readers import TONICS
from export.data.rows import Raw, pitched, struck, tidy
from export.data.ruling import Mark, Ruling, pulses, rule

FEWEST = 16
"""A piece has at least so many notes."""
FEWEST_STROKES = 6
"""A piece for drums alone has at least so many; fills are short."""
UNHURRIED = 2
"""Velocities of a person come in more than this many values."""
KIT = {
    22: 42,
    26: 46,
    40: 38,
    58: 43,
    23: 42,
    24: 46,
    25: 40,
    27: 39,
    28: 39,
    29: 39,
    30: 39,
    31: 37,
    33: 37,
    34: 37,
    35: 36,
}
"""Strokes of the TD-11 and of older kits folded to General MIDI's common ones."""


def make(
    name: str,
    folder: str,
    *,
    parts: Sequence[Part],
    marks: list[Mark],
    cluster: str,
    style: str,
    tempo: float,
    nominal: bool,
    key: str = "",
    mode: str = "",
    dynamics: bool = False,
    sequenced: bool = False,
    ruling: Ruling | None = None,
    chords: Table | None = None,
) -> Piece:
    """A piece of parts. Key and mode are found where they are not given. Raises DataError for too few notes.

    `sequenced` says that bars begin at beat 0, as in a sequencer; else the notes say where a first bar begins.
    """
    tables = [pitched(raw, role) for role, raw in parts if role is not Role.DRUMS and len(raw)]
    micro = [np.zeros(len(table), np.float32) for table in tables]
    for role, raw in parts:
        if role is Role.DRUMS and len(raw):
            rows, off = struck(fold(raw))
            tables.append(rows)
            micro.append(off)
    size = sum(map(len, tables))
    if size < (FEWEST if any(role is not Role.DRUMS for role, _ in parts) else FEWEST_STROKES):
        raise DataError(f"it has only {size} notes for the band")
    notes, late = tidy(np.concatenate(tables), np.concatenate(micro))
    tonal = notes[notes[:, Column.ROLE] != Role.DRUMS]
    if ruling is None:
        heard = (
            parts[0][1][:0]
            if sequenced
            else np.concatenate([raw for role, raw in parts if role is not Role.DRUMS or not len(tonal)])
        )
        ruling = rule(marks, heard, int(notes[-1, Column.TICK]))
    if not key:
        tonic, mode = proxies.likely_key(notes) if len(tonal) else (0, "major")
    else:
        tonic = TONICS[key]
    kit = notes[notes[:, Column.ROLE] == Role.DRUMS]
    played = dynamics and len(np.unique(tonal[:, Column.VELOCITY])) > UNHURRIED
    drummed = dynamics and len(np.unique(kit[:, Column.VELOCITY])) > UNHURRIED
    return Piece(
        id=name,
        set=folder,
        cluster=cluster,
        style=style,
        tempo=tempo,
        nominal_tempo=nominal,
        tonic=tonic,
        mode=mode,
        arousal=proxies.arousal(notes, proxies.beats_of(ruling.bars), played if len(tonal) else drummed),
        brightness=proxies.brightness(notes),
        notes=notes,
        micro=late,
        dynamics=played,
        drum_dynamics=drummed,
        bars=ruling.bars,
        meters=ruling.meters,
        chords=recognised(notes, ruling, tonic, mode) if chords is None else chords,
        chords_given=chords is not None,
    )


def recognised(notes: Table, ruling: Ruling, tonic: int, mode: str) -> Table:
    """Chords heard in pitched notes, one segment a pulse at most."""
    tonal = notes[notes[:, Column.ROLE] != Role.DRUMS]
    if not len(tonal):
        return np.zeros((0, 3), np.int32)
    edges = pulses(ruling)
    return recognise(
        tonal[:, Column.TICK], tonal[:, Column.LENGTH], tonal[:, Column.PITCH], tonal[:, Column.ROLE] == Role.BASS,
        edges.ticks, edges.strengths, tonic, mode,
    )  # fmt: skip


def fold(raw: Raw) -> Raw:
    """Drum notes on the common pitches of General MIDI."""
    table = np.arange(128, dtype=np.float64)
    for pitch, common in KIT.items():
        table[pitch] = common
    folded = raw.copy()
    folded[:, 2] = table[raw[:, 2].astype(int)]
    return folded
