import math
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.cvae_controls import STYLES
from bridge.engine.cvae_rolls import rolls
from bridge.engine.cvae_wishes import HOUSE, MODES, Measured, measured, slerp, styles, wish
from bridge.engine.window import Cell
from bridge.music.note import Voice

DEFAULTS = {"contrast": 0.6}


def knob(**turned: float) -> Callable[[str], float]:
    return lambda name: turned.get(name, DEFAULTS.get(name, 0.0))


def test_knobs_in_the_middle_leave_the_music_as_lively_as_it_is() -> None:
    heard = Measured(arousal=0.7)
    wanted = wish(knob(), heard, (), (Voice.LEAD,), (Voice.LEAD,), 0, True)
    assert wanted.arousal == 0.7
    assert wanted.brightness == MODES[False]
    assert wanted.contrast == 0.6


def test_moods_are_asked_for_beside_what_is_played_and_within_reason() -> None:
    assert wish(knob(arousal=1.0), Measured(arousal=0.5), (), (), (), 0, False).arousal == 1.5
    assert wish(knob(arousal=2.0), Measured(arousal=2.5), (), (), (), 0, False).arousal == 3.0
    assert wish(knob(arousal=1.0), Measured(), (), (), (), 0, False).arousal == 1.0


def test_a_style_is_as_lively_as_it_usually_is_where_nothing_was_heard() -> None:
    chorale, ragtime = (STYLES.index(name) + 1.0 for name in ("chorale", "ragtime"))
    calm = wish(knob(style=chorale), Measured(), (), (), (), 0, False).arousal
    lively = wish(knob(style=ragtime), Measured(), (), (), (), 0, False).arousal
    both = wish(knob(style=chorale, style_b=ragtime, style_blend=0.5), Measured(), (), (), (), 0, False).arousal
    assert calm < -1 < 0.5 < lively
    assert math.isclose(both, (calm + lively) / 2)
    assert wish(knob(style=chorale), Measured(arousal=0.5), (), (), (), 0, False).arousal == 0.5


def test_music_in_minor_is_darker_to_begin_with() -> None:
    minor = wish(knob(), Measured(), (0, 2, 3, 5, 7, 8, 10), (), (), 0, False)
    assert minor.brightness < wish(knob(), Measured(), (0, 2, 4, 5, 7, 9, 11), (), (), 0, False).brightness


@given(st.floats(0, 1))
def test_the_way_between_two_latent_vectors_keeps_their_length(share: float) -> None:
    one, other = np.zeros(8, np.float32), np.zeros(8, np.float32)
    one[0], other[3] = 2.0, 2.0
    assert abs(float(np.linalg.norm(slerp(one, other, share))) - 2.0) < 1e-3


def test_no_contrast_is_asked_for_where_nothing_went_before() -> None:
    assert math.isnan(wish(knob(), Measured(), (), (), (), 0, False).contrast)


def test_a_blend_of_two_styles_has_shares_of_both() -> None:
    assert styles(1, 0, 0.5) == {0: 1.0}
    assert styles(1, 3, 0.25) == {0: 0.75, 2: 0.25}
    assert styles(1, 3, 1.0) == {2: 1.0}
    assert styles(0, 3, 0.5) == {2: 0.5}
    assert styles(0, 0, 0.5) == {}
    assert styles(99, 0, 0.0) == {}


def test_a_band_that_is_asked_for_no_style_has_the_houses_and_a_phrase_keeps_its_own() -> None:
    assert wish(knob(), Measured(), (), (), (), 0, False, house=True).styles == {HOUSE: 1.0}
    assert wish(knob(style=3.0), Measured(), (), (), (), 0, False, house=True).styles == {2: 1.0}
    assert not wish(knob(), Measured(), (), (), (), 0, False).styles


def test_register_is_told_of_the_lead_or_of_a_voice_alone_and_moves_with_the_key() -> None:
    both = (Voice.LEAD, Voice.BASS)
    assert wish(knob(register=72.0), Measured(), (), both, both, -2, False).register == {Voice.LEAD: 70.0}
    alone = (Voice.BASS,)
    assert wish(knob(register=40.0), Measured(), (), alone, alone, 0, False).register == {Voice.BASS: 40.0}


def test_twice_as_many_onsets_are_more_arousing() -> None:
    slow = [Cell(step, 0.0, 60, 1.0, 80) for step in range(0, 32, 8)]
    fast = [Cell(step, 0.0, 60, 1.0, 80) for step in range(0, 32, 4)]
    one, other = (measured(rolls({Voice.LEAD: cells}), 32) for cells in (slow, fast))
    assert other.arousal - one.arousal > 1.0
    assert math.isnan(measured(rolls({}), 32).arousal)
