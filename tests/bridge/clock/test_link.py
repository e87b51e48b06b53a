import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.link import LinkClock
from bridge.clock.offline import OfflineTime
from bridge.music.meter import Meter
from tests.bridge.clock.room import Place, Room

LINK_IS_AHEAD = 5000.0
FAST = 1.0025


class Stage:
    """Our place in a room with one other in it, on clocks that drift apart."""

    def __init__(self, bpm: float = 120.0, others: int = 1, pace: float = FAST, meter: Meter | None = None) -> None:
        self.time = OfflineTime()
        self.room = Room(bpm, time=LINK_IS_AHEAD)
        self.others = [Place(self.room, self.time.now, pace, LINK_IS_AHEAD) for _ in range(others)]
        self.place = Place(self.room, self.time.now, pace, LINK_IS_AHEAD)
        self.clock = LinkClock(self.place, self.time.now, meter)
        self.run(5.0)

    def run(self, seconds: float) -> None:
        end = self.time.now() + seconds
        while self.time.now() < end:
            self.time.run_until(min(self.time.now() + 0.05, end))
            self.clock.poll(self.time.now())

    @property
    def micros(self) -> int:
        return self.place.micros()

    @property
    def song(self) -> float:
        return self.clock.map.beat_at(self.time.now())

    def off_ms(self, quantum: float = 4.0) -> float:
        """How far our bar lies off the room's, in ms."""
        off = self.song - self.room.beat_at(self.micros)
        return (off - quantum * round(off / quantum)) * 60_000.0 / self.room.bpm


def test_joining_moves_neither_beat_nor_tempo_of_those_who_are_there() -> None:
    stage = Stage(bpm=97.0)
    assert stage.room.line == (LINK_IS_AHEAD * 1e6, 0.0)
    assert (stage.room.bpm, stage.place.proposed) == (97.0, [])
    assert stage.clock.shown_bpm == 97.0
    assert not stage.clock.map.playing


def test_our_start_comes_in_with_the_rooms_next_bar() -> None:
    stage = Stage()
    stage.run(0.7)
    until_bar = 4.0 - stage.room.beat_at(stage.micros) % 4.0
    stage.clock.start(stage.time.now())
    assert stage.clock.map.playing
    assert stage.song == pytest.approx(-until_bar, abs=0.002)
    stage.run(3.0)
    assert abs(stage.off_ms()) < 0.1
    assert stage.room.line == (LINK_IS_AHEAD * 1e6, 0.0)


def test_alone_our_start_is_at_once_after_the_count_in() -> None:
    stage = Stage(others=0)
    stage.clock.start(stage.time.now() + 0.1, lead_in=4.0)
    stage.run(0.1)
    assert stage.song == pytest.approx(-4.0, abs=0.001)
    stage.run(2.0)
    assert stage.song == pytest.approx(0.0, abs=0.012)


def test_others_who_share_starts_come_in_where_our_count_in_ends() -> None:
    stage = Stage()
    stage.others[0].shares = True
    stage.clock.start_stop(True)
    stage.clock.start(stage.time.now(), lead_in=4.0)
    assert stage.others[0].playing
    assert stage.room.beat_at(stage.others[0].since) % 4.0 == pytest.approx(0.0, abs=1e-4)
    before_start = (stage.others[0].since - stage.micros) * stage.room.bpm / 60e6
    assert before_start == pytest.approx(-stage.song, abs=0.01)


def test_somebodys_start_and_stop_are_followed_where_that_is_shared() -> None:
    stage = Stage()
    stage.clock.start_stop(True)
    bar = 4.0 * math.ceil(stage.room.beat_at(stage.micros) / 4.0 + 0.5)
    since = round(stage.room.line[0] + bar * 60e6 / stage.room.bpm)
    stage.others[0].shares = True
    stage.room.play(True, since, stage.others[0])
    stage.run(6.0)
    assert stage.song == pytest.approx(stage.room.beat_at(stage.micros) - bar, abs=0.001)
    stage.room.play(False, stage.micros, stage.others[0])
    stage.run(0.1)
    assert not stage.clock.map.playing


def test_somebodys_start_is_not_ours_where_it_is_not_shared() -> None:
    stage = Stage()
    stage.others[0].shares = True
    stage.room.play(True, stage.micros, stage.others[0])
    stage.run(1.0)
    assert not stage.clock.map.playing


