"""Whether the exported graphs do what torch does, output by output, on real events.

Graphs with whole weights must agree with torch to rounding, read in chunks and played event by event with the caches
that playing has. For those with 8-bit weights, the cost in likelihood is told and bounded.
"""

from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.codec import DURATIONS, FIELDS, MIDDLE, PARTS, PITCHES, POSITIONS, SHIFTS
from bridge.engine.ensemble_controls import CHORD_SIZE, LEFT, LEFT_UNIT, NEXT, NEXT_KNOWN, NOW
from bridge.engine.features import HEAD, NONE, SAME, kin_own, kin_references
from bridge.engine.kv import HIDDEN
from bridge.engine.page import HERE, LANDS, landings
from bridge.engine.reader import SCORE
from bridge.engine.session import Session, open_session
from bridge.errors import PackError
from export.ensemble.layout import last_pitches
from export.ensemble.losses import foretell
from export.families.transformer import Accompanist, Sheet, Size

TOLERANCE = 2.0e-3
"""Largest difference allowed in a log-probability with whole weights, as a share of it where it is beyond -1."""
COSTLIEST = 0.02
"""Largest mean loss allowed, in nats an event, that 8-bit weights may cost."""
CHUNK = 48
STEPS = 64
DURATION = len(DURATIONS)
LIKELY = -10.0
"""Log-probability of a pitch from which on it is compared; below, nothing hangs on it."""
PITCH = FIELDS.index("pitch")
STEP = ("next", "log_prob", "new_keys", "new_values")

Feeds = dict[str, NDArray[np.generic]]


class Parity(msgspec.Struct, frozen=True):
    """What a comparison found; differences are the largest of log-probabilities, `score` as a share beyond -1."""

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
            f"{self.events} events read, log-probabilities differ by at most {self.score:.1e} of themselves; "
            f"{self.steps} events drawn, by at most {self.step:.1e}; 8-bit weights cost {self.cost:.4f} nats an event, "
            f"{self.spread:.2f} at most"
        )


class Caches:
    """Columns of one stream, filled from the front."""

    def __init__(self, layers: int, size: int) -> None:
        self.keys = [np.zeros((size, HEAD), np.float32) for _ in range(layers)]
        self.values = [np.zeros((size, HEAD), np.float32) for _ in range(layers)]
        self.size = size
        self.count = 0

    def write(self, keys: NDArray[np.float32], values: NDArray[np.float32]) -> None:
        """Add the new columns [1, T, L * 64]."""
        part = slice(self.count, self.count + keys.shape[1])
        for layer in range(len(self.keys)):
            own = slice(layer * HEAD, (layer + 1) * HEAD)
            self.keys[layer][part] = keys[0, :, own]
            self.values[layer][part] = values[0, :, own]
        self.count += keys.shape[1]

    def feeds(self, rows: int, before: int, heads: int) -> Feeds:
        """The cache's inputs for rows that follow one another and see columns up to `before`, and one another."""
        mask = np.full((rows, self.size + rows), -1.0e9, np.float32)
        mask[:, :before] = 0.0
        mask[:, -rows:] = np.triu(np.full((rows, rows), -1.0e9, np.float32), 1)
        found: Feeds = {"mask": np.repeat(mask, heads, 0)[None], "past": np.array([self.size, rows], np.int64)}
        for layer in range(len(self.keys)):
            found[f"keys_{layer}"], found[f"values_{layer}"] = self.keys[layer], self.values[layer]
        return found


def compare(model: Accompanist, whole: Path, draft: Path, sheet: Sheet) -> Parity:
    """Run torch and the graphs of two folders on one real stream [1, T]. Raises PackError where they differ."""
    with torch.no_grad():
        logits, then, _ = foretell(model.eval(), sheet)
        expected = _gather(logits, then.events)
    length = sheet.events.shape[1]
    exact, _ = read(open_session(whole / "score.onnx", "cpu"), model.size, sheet)
    rough, _ = read(open_session(draft / "score.onnx", "cpu"), model.size, sheet)
    # Rounding grows with the logits, and so with how unlikely an event is.
    score = float((np.abs(exact - expected) / np.maximum(1.0, np.abs(expected))).max())
    step = _steps(model, open_session(whole / "step.onnx", "cpu"), open_session(whole / "score.onnx", "cpu"), sheet)
    parity = Parity(
        length - 1, score, min(STEPS, length - 1), step,
        float((expected - rough).sum(1).mean()), float(np.abs(expected - rough).max()),
    )  # fmt: skip
    if score > TOLERANCE or step > TOLERANCE or not parity.cost < COSTLIEST:
        raise PackError(f"the graphs are not the model ({parity}); the pack was not written")
    return parity


