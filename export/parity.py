"""Whether the exported graph does what torch does, output by output, on real inputs."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.codec import PARTS, PITCHES, SHIFTS, Part
from bridge.engine.session import open_session
from bridge.errors import PackError
from export.data.layout import Rows
from export.families.lstm import Melodist
from export.to_onnx import INPUTS, OUTPUTS, Step, example

STATE = ("h", "c", "last")
TOLERANCE = 2.0e-4
"""Largest difference allowed in a log-probability or a state."""

Feeds = dict[str, NDArray[np.generic]]


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found."""

    steps: int
    events_differ: int
    log_prob: float
    """Largest absolute difference."""
    state: float
    """Largest difference by its size and 1; each side keeps its own state from step to step."""

    def __str__(self) -> str:
        return (
            f"{self.steps} steps: {self.events_differ} events differ, "
            f"log-probabilities by at most {self.log_prob:.1e}, states by at most {self.state:.1e}"
        )


def inputs(rows: Rows, steps: int, batch: int, seed: int = 5) -> Iterator[Feeds]:
    """Feeds without state from `steps` real events of `batch` places in a stream, with noise, knobs and masks."""
    random = np.random.default_rng(seed)
    starts = random.integers(0, len(rows.events) - steps - 1, batch)
    for step in range(steps):
        at = starts + step
        place = rows.places[at]
        voice = np.zeros((batch, PARTS), np.bool_)
        voice[:, [Part.LEAD] if step % 2 else [Part.HELD, Part.RELEASE, Part.LEAD]] = True
        least = random.integers(0, 48, batch)
        yield {
            "event": rows.events[at],
            "position": np.stack([place[:, 0], place.sum(1) + 1], 1),
            "controls": rows.controls[at + 1],
            "noise": random.uniform(0.001, 0.999, (batch, 5)).astype(np.float32),
            "temperature": random.uniform(0.5, 1.5, batch).astype(np.float32),
            "min_p": random.uniform(0, 0.1, batch).astype(np.float32),
            "voice_mask": voice,
            "pitch_mask": random.random((batch, PITCHES)) < 0.7,
            "shift_min": least,
            "shift_max": np.minimum(least + random.integers(24, 192, batch), SHIFTS - 1),
        }


def compare(model: Melodist, path: Path, rows: Rows, steps: int = 200, batch: int = 4) -> Parity:
    """Run torch and the graph side by side, each with its own state, on the same events.

    Raises PackError where they differ by more than TOLERANCE, or in an event that noise does not put on an edge.
    """
    step, session = Step(model.eval()).eval(), open_session(path, "cpu")
    ours = theirs = [tensor.numpy() for tensor in example(model, batch)[3:6]]
    differ, log_prob, state = 0, 0.0, 0.0
    for feeds in inputs(rows, steps, batch):
        given = {**feeds, **dict(zip(STATE, theirs, strict=True))}
        with torch.no_grad():
            expected = [t.numpy() for t in step(*(torch.from_numpy(np.ascontiguousarray(given[n])) for n in INPUTS))]
        found = session.run(OUTPUTS, {**feeds, **dict(zip(STATE, ours, strict=True))})
        same = (expected[0] == found[0]).all(1)
        differ += int((~same).sum())
        log_prob = max(log_prob, float(np.abs(expected[1] - found[1])[same].max(initial=0.0)))
        theirs, ours = expected[2:], found[2:]
        state = max(state, *(float((np.abs(a - b) / (1 + np.abs(a))).max()) for a, b in zip(theirs, ours, strict=True)))
    result = Parity(steps * batch, differ, log_prob, state)
    if log_prob > TOLERANCE or state > TOLERANCE or differ > steps * batch // 200:
        raise PackError(f"the graph is not the model ({result}); the pack was not written")
    return result
