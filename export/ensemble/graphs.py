"""The two graphs of a transformer pack: `step` draws the next event of each row, `score` judges known ones.

Inputs of both, for R rows and a cache of P columns (see `bridge.engine.page` and `bridge.engine.reader`, which fill
them): columns [1, R, 13], controls [1, R, C], cos and sin [R, 32], mask [1, 1 or R * heads, P + R] to add to the
scores, past [2] (P and R), and for each layer keys and values [P, 64].

`step`, beside these: here [R, 2] rows of the place; chords [R, 2, 38] now and next; landing [R, 192, 4] for each shift:
its row, the rows of the place where it lands, whether the next chord is there by then; own [R, 7, 2] and references
[R, 2, 4] rows of kin by voice and by chord; daring [R, 7, 2] by voice: one by temperature, and nats below the likeliest
within which a class may be drawn; shift_mask [R, 192] and pitch_mask [R, 7, 128] to add to scores; Gumbel noise for
voice (with what may not play masked), shift, pitch and duration, and the quantile [R, 1] of the velocity. Voice and
shift are drawn together: the first event at or after the least shift of a voice that may play. It gives next [R, 5],
log_prob [R, 128] of all pitches within the mask at temperature 1, new_keys and new_values [1, R, L * 64].

`score`, beside these: here [R, 2], then [R, 5] the event after each (anything where that is not known), landing [R, 3]
and kin [R, 6] and chords [R, 38] of it. It gives log_prob [R, 5], likeliest [R] of the pitches' log-probabilities, and
the new columns.
"""

from typing import Any

import numpy as np

from bridge.engine.codec import FIELDS, PITCHES
from bridge.engine.features import HEAD
from export.ensemble.builder import Builder
from export.ensemble.heads import Drawing, Heads, Judging
from export.ensemble.trunk import Trunk, Weights
from export.families.transformer import Accompanist


def graphs(model: Accompanist, whole: bool = False) -> dict[str, Any]:
    """`step` and `score` with 8-bit weights, or with whole ones."""
    weights = Weights(model)
    return {"step": step(weights, Builder(whole)), "score": score(weights, Builder(whole))}


def step(weights: Weights, graph: Builder) -> Any:
    """The graph that draws."""
    trunk = Trunk(graph, weights)
    drawing = Drawing(Heads(trunk, weights))
    return graph.build(
        [
            ("next", drawing.chosen, np.int64, ["rows", len(FIELDS)]),
            ("log_prob", drawing.log_prob, np.float32, ["rows", PITCHES]),
            *_columns(trunk, weights),
        ]
    )


def score(weights: Weights, graph: Builder) -> Any:
    """The graph that judges."""
    trunk = Trunk(graph, weights)
    judging = Judging(Heads(trunk, weights))
    return graph.build(
        [
            ("log_prob", judging.log_prob, np.float32, ["rows", len(FIELDS)]),
            ("likeliest", judging.likeliest, np.float32, ["rows"]),
            *_columns(trunk, weights),
        ]
    )


def _columns(trunk: Trunk, weights: Weights) -> list[tuple[str, str, type[np.generic], list[int | str]]]:
    keys, values = trunk.new
    shape: list[int | str] = [1, "rows", weights.size.layers * HEAD]
    return [("new_keys", keys, np.float32, shape), ("new_values", values, np.float32, shape)]
