from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from bridge.clock.report import ClockReport
from bridge.control.parameters import ParameterTable
from bridge.jam.band import Band
from bridge.jam.baton import Baton
from bridge.music.meter import Meter
from bridge.wire.protocol import Align, Map, Master, Session, Start, Tempo, ToWire


class Stand:
    """A baton, and what it tells the wire."""

    def __init__(self) -> None:
        self.told: list[ToWire] = []
        self.table = ParameterTable()
        self.band = Band(lambda _: None, lambda _: None, lambda: 0.0, lambda _: None)
        self.baton = Baton(self.table, self.band, self.told.append)
        self.baton.greet()
        self.greeting = list(self.told)
        self.told.clear()

    def tap(self, times: Sequence[float]) -> None:
        for time in times:
            self.baton.tap(time)

    def leads(self, source: str, bpm: float = 120.0, peers: int = -1) -> None:
        map = replace(self.band.map, playing=True, bpm=bpm)
        self.band.from_wire(Map(map, source))
        self.band.clocks = ClockReport(bpm, peers)


def test_a_new_wire_is_told_everything_and_later_only_what_changes() -> None:
    stand = Stand()
    assert stand.greeting == [Tempo(120.0, Meter()), Master("auto"), Session(on=False)]
    stand.baton.apply()
    assert stand.told == []
    stand.table.set("tempo", 97.0)
    stand.baton.apply()
    assert stand.told == [Tempo(97.0, Meter())]


def test_link_is_joined_by_its_switch_or_by_being_the_clock() -> None:
    stand = Stand()
    stand.table.set("link", True)
    stand.table.set("link_start_stop", True)
    stand.baton.apply()
    stand.table.set("link", False)
    stand.table.set("clock", "link")
    stand.baton.apply()
    assert stand.told == [Session(on=True, shares=True), Master("link")]


def test_whoever_leaves_link_in_mid_song_keeps_its_tempo_as_the_parameter() -> None:
    stand = Stand()
    stand.table.set("link", True)
    stand.baton.apply()
    stand.leads("link", bpm=131.5, peers=2)
    stand.table.set("link", False)
    stand.baton.apply()
    assert stand.table.get("tempo") == 131.5
    assert stand.told[-2:] == [Tempo(131.5, Meter()), Session(on=False)]


def test_the_third_tap_sets_the_tempo() -> None:
    stand = Stand()
    stand.tap([10.0, 10.6])
    assert stand.told == []
    stand.tap([11.2])
    assert stand.table.get("tempo") == 100.0
    assert stand.told == [Tempo(100.0, Meter())]


def test_while_the_band_plays_a_tap_sets_the_beat_too() -> None:
    stand = Stand()
    stand.leads("internal")
    stand.tap([10.0, 10.6, 11.2])
    tempo, beat = stand.told
    assert tempo == Tempo(100.0, Meter())
    assert isinstance(beat, Align)
    assert beat.time == pytest.approx(11.8)


def test_four_taps_start_the_band_on_the_beat_after_them_if_they_are_to() -> None:
    stand = Stand()
    stand.tap([0.0, 0.5, 1.0, 1.5])
    assert not any(isinstance(message, Start) for message in stand.told)
    stand.table.set("tap_starts", True)
    stand.tap([10.0, 10.5, 11.0])
    assert not any(isinstance(message, Start) for message in stand.told)
    stand.tap([11.5])
    start = stand.told[-1]
    assert isinstance(start, Start)
    assert (start.lead_in, start.top) == (0.0, 12.0)
