import numpy as np

from bridge.engine.diffusion_condition import (
    BAR,
    DOWNBEAT,
    FILL,
    HERE,
    KEY_TOLD,
    LENGTH,
    PULSE,
    ROOT,
    SCALE,
    STEP_SIZE,
    THERE,
    TOLD,
    WHOLE_SIZE,
    steps_told,
    tell_fills,
    untold,
    whole_told,
)
from bridge.engine.window import Window
from bridge.music.chord import Chord
from bridge.music.note import Voice


def test_a_waltz_has_fewer_steps_and_its_own_bar_lines() -> None:
    told = steps_told(Window(0.0, 24, 12), 1.0, None)
    assert told.shape == (LENGTH, STEP_SIZE)
    here = told[HERE]
    assert here[:, THERE].sum() == 24
    assert np.flatnonzero(here[:, DOWNBEAT]).tolist() == [0, 12]
    assert np.flatnonzero(here[:, PULSE]).tolist() == [0, 4, 8, 12, 16, 20]


def test_chords_are_told_in_c() -> None:
    told = steps_told(Window(0.0), 1.0, lambda step: Chord(2, "7") if step < 0 else None, up=-2)
    assert np.flatnonzero(told[0, :12]).tolist() == [0, 4, 7, 10]
    assert told[0, ROOT.start] == 1
    assert told[0, TOLD] == told[40, TOLD] == 1
    assert not told[40, :24].any()


def test_the_bars_that_begin_at_a_fills_bar_line_are_told_as_fills() -> None:
    window = Window(8.0, 24, 12)
    told = steps_told(window, 1.0, None)
    tell_fills(told, window, (2.0, 10.98, 14.0))
    assert np.flatnonzero(told[HERE, FILL]).tolist() == list(range(12, 24))
    assert not told[: HERE.start, FILL].any()


def test_untold_leaves_out_harmony_and_wishes_but_not_meter_and_voices() -> None:
    steps = steps_told(Window(0.0), 1.0, lambda step: Chord(0))
    tell_fills(steps, Window(0.0), (4.0,))
    whole = whole_told(Window(0.0), (Voice.BASS,), (0, 2, 4), 3, {Voice.BASS: 2.0})
    assert whole.shape == (WHOLE_SIZE,)
    bare, rest = untold(steps, whole)
    assert not bare[:, : TOLD + 1].any()
    assert not bare[:, FILL].any()
    np.testing.assert_array_equal(bare[:, THERE:FILL], steps[:, THERE:FILL])
    assert whole[KEY_TOLD] == 1
    assert not rest[SCALE].any()
    assert rest[BAR] == 1
    assert rest.sum() < whole.sum()
