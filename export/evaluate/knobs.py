"""Whether the knobs do what they say: what was asked for beside what was played."""

import statistics
from collections.abc import Callable, Sequence

from bridge.engine.family import Family
from bridge.engine.grid import TICKS
from export.evaluate.continuation import Prompt, answer
from export.evaluate.figures import Phrase

ASKED = {"density": (0.5, 1.0, 1.5, 2.0, 3.0), "register": (54.0, 60.0, 66.0, 72.0, 78.0)}
"""Knob -> the values that are tried."""

MEASURES: dict[str, Callable[[Phrase], float]] = {
    "density": lambda phrase: len(phrase.tones) / (phrase.length / TICKS),
    "register": lambda phrase: statistics.fmean(tone.pitch for tone in phrase.tones),
}


def table(family: Family, prompts: Sequence[Prompt]) -> str:
    """Asked for and played, each the mean over the prompts, as Markdown."""
    lines = ["| knob | asked | played (mean, standard deviation over answers) |", "|---|---|---|"]
    for knob, values in ASKED.items():
        for value in values:
            answers = (answer(family, prompt, n, {knob: value}) for n, prompt in enumerate(prompts))
            got = [MEASURES[knob](phrase) for phrase in answers if phrase.tones]
            lines.append(f"| {knob} | {value:g} | {statistics.fmean(got):.2f}, {statistics.stdev(got):.2f} |")
    return "\n".join(lines)
