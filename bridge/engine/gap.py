"""Filling a gap: how well an answer leads to the notes that stand behind it.

What stands behind is judged by the model as if it had been played after the answer: an answer that leads there makes
it likely.
"""

from collections.abc import Sequence

from bridge.engine.codec import FIELDS, encode
from bridge.engine.grid import TICKS
from bridge.engine.moment import Moment, Setting
from bridge.engine.reader import Reader
from bridge.engine.writer import Fixed

HORIZON = 12
"""Notes behind the gap that are judged: what comes later hangs on them and not on the gap."""
JUDGED = slice(0, FIELDS.index("velocity"))


def ahead(reader: Reader, setting: Setting, start: Moment, end: Moment, behind: Sequence[Fixed]) -> float:
    """Mean log-probability, in nats a note, of the notes behind a gap after an answer from `start` to `end`.

    The cache holds what is before `start`. 0 where nothing stands behind. Raises EngineError.
    """
    chosen = sorted(behind, key=lambda fixed: fixed.order)[:HORIZON]
    if not chosen:
        return 0.0
    line = answer(start, end)
    first = len(line) - 1
    for fixed in chosen:
        line.append(follow(line[-1], fixed))
    log_prob, _ = reader.score(line[:-1], line[-1], setting)
    return float(log_prob[first:, JUDGED].sum(1).mean())


def answer(start: Moment, end: Moment) -> list[Moment]:
    """The moments from one to another that follows from it, both with them."""
    found: list[Moment] = []
    for moment in end.back():
        found.append(moment)
        if moment is start:
            break
    return found[::-1]


def follow(moment: Moment, fixed: Fixed) -> Moment:
    """The moment of a note that is played after another."""
    tick = max(fixed.tick, moment.tick)
    gap = tick - moment.tick
    note = fixed.note
    event = encode(fixed.part, gap, note.pitch, round(note.duration * TICKS), note.velocity)
    return Moment(moment, event, tick, moment.bar)
