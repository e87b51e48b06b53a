import pytest

from bridge.clock.rivalry import Rivalry
from bridge.clock.tempo_map import TempoMap


class Match:
    """A leader at 120 BPM, and a rival that lies beside it."""

    def __init__(self, leader: str = "midi", rival: str = "link") -> None:
        self.rivalry = Rivalry()
        self.leader, self.rival = leader, rival
        self.time = 0.0
        self.notices: list[str] = []

    def run(self, seconds: float, ms: float = 0.0, bpm: float = 120.0, epoch: int = 1, beats: float = 0.0) -> None:
        """Let both play, the rival that many ms and beats ahead."""
        start = self.time
        line = TempoMap(epoch, start * 2 + ms * 0.002 + beats, start, bpm, playing=True)
        for _ in range(round(seconds / 0.02)):
            self.time += 0.02
            self.watch(line)

    def watch(self, line: TempoMap | None) -> None:
        lines = {self.leader: TempoMap(1, 0.0, 0.0, 120.0, playing=True), self.rival: line}
        if self.rivalry.is_due(self.time):
            self.rivalry.watch(self.time, self.leader, lines)
        notice = self.rivalry.take_notice()
        self.notices += [notice] if notice else []

    @property
    def ms(self) -> float | None:
        return self.rivalry.rival.ms if self.rivalry.rival is not None else None


def test_a_second_clock_that_is_off_is_told_once_with_the_milliseconds_and_what_to_do() -> None:
    match = Match()
    match.run(30.0, ms=14.0)
    assert match.notices == [
        "Link runs 14 ms ahead of the MIDI clock, which leads; to follow it instead, set clock = link"
    ]
    assert match.ms == pytest.approx(14.0, abs=0.1)


def test_behind_is_told_as_behind() -> None:
    match = Match("link", "midi")
    match.run(5.0, ms=-31.0)
    assert match.notices[0].startswith("The MIDI clock runs 31 ms behind Link, which leads")


def test_clocks_that_agree_are_not_told_of() -> None:
    match = Match()
    match.run(30.0, ms=6.0)
    assert (match.notices, match.rivalry.rival) == ([], None)


def test_only_the_place_within_the_beat_counts() -> None:
    match = Match()
    match.run(5.0, ms=3.0, beats=37.0)
    assert match.notices == []
    match = Match()
    match.run(5.0, ms=20.0, beats=-5.0)
    assert match.ms == pytest.approx(20.0, abs=0.1)


def test_a_difference_that_wavers_around_the_limit_is_told_once() -> None:
    match = Match()
    for ms in (9.0, 11.0, 9.0, 11.0, 8.0, 12.0):
        match.run(4.0, ms=ms)
    assert len(match.notices) == 1


def test_a_difference_that_grows_is_told_again_and_when_it_is_over_too() -> None:
    match = Match()
    for ms in (14.0, 18.0, 60.0, 2.0):
        match.run(5.0, ms=ms)
    assert [notice.split(",")[0] for notice in match.notices] == [
        "Link runs 14 ms ahead of the MIDI clock",
        "Link runs 60 ms ahead of the MIDI clock",
        "Link and the MIDI clock agree again",
    ]
    assert match.rivalry.rival is None


def test_another_tempo_is_told_as_a_tempo() -> None:
    match = Match()
    match.run(10.0, bpm=124.0)
    assert match.notices == [
        "Link runs at 124.0 BPM, the MIDI clock, which leads, at 120.0; to follow it instead, set clock = link"
    ]
    rival = match.rivalry.rival
    assert rival is not None
    assert (rival.ms, rival.tempo) == (0.0, True)


def test_what_a_daw_tells_is_taken_for_what_it_is_worth() -> None:
    match = Match("midi", "daw")
    match.run(10.0, ms=35.0)
    assert match.notices == []
    match.run(10.0, ms=90.0)
    assert match.notices[0].startswith("The DAW runs 90 ms ahead of the MIDI clock")


def test_a_clock_that_just_jumped_is_given_time() -> None:
    match = Match()
    for epoch in range(10):
        match.run(1.0, ms=100.0, epoch=epoch)
    assert match.notices == []


def test_a_clock_that_stops_disagrees_no_more() -> None:
    match = Match()
    match.run(5.0, ms=20.0)
    match.time += 1.0
    match.watch(None)
    assert match.rivalry.rival is None


def test_half_a_beat_off_is_half_a_beat_on_one_side() -> None:
    match = Match()
    for index in range(20):
        match.run(1.0, ms=250.0 + (index % 2 - 0.5) * 4)
    assert match.ms is not None
    assert abs(match.ms) == pytest.approx(250.0, abs=5.0)
    assert len(match.notices) == 1
