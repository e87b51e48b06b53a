import math

import numpy as np

from bridge.engine.codec import PARTS, Part
from bridge.engine.draft import PATIENCE, PLAUSIBLE, broken, key
from bridge.engine.writer import Fixed
from bridge.music.note import Note, Voice

PLAN = [
    Fixed(0, Note(Voice.BASS, 0.0, 1.0, 36, 80), Part.BASS, True),
    Fixed(0, Note(Voice.CHORDS, 0.0, 1.0, 60, 80), Part.CHORDS, True),
    Fixed(24, Note(Voice.BASS, 1.0, 1.0, 43, 80), Part.BASS, True),
    Fixed(48, Note(Voice.CHORDS, 2.0, 1.0, 64, 80), Part.CHORDS, True),
]
ALL = np.ones((PARTS, 128), np.bool_)
WAS = {key(fixed): -1.0 for fixed in PLAN}
BEST = np.zeros(4, np.float32)


def now(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def test_a_plan_that_is_as_likely_as_it_was_is_kept_whole() -> None:
    assert broken(PLAN, now(-1, -1, -1, -1), BEST, WAS, ALL) == {}


def test_a_voice_is_made_anew_from_its_first_note_that_no_longer_fits() -> None:
    lost = -1.0 - max(PATIENCE, PLAUSIBLE) - 0.1
    assert broken(PLAN, now(-1, -1, lost, lost), BEST, WAS, ALL) == {Part.BASS: 24, Part.CHORDS: 48}
    assert broken(PLAN, now(lost, -1, -1, -1), BEST, WAS, ALL) == {Part.BASS: 0}


def test_a_note_that_was_never_likely_may_stay_unlikely() -> None:
    assert broken(PLAN, now(-9, -9, -9, -9), BEST, dict.fromkeys(WAS, -9.0), ALL) == {}


def test_a_note_of_which_nothing_is_remembered_is_judged_by_what_is_likeliest() -> None:
    assert broken(PLAN, now(-9, -1, -1, -1), BEST, {}, ALL) == {Part.BASS: 0}
    assert broken(PLAN, now(-9, -1, -1, -1), BEST, {key(PLAN[0]): math.nan}, ALL) == {Part.BASS: 0}


def test_a_note_that_may_not_sound_goes_however_likely() -> None:
    allowed = ALL.copy()
    allowed[Part.CHORDS, 64] = False
    assert broken(PLAN, now(0, 0, 0, 0), BEST, WAS, allowed) == {Part.CHORDS: 48}
