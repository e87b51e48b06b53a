"""The five heads of the accompanist as nodes of a graph: `step` draws the next event, `score` judges known ones.

A class is drawn by adding Gumbel noise to the scores and taking the largest: with the same noise, scores that have
hardly changed give the same class, so that a plan made again stays what it was. A velocity is drawn by its place in
the distribution, as velocities have an order.
"""

from collections.abc import Sequence

import numpy as np

from bridge.engine.codec import DURATIONS, PARTS, PITCHES, SHIFTS
from bridge.engine.ensemble_controls import CHORD_SIZE
from bridge.engine.features import KIN, REFERENCES, kin_table
from export.ensemble.trunk import Trunk, Weights

STEEP = 1.0e6
"""What a class that is too unlikely falls by, for each nat."""
CLOSED = -1.0e8
"""Noise below which a voice is not there to be drawn."""
SMALLEST = 1.0e-30
"""Probabilities are no smaller before they are divided by or a logarithm is taken."""
SUREST = 1.0 - 2.0**-24
"""And chances no larger before what is left of them is."""


class Heads:
    """The heads' nodes behind a trunk, for rows as two axes [rows, ...]."""

    def __init__(self, trunk: Trunk, weights: Weights) -> None:
        self.graph = trunk.graph
        self.weights = weights
        width = weights.size.width
        top = self.graph.node("Reshape", trunk.top, self.graph.numbers(-1, width))
        hidden = self.graph.linear(top, weights.matrix("trunk"), "trunk", weights["trunk.bias"])
        self.hidden = self.graph.split(hidden, weights.size.split, 1)

    def sum(self, table: str, rows: str, first: int) -> list[str]:
        """The sums of some rows [rows, n] of a table, split as the heads from the given one on."""
        graph = self.graph
        found = graph.node("ReduceSum", graph.node("Gather", self._table(table), rows), graph.numbers(1), keepdims=0)
        return self._split(found, table, first)

    def one(self, table: str, row: str, first: int) -> list[str]:
        """One row [rows, 1] of a table for each, split as the heads from the given one on."""
        return self._split(self.graph.node("GatherND", self._table(table), row), table, first)

    def head(self, name: str, *parts: str) -> str:
        """Scores of a field from all that it is told."""
        return self.graph.linear(self._figure(parts), self.weights.matrix(name), name, self.weights[f"{name}.bias"])

    def every_shift(self, *parts: str) -> str:
        """Log-probabilities of the shifts for each voice that might be next [rows, 7, 192]."""
        graph, width = self.graph, self.weights.size.shift_head
        by_voice = graph.constant(self.weights["part.weight"][:, :width], "part_shift")
        shared = graph.node("Unsqueeze", graph.node("Sum", *parts), graph.numbers(1))
        scores = graph.linear(
            graph.node("Relu", graph.node("Add", shared, by_voice)),
            self.weights.matrix("to_shift"), "to_shift", self.weights["to_shift.bias"],
        )  # fmt: skip
        return graph.node("LogSoftmax", scores, axis=2)

    def pitches(self, kin: str, *parts: str) -> str:
        """Pitch scores [rows, 128]: by pitch, by interval from the voice's own last, by class above each reference."""
        graph, weights = self.graph, self.weights
        matrices = [weights.matrix(name) for name in ("to_pitch", "to_own", "to_near")]
        nothing = np.zeros((matrices[0].shape[0], 1), np.float32)
        matrix = np.concatenate([*matrices, nothing], 1)
        bias = np.zeros(matrix.shape[1], np.float32)
        bias[:PITCHES] = weights["to_pitch.bias"]
        scores = graph.linear(self._figure(parts), matrix, "to_pitch", bias)
        places = graph.node("Gather", graph.constant(kin_table(), "kin_table"), kin)
        flat = graph.node("Reshape", places, graph.numbers(-1, KIN * PITCHES))
        found = graph.node("GatherElements", scores, flat, axis=1)
        shaped = graph.node("Reshape", found, graph.numbers(-1, KIN, PITCHES))
        return graph.node("ReduceSum", shaped, graph.numbers(1), keepdims=0)

    def chord(self, chords: str) -> str:
        """What chords [..., 38] say to the pitch."""
        return self.graph.node("MatMul", chords, self.graph.constant(self.weights.matrix("chord"), "chord"))

    def _figure(self, parts: Sequence[str]) -> str:
        return self.graph.node("Relu", self.graph.node("Sum", *parts))

    def _table(self, name: str) -> str:
        return self.graph.constant(self.weights[f"{name}.weight"], name)

    def _split(self, found: str, table: str, first: int) -> list[str]:
        sizes = self.weights.size.split[first:]
        sizes = sizes[:2] if table == "now" else sizes
        return self.graph.split(found, sizes, 1) if len(sizes) > 1 else [found]


