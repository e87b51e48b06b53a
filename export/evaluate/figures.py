"""Musical figures of phrases: what a melody is like, in numbers that can be held beside a human's."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from itertools import groupby, pairwise
from math import log2
from typing import Any

import msgspec

from export.data.melody import Tone

LEAP = 7
"""Semitones above which a step is a leap."""
GRAM = 8
"""Notes of a copied figure."""


class Phrase(msgspec.Struct, frozen=True):
    """A continuation: its notes, scale, length in ticks and ticks of a bar; `start` is a bar line."""

    tones: tuple[Tone, ...]
    scale: frozenset[int]
    tonic: int
    start: int
    length: int
    bar: int


def entropy(values: Iterable[Hashable]) -> float:
    """Entropy in bits of the values' frequencies."""
    counts = Counter(values)
    total = sum(counts.values())
    return -sum(n / total * log2(n / total) for n in counts.values()) if total else 0.0


def divergence(first: Counter[Any], second: Counter[Any]) -> float:
    """Jensen-Shannon divergence in bits (0 = the same, 1 = nothing in common) of two histograms."""
    a, b = sum(first.values()) or 1, sum(second.values()) or 1
    total = 0.0
    for key in first.keys() | second.keys():
        p, q = first[key] / a, second[key] / b
        for share in (p, q):
            if share:
                total += share / 2 * log2(2 * share / (p + q))
    return total


def figures(phrase: Phrase) -> dict[str, float]:
    """The figures of one phrase with at least two notes."""
    tones = phrase.tones
    steps = [b.pitch - a.pitch for a, b in pairwise(tones)]
    gaps = [b.tick - a.tick for a, b in pairwise(tones)]
    runs = [len(list(group)) for _, group in groupby(tone.pitch for tone in tones)]
    sounding = sum(tone.length for tone in tones)
    return {
        "notes a beat": len(tones) / (phrase.length / 24),
        "share of time sounding": min(1.0, sounding / phrase.length),
        "in key": sum(tone.pitch % 12 in phrase.scale for tone in tones) / len(tones),
        "pitch-class entropy (bits)": entropy(tone.pitch % 12 for tone in tones),
        "distinct pitches": float(len({tone.pitch for tone in tones})),
        "range (semitones)": float(max(t.pitch for t in tones) - min(t.pitch for t in tones)),
        "mean step (semitones)": sum(map(abs, steps)) / len(steps),
        "repeated notes": sum(step == 0 for step in steps) / len(steps),
        "longest run of one pitch": float(max(runs)),
        "leaps over a fifth": sum(abs(step) > LEAP for step in steps) / len(steps),
        "rhythm entropy (bits)": entropy(gaps),
        "off-beat onsets": sum(tone.tick % 12 != 0 for tone in tones) / len(tones),
        "bars heard before (rhythm)": repeated(phrase, rhythm_only=True),
        "bars heard before (notes)": repeated(phrase, rhythm_only=False),
        "last note (beats)": tones[-1].length / 24,
    }


def repeated(phrase: Phrase, rhythm_only: bool) -> float:
    """Share of the bars with notes, from the second on, that were in the phrase before."""
    bars: dict[int, list[tuple[int, int]]] = {}
    for tone in phrase.tones:
        number, into = divmod(tone.tick - phrase.start, phrase.bar)
        bars.setdefault(number, []).append((into, 0 if rhythm_only else tone.pitch))
    seen: set[tuple[tuple[int, int], ...]] = set()
    again = 0
    for bar in bars.values():
        again += tuple(bar) in seen
        seen.add(tuple(bar))
    return again / max(1, len(bars) - 1)


def histograms(phrases: Sequence[Phrase]) -> dict[str, Counter[Hashable]]:
    """What is compared with humans: histograms over all phrases together."""
    found: dict[str, Counter[Hashable]] = {
        name: Counter() for name in ("degree", "interval", "pair of intervals", "gap", "duration", "place in beat")
    }
    for phrase in phrases:
        steps = [b.pitch - a.pitch for a, b in pairwise(phrase.tones)]
        found["degree"].update((tone.pitch - phrase.tonic) % 12 for tone in phrase.tones)
        found["interval"].update(steps)
        found["pair of intervals"].update(pairwise(steps))
        found["gap"].update(b.tick - a.tick for a, b in pairwise(phrase.tones))
        found["duration"].update(tone.length for tone in phrase.tones)
        found["place in beat"].update(tone.tick % 24 for tone in phrase.tones)
    return found


def grams(tones: Sequence[Tone], size: int = GRAM) -> set[int]:
    """Hashes of all figures of `size` notes: their intervals and gaps, in any key and at any place."""
    moves = [(b.pitch - a.pitch, b.tick - a.tick) for a, b in pairwise(tones)]
    return {hash(tuple(moves[n : n + size - 1])) for n in range(len(moves) - size + 2)}
