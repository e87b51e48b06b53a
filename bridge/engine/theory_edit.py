"""Edits: a phrase as it was played, with what the model changes of it, and only that.

What a decoder gives back of a phrase is near it but not it. So a phrase is decoded as it was and as it is to be, and
only where these differ does the phrase take the new. What sounded goes on sounding: a note that falls away leaves its
time to the one before it, and not to a rest.
"""

import numpy as np
from numpy.typing import NDArray

from bridge.engine.theory_layout import BASS, CHORDS, HOLD, LEAD, ONSET, REST, Page


def edited(played: Page, was: Page, now: Page) -> Page:
    """The phrase that was `played`, changed as `was` is to `now`; voices that it has not got are those of `now`."""
    known = played.known[:, None]
    same = (now.states == was.states) & known
    states = np.where(same, played.states, now.states)
    states = np.where((states == REST) & (played.states != REST) & known, HOLD, states)
    onset = played.states == ONSET
    lead = np.where(onset[LEAD] & (now.lead == was.lead) & played.known[LEAD], played.lead, now.lead)
    bass = np.where(onset[BASS] & (now.bass == was.bass) & played.known[BASS], played.bass, now.bass)
    kept = (played.chords & ~(was.chords & ~now.chords)) | (now.chords & ~was.chords)
    theirs = onset[CHORDS] & kept.any(-1) & played.known[CHORDS]
    chords = np.where(theirs[:, None], kept, now.chords)
    return now._replace(states=states, lead=lead, chords=chords, bass=bass, velocity=played.velocity)


def spliced(first: Page, second: Page, over: NDArray[np.bool_]) -> Page:
    """One phrase, at the places [64] of `over` the other."""
    return first._replace(
        states=np.where(over, second.states, first.states),
        lead=np.where(over, second.lead, first.lead),
        chords=np.where(over[:, None], second.chords, first.chords),
        bass=np.where(over, second.bass, first.bass),
    )
