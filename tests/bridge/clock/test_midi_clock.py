from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.midi_clock import CONTINUE, POSITION, START, STOP, TICK, MidiClock
from bridge.music.meter import Meter
from tests.bridge.clock.pulse import errors_ms, grid, jittered, played, rms

PERIOD = 60 / 120 / 24


class Sender:
    """A sequencer at 120 BPM that sends its clock to a follower."""

    def __init__(self) -> None:
        self.clock = MidiClock()
        self.time = 0.0

    def send(self, *message: int) -> None:
        self.clock.receive(bytes(message), self.time)

    def ticks(self, number: int, period: float = PERIOD) -> None:
        for _ in range(number):
            self.time += period
            self.send(TICK)

    @property
    def beat(self) -> float:
        return self.clock.map.beat_at(self.time)


def test_start_only_arms_and_the_first_tick_is_the_beginning() -> None:
    daw = Sender()
    daw.send(START)
    assert not daw.clock.map.playing
    daw.ticks(1)
    assert daw.clock.map.playing
    assert daw.beat == 0.0
    daw.ticks(24)
    assert daw.beat == pytest.approx(1.0)


def test_ticks_without_a_start_give_the_tempo_and_never_play() -> None:
    daw = Sender()
    daw.ticks(48, 60 / 97 / 24)
    assert not daw.clock.map.playing
    assert daw.clock.ticking
    assert daw.clock.map.bpm == pytest.approx(97)
    assert daw.clock.shown_bpm == 97.0
    assert daw.clock.epoch == 0


def test_stop_steps_back_to_the_whole_16th_and_continue_goes_on_from_there() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(1 + 24 + 8)
    daw.send(STOP)
    assert not daw.clock.map.playing
    assert daw.clock.map.beat == 1.25
    daw.ticks(5)
    daw.send(CONTINUE)
    assert daw.clock.map.beat == 1.25
    daw.ticks(1)
    assert daw.clock.map.playing
    assert daw.beat == 1.25


def test_a_song_position_counts_while_stopped() -> None:
    daw = Sender()
    daw.send(POSITION, 0x04, 0x01)
    assert daw.clock.map.beat == (128 + 4) / 4
    daw.send(CONTINUE)
    daw.ticks(25)
    assert daw.beat == pytest.approx(34.0)


def test_a_song_position_is_ignored_while_running() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(25)
    before = daw.clock.map
    daw.send(POSITION, 0x10, 0x00)
    assert daw.clock.map == before


def test_a_daw_that_loops_by_position_and_continue_is_followed_without_a_stop() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(1 + 24 * 8)
    epoch = daw.clock.epoch
    daw.send(POSITION, 16, 0)
    daw.send(CONTINUE)
    daw.ticks(1)
    assert daw.clock.map.playing
    assert daw.beat == 4.0
    assert daw.clock.epoch == epoch + 1
    daw.ticks(24)
    assert daw.beat == pytest.approx(5.0)


def test_a_daw_that_loops_by_stop_position_and_continue_is_followed() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(1 + 24 * 8)
    daw.send(STOP)
    daw.send(POSITION, 16, 0)
    daw.send(CONTINUE)
    daw.ticks(25)
    assert daw.beat == pytest.approx(5.0)
    assert daw.clock.map.bpm == pytest.approx(120)


def test_a_position_told_while_running_long_ago_has_nothing_to_do_with_a_continue() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(25)
    daw.send(POSITION, 64, 0)
    daw.ticks(24)
    daw.send(CONTINUE)
    daw.ticks(24)
    assert daw.beat == pytest.approx(3.0)


def test_start_while_running_begins_again_with_the_next_tick() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(50)
    epoch = daw.clock.epoch
    daw.send(START)
    daw.ticks(1)
    assert daw.beat == 0.0
    assert daw.clock.epoch == epoch + 1


def test_continue_while_running_changes_nothing() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(30)
    epoch = daw.clock.epoch
    daw.send(CONTINUE)
    daw.ticks(1)
    assert daw.clock.epoch == epoch
    assert daw.beat == pytest.approx(30 / 24)


def test_a_quarter_second_without_a_tick_is_a_stop_at_the_last_one() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(25)
    daw.clock.poll(daw.time + 0.24)
    assert daw.clock.map.playing
    daw.clock.poll(daw.time + 0.26)
    assert not daw.clock.map.playing
    assert not daw.clock.ticking
    assert daw.clock.map.beat == 1.0


def test_ticks_that_come_back_go_on_in_place() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(25)
    daw.time += 3.0
    daw.ticks(1)
    assert daw.clock.map.playing
    assert daw.beat == pytest.approx(25 / 24)
    daw.ticks(23)
    assert daw.beat == pytest.approx(2.0)


def test_a_silent_stop_is_noticed_even_if_nobody_polled() -> None:
    daw = Sender()
    daw.send(START)
    daw.ticks(25)
    epoch = daw.clock.epoch
    daw.time += 3.0
    daw.ticks(1)
    assert daw.clock.epoch == epoch + 2


