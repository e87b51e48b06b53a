import math

import pytest

from bridge.clock.keeper import Timekeeper
from bridge.music.meter import Meter

TICK = b"\xf8"


def tick(keeper: Timekeeper, start: float, count: int, bpm: float, port: str = "in") -> float:
    """Send ticks; returns the time after the last."""
    for _ in range(count):
        keeper.receive(port, TICK, start)
        keeper.poll(start)
        start += 2.5 / bpm
    return start


def test_two_ports_that_both_tick_do_not_double_the_tempo() -> None:
    keeper = Timekeeper()
    keeper.receive("in", b"\xfa", 0.0)
    keeper.receive("control", b"\xfa", 0.0)
    for index in range(200):
        time = index * 2.5 / 100
        for port in ("in", "control"):
            keeper.receive(port, TICK, time)
        keeper.poll(time)
    assert keeper.poll(200 * 2.5 / 100).bpm == pytest.approx(100, abs=0.5)


def test_our_start_does_nothing_against_a_daw_that_runs_and_leads_once_it_has_stopped() -> None:
    keeper = Timekeeper(bpm=90.0)
    keeper.receive("in", b"\xfa", 0.0)
    now = tick(keeper, 0.0, 100, 140.0)
    keeper.start(now)
    now = tick(keeper, now, 50, 140.0)
    assert keeper.master == "midi"
    keeper.receive("in", b"\xfc", now)
    assert not keeper.poll(now).playing
    keeper.start(now + 0.1)
    map = keeper.poll(now + 0.3)
    assert (keeper.master, map.playing, map.bpm) == ("internal", True, 90.0)


def test_a_new_timekeeper_goes_on_where_the_old_one_was() -> None:
    old = Timekeeper(bpm=100.0, meter=Meter(3, 4))
    old.start(0.0)
    before = old.poll(10.0)
    new = Timekeeper()
    new.restore(before, "internal", 11.0)
    after = new.poll(11.5)
    assert after.epoch > before.epoch
    assert (after.playing, after.bpm, after.meter) == (True, 100.0, Meter(3, 4))
    assert after.beat_at(11.5) >= before.beat_at(11.0)
    assert after.beat_at(11.5) + after.song == pytest.approx(before.beat_at(11.5) + before.song)


def test_a_new_timekeeper_picks_up_a_midi_clock_that_runs_at_the_right_tick() -> None:
    old = Timekeeper()
    old.receive("in", b"\xfa", 0.0)
    now = tick(old, 0.0, 240, 120.0)
    before = old.poll(now)
    new = Timekeeper()
    new.restore(before, "midi", now + 0.4)
    later = now + 20 * 2.5 / 120
    assert not new.poll(later - 0.01).playing
    end = tick(new, later, 120, 120.0)
    after = new.poll(end)
    assert (new.master, after.playing) == ("midi", True)
    assert after.beat_at(end) + after.song == pytest.approx(end * 2.0, abs=0.005)


@pytest.mark.parametrize("beat", [math.nan, math.inf, -math.inf, -1e30])
def test_no_position_stops_the_beat(beat: float) -> None:
    keeper = Timekeeper()
    keeper.start(0.0)
    keeper.poll(1.0)
    keeper.locate(beat, 1.0)
    map = keeper.poll(1.0)
    assert map.beat_at(2.0) - map.beat_at(1.0) == pytest.approx(2.0)
    assert math.isfinite(map.song)
