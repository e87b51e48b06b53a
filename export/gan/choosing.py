"""How the groove pack's critic chooses among the drums of another pack, for the taps of held-out drummers.

Whether its choice is better is told by what it does not see: how far a groove is from the nearest human one.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from bridge.engine.family import Ask, Family, Pressed, Released
from bridge.engine.gan_critic import GrooveCritic
from bridge.engine.gan_rhythm import rhythm_of
from bridge.engine.gan_rows import LATEST, Hits, Row, kit_of
from bridge.engine.kit import KIT
from bridge.engine.shelf import open_pack
from bridge.engine.window import PER_BEAT, STEPS, Window, cells
from bridge.music.note import Note, Span, Voice
from export.gan.deck import Deck, Ints
from export.gan.figures import Values, auc, carried, nearest_of
from export.gan.taps import plain

ANSWERS = 5
"""Candidates for a tap."""
TAPS = 32
"""Held-out windows that are tapped to the other pack."""
ASKED = Window(16.0, number=2)


class Choice(msgspec.Struct, frozen=True):
    """What the critic made of another pack's answers."""

    pack: str
    taps: int
    above: float
    """Share of the pairs in which the human groove is scored above the pack's, for the same tap."""
    area: float
    nearest: tuple[float, float, float]
    """Difference from the nearest human groove of training: of the critic's choice, of all answers, of its last."""
    carried: tuple[float, float, float]
    """F1 of skins and taps of the same."""


def choose(folder: Path, other: Path, train: Deck, held_out: Deck) -> Choice:
    """Ask the pack in `other` for drums to held-out taps, and let the critic of the one in `folder` choose."""
    family, loaded = open_pack(other, "cpu")
    critic = GrooveCritic.open(folder)
    tap = plain(held_out.kit)
    random = np.random.default_rng(21)
    whole = np.flatnonzero((held_out.steps == STEPS) & (tap.onset.sum(1) >= 3))
    rows = random.permutation(whole)[:TAPS]
    human, theirs, kits = [], [], []
    for row in rows:
        line = _notes(Hits(*(part[row][None] for part in tap)), (60,), 0.0)
        answers = [_answer(family, line, seed) for seed in range(ANSWERS)]
        own = _notes(Hits(*(part[row] for part in held_out.kit)), KIT, ASKED.start)
        scores = critic.scores([own, *answers], ASKED, rhythm_of(line, ASKED, ASKED.beats))
        human.append(scores[0])
        theirs.append(scores[1:])
        kits.append(np.stack([kit_of(cells(answer, ASKED)).onset for answer in answers]))
    ours, others, onsets = np.array(human), np.array(theirs), np.stack(kits)
    order = np.argsort(-others, 1)
    far = np.stack([nearest_of(onsets[:, n], train) for n in range(ANSWERS)], 1)
    fits = np.array([[_carried(kit, tap.onset[row]) for kit in some] for some, row in zip(onsets, rows, strict=True)])
    return Choice(
        loaded.pack,
        len(rows),
        float((ours[:, None] > others).mean()),
        auc(ours, others.ravel()),
        _three(far, order),
        _three(fits, order),
    )


def _three(values: Values, order: Ints) -> tuple[float, float, float]:
    """Of the critic's first, of all, and of its last."""
    ranked = np.take_along_axis(values, order, 1)
    return float(ranked[:, 0].mean()), float(ranked.mean()), float(ranked[:, -1].mean())


def _carried(onset: Row, tap: Row) -> float:
    return carried(Hits(onset[None], onset[None], onset[None]), tap[None])


def _notes(kit: Hits, pitches: Sequence[int], start: float) -> list[Note]:
    """Hits [P, 32] as notes of these pitches from a stage beat on."""
    found = []
    for line, step in zip(*np.nonzero(kit.onset), strict=True):
        beat = start + float(step) / PER_BEAT + float(kit.offset[line, step]) * LATEST
        velocity = max(1, round(127 * float(kit.velocity[line, step])))
        found.append(Note(Voice.DRUMS, beat, 0.1, pitches[line], velocity))
    return sorted(found, key=lambda note: note.beat)


def _answer(family: Family, line: Sequence[Note], seed: int) -> list[Note]:
    """The drums of two bars, after the taps were played twice."""
    family.rewind(-1.0)
    for start in (0.0, ASKED.beats):
        for note in line:
            family.hear(Pressed(max(note.beat + start, 0.0), note.pitch, note.velocity))
            family.hear(Released(max(note.beat + start, 0.0) + 0.1, note.pitch))
    ask = Ask(id=1, span=Span(ASKED.start, ASKED.span.end), voices=(Voice.DRUMS,), seed=seed, now=ASKED.start)
    return list(family.respond(ask))
