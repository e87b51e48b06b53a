"""A judge of style: a small network over plain statistics of a window, trained apart from the model that it judges."""

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from bridge.engine.cvae_controls import BARS, STYLES, nearest_bar
from bridge.engine.cvae_rolls import BEGINS, FIRST, HOLD, RANGES, SOUNDS, Rolls
from bridge.music.note import Voice
from export.cvae.examples import Examples

Floats = NDArray[np.float32]

STEPS_TRAINED = 2500
ROWS = 256
RATE = 2.0e-3


def statistics(made: Rolls, bar: int) -> Floats:
    """Rhythm of each voice by step, how long its notes are, its pitch classes, registers and steps, and the meter."""
    lead, bass = made.lead >= FIRST, made.bass >= FIRST
    begins = made.chords == BEGINS
    meter = np.zeros(len(BARS), np.float32)
    meter[nearest_bar(bar)] = 1.0
    rhythm = [lead, bass, begins.any(1), *(made.drums > 0).T]
    found = [part.astype(np.float32) for part in rhythm]
    found += [_share(made.lead == HOLD), _share(made.bass == HOLD), _share(made.chords == SOUNDS) * 10]
    found.append(np.minimum(begins.sum(1), 6).astype(np.float32) / 6)
    for line, voice in ((made.lead, Voice.LEAD), (made.bass, Voice.BASS)):
        pitches = line[line >= FIRST].astype(np.int64) - FIRST + RANGES[voice][0]
        found += [_classes(pitches), _height(pitches), _moves(pitches)]
    pitches = np.nonzero(begins)[1] + RANGES[Voice.CHORDS][0]
    found += [_classes(pitches), _height(pitches), meter]
    return np.concatenate([np.atleast_1d(part) for part in found]).astype(np.float32)


class Judge(msgspec.Struct, frozen=True):
    """A trained judge; `accuracy` is its share of held-out windows judged right."""

    net: nn.Module
    mean: Floats
    deviation: Floats
    accuracy: float
    chance: float
    """Share of the commonest style among the held-out windows, which always naming it would get right."""
    by_style: dict[int, float]
    """Place in STYLES -> share of its held-out windows judged right."""

    def chances(self, rows: Floats) -> Floats:
        """[N, 15] chances of the styles for statistics [N, S]."""
        with torch.no_grad():
            logits = self.net(torch.from_numpy((rows - self.mean) / self.deviation))
        found: Floats = logits.softmax(-1).numpy()
        return found


def train_judge(train: Examples, valid: Examples, seed: int = 13, steps: int = STEPS_TRAINED) -> Judge:
    """Learn the styles of training windows, each style as often as any other, and judge held-out ones."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    rows, styles = _told(train)
    mean, deviation = rows.mean(0), rows.std(0) + np.float32(0.05)
    inputs, targets = torch.from_numpy((rows - mean) / deviation), torch.from_numpy(styles)
    net = nn.Sequential(
        nn.Dropout(0.15), nn.Linear(rows.shape[1], 160), nn.ReLU(), nn.Dropout(0.3), nn.Linear(160, len(STYLES))
    )
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.05)
    share = 1 / np.maximum(np.bincount(styles, minlength=len(STYLES)), 1)[styles] ** 0.75
    share /= share.sum()
    draws = random.choice(len(styles), (steps, ROWS), p=share)
    for step, draw in enumerate(draws):
        for group in optimiser.param_groups:
            group["lr"] = RATE * (1 - step / steps)
        loss = functional.cross_entropy(net(inputs[draw]), targets[draw])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    judge = Judge(net.eval(), mean, deviation, 0.0, 0.0, {})
    held, right = _told(valid)
    correct = judge.chances(held).argmax(1) == right
    by_style = {place: float(correct[right == place].mean()) for place in np.unique(right).tolist()}
    accuracy, chance = float(correct.mean()), float(np.bincount(right).max() / len(right))
    return Judge(net, mean, deviation, accuracy, chance, by_style)


def _told(data: Examples) -> tuple[Floats, NDArray[np.int64]]:
    index = np.flatnonzero(data.style >= 0)
    rows = np.stack([statistics(data.rolls(int(n)), data.bar(int(n))) for n in index])
    return rows, data.style[index].astype(np.int64)


def _share(held: NDArray[np.bool_]) -> Floats:
    return np.array([held.mean()], np.float32)


def _classes(pitches: NDArray[np.int64]) -> Floats:
    counts = np.bincount(pitches % 12, minlength=12).astype(np.float32)
    return counts / max(float(counts.sum()), 1.0)


def _height(pitches: NDArray[np.int64]) -> Floats:
    if not len(pitches):
        return np.zeros(3, np.float32)
    return np.array([pitches.mean() / 60 - 1, np.ptp(pitches) / 24, len(pitches) / 32], np.float32)


def _moves(pitches: NDArray[np.int64]) -> Floats:
    steps = np.abs(np.diff(pitches))
    if not len(steps):
        return np.zeros(4, np.float32)
    return np.array([(steps == 0).mean(), (steps <= 2).mean(), (steps > 4).mean(), steps.mean() / 6], np.float32)
