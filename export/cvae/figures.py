"""What the pack does: reconstruction, control, style, transfer and variety, measured on what it plays."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_controls import likeness
from bridge.engine.cvae_rolls import BEGINS, FIRST, VOICES, Rolls, cells_of
from bridge.music.key import Key
from bridge.music.note import Voice
from export.cvae.attributes import density, moods, register
from export.cvae.examples import Examples, parts
from export.cvae.judge import Judge, statistics
from export.cvae.stage import HOME, PLAIN, Phrase, Played, Stage, phrase
from export.evaluate.rank import spearman

SEEDS = 24
MOODS = ("arousal", "brightness")


class Sweep(msgspec.Struct, frozen=True):
    """A knob turned from end to end."""

    knob: str
    values: tuple[float, ...]
    means: tuple[float, ...]
    """What was measured at each, meaned over seeds."""
    rho: float
    """Spearman's, over all windows."""
    deviation: float
    """Of the attribute in held-out music."""

    @property
    def span(self) -> float:
        """How far a full sweep moves the attribute, in deviations of held-out music."""
        return abs(self.means[-1] - self.means[0]) / self.deviation if self.deviation else math.inf


def f1(pairs: Iterable[tuple[Rolls, Rolls, int]]) -> dict[Voice, tuple[float, int]]:
    """Note F1 of each voice (same step, same pitch or drum), over all pairs of written and made; and notes written."""
    right, written, made = ({voice: 0 for voice in VOICES} for _ in range(3))
    for one, other, steps in pairs:
        wanted, found = (_onsets(rolls, steps) for rolls in (one, other))
        for voice in VOICES:
            right[voice] += len(wanted[voice] & found[voice])
            written[voice] += len(wanted[voice])
            made[voice] += len(found[voice])
    return {
        voice: (2 * right[voice] / max(written[voice] + made[voice], 1), written[voice])
        for voice in VOICES if written[voice]
    }  # fmt: skip


def reconstruction(stage: Stage, phrases: Sequence[Phrase]) -> dict[Voice, tuple[float, int]]:
    """Note F1 of phrases that are read and made again, with key and meter told."""
    again = ((phrase, stage.again(phrase, 1, PLAIN)) for phrase in phrases)
    return f1((phrase.rolls, made.rolls, phrase.window.steps) for phrase, made in again)


def sweep(stage: Stage, knob: str, values: Sequence[float], data: Examples, seeds: int = SEEDS) -> Sweep:
    """A mood's knob, and that mood of what is played freely at each of its values."""
    which = MOODS.index(knob)
    asked, found, means = [], [], []
    for value in values:
        here = [moods(made.rolls, made.steps)[which] for made in (stage.free(n, {knob: value}) for n in range(seeds))]
        here = [mood for mood in here if math.isfinite(mood)]
        asked += [value] * len(here)
        found += here
        means.append(float(np.mean(here)))
    human = [moods(data.rolls(int(n)), int(data.steps[n]))[which] for n in _some(data, 400)]
    deviation = float(np.nanstd(human))
    return Sweep(knob, tuple(values), tuple(means), spearman(asked, found), deviation)


def styled(stage: Stage, data: Examples, seeds: int = 2 * SEEDS) -> dict[int, list[Played]]:
    """Place in STYLES -> windows that are asked for in that style.

    Each is asked for in the meter, the mode and the voices of a held-out window of the style; a chorale has no drums.
    """
    random = np.random.default_rng(19)
    found = {}
    for style in np.unique(data.style[data.style >= 0]).tolist():
        index = random.choice(np.flatnonzero(data.style == style), seeds)
        like = [phrase(data, int(n)) for n in index]
        found[style] = [stage.anew(each, n, {"style": style + 1.0}) for n, each in enumerate(like)]
    return found


def heard(judge: Judge, made: Mapping[int, Sequence[Played]]) -> dict[int, float]:
    """Place in STYLES -> share of the windows asked for in that style that a judge takes for it."""
    return {style: float((judged(judge, windows).argmax(1) == style).mean()) for style, windows in made.items()}


class Transfer(msgspec.Struct, frozen=True):
    """Phrases of one style made again in another: at each blend, the judge's chances of both, and what is kept."""

    blends: tuple[float, ...]
    source: tuple[float, ...]
    target: tuple[float, ...]
    kept: tuple[float, ...]
    """Likeness to the phrase, 0 to 1."""
    others: float
    """Likeness of two phrases of different pieces, for comparison."""


def transfer(
    stage: Stage, judge: Judge, phrases: Sequence[Phrase], blends: Sequence[float] = (0.0, 0.25, 0.5, 0.75, 1.0)
) -> Transfer:
    """Phrases whose style is known, each made again in the style that the next one of another style has."""
    known = [phrase for phrase in phrases if phrase.style >= 0 and len(phrase.voices) > 1]
    pairs = [(one, other.style) for one, other in pairwise(known) if one.style != other.style]
    source, target, kept = [], [], []
    for blend in blends:
        made = [
            stage.again(
                one, 1, {**PLAIN, "style": one.style + 1.0, "style_b": style + 1.0, "style_blend": blend}
            )
            for one, style in pairs
        ]  # fmt: skip
        chances = judged(judge, made)
        rows = np.arange(len(pairs))
        source.append(float(chances[rows, [one.style for one, _ in pairs]].mean()))
        target.append(float(chances[rows, [style for _, style in pairs]].mean()))
        kept.append(
            _mean(likeness(parts(one.rolls), parts(each.rolls)) for (one, _), each in zip(pairs, made, strict=True))
        )
    others = _mean(likeness(parts(one.rolls), parts(other.rolls)) for one, other in pairwise(known))
    return Transfer(tuple(blends), tuple(source), tuple(target), tuple(kept), others)


