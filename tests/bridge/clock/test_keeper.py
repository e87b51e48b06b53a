import math

import pytest

from bridge.clock.daw import Observation
from bridge.clock.keeper import Timekeeper
from bridge.clock.offline import OfflineTime
from bridge.clock.tempo_map import TempoMap
from bridge.errors import ClockError
from bridge.music.meter import Meter
from tests.bridge.clock.room import Place, Room

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


class Club:
    """A timekeeper that can join a room in which somebody is already."""

    def __init__(self, bpm: float = 110.0, others: int = 1) -> None:
        self.time = OfflineTime()
        self.room = Room(bpm)
        self.others = [Place(self.room, self.time.now) for _ in range(others)]
        self.keeper = Timekeeper(now=self.time.now, join=self._join)
        self.places: list[Place] = []

    def _join(self, _: float) -> Place:
        self.places.append(Place(self.room, self.time.now))
        return self.places[-1]

    def session(self, on: bool = True, shares: bool = False, leads: bool = False) -> None:
        self.keeper.session(on, shares, leads, self.time.now())

    def run(self, seconds: float) -> TempoMap:
        end = self.time.now() + seconds
        while self.time.now() < end:
            self.time.run_until(self.time.now() + 0.02)
            self.keeper.poll(self.time.now())
        return self.keeper.poll(self.time.now())

    def off_bar(self) -> float:
        """Beats by which our bar lies off the room's."""
        now = self.time.now()
        map = self.keeper.poll(now)
        off = map.beat_at(now) + map.song - self.room.beat_at(self.others[0].micros())
        return abs(off - 4.0 * round(off / 4.0))


def test_in_a_session_our_start_is_the_sessions_bar() -> None:
    club = Club()
    club.session()
    club.run(0.5)
    club.keeper.start(club.time.now(), 4.0)
    map = club.run(0.1)
    assert (club.keeper.master, map.playing) == ("link", True)
    assert map.bpm == pytest.approx(110.0)
    assert club.off_bar() < 0.002


def test_the_report_has_the_company_and_the_tempo() -> None:
    club = Club(bpm=111.0)
    club.run(1.0)
    assert club.keeper.report.peers == -1
    club.session()
    club.keeper.start(club.time.now())
    club.run(1.0)
    assert (club.keeper.report.peers, club.keeper.report.bpm) == (1, 111.0)


def test_a_tempo_of_ours_is_proposed_only_by_a_leader_or_alone() -> None:
    club = Club()
    club.session()
    club.keeper.tempo(140.0, Meter(), 0.0)
    assert (club.places[0].proposed, club.room.bpm) == ([], 110.0)
    club.session(leads=True)
    club.keeper.tempo(140.0, Meter(), 0.0)
    assert club.places[0].proposed == []  # nobody turned it
    club.keeper.tempo(150.0, Meter(), 0.0)
    assert club.room.bpm == 150.0
    alone = Club(others=0)
    alone.session()
    alone.keeper.tempo(90.0, Meter(), 0.0)
    assert alone.room.bpm == 90.0


def test_whoever_joins_in_mid_song_plays_on_and_comes_to_the_sessions_bar() -> None:
    club = Club()
    club.keeper.start(0.0)
    before = club.run(3.0)
    song = before.beat_at(3.0) + before.song
    club.session()
    after = club.run(0.1)
    assert (club.keeper.master, after.playing) == ("link", True)
    assert after.beat_at(3.1) + after.song == pytest.approx(song, abs=4.5)
    assert club.off_bar() < 0.002
    assert club.places[0].proposed == []


def test_whoever_leaves_in_mid_song_plays_on_at_the_same_beat_and_tempo() -> None:
    club = Club()
    club.session()
    club.keeper.start(club.time.now())
    before = club.run(5.0)
    club.session(on=False)
    now = club.time.now()
    after = club.keeper.poll(now)
    assert (club.keeper.master, after.playing) == ("internal", True)
    assert after.bpm == pytest.approx(110.0)
    assert after.beat_at(now) + after.song == pytest.approx(before.beat_at(now) + before.song)
    assert club.room.here == club.others


def test_our_transport_does_not_move_the_session_against_a_daw_that_leads() -> None:
    club = Club()
    club.others[0].shares = True
    club.session(shares=True)
    club.keeper.receive("in", b"\xfa", 0.0)
    now = tick(club.keeper, 0.0, 50, 120.0)
    club.keeper.start(now)
    club.keeper.stop(now)
    assert not club.others[0].playing
    assert club.keeper.master == "midi"


def test_a_link_that_is_not_installed_is_told_once_and_the_others_lead() -> None:
    def join(_: float) -> Place:
        raise ClockError("no Link here")

    keeper = Timekeeper(join=join)
    keeper.choose("link")
    with pytest.raises(ClockError):
        keeper.session(on=True, shares=False, leads=False, time=0.0)
    keeper.session(on=True, shares=False, leads=False, time=1.0)
    keeper.start(1.0)
    assert keeper.poll(1.2).playing
    keeper.session(on=False, shares=False, leads=False, time=2.0)
    with pytest.raises(ClockError):
        keeper.session(on=True, shares=False, leads=False, time=3.0)


def test_a_session_that_runs_beside_a_midi_clock_is_told_with_its_milliseconds() -> None:
    club = Club(bpm=120.0)
    club.session()
    club.room.line = (-14_000.0, 0.0)
    club.keeper.receive("in", b"\xfa", 0.0)
    notices = []
    for index in range(24 * 10):
        club.time.run_until(index * 2.5 / 120)
        club.keeper.receive("in", TICK, club.time.now())
        club.keeper.poll(club.time.now())
        notices.append(club.keeper.take_notice())
    assert [notice for notice in notices if notice] == [
        "Link runs 14 ms ahead of the MIDI clock, which leads; to follow it instead, set clock = link"
    ]
    report = club.keeper.report
    assert (report.rival, report.rival_bpm) == ("link", 120.0)
    assert report.rival_ms == pytest.approx(14.0, abs=1.0)


def test_a_daw_that_plays_takes_over_from_our_own_clock_and_midi_clock_from_both() -> None:
    keeper = Timekeeper()
    keeper.start(0.0)
    keeper.poll(0.5)
    keeper.observe("live", Observation(0.6, True, 8.0, 100.0))
    assert keeper.poll(0.6).bpm == 100.0
    assert keeper.master == "daw"
    keeper.receive("in", b"\xfa", 0.7)
    keeper.observe("live", Observation(0.7, True, 8.0 + 0.1 / 0.6, 100.0))
    tick(keeper, 0.7, 10, 140.0)
    assert keeper.master == "midi"


def test_a_tapped_beat_is_where_it_was_tapped_after_a_moment() -> None:
    keeper = Timekeeper(bpm=100.0)
    keeper.start(0.0)
    keeper.poll(4.0)
    keeper.align(5.0, 4.0)
    for index in range(200):
        map = keeper.poll(4.0 + index * 0.02)
    off = map.beat_at(5.0 + 6 * 0.6) + map.song
    assert off == pytest.approx(round(off), abs=0.001)
    assert map.bpm == pytest.approx(100.0)