def test_a_tempo_change_in_the_room_is_followed_without_a_jump() -> None:
    stage = Stage()
    stage.clock.start(stage.time.now())
    stage.run(4.0)
    epoch = stage.clock.epoch
    stage.room.turn(140.0, stage.micros)
    stage.run(0.5)
    assert stage.clock.epoch == epoch
    assert stage.clock.shown_bpm == 140.0
    assert abs(stage.off_ms()) < 0.5


@pytest.mark.parametrize("pace", [0.9975, 1.0, 1.0001, 1.0025])
def test_two_clocks_that_drift_apart_stay_together_within_a_tenth_of_a_millisecond(pace: float) -> None:
    stage = Stage(pace=pace)
    stage.clock.start(stage.time.now())
    worst = 0.0
    for _ in range(600):
        stage.run(0.1)
        worst = max(worst, abs(stage.off_ms()))
    assert worst < 0.1


def test_an_older_session_that_is_found_later_takes_us_in_with_one_jump() -> None:
    stage = Stage(others=0)
    stage.clock.start(stage.time.now())
    stage.run(2.3)
    epoch, song = stage.clock.epoch, stage.song
    older = Room(105.0, beat=700.7, time=LINK_IS_AHEAD)
    Place(older, stage.time.now, FAST, LINK_IS_AHEAD)
    stage.place.meet(older)
    stage.room = older
    stage.run(1.0)
    assert stage.clock.epoch == epoch + 1
    assert abs(stage.off_ms()) < 0.5
    assert abs(stage.song - song - 1.0 * 105 / 60) < 2.1
    assert stage.clock.map.playing


def test_a_locate_keeps_the_rooms_bar() -> None:
    stage = Stage()
    stage.clock.start(stage.time.now())
    stage.run(2.7)
    stage.clock.locate(64.0, stage.time.now())
    assert 60.0 < stage.song <= 64.0
    assert abs(stage.off_ms()) < 0.5


def test_resume_goes_on_from_the_place_in_the_bar_where_it_stopped() -> None:
    stage = Stage()
    stage.clock.start(stage.time.now())
    stage.run(4.3)
    stage.clock.stop(stage.time.now())
    stood = stage.song
    stage.run(1.1)
    assert stage.song == stood
    stage.clock.resume(stage.time.now())
    assert stood - 4.0 < stage.song <= stood + 1e-6
    assert abs(stage.off_ms()) < 0.5


def test_leaving_leaves_the_others_as_they_were() -> None:
    stage = Stage()
    stage.clock.start(stage.time.now())
    stage.run(1.0)
    stage.clock.leave()
    assert stage.room.here == stage.others
    assert stage.room.line == (LINK_IS_AHEAD * 1e6, 0.0)


def test_the_session_has_a_beat_to_compare_as_soon_as_somebody_is_there() -> None:
    assert Stage(others=0).clock.pulse is None
    stage = Stage()
    pulse = stage.clock.pulse
    assert pulse is not None
    assert pulse.beat_at(stage.time.now()) % 1.0 == pytest.approx(stage.room.beat_at(stage.micros) % 1.0, abs=0.001)


DEEDS = st.sampled_from(["start", "stop", "resume", "locate", "tempo", "meter", "peer start", "peer stop"])


@given(deeds=st.lists(st.tuples(DEEDS, st.floats(0.0, 2.0), st.integers(1, 40)), max_size=20))
@settings(max_examples=60, deadline=None)
def test_whatever_we_do_the_others_beat_is_theirs_and_ours_never_goes_back_within_an_epoch(
    deeds: list[tuple[str, float, int]],
) -> None:
    stage = Stage()
    stage.clock.start_stop(True)
    stage.others[0].shares = True
    truth = stage.room.line
    for deed, wait, number in deeds:
        epoch, song = stage.clock.epoch, stage.song
        stage.run(wait)
        assert stage.clock.epoch != epoch or stage.song >= song - 1e-9
        now = stage.time.now()
        match deed:
            case "start":
                stage.clock.start(now, lead_in=float(number % 3))
            case "stop":
                stage.clock.stop(now)
            case "resume":
                stage.clock.resume(now)
            case "locate":
                stage.clock.locate(float(number), now)
            case "tempo":
                bpm = 60.0 + 3 * number
                stage.room.turn(bpm, stage.micros)
                truth = stage.room.line
            case "meter":
                stage.clock.set_meter(Meter(2 + number % 4, 4))
            case "peer start" | "peer stop":
                stage.room.play(deed == "peer start", stage.micros, stage.others[0])
        assert stage.room.line == truth
        stage.run(0.6)
        if stage.clock.map.playing:
            assert abs(stage.off_ms(stage.clock.map.meter.bar)) < 1.0
