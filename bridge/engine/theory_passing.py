"""Passing notes: where a melody that was held is struck again, it goes on to the note that comes, or around its own.

What is struck more often by a knob would else repeat pitches, which melodies seldom do.
"""

import numpy as np

from bridge.engine.theory_key import WHITE
from bridge.engine.theory_layout import HOLD, LEAD, LEAD_LOW, LEAD_SIZE, ONSET, Page

_LADDER = np.array([n + 1 for n in range(LEAD_SIZE) if (n + LEAD_LOW) % 12 in WHITE])
"""Pitches of the scale, counted from 1 at the lead's lowest."""


def passed(page: Page, played: Page) -> Page:
    """The phrase with each note of the lead moved by steps of the scale that strikes what was held in the one `played`,
    and repeats its pitch."""
    places = np.flatnonzero(page.states[LEAD] == ONSET)
    again = played.states[LEAD, places] == HOLD
    again &= played.known[LEAD] & (np.diff(page.lead[places], prepend=0) == 0)
    lead, first = page.lead.copy(), 0
    ends = (*places.tolist(), page.lead.size)
    while first < len(places):
        last = first
        while last < len(places) and again[last]:
            last += 1
        if last > first:  # so the first note of all is none of them
            before = int(page.lead[places[first - 1]])
            after = int(page.lead[places[last]]) if last < len(places) else before
            for n, pitch in enumerate(way(before, after, last - first)):
                lead[ends[first + n] : ends[first + n + 1]] = pitch
        first = last + 1
    return page._replace(lead=lead)


def way(before: int, after: int, count: int) -> list[int]:
    """So many pitches of the scale on the way from one to another; where it is too short, around the first."""
    start, end = (int(np.abs(_LADDER - pitch).argmin()) for pitch in (before, after))
    far = end - start
    if count < abs(far):
        return [int(_LADDER[start + round(far * (n + 1) / (count + 1))]) for n in range(count)]
    aside = (1 if far > 0 else -1) if abs(far) > 1 else (-1 if far >= 0 else 1)
    inside = 0 <= start + aside < len(_LADDER)
    beside = int(_LADDER[start + aside if inside else start - aside])
    return [before if n % 2 else beside for n in range(count)]
