import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.cvae_draw import GIVEN, Shape, draw, merged, noise
from bridge.engine.cvae_rolls import BASS, BEGINS, CHORDS, FIRST, HOLD, LEAD, REST, cells_of
from bridge.errors import EngineError
from bridge.music.note import Voice

BEGIN, SOUND, HIT = LEAD + BASS, LEAD + BASS + CHORDS, LEAD + BASS + 2 * CHORDS


def silence() -> np.ndarray:
    given = np.zeros((32, GIVEN), np.float32)
    given[:, [0, LEAD]] = 20.0
    given[:, BEGIN : HIT + 9] = -20.0
    return given


def test_what_is_sure_is_played_as_it_is() -> None:
    given = silence()
    given[0, FIRST + 15] = 60.0
    given[1:4, HOLD] = 60.0
    given[0, [BEGIN + 24, BEGIN + 28]] = 20.0
    given[0:8, [SOUND + 24, SOUND + 28]] = 20.0
    given[[0, 16], HIT] = 20.0
    made = draw(given, Shape(0.0), noise(1, 0))
    found = cells_of(made, tuple(Voice)[:4])
    assert [(cell.step, cell.pitch, cell.length) for cell in found[Voice.LEAD]] == [(0, 60, 1.0)]
    assert [(cell.pitch, cell.length) for cell in found[Voice.CHORDS]] == [(60, 2.0), (64, 2.0)]
    assert [(cell.step, cell.pitch) for cell in found[Voice.DRUMS]] == [(0, 36), (16, 36)]
    assert not found[Voice.BASS]


def test_where_the_model_is_unsure_as_much_is_played_as_it_expects() -> None:
    given = silence()
    given[::2, HIT] = np.log(0.25 / 0.75)
    assert (draw(given, Shape(0.0), noise(1, 0)).drums[:, 0] > 0).sum() == 4


def test_a_rhythm_that_is_kept_is_kept_exactly() -> None:
    rhythm = np.full(32, REST, np.uint8)
    rhythm[[0, 6, 12]] = FIRST
    rhythm[[1, 2, 13]] = HOLD
    made = draw(silence(), Shape(1.0, rhythm=rhythm), noise(3, 0))
    assert np.flatnonzero(made.lead >= FIRST).tolist() == [0, 6, 12]
    assert np.flatnonzero(made.lead == HOLD).tolist() == [1, 2, 13]
    assert np.flatnonzero((made.chords == BEGINS).any(1)).tolist() == [0, 6, 12]


def test_pitch_classes_that_are_kept_are_what_is_played() -> None:
    given = silence()
    given[::4, FIRST:LEAD] = 30.0
    nats = np.zeros(12, np.float32)
    nats[[2, 9]] = 4.0
    made = draw(given, Shape(0.0, lean=nats), noise(1, 0))
    assert {cell.pitch % 12 for cell in cells_of(made, (Voice.LEAD,))[Voice.LEAD]} <= {2, 9}


def test_a_lead_that_is_drawn_out_of_much_that_is_likely_goes_by_smaller_steps_than_chance_would() -> None:
    given = silence()
    given[::2, FIRST:LEAD] = 30.0
    lead = draw(given, Shape(1.0), noise(1, 0)).lead[::2].astype(int)
    assert 0 < np.abs(np.diff(lead)).mean() < 6


def test_a_lead_at_no_heat_is_the_likeliest_however_wide_its_steps() -> None:
    given = silence()
    given[::2, FIRST:LEAD] = 30.0
    given[::4, FIRST] = given[2::4, LEAD - 1] = 30.1
    lead = draw(given, Shape(0.0), noise(1, 0)).lead[::2].astype(int)
    assert np.abs(np.diff(lead)).min() == LEAD - 1 - FIRST


def test_nothing_is_written_behind_the_end_of_a_window() -> None:
    given = silence()
    given[24:, HIT] = 20.0
    given[24:, FIRST + 3] = 60.0
    made = draw(given, Shape(0.5, steps=24), noise(1, 0))
    assert not made.drums.any()
    assert not (made.lead >= FIRST).any()


@given(st.integers(0, 2**62), st.integers(-5, 500))
def test_the_same_seed_and_place_give_the_same_noise(seed: int, place: int) -> None:
    assert noise(seed, place).random() == noise(seed, place).random()
    assert noise(seed, place).random() != noise(seed, place + 1).random()


@given(st.floats(0, 2), st.integers(0, 1000))
def test_any_numbers_give_lines_in_which_only_what_began_is_held(heat: float, seed: int) -> None:
    given = np.random.default_rng(seed).normal(0, 4, (32, GIVEN)).astype(np.float32)
    made = draw(given, Shape(heat), noise(seed, 1))
    for line in (made.lead, made.bass):
        assert all(line[n] != HOLD or line[n - 1] != REST for n in range(1, 32))
        assert line[0] != HOLD
    assert ((made.chords == BEGINS).sum(1) <= 5).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_numbers_that_are_none_are_refused(bad: float) -> None:
    given = silence()
    given[3, 7] = bad
    with pytest.raises(EngineError, match="not finite"):
        draw(given, Shape(0.0), noise(1, 0))


def test_voices_that_are_known_stay_and_the_others_are_made() -> None:
    given = silence()
    given[0, HIT] = 20.0
    made = draw(given, Shape(0.0), noise(1, 0))
    known = draw(silence(), Shape(0.0), noise(1, 0))
    assert merged(known, made, (Voice.DRUMS,)).drums.any()
    assert not merged(known, made, (Voice.LEAD,)).drums.any()


def test_chords_of_which_only_the_pitches_are_unsure_do_not_begin_at_every_chance() -> None:
    given = silence()
    given[::4, BEGIN + 20 : BEGIN + 28] = np.log(0.25 / 0.75)
    chords = draw(given, Shape(0.0), noise(1, 0)).chords
    assert 3 <= (chords == BEGINS).any(1).sum() <= 5  # of 8: 7 if no pitch knew of the others
