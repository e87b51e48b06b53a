"""Lead sheets: a melody with chord symbols, as the folk tunes and the songs of the bundle are written."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bridge.engine.grid import TICKS
from bridge.errors import DataError, SettingsError
from bridge.music.chord import Chord, parse
from export.data.abc import rule_abc
from export.data.barlines import flexible
from export.data.making import make
from export.data.piece import KIND_INDEX, NO_CHORD, Piece, Role, Table
from export.data.rows import Raw
from export.data.ruling import COMMON, Mark, Ruling, covering, named, written

LOUD = 80
"""Velocity of a written note."""


def symbol(text: str) -> Chord | None:
    """The chord of a lead sheet's symbol, folk spellings of a bass («D/f+» is D over F sharp) included.

    None for «no chord». Raises SettingsError for what is no chord, such as a bass note alone.
    """
    head, slash, low = text.replace(" ", "").partition("/")
    low = low.replace("+", "#").replace("-", "b")
    return parse(head + (slash + low[:1].upper() + low[1:] if low else ""))


def chord_rows(symbols: Sequence[tuple[float, str]]) -> Table:
    """Rows (tick, root, kind) of symbols at beats; a bass note alone leaves the chord before it standing."""
    rows: list[tuple[int, int, int]] = []
    for beat, text in symbols:
        try:
            chord = symbol(text)
        except SettingsError:
            continue
        found = (NO_CHORD, 0) if chord is None else (chord.root, KIND_INDEX[chord.kind])
        tick = round(beat * TICKS)
        if rows and rows[-1][0] == tick:
            rows.pop()
        if not rows or rows[-1][1:] != found:
            rows.append((tick, *found))
    return np.array(rows, np.int32).reshape(-1, 3)


def meter(text: str) -> Mark:
    """The meter of text such as "6/8"; 4/4 where there is none."""
    above, _, below = text.partition("/")
    return Mark(0.0, int(above), int(below)) if below else COMMON


def lead_sheet(item: dict[str, Any], row: dict[str, str], folder: str, abc: str = "") -> Piece:
    """A piece of one JSONL row and its row of `pieces.csv`; bar lines are those of its ABC text, if it has one.

    Else chords and long notes say where the bars are. Raises DataError where it is too short.
    """
    raw = np.array([(*note, LOUD) for note in item["melody"]], np.float64).reshape(-1, 4)
    if not len(raw):
        raise DataError("it has no notes")
    mark = meter(row["metre"])
    last = round(float(raw[:, 0].max()) * TICKS)
    end = round(float((raw[:, 0] + raw[:, 1]).max()) * TICKS)
    ruling = (written(rule_abc(abc), mark, end, last) if abc else None) or _heard(raw, item["chords"], mark, last)
    return make(
        row["id"], folder, parts=[(Role.LEAD, raw)], marks=[mark], cluster=row["cluster"], style=row["style"],
        tempo=float(row["bpm"]), nominal=row["bpm_is_nominal"] == "1", key=row["key"], mode=row["mode"],
        ruling=ruling, chords=chord_rows(item["chords"]) if item["chords"] else None,
    )  # fmt: skip


def _heard(raw: Raw, chords: Sequence[tuple[float, str]], mark: Mark, last: int) -> Ruling:
    """The ruling that chords and long notes speak for."""
    evidence: dict[int, float] = {}
    for beat, _ in chords:
        evidence[round(beat * TICKS)] = evidence.get(round(beat * TICKS), 0.0) + 2.0
    for beat, length, _, _ in raw:
        evidence[round(beat * TICKS)] = evidence.get(round(beat * TICKS), 0.0) + 0.4 + min(length, 2.0) / 2
    return named(covering(flexible(evidence, mark.bar, last + 1), last, mark.bar), [mark])
