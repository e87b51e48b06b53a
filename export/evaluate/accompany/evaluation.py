"""An evaluation: every row played to every trial, measured and put together."""

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from bridge.engine.loading import Open
from bridge.engine.shelf import open_pack
from bridge.music.note import Note
from export.data.piece import Piece
from export.evaluate.accompany.copying import Hashes, copied, known
from export.evaluate.accompany.findings import Findings, Group
from export.evaluate.accompany.floor import Floor
from export.evaluate.accompany.judgement import (
    CHARTED,
    HUMAN,
    MARKOV,
    PACK,
    ROWS,
    SWAPPED,
    VAMP,
    distance_table,
    figures,
    listens,
    losses,
    values,
)
from export.evaluate.accompany.measures import Measure
from export.evaluate.accompany.stage import Played, Stage, swapped
from export.evaluate.accompany.trial import INPUTS, JUDGED, SETTLING, WRITTEN, Trial, lot, partner, trials

COUNTED = 600
"""Training pieces that the floor counts."""
Step = Callable[[int], object]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be evaluated, and how."""

    pack: Path
    mode: str = "accompany"
    pieces: int = 12
    kinds: tuple[str, ...] = tuple(INPUTS)
    seed: int = 1
    candidates: int = 1
    note_ms: float = 1.0


Row = dict[str, Played | None]


def evaluate(
    request: Request, train: Sequence[Piece], valid: Sequence[Piece], step: Step, opens: Open = open_pack
) -> tuple[Findings, list[tuple[Trial, Row]]]:
    """The findings, and everything that was played; `step` hears of each row that is done."""
    chosen = trials(valid, request.pieces, request.kinds)
    counted = sorted(train, key=lambda piece: lot(piece.id))[:COUNTED]
    floor, training = Floor(counted), known(train)
    stage = Stage(request.pack, request.mode, request.candidates, request.seed, request.note_ms / 1000, opens)
    deaf = Stage(None, request.mode, seed=request.seed)
    played: list[tuple[Trial, Row]] = []
    for trial in chosen:
        row: Row = {HUMAN: Played(trial.human) if trial.human else None}
        row[PACK] = stage.play(trial)
        step(1)
        other = None if stage.alone else partner(trial, valid)
        row[CHARTED] = stage.play(trial, charted=True) if trial.chords and not stage.alone else None
        step(1)
        row[SWAPPED] = None if other is None else stage.play(swapped(trial, other))
        step(1)
        row[VAMP] = deaf.play(trial)
        row[MARKOV] = Played(floor.play(trial, request.seed))
        step(1)
        played.append((trial, row))
    extra = _extra(floor, training)
    written = _group([(trial, row) for trial, row in played if trial.kind == WRITTEN], extra)
    lost = losses(written.values) if written is not None else {}
    return Findings(
        pack=request.pack.name,
        mode=request.mode,
        alone=stage.alone,
        seed=request.seed,
        candidates=request.candidates,
        note_ms=request.note_ms,
        settling=SETTLING,
        judged=JUDGED,
        written=written,
        others=_group([(trial, row) for trial, row in played if trial.kind != WRITTEN], extra),
        losses=lost,
        share=listens(lost),
    ), played


def _extra(floor: Floor, training: Hashes) -> tuple[Measure, ...]:
    def copies(trial: Trial, notes: Sequence[Note]) -> float | None:
        return copied(trial, notes, training)

    return (
        Measure("figures of 8 notes known from training", copies),
        Measure("nats an onset under Markov-2", floor.surprise),
    )


def _group(played: Sequence[tuple[Trial, Row]], extra: Sequence[Measure]) -> Group | None:
    if not played:
        return None
    chosen = [trial for trial, _ in played]
    answers = {name: [row[name] for _, row in played] for name in ROWS}
    found = values(chosen, answers, extra)
    for name in ("ISR", "ISRw"):
        found[name] = {PACK: [_rate(row[PACK], name) for _, row in played]}
    found["share of the notes made by rule"] = {PACK: [p.by_rule if p else None for p in answers[PACK]]}
    sets = Counter(trial.set for trial in chosen)
    return Group(
        count=len(chosen),
        named=", ".join(f"{count} {name}" for name, count in sets.items()),
        figures=figures(found),
        distances=distance_table(chosen, answers),
        values=found,
        trials=tuple(trial.id for trial in chosen),
    )


def _rate(played: Played | None, name: str) -> float | None:
    if played is None:
        return None
    return played.isr if name == "ISR" else played.isrw
