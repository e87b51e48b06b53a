"""Whether the exported graphs do what torch does, output by output, on real events.

Graphs with whole weights must agree with torch to rounding, read in chunks and played event by event with the caches
that playing has. For those with 8-bit weights, the cost in likelihood is told and bounded.
"""

from pathlib import Path

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.codec import MIDDLE, PARTS, PITCHES, POSITIONS, SHIFTS
from bridge.engine.ensemble_controls import LEFT, LEFT_UNIT, NEXT, NEXT_KNOWN, NOW
from bridge.engine.features import HEAD, NONE, SAME
from bridge.engine.session import Session, open_session
from bridge.errors import PackError
from export.ensemble.graphs import SCORE_OUTPUTS, STEP_OUTPUTS
from export.ensemble.layout import last_pitches
from export.ensemble.losses import foretell
from export.families.transformer import Accompanist, Sheet

TOLERANCE = 2.0e-3
"""Largest difference allowed in a log-probability with whole weights."""
COSTLIEST = 0.02
"""Largest mean loss allowed, in nats an event, that 8-bit weights may cost."""
CHUNK = 48
SUFFIX = 64
STEPS = 64

Feeds = dict[str, NDArray[np.generic]]


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found; differences are the largest of log-probabilities."""

    events: int
    score: float
    steps: int
    step: float
    cost: float
    """Nats an event by which 8-bit weights are worse."""
    spread: float
    """Largest change of a field's log-probability by 8-bit weights."""

    def __str__(self) -> str:
        return (
            f"{self.events} events read, log-probabilities differ by at most {self.score:.1e}; {self.steps} events "
            f"drawn, by at most {self.step:.1e}; 8-bit weights cost {self.cost:.4f} nats an event, "
            f"{self.spread:.2f} at most"
        )


class Caches:
    """The prefix of one stream, filled from the front."""

    def __init__(self, layers: int, size: int) -> None:
        self.keys = [np.zeros((HEAD, size), np.float32) for _ in range(layers)]
        self.values = [np.zeros((size, HEAD), np.float32) for _ in range(layers)]
        self.size = size
        self.count = 0

    def write(self, keys: NDArray[np.float32], values: NDArray[np.float32]) -> None:
        """Add the new columns."""
        part = slice(self.count, self.count + len(keys))
        for layer in range(len(self.keys)):
            own = slice(layer * HEAD, (layer + 1) * HEAD)
            self.keys[layer][:, part] = keys[:, own].T
            self.values[layer][part] = values[:, own]
        self.count += len(keys)

    def feeds(self, near: tuple[int, ...]) -> Feeds:
        """The cache inputs with an empty suffix of a shape."""
        found: Feeds = {}
        for layer in range(len(self.keys)):
            found[f"keys_{layer}"], found[f"values_{layer}"] = self.keys[layer], self.values[layer]
            found[f"near_keys_{layer}"] = np.zeros((*near, HEAD, SUFFIX), np.float32)
            found[f"near_values_{layer}"] = np.zeros((*near, SUFFIX, HEAD), np.float32)
        return found


def compare(model: Accompanist, whole: Path, draft: Path, sheet: Sheet) -> Parity:
    """Run torch and the graphs of two folders on one real stream [1, T]. Raises PackError where they differ."""
    with torch.no_grad():
        logits, then, _ = foretell(model.eval(), sheet)
        expected = _gather(logits, then.events)
    layers, length = model.size.layers, sheet.events.shape[1]
    exact, _ = read(open_session(whole / "score.onnx", "cpu"), layers, sheet)
    rough, _ = read(open_session(draft / "score.onnx", "cpu"), layers, sheet)
    score = float(np.abs(exact - expected).max())
    step = _steps(model, open_session(whole / "step.onnx", "cpu"), open_session(whole / "score.onnx", "cpu"), sheet)
    parity = Parity(
        length - 1, score, min(STEPS, length - 1), step,
        float((expected - rough).sum(1).mean()), float(np.abs(expected - rough).max()),
    )  # fmt: skip
    if score > TOLERANCE or step > TOLERANCE or not parity.cost < COSTLIEST:
        raise PackError(f"the graphs are not the model ({parity}); the pack was not written")
    return parity