def test_the_old_tempo_holds_until_the_second_tick_of_a_new_start() -> None:
    daw = Sender()
    daw.ticks(48, 60 / 97 / 24)
    daw.send(START)
    daw.time += 1.0
    daw.ticks(1)
    assert daw.clock.map.bpm == pytest.approx(97)


def test_bars_are_counted_in_the_meter_it_is_given() -> None:
    clock = MidiClock(meter=Meter(3, 4))
    clock.set_meter(Meter(7, 8))
    assert clock.map.meter == Meter(7, 8)


@pytest.mark.parametrize("message", [b"", b"\x90\x40\x40", b"\xf2", b"\xf2\x01", b"\xfe", b"\xf0" * 50])
def test_other_and_broken_messages_are_ignored(message: bytes) -> None:
    clock = MidiClock()
    before = clock.map
    clock.receive(message, 1.0)
    assert clock.map is before


def test_the_shown_tempo_is_still_while_the_clock_jitters() -> None:
    clock = MidiClock()
    shown = set()
    for tick, arrival in enumerate(jittered(grid((118.5, 24 * 32)), seed=5)):
        clock.receive(bytes([TICK]), arrival)
        if tick > 24 * 8:
            shown.add(clock.shown_bpm)
    assert shown <= {118.4, 118.5, 118.6}
    assert len(shown) <= 2


@pytest.mark.parametrize("bpm", [60, 97, 120, 140, 200])
def test_a_jittering_clock_is_followed_within_half_a_millisecond(bpm: float) -> None:
    truth = grid((bpm, 24 * 32))
    errors = [error for tick, error in errors_ms(truth, played(jittered(truth, seed=1))) if tick >= 48]
    assert rms(errors) < 0.4
    assert max(map(abs, errors)) < 1.5


def test_stalls_of_30_ms_move_the_beat_by_less_than_3() -> None:
    truth = grid((120, 24 * 64))
    maps = played(jittered(truth, seed=2, stalls=0.02))
    errors = [error for tick, error in errors_ms(truth, maps) if tick >= 48]
    assert rms(errors) < 0.5
    assert max(map(abs, errors)) < 3.0


def test_a_ramp_is_followed_within_2_ms() -> None:
    truth = grid((120, 96), *((120 + 10 * tick / 192, 1) for tick in range(192)), (130, 96))
    errors = [error for tick, error in errors_ms(truth, played(jittered(truth, seed=3))) if tick >= 48]
    assert rms(errors) < 0.7
    assert max(map(abs, errors)) < 2.0


STEPS = [(140, 110, 26), (120, 90, 40), (110, 140, 18), (140, 128, 12)]


@pytest.mark.parametrize(("old", "new", "worst"), STEPS)
def test_a_tempo_step_is_followed_within_half_a_beat(old: float, new: float, worst: float) -> None:
    for seed in range(5):
        truth = grid((old, 24 * 8), (new, 24 * 8))
        errors = errors_ms(truth, played(jittered(truth, seed)))
        assert max(abs(error) for tick, error in errors if tick >= 24 * 8) < worst
        assert max(abs(error) for tick, error in errors if tick >= 24 * 8 + 12) < 3.0


def test_the_error_shown_is_the_size_of_the_jitter() -> None:
    clock = MidiClock()
    played(jittered(grid((120, 24 * 16)), seed=4), clock)
    assert 0.3 < clock.error_ms < 1.5


@given(
    stretches=st.lists(st.tuples(st.floats(40, 240), st.integers(1, 60)), min_size=1, max_size=5),
    seed=st.integers(0, 10**6),
    stalls=st.sampled_from([0.0, 0.02, 0.1]),
    lost=st.sampled_from([0, 17, 40]),
    twice=st.sampled_from([0, 5, 23]),
)
@settings(max_examples=100, deadline=None)
def test_the_beat_never_goes_back_while_playing(
    stretches: list[tuple[float, int]], seed: int, stalls: float, lost: int, twice: int
) -> None:
    arrivals = jittered(grid(*stretches), seed, stalls=stalls)
    arrivals = [time for tick, time in enumerate(arrivals) if not lost or tick % lost]
    echoes = [time + 0.001 for tick, time in enumerate(arrivals) if twice and tick % twice == 1]
    for (_, before), (time, after) in pairwise(played(sorted(arrivals + echoes))):
        if before.epoch == after.epoch:
            assert after.beat_at(time) == pytest.approx(before.beat_at(time), abs=1e-9)
            assert after.bpm > 0


STATUSES = st.sampled_from([TICK, TICK, TICK, START, CONTINUE, STOP, POSITION])


@given(events=st.lists(st.tuples(STATUSES, st.floats(0, 0.4)), max_size=120))
@settings(max_examples=100, deadline=None)
def test_any_order_of_messages_leaves_a_usable_map(events: list[tuple[int, float]]) -> None:
    daw = Sender()
    for status, wait in events:
        daw.time += wait
        epoch = daw.clock.epoch
        daw.send(*((status, 3, 1) if status == POSITION else (status,)))
        assert daw.clock.epoch >= epoch
        assert daw.beat >= 0.0
        assert 0 < daw.clock.map.bpm < 4000
