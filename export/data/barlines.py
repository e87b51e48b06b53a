"""Finding the bar lines of pieces whose source states a meter but not where its first bar begins."""

from collections.abc import Mapping

from bridge.engine.grid import TICKS

STEP = TICKS // 2
"""Bar lines are looked for on half beats."""
IRREGULAR = 6.0
"""Weight that a bar of another length costs, against the evidence at bar lines."""


def steady(evidence: Mapping[int, float], bar: int, end: int) -> list[int]:
    """Bar lines every `bar` ticks, at the phase with the most evidence; a first bar that is whole is preferred."""
    sums = {phase: 0.0 for phase in range(0, bar, STEP)}
    for tick, weight in evidence.items():
        if tick % bar in sums:
            sums[tick % bar] += weight
    total = sum(sums.values()) or 1.0
    best = max(sums, key=lambda phase: (sums[phase] / total + (0.12 if phase == 0 else 0.0), -phase))
    first = best - bar if best else 0
    return list(range(first, end + bar, bar))


def flexible(evidence: Mapping[int, float], bar: int, end: int) -> list[int]:
    """Bar lines with most bars `bar` ticks long, where a pick-up or a repeat may make one shorter.

    The path of bar lines with the most evidence under it, less IRREGULAR for each bar that is short.
    """
    steps, whole = end // STEP + 2, max(1, bar // STEP)
    best = [0.0 if k < whole else float("-inf") for k in range(steps + whole)]
    came = [-1] * (steps + whole)
    for k in range(steps + whole):
        for length in range(1, whole + 1):
            if k - length < 0:
                break
            score = best[k - length] - (0.0 if length == whole else IRREGULAR)
            if score > best[k]:
                best[k], came[k] = score, k - length
        best[k] += evidence.get(k * STEP, 0.0)
    k = max(range(steps - 1, steps + whole), key=lambda index: best[index])
    lines = []
    while k >= 0:
        lines.append(k * STEP)
        k = came[k]
    lines.reverse()
    return lines if lines[0] == 0 else [lines[0] - bar, *lines]