class Drawing:
    """The nodes that draw the next event of each row."""

    def __init__(self, heads: Heads) -> None:
        graph, hidden = heads.graph, heads.hidden
        self.heads, self.graph = heads, graph
        rows = "rows"
        here = graph.input("here", np.int64, [rows, 2])
        chords = graph.input("chords", np.float32, [rows, 2, CHORD_SIZE])
        landing = graph.input("landing", np.int64, [rows, SHIFTS, 4])
        own = graph.input("own", np.int64, [rows, PARTS, 2])
        references = graph.input("references", np.int64, [rows, 2, len(REFERENCES)])
        daring = graph.input("daring", np.float32, [rows, PARTS, 2])
        shifts = graph.input("shift_mask", np.float32, [rows, SHIFTS])
        pitches = graph.input("pitch_mask", np.float32, [rows, PARTS, PITCHES])
        noise = {
            name: graph.input(f"{name}_noise", np.float32, [rows, size])
            for name, size in (("voice", PARTS), ("shift", SHIFTS), ("pitch", PITCHES), ("duration", len(DURATIONS)))
        }
        quantile = graph.input("quantile", np.float32, [rows, 1])

        now = heads.sum("now", here, 0)
        chances = self._first(
            heads.head("to_voice", hidden[0], now[0]), heads.every_shift(hidden[1], now[1]), shifts, noise["voice"]
        )
        of_voice = self._log(graph.node("ReduceSum", chances, graph.numbers(2), keepdims=0))
        voice = self._largest(graph.node("Add", of_voice, noise["voice"]))
        part = heads.one("part", voice, 1)
        self._heat, self._room = graph.split(self._at(daring, voice), (1, 1), 1)
        shift = self._draw(graph.node("Add", self._log(self._at(chances, voice)), shifts), noise["shift"])
        lands = graph.split(self._at(landing, shift), (3, 1), 1)
        later = heads.sum("later", lands[0], 2)
        chord = self._at(heads.chord(chords), lands[1])
        kin = graph.node("Concat", self._at(own, voice), self._at(references, lands[1]), axis=1)
        figure = heads.pitches(kin, hidden[2], part[1], later[0], chord)
        masked = graph.node("Add", figure, self._at(pitches, voice))
        pitch = self._draw(masked, noise["pitch"])
        self.log_prob = graph.node("LogSoftmax", masked, axis=1)
        told = heads.one("told", pitch, 3)
        duration = self._draw(heads.head("to_duration", hidden[3], part[2], later[1], told[0]), noise["duration"])
        length = heads.one("length", duration, 4)
        velocity = self._place(heads.head("to_velocity", hidden[4], part[3], later[2], told[1], *length), quantile)
        self.chosen = graph.node("Concat", voice, shift, pitch, duration, velocity, axis=1)

    def _first(self, voices: str, shifts: str, mask: str, noise: str) -> str:
        """Chances [rows, 7, 192] that the first event of those that may be drawn is by a voice at a shift.

        The model tells of the next event of all. Given that it is not before the least shift, each voice has a hazard
        at each shift; those of voices that may not be drawn are left out and the others stay as they are (thinning):
        a voice does not play sooner because another one's notes are settled.
        """
        graph = self.graph
        joint = graph.node(
            "Sum",
            graph.node("Unsqueeze", voices, graph.numbers(2)),
            shifts,
            graph.node("Unsqueeze", mask, graph.numbers(1)),
        )
        flat = graph.node("Softmax", graph.node("Reshape", joint, graph.numbers(-1, PARTS * SHIFTS)), axis=1)
        chances = graph.node("Reshape", flat, graph.numbers(-1, PARTS, SHIFTS))
        there = graph.node("Greater", noise, graph.constant(np.array(CLOSED, np.float32)))
        there = graph.node("Unsqueeze", graph.node("Cast", there, to=1), graph.numbers(2))
        ours = graph.node("Mul", chances, there)
        last = graph.constant(np.array(1, np.int64))
        at = graph.node("ReduceSum", ours, graph.numbers(1), keepdims=0)
        everybody = graph.node("ReduceSum", chances, graph.numbers(1), keepdims=0)
        later = graph.node("CumSum", everybody, last, reverse=1, exclusive=1)
        left = self._least(graph.node("Add", at, later))
        hazard = graph.node("Div", at, left)
        hazard = graph.node("Min", hazard, graph.constant(np.array(SUREST, np.float32)))
        calm = graph.node("Log", graph.node("Sub", graph.constant(np.array(1, np.float32)), hazard))
        until = graph.node("Exp", graph.node("CumSum", calm, last, exclusive=1))
        return graph.node("Mul", ours, graph.node("Unsqueeze", graph.node("Div", until, left), graph.numbers(1)))

    def _least(self, chances: str) -> str:
        return self.graph.node("Max", chances, self.graph.constant(np.array(SMALLEST, np.float32)))

    def _log(self, chances: str) -> str:
        return self.graph.node("Log", self._least(chances))

    def _at(self, rows: str, index: str) -> str:
        """Each row's own part [rows, ...] at an index [rows, 1]."""
        return self.graph.node("GatherND", rows, index, batch_dims=1)

    def _largest(self, scores: str) -> str:
        return self.graph.node("ArgMax", scores, axis=1, keepdims=1)

    def _draw(self, scores: str, noise: str) -> str:
        """Classes [rows, 1]: by temperature, without those that are too unlikely against the likeliest."""
        graph = self.graph
        heated = graph.node("Mul", scores, self._heat)
        best = graph.node("ReduceMax", heated, graph.numbers(1), keepdims=1)
        above = graph.node("Add", graph.node("Sub", heated, best), self._room)
        steep = graph.node("LeakyRelu", above, alpha=STEEP)
        return self._largest(graph.node("Add", steep, noise))

    def _place(self, scores: str, quantile: str) -> str:
        """Classes [rows, 1] by their place in the distribution."""
        graph = self.graph
        sums = graph.node("CumSum", graph.node("Softmax", scores, axis=1), graph.constant(np.array(1, np.int64)))
        below = graph.node("Cast", graph.node("LessOrEqual", sums, quantile), to=7)
        return graph.node("ReduceSum", below, graph.numbers(1), keepdims=1)