def read(session: Session, size: Size, sheet: Sheet) -> tuple[NDArray[np.float32], Caches]:
    """Log-probabilities [T - 1, 5] of a stream by the score graph, in chunks, and the caches it leaves."""
    length = sheet.events.shape[1]
    caches = Caches(size.layers, max(512, length))
    found = []
    arrays = _arrays(sheet)
    for at in range(0, length - 1, CHUNK):
        here, there = slice(at, min(at + CHUNK, length - 1)), slice(at + 1, min(at + CHUNK, length - 1) + 1)
        then, places = arrays["events"][there], arrays["places"][there]
        kin = [
            (*kin_own(own), *kin_references(references))
            for own, references in zip(arrays["own"][there], arrays["references"][there], strict=True)
        ]
        feeds: Feeds = {
            **_shown(arrays, here),
            **caches.feeds(here.stop - at, caches.count, size.heads),
            "here": arrays["places"][here] + HERE,
            "then": then,
            "landing": np.concatenate([then[:, 1:2], places + LANDS], 1),
            "kin": np.array(kin, np.int64),
            "chords": arrays["controls"][there, NOW],
        }
        log_prob, _, keys, values = session.run(SCORE, feeds)
        found.append(log_prob)
        caches.write(keys, values)
    return np.concatenate(found), caches


def _arrays(sheet: Sheet) -> dict[str, NDArray[Any]]:
    return {name: getattr(sheet, name)[0].numpy() for name in sheet.__struct_fields__}


def _shown(arrays: dict[str, NDArray[Any]], rows: slice) -> Feeds:
    """What both graphs are shown of some events."""
    wide = {name: arrays[name][None, rows] for name in ("columns", "controls")}
    return {**wide, **{name: arrays[name][rows] for name in ("cos", "sin")}}


def _steps(model: Accompanist, session: Session, score: Session, sheet: Sheet) -> float:
    """Draw the next event after the last events of a stream; the largest difference from torch's likelihood of it."""
    random = np.random.default_rng(5)
    length = sheet.events.shape[1]
    _, caches = read(score, model.size, sheet)
    with torch.no_grad():
        tops = model.think(sheet)[0]
    arrays = _arrays(sheet)
    lasts = last_pitches(np.concatenate([arrays["events"], arrays["events"][-1:]]))[1:]
    worst = 0.0
    for at in range(max(1, length - 1 - STEPS), length - 1):
        bar = int(arrays["places"][at].sum()) + 1
        into = int(arrays["places"][at, 0])
        last = lasts[at][SAME].copy()
        last[-1] = NONE
        controls = arrays["controls"][at]
        roots = [_root(controls[part]) for part in (NOW, NEXT)]
        tonic = int(arrays["references"][at, 3])
        gap = round(float(controls[LEFT]) * LEFT_UNIT) if controls[NEXT_KNOWN] > 0 else SHIFTS
        landing = np.empty((1, SHIFTS, 4), np.int64)
        landing[0, :, 0] = np.arange(SHIFTS)
        landing[0, :, 1:3] = landings(bar)[into : into + SHIFTS]
        landing[0, :, 3] = np.arange(SHIFTS) >= gap
        kin = [kin_references((int(last[0]), int(last[4]), root, tonic)) for root in roots]
        feeds: Feeds = {
            **_shown(arrays, slice(at, at + 1)),
            **caches.feeds(1, at, 1),
            "here": arrays["places"][at : at + 1] + HERE,
            "chords": np.stack([controls[NOW], controls[NEXT]])[None],
            "landing": landing,
            "own": np.array([[kin_own(int(pitch)) for pitch in last]], np.int64),
            "references": np.array([kin], np.int64),
            "daring": np.tile(random.uniform(0.7, 3.0, 2).astype(np.float32), (1, PARTS, 1)),
            "shift_mask": np.where(np.arange(SHIFTS) < random.choice((0, 0, 3, 24)), HIDDEN, np.float32(0))[None],
            "pitch_mask": np.zeros((1, PARTS, PITCHES), np.float32),
            **{
                f"{name}_noise": random.gumbel(size=(1, size)).astype(np.float32)
                for name, size in (("voice", PARTS), ("shift", SHIFTS), ("pitch", PITCHES), ("duration", DURATION))
            },
            "quantile": random.uniform(0.1, 0.9, (1, 1)).astype(np.float32),
        }
        feeds["voice_noise"][0, random.permutation(PARTS)[: random.integers(PARTS - 1)]] = HIDDEN
        chosen, log_prob, _, _ = session.run(STEP, feeds)
        voice, shift = int(chosen[0, 0]), int(chosen[0, 1])
        lands = (into + shift) % bar
        changed = shift >= gap
        chords = arrays["controls"][at : at + 1, NEXT if changed else NOW]
        own = int(last[voice]) if last[voice] >= 0 else MIDDLE
        then = msgspec.structs.replace(
            sheet,
            events=torch.from_numpy(chosen),
            places=torch.tensor([[min(lands, POSITIONS - 1), min(bar - lands - 1, POSITIONS - 1)]]),
            own=torch.tensor([own]),
            references=torch.tensor([[int(last[0]), int(last[4]), roots[int(changed)], tonic]]),
        )
        with torch.no_grad():
            top, here = tops[at : at + 1], sheet.places[0, at : at + 1]
            logits, joint = model.foretell(top, here, then, torch.from_numpy(chords)), _joint(model, top, here, then)
        expected = torch.log_softmax(logits[PITCH], -1).numpy()
        likely = expected > LIKELY
        chances = first(joint, feeds["voice_noise"][0], feeds["shift_mask"][0])
        regrets = _regrets(logits, chances, feeds, chosen[0])
        worst = max(worst, float(np.abs(expected - log_prob)[likely].max()), *regrets)
    return worst


