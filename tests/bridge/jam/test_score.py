import math

import pytest

from bridge.jam.score import HitRate
from bridge.music.note import Span, Voice

TURN = Span(0.0, math.inf)


def test_a_16th_with_a_plan_is_a_hit_and_one_without_is_not() -> None:
    hits = HitRate()
    hits.look(Voice.LEAD, TURN, 0.99, filled=0.5, vamped=-math.inf, made=math.nan)
    assert (hits.ticks, hits.rate) == (4, 0.5)


def test_the_vamp_is_no_hit() -> None:
    hits = HitRate()
    hits.look(Voice.LEAD, TURN, 0.99, filled=4.0, vamped=0.5, made=0.0)
    assert hits.rate == 0.5


def test_every_voice_is_counted_on_its_own() -> None:
    hits = HitRate()
    hits.look(Voice.BASS, TURN, 0.99, filled=4.0, vamped=-math.inf, made=math.nan)
    hits.look(Voice.CHORDS, TURN, 0.99, filled=0.0, vamped=-math.inf, made=math.nan)
    assert (hits.ticks, hits.rate) == (8, 0.5)


def test_an_answer_that_is_renewed_every_16th_is_never_stale() -> None:
    hits = HitRate()
    for tick in range(16):
        hits.look(Voice.BASS, TURN, tick * 0.25 + 0.01, filled=99.0, vamped=-math.inf, made=tick * 0.25)
    assert hits.staleness == 0.0
    assert hits.weighted == hits.rate == 1.0


def test_one_answer_a_beat_is_one_and_a_half_16ths_stale() -> None:
    hits = HitRate()
    for tick in range(16):
        made = float(tick // 4)
        hits.look(Voice.BASS, TURN, tick * 0.25 + 0.01, filled=99.0, vamped=-math.inf, made=made)
    assert hits.staleness == pytest.approx(1.5)
    assert hits.weighted == pytest.approx((32 - 1.5) / 32)
