"""The figures of CARD.md: the drummer, the baselines and other humans side by side on held-out drummers."""

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from bridge.engine.gan_rows import FILL, LATEST, Hits, Row
from bridge.engine.kit import NAMES
from export.families.gan import Drummer, Judge
from export.gan.baselines import always, by_rule, nearest
from export.gan.batches import Batch, density, whole
from export.gan.deck import Deck
from export.gan.figures import (
    apart,
    auc,
    carried,
    divergence,
    followed,
    hits,
    lateness,
    nearest_of,
    rates,
    velocities,
    wasserstein,
)
from export.gan.grooves import BAR, TOMS
from export.gan.losses import made, noise, score
from export.gan.taps import plain

SPLITS = 20
"""Halvings of the held-out drummers that the yardstick is the mean of."""
SAMPLES = 8
"""Grooves made for a condition, to see how they differ."""
CONDITIONS = 160
NEAR = 2
"""Taps by which two windows may differ and still count as tapped alike."""
RADIUS = 0.6
"""Of the noise as it is played at temperature 1: chosen so that grooves for one tap differ as much as humans' do."""
LOUD = np.arange(0, 136, 8.0)
LATE = np.linspace(-1.0, 1.0, 17) * LATEST


class Player(msgspec.Struct, frozen=True):
    """What somebody (or something) played for the held-out taps, in figures."""

    followed: float
    carried: float
    hits: float
    """Hits, where held-out humans have 1."""
    rates: float
    """Mean difference of the shares in which a piece is hit on a step, from all held-out humans'."""
    velocity: float
    velocity_bits: float
    late: float
    late_bits: float


def judge_players(drummer: Drummer, train: Deck, held_out: Deck) -> dict[str, Player]:
    """Drummer, baselines and the yardstick, by name."""
    batch = whole(held_out, told=False)
    tap = batch.tap[:, 0].numpy()
    human = held_out.kit
    players = {
        "GAN": _made(drummer, batch, 1),
        "nearest tap's own groove": nearest(train, tap, held_out.genre),
        "always the same groove": always(train, len(tap)),
        "band by rule": by_rule(held_out.genre, density(human.onset, held_out.steps)),
    }
    found = {name: _figures(kit, human, tap) for name, kit in players.items()}
    return found | {"humans, half against half": _halves(held_out, tap)}


def by_piece(drummer: Drummer, held_out: Deck) -> list[tuple[str, float, float, float, float]]:
    """For each piece of the kit: share of steps hit by humans and by the GAN, and the distances of velocity (MIDI) and
    of lateness (beats)."""
    human, ours = held_out.kit, _made(drummer, whole(held_out, told=False), 1)
    found = []
    for piece, name in enumerate(NAMES):
        one, two = (Hits(*(part[:, piece : piece + 1] for part in kit)) for kit in (human, ours))
        loud, late = (wasserstein(of(one), of(two)) for of in (velocities, lateness))
        found.append((name, float(one.onset.mean()), float(two.onset.mean()), loud, late))
    return found


def diversity(drummer: Drummer, train: Deck, held_out: Deck) -> dict[str, float]:
    """How much grooves for one tap and genre differ, as a share of their hits; and whether any is a copy."""
    random = torch.Generator().manual_seed(8)
    every = whole(held_out, told=False)
    index = torch.randperm(len(every), generator=random)[:CONDITIONS]
    batch = every.rows(index)
    kits = [_made(drummer, batch, 20 + n).onset for n in range(SAMPLES)]
    within = [apart(kits[a], kits[b]).mean() for a in range(SAMPLES) for b in range(a)]
    across = apart(kits[0], kits[0][np.roll(np.arange(len(index)), 1)]).mean()
    human = held_out.kit.onset[index.numpy()]
    return {
        "GAN, same tap and genre": float(np.mean(within)),
        "humans, same tap and genre": _alike(train, held_out),
        "GAN, any two": float(across),
        "humans, any two": float(apart(human, human[np.roll(np.arange(len(index)), 1)]).mean()),
        "GAN to the nearest of training": float(nearest_of(kits[0], train).mean()),
        "held-out humans to the nearest of training": float(nearest_of(human, train).mean()),
    }


def telling(judge: Judge, drummer: Drummer, train: Deck, held_out: Deck) -> dict[str, tuple[float, float]]:
    """How well the critic tells human windows: the chance that one is scored above another's, any two (AUC), and the
    same two taps compared."""
    batch = whole(held_out)
    random = torch.Generator().manual_seed(9)
    others = {
        "the GAN's own": _made(drummer, batch, 31),
        "another window's human groove": Hits(*(part[_elsewhere(held_out)] for part in held_out.kit)),
        "its own beats in another order": _shuffled(held_out.kit, random),
        "its own, a fifth of the hits elsewhere": _strewn(held_out.kit, 17),
        "the nearest tap's groove": nearest(train, batch.tap[:, 0].numpy(), held_out.genre),
        "the band by rule": by_rule(held_out.genre, density(held_out.kit.onset, held_out.steps)),
        "its own, all equally loud": Hits(held_out.kit.onset, held_out.kit.onset * 0.6, held_out.kit.offset),
        "its own, on the grid": Hits(held_out.kit.onset, held_out.kit.velocity, np.zeros_like(held_out.kit.offset)),
    }
    with torch.no_grad():
        human = score(judge, batch.kit, batch).numpy()
        found = {}
        for name, kit in others.items():
            theirs = score(judge, _windows(kit, batch), batch).numpy()
            found[name] = (auc(human, theirs), float((human > theirs).mean()))
    return found