class Judging:
    """The nodes that tell how likely the event after each row was."""

    def __init__(self, heads: Heads) -> None:
        graph, hidden, rows = heads.graph, heads.hidden, "rows"
        here = graph.input("here", np.int64, [rows, 2])
        then = graph.input("then", np.int64, [rows, 5])
        landing = graph.input("landing", np.int64, [rows, 3])
        kin = graph.input("kin", np.int64, [rows, KIN])
        chords = graph.input("chords", np.float32, [rows, CHORD_SIZE])
        fields = graph.split(then, (1,) * 5, 1)
        now = heads.sum("now", here, 0)
        part = heads.one("part", fields[0], 1)
        later = heads.sum("later", landing, 2)
        told = heads.one("told", fields[2], 3)
        length = heads.one("length", fields[3], 4)
        scores = (
            heads.head("to_voice", hidden[0], now[0]),
            heads.head("to_shift", hidden[1], now[1], part[0]),
            heads.pitches(kin, hidden[2], part[1], later[0], heads.chord(chords)),
            heads.head("to_duration", hidden[3], part[2], later[1], told[0]),
            heads.head("to_velocity", hidden[4], part[3], later[2], told[1], *length),
        )
        logs = [graph.node("LogSoftmax", each, axis=1) for each in scores]
        found = [graph.node("GatherElements", log, field, axis=1) for log, field in zip(logs, fields, strict=True)]
        self.log_prob = graph.node("Concat", *found, axis=1)
        self.likeliest = graph.node("ReduceMax", logs[2], graph.numbers(1), keepdims=0)
