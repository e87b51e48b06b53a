"""Milliseconds a note takes on one thread, through the graph alone and through the family."""

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from bridge.engine.family import Family
from bridge.engine.session import open_session
from export.evaluate.continuation import Prompt, answer
from export.families.lstm import Melodist
from export.to_onnx import INPUTS, OUTPUTS, example


class Speed(msgspec.Struct, frozen=True):
    """Milliseconds: median and 99th percentile."""

    p50: float
    p99: float

    def __str__(self) -> str:
        return f"{self.p50:.2f} ms (p50), {self.p99:.2f} ms (p99)"


def graph(path: Path, model: Melodist, calls: int = 3000) -> Speed:
    """The step graph, batch 1, CPU, one thread."""
    session = open_session(path, "cpu")
    feeds = {name: tensor.numpy() for name, tensor in zip(INPUTS, example(model, 1), strict=True)}
    times = []
    for _ in range(calls + 100):
        began = time.perf_counter()
        session.run(OUTPUTS, feeds)
        times.append(time.perf_counter() - began)
    return _speed(times[100:])


def family(playing: Family, prompts: Sequence[Prompt]) -> Speed:
    """Whole answers, hearing left out, divided by their notes."""
    times = []
    for number, prompt in enumerate(prompts):
        answer(playing, prompt, number)
        began = time.perf_counter()
        notes = len(answer(playing, prompt, number).tones) + 2 * len(prompt.played)
        times.append((time.perf_counter() - began) / max(notes, 1))
    return _speed(times)


def _speed(seconds: Sequence[float]) -> Speed:
    p50, p99 = np.percentile(np.array(seconds) * 1000, (50, 99))
    return Speed(float(p50), float(p99))
