"""Held-out NLL a LEAD note, of the model and of the baselines, on the same notes."""

from math import log

import numpy as np

from bridge.engine.codec import DURATIONS, PITCHES, SHIFTS
from export.data.layout import KNOWN, PLAIN, lay_out
from export.data.melody import Melody
from export.evaluate.markov import FIELDS, fit, score
from export.families.lstm import Melodist
from export.train import held_out, laid_out, validate

NATS_TO_BITS = 1 / log(2)


def table(model: Melodist, train: list[Melody], valid: list[Melody]) -> dict[str, dict[str, float]]:
    """Who -> field -> nats a note; "note" is their sum. Velocity is left out: few sets have real ones."""
    random = np.random.default_rng(1)
    baseline = fit([(melody, lay_out(melody, random, PLAIN)) for melody in train])
    pieces = laid_out(valid)
    uniform = {"shift": log(SHIFTS), "pitch": log(PITCHES), "duration": log(len(DURATIONS) - 1)}
    rows = {
        "uniform": uniform,
        "unigram": score(baseline, pieces, 0),
        "Markov-2": score(baseline, pieces, None),
        "LSTM": validate(model, held_out(valid)),
        "LSTM, density and register known": validate(model, held_out(valid, KNOWN)),
    }
    return {name: {**{f: row[f] for f in FIELDS}, "note": sum(row[f] for f in FIELDS)} for name, row in rows.items()}


def by_set(model: Melodist, valid: list[Melody]) -> dict[str, dict[str, float]]:
    """Set -> field -> nats a note of the model."""
    names = dict.fromkeys(melody.set for melody in valid)
    return {name: validate(model, held_out([m for m in valid if m.set == name]), batch=4) for name in names}


def markdown(rows: dict[str, dict[str, float]]) -> str:
    """Rows as a Markdown table in nats, with bits for the sum."""
    lines = ["| nats a note | shift | pitch | duration | sum | sum in bits |", "|---|---|---|---|---|---|"]
    for name, row in rows.items():
        cells = " | ".join(f"{row[field]:.3f}" for field in (*FIELDS, "note"))
        lines.append(f"| {name} | {cells} | {row['note'] * NATS_TO_BITS:.2f} |")
    return "\n".join(lines)