def first(joint: NDArray[np.float64], noise: NDArray[np.float32], mask: NDArray[np.float32]) -> NDArray[np.float64]:
    """Chances [7, 192] of the first event, at or after the least shift, of the voices whose noise is not hidden.

    `joint` [7, 192] is the model's of the next event of all; the hazard of the other voices is left out of it.
    """
    there, may = noise > HIDDEN / 2, mask > HIDDEN / 2
    found = np.zeros_like(joint)
    calm = 1.0
    for shift in np.flatnonzero(may):
        left = joint[there, shift].sum() + joint[:, shift + 1 :].sum()
        found[there, shift] = calm * joint[there, shift] / left
        calm *= 1.0 - joint[there, shift].sum() / left
    return found


def _joint(model: Accompanist, top: torch.Tensor, here: torch.Tensor, then: Sheet) -> NDArray[np.float64]:
    """Probabilities [7, 192] of the next event's voice and shift, after one known event; of `then` its shape counts."""
    each = {
        name: getattr(then, name)[:1].repeat_interleave(PARTS, 0) for name in ("events", "places", "own", "references")
    }
    each["events"][:, 0] = torch.arange(PARTS)
    chords = torch.zeros(PARTS, CHORD_SIZE)
    voice, shift, *_ = model.foretell(
        top.expand(PARTS, -1), here.expand(PARTS, -1), msgspec.structs.replace(then, **each), chords
    )
    found: NDArray[np.float64] = (voice[:1].double().softmax(-1).T * shift.double().softmax(-1)).numpy()
    return found


def _regrets(
    logits: list[torch.Tensor], chances: NDArray[np.float64], feeds: Feeds, chosen: NDArray[np.int64]
) -> list[float]:
    """By how much each field's choice falls short of the best by torch's scores; a velocity's, by its place."""
    voice = int(chosen[0])
    heat, room = (float(value) for value in feeds["daring"][0, voice])
    with np.errstate(divide="ignore"):
        when = [np.log(chances.sum(1)), np.log(chances[voice])]
    found = []
    for n, name in enumerate(("voice", "shift", "pitch", "duration")):
        scores = when[n] if n < len(when) else logits[n][0].numpy()
        if name != "voice":
            above = heat * scores - heat * scores.max() + room
            scores = np.where(above < 0, -np.inf, above)
        noisy = scores + feeds[f"{name}_noise"][0]
        found.append(float(noisy.max() - noisy[chosen[n]]) / max(heat, 1.0))
    sums = np.concatenate([[0.0], torch.softmax(logits[-1][0], -1).cumsum(-1).numpy()])
    place = float(feeds["quantile"][0, 0])
    low, high = sums[chosen[-1]], sums[chosen[-1] + 1]
    return [*found, float(max(low - place, place - high, 0.0))]


def _gather(logits: list[torch.Tensor], events: torch.Tensor) -> NDArray[np.float32]:
    """Log-probability of each field [N, 5]."""
    logs = [torch.log_softmax(logit, -1).gather(1, events[:, n : n + 1]) for n, logit in enumerate(logits)]
    found: NDArray[np.float32] = torch.cat(logs, 1).numpy()
    return found


def _root(chord: NDArray[np.float32]) -> int:
    """The root in a chord's numbers, NONE where it has none."""
    root = chord[12:24]
    return int(root.argmax()) if root.any() else NONE