def toms(drummer: Drummer, held_out: Deck) -> dict[str, tuple[float, float]]:
    """Tom hits in a second bar that is a beat or a fill: of held-out humans, and of the GAN that is told so."""
    every = whole(held_out, told=False)
    found = {}
    for name, fill in (("beat", 0.0), ("fill", 1.0)):
        told = every.frame.clone()
        told[:, FILL, BAR:] = fill
        batch = msgspec.structs.replace(every, frame=told)
        made_toms = _made(drummer, batch, 41).onset[:, TOMS, BAR:].sum((1, 2)).mean()
        label = held_out.fills[:, 1] == fill
        found[name] = (float(held_out.kit.onset[label][:, TOMS, BAR:].sum((1, 2)).mean()), float(made_toms))
    return found


def _figures(kit: Hits, human: Hits, tap: Row) -> Player:
    return Player(
        followed(kit, tap),
        carried(kit, tap),
        float(kit.onset.sum() / len(kit.onset) / (human.onset.sum() / len(human.onset))),
        float(np.abs(rates(kit) - rates(human)).mean()),
        wasserstein(velocities(kit), velocities(human)),
        divergence(velocities(kit), velocities(human), LOUD),
        wasserstein(lateness(kit), lateness(human)),
        divergence(lateness(kit), lateness(human), LATE),
    )


def _halves(held_out: Deck, tap: Row) -> Player:
    """One half of the held-out performances against the other, the mean of SPLITS halvings."""
    random = np.random.default_rng(6)
    names = sorted(set(held_out.source))
    rows = []
    for _ in range(SPLITS):
        chosen = set(random.permutation(len(names))[: len(names) // 2].tolist())
        first = np.array([names.index(source) in chosen for source in held_out.source])
        one, two = (Hits(*(part[mask] for part in held_out.kit)) for mask in (first, ~first))
        rows.append(msgspec.structs.astuple(_figures(one, two, tap[first])))
    return Player(*(float(value) for value in np.mean(rows, 0)))


def _made(drummer: Drummer, batch: Batch, seed: int) -> Hits:
    z, grain = noise(len(batch), torch.Generator().manual_seed(seed))
    with torch.no_grad():
        return hits(made(drummer, batch, z * RADIUS, grain * RADIUS))


def _windows(kit: Hits, batch: Batch) -> torch.Tensor:
    inside = batch.frame[:, :1]
    return torch.from_numpy(np.concatenate(list(kit), 1).astype(np.float32)) * inside


def _alike(train: Deck, held_out: Deck) -> float:
    """How far a held-out human's groove is from a training human's of the same genre, tapped (almost) alike."""
    known, wanted = plain(train.kit).onset, plain(held_out.kit).onset
    random = np.random.default_rng(2)
    far = []
    for row in random.permutation(len(wanted)):
        alike = np.flatnonzero((np.abs(known - wanted[row]).sum(1) <= NEAR) & (train.genre == held_out.genre[row]))
        if len(alike) and wanted[row].any():
            some = train.kit.onset[random.permutation(alike)[:SAMPLES]]
            far.append(apart(some, np.broadcast_to(held_out.kit.onset[row], some.shape)).mean())
    return float(np.mean(far)) if far else float("nan")


def _elsewhere(held_out: Deck) -> NDArray[np.int64]:
    """For each window another, of another performance."""
    random = np.random.default_rng(12)
    found = []
    for source in held_out.source:
        while True:
            other = int(random.integers(len(held_out.source)))
            if held_out.source[other] != source:
                break
        found.append(other)
    return np.array(found)


def _shuffled(kit: Hits, random: torch.Generator) -> Hits:
    count = len(kit.onset)
    order = torch.argsort(torch.rand(count, 8, generator=random), 1).numpy()
    steps = (order[:, :, None] * 4 + np.arange(4)).reshape(count, 1, 32)
    return Hits(*(np.take_along_axis(part, np.broadcast_to(steps, part.shape), 2) for part in kit))


def _strewn(kit: Hits, seed: int) -> Hits:
    """A fifth of the hits moved to another step of the same piece."""
    random = np.random.default_rng(seed)
    found = Hits(*(part.copy() for part in kit))
    for row, piece, step in zip(*np.nonzero(kit.onset), strict=True):
        if random.random() < 0.2:
            other = int(random.integers(32))
            for part in found:
                part[row, piece, [step, other]] = part[row, piece, [other, step]]
    return found
