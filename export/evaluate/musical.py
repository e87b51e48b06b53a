"""Generated continuations beside the human ones of the same prompts."""

import statistics
from collections.abc import Sequence

import msgspec

from export.data.melody import Melody
from export.evaluate.continuation import Answer, Prompt
from export.evaluate.figures import Phrase, divergence, figures, grams, histograms


class Musical(msgspec.Struct, frozen=True):
    """What was found: figure -> value of humans and of the model, and distances to humans."""

    prompts: int
    notes: int
    silent: int
    """Answers with fewer than two notes."""
    human: dict[str, float]
    model: dict[str, float]
    distance: dict[str, float]
    """Histogram -> JSD in bits between the model's and the humans' continuations."""
    floor: dict[str, float]
    """The same between two halves of the humans' continuations."""
    copied: tuple[float, float]
    """Share of eight-note figures that are in the training set: the model's and the humans'."""


def compare(prompts: Sequence[Prompt], answer: Answer, known: set[int], seeds: int = 1) -> Musical:
    """Answer every prompt `seeds` times and measure; `known` holds the figures of the training set."""
    humans = [prompt.human for prompt in prompts]
    answers = [answer(prompt, 1000 * seed + n) for seed in range(seeds) for n, prompt in enumerate(prompts)]
    full = [phrase for phrase in answers if len(phrase.tones) > 1]
    theirs, ours = histograms(humans), histograms(full)
    halves = histograms(humans[::2]), histograms(humans[1::2])
    return Musical(
        prompts=len(answers),
        notes=sum(len(phrase.tones) for phrase in answers),
        silent=len(answers) - len(full),
        human=_means(humans),
        model=_means(full),
        distance={name: divergence(theirs[name], ours[name]) for name in theirs},
        floor={name: divergence(halves[0][name], halves[1][name]) for name in theirs},
        copied=(_copied(full, known), _copied(humans, known)),
    )


def training_grams(train: Sequence[Melody]) -> set[int]:
    """Every eight-note figure of the training melodies."""
    return {gram for melody in train for gram in grams(melody.tones)}


def markdown(found: Musical) -> str:
    """The findings as two Markdown tables."""
    lines = ["| figure (mean of the phrases) | humans | LSTM |", "|---|---|---|"]
    lines += [f"| {name} | {found.human[name]:.2f} | {found.model[name]:.2f} |" for name in found.human]
    lines.append(f"| eight-note figures that are in the training set | {found.copied[1]:.1%} | {found.copied[0]:.1%} |")
    lines += ["", "| distance to humans (JSD, bits) | LSTM | humans among themselves |", "|---|---|---|"]
    lines += [f"| {name} | {found.distance[name]:.3f} | {found.floor[name]:.3f} |" for name in found.distance]
    return "\n".join(lines)


def _means(phrases: Sequence[Phrase]) -> dict[str, float]:
    rows = [figures(phrase) for phrase in phrases]
    return {name: statistics.fmean(row[name] for row in rows) for name in rows[0]}


def _copied(phrases: Sequence[Phrase], known: set[int]) -> float:
    found = [gram for phrase in phrases for gram in grams(phrase.tones)]
    return sum(gram in known for gram in found) / max(1, len(found))