def read(session: Session, layers: int, sheet: Sheet) -> tuple[NDArray[np.float32], Caches]:
    """Log-probabilities [T - 1, 5] of a stream by the score graph, in chunks, and the caches it leaves."""
    length = sheet.events.shape[1]
    caches = Caches(layers, max(512, length))
    found = []
    arrays = {name: getattr(sheet, name)[0].numpy() for name in sheet.__struct_fields__}
    for at in range(0, length - 1, CHUNK):
        here, there = slice(at, min(at + CHUNK, length - 1)), slice(at + 1, min(at + CHUNK, length - 1) + 1)
        count = here.stop - at
        mask = np.full((count, caches.size + SUFFIX + count), -1.0e9, np.float32)
        mask[:, : caches.count] = 0.0
        mask[:, -count:] = np.triu(np.full((count, count), -1.0e9, np.float32), 1)
        feeds: Feeds = {
            **{name: arrays[name][here] for name in ("columns", "controls", "cos", "sin", "places")},
            "mask": mask,
            "then": arrays["events"][there],
            "then_places": arrays["places"][there],
            "own": arrays["own"][there],
            "references": arrays["references"][there],
            "chords": arrays["controls"][there, NOW],
            **caches.feeds(()),
        }
        log_prob, _, keys, values = session.run(SCORE_OUTPUTS, feeds)
        found.append(log_prob)
        caches.write(keys, values)
    return np.concatenate(found), caches


def _steps(model: Accompanist, session: Session, score: Session, sheet: Sheet) -> float:
    """Draw the next event after the last events of a stream; the largest difference from torch's likelihood of it."""
    random = np.random.default_rng(5)
    layers, length = model.size.layers, sheet.events.shape[1]
    _, caches = read(score, layers, sheet)
    with torch.no_grad():
        tops = model.think(sheet)[0]
    arrays = {name: getattr(sheet, name)[0].numpy() for name in sheet.__struct_fields__}
    lasts = last_pitches(np.concatenate([arrays["events"], arrays["events"][-1:]]))[1:]
    worst = 0.0
    for at in range(max(1, length - 1 - STEPS), length - 1):
        mask = np.full((1, caches.size + SUFFIX + 1), -1.0e9, np.float32)
        mask[:, :at] = 0.0
        mask[:, -1] = 0.0
        bar = int(arrays["places"][at].sum()) + 1
        into = int(arrays["places"][at, 0])
        last = lasts[at][SAME].copy()
        last[-1] = NONE
        roots = [_root(arrays["controls"][at, part]) for part in (NOW, NEXT)]
        feeds: Feeds = {
            **{name: arrays[name][at : at + 1] for name in ("columns", "controls", "cos", "sin")},
            "mask": mask,
            "position": np.array([[into, bar]], np.int64),
            "chord_roots": np.array([roots], np.int64),
            "last": last[None],
            "tonic": arrays["references"][at : at + 1, 3],
            "noise": random.uniform(0.001, 0.999, (1, 5)).astype(np.float32),
            "temperature": random.uniform(0.5, 1.3, 1).astype(np.float32),
            "min_p": np.zeros(1, np.float32),
            "voice_mask": np.ones((1, PARTS), np.bool_),
            "pitch_mask": np.ones((1, PARTS, PITCHES), np.bool_),
            "shift_min": np.zeros(1, np.int64),
            "shift_max": np.full(1, SHIFTS - 1, np.int64),
            **caches.feeds((1,)),
        }
        chosen, log_prob, _, _ = session.run(STEP_OUTPUTS, feeds)
        voice, shift = int(chosen[0, 0]), int(chosen[0, 1])
        landing = (into + shift) % bar
        changed = arrays["controls"][at, NEXT_KNOWN] > 0 and shift >= round(arrays["controls"][at, LEFT] * LEFT_UNIT)
        chords = arrays["controls"][at : at + 1, NEXT if changed else NOW]
        own = int(last[voice]) if last[voice] >= 0 else MIDDLE
        references = [int(last[0]), int(last[4]), roots[int(changed)], int(arrays["references"][at, 3])]
        then = msgspec.structs.replace(
            sheet,
            events=torch.from_numpy(chosen),
            places=torch.tensor([[min(landing, POSITIONS - 1), min(bar - landing - 1, POSITIONS - 1)]]),
            own=torch.tensor([own]),
            references=torch.tensor([references]),
        )
        with torch.no_grad():
            logits = model.foretell(tops[at : at + 1], sheet.places[0, at : at + 1], then, torch.from_numpy(chords))
        worst = max(worst, float(np.abs(_gather(logits, then.events) - log_prob).max()))
    return worst


def _gather(logits: list[torch.Tensor], events: torch.Tensor) -> NDArray[np.float32]:
    """Log-probability of each field [N, 5]."""
    logs = [torch.log_softmax(logit, -1).gather(1, events[:, n : n + 1]) for n, logit in enumerate(logits)]
    found: NDArray[np.float32] = torch.cat(logs, 1).numpy()
    return found


def _root(chord: NDArray[np.float32]) -> int:
    """The root in a chord's numbers, NONE where it has none."""
    root = chord[12:24]
    return int(root.argmax()) if root.any() else NONE