def steps_between(stage: Stage, phrases: Sequence[Phrase], steps: int = 8) -> tuple[float, float, float]:
    """Interpolation between neighbouring phrases: how much two neighbouring steps differ (mean and largest), and how
    much the ends do."""
    means, worst, ends = [], [], []
    for one, other in pairwise(phrases):
        if one.voices != other.voices or one.window.steps != other.window.steps:
            continue
        row = [stage.again(one, 1, PLAIN, other, n / steps).rolls for n in range(steps + 1)]
        near = [1 - likeness(parts(a), parts(b)) for a, b in pairwise(row)]
        near = [0.0 if math.isnan(each) else each for each in near]
        means.append(float(np.mean(near)))
        worst.append(max(near))
        ends.append(1 - likeness(parts(row[0]), parts(row[-1])))
    return _mean(means), _mean(worst), _mean(ends)


def variety(rows: Sequence[Rolls]) -> float:
    """How unlike windows are, meaned over neighbours in the list; 0 to 1."""
    return 1 - _mean(likeness(parts(a), parts(b)) for a, b in pairwise(rows))


def musical(made: Rolls, steps: int, key: Key = HOME) -> dict[str, float]:
    """Plain figures of a window: what can be held against what people wrote."""
    cells = cells_of(made, VOICES, steps)
    pitched = [cell.pitch for voice in VOICES[:3] for cell in cells[voice]]
    lead = [cell.pitch for cell in cells[Voice.LEAD]]
    begins = density(made, steps)
    heights = register(made, steps)
    together = (made.chords == BEGINS).sum(1)
    on_beat = sum(1 for cell in cells[Voice.LEAD] if cell.step % 4 == 0)
    return {
        "in the scale": float(np.mean([pitch % 12 in key.pitch_classes for pitch in pitched])) if pitched else math.nan,
        "lead's step (semitones)": float(np.abs(np.diff(lead)).mean()) if len(lead) > 1 else math.nan,
        "lead on the beat": on_beat / len(lead) if lead else math.nan,
        "pitch classes": float(len({pitch % 12 for pitch in pitched})),
        "notes of a chord": float(together[together > 0].mean()) if together.any() else math.nan,
        **{f"onsets a beat, {voice}": begins[voice] if begins[voice] > 0 else math.nan for voice in VOICES},
        **{f"register, {voice}": heights[voice] for voice in VOICES[:3]},
    }


def spread(rows: Sequence[Mapping[str, float]]) -> dict[str, tuple[float, float, float]]:
    """5th percentile, mean and 95th percentile of each figure, of the windows that have it."""
    found = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows if math.isfinite(row[name])])
        if len(values):
            low, high = np.percentile(values, (5, 95))
            found[name] = (float(low), float(values.mean()), float(high))
    return found


def outside(
    stage: Stage, knob: str, values: Sequence[float], human: Mapping[str, tuple[float, float, float]]
) -> list[str]:
    """What leaves the human spread, and where, as the knob is turned; of windows that are played freely."""
    found = []
    for value in values:
        rows = [musical(made.rolls, made.steps) for made in (stage.free(n, {knob: value}) for n in range(8))]
        for name, (_, mean, _) in spread(rows).items():
            low, _, high = human[name]
            if not low <= mean <= high:
                found.append(f"{name} at {value:g}")
    return found


def judged(judge: Judge, made: Sequence[Played]) -> NDArray[np.float32]:
    """Chances of the styles [N, 15]."""
    return judge.chances(np.stack([statistics(each.rolls, each.bar) for each in made]))


def _onsets(rolls: Rolls, steps: int) -> dict[Voice, set[tuple[int, int]]]:
    lines = {Voice.LEAD: rolls.lead, Voice.BASS: rolls.bass}
    found = {
        voice: {(int(n), int(line[n])) for n in np.flatnonzero(line[:steps] >= FIRST)} for voice, line in lines.items()
    }
    found[Voice.CHORDS] = {(int(a), int(b)) for a, b in np.argwhere(rolls.chords[:steps] == BEGINS)}
    found[Voice.DRUMS] = {(int(a), int(b)) for a, b in np.argwhere(rolls.drums[:steps] > 0)}
    return found


def _some(data: Examples, count: int) -> NDArray[np.int64]:
    random = np.random.default_rng(17)
    return random.choice(len(data.lead), min(count, len(data.lead)), replace=False, p=data.chance)


def _mean(values: Iterable[float]) -> float:
    found = [value for value in values if math.isfinite(value)]
    return float(np.mean(found)) if found else math.nan
