"""Stage beats under everything that clocks do, with every clock there is behind one timekeeper."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.daw import Observation
from bridge.clock.keeper import Timekeeper
from bridge.clock.offline import OfflineTime
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter
from tests.bridge.clock.room import Place, Room

STEP = 0.02


class Stage:
    """A timekeeper whose map is looked at every 20 ms, while a MIDI clock, a room and a DAW go their ways."""

    def __init__(self) -> None:
        self.time = OfflineTime()
        self.room = Room(110.0)
        self.other = Place(self.room, self.time.now)
        self.keeper = Timekeeper(now=self.time.now, join=lambda _: Place(self.room, self.time.now))
        self.map = self.keeper.poll(0.0)
        self.beat = 0.0
        self.midi_bpm = self.daw_bpm = 0.0
        self.daw_beat = 0.0
        self.next_tick = 0.0

    def run(self, seconds: float) -> None:
        end = self.time.now() + seconds
        while self.time.now() < end:
            now = self.time.now() + STEP
            while self.midi_bpm and self.next_tick <= now:
                self.keeper.receive("in", b"\xf8", self.next_tick)
                self.next_tick += 2.5 / self.midi_bpm
            self.time.run_until(now)
            if self.daw_bpm:
                self.daw_beat += STEP * self.daw_bpm / 60.0
                self.observe()
            self.look()

    def observe(self) -> None:
        bpm = self.daw_bpm or None
        self.keeper.observe("live", Observation(self.time.now(), bool(self.daw_bpm), self.daw_beat, bpm))

    def look(self) -> TempoMap:
        """The map now; it never goes back, and its bars are those of the clock that leads."""
        now = self.time.now()
        before, self.map = self.map, self.keeper.poll(now)
        beat = self.map.beat_at(now)
        assert beat >= before.beat_at(now) - 1e-6
        assert beat >= self.beat - 1e-6
        assert self.map.epoch >= before.epoch
        if self.map.epoch == before.epoch:
            assert (self.map.song, self.map.playing) == (before.song, before.playing)
        self.beat = beat
        bar, into = self.map.bar_at(beat)
        assert 0.0 <= into < self.map.meter.bar
        assert bar * self.map.meter.bar + into == pytest.approx(beat + self.map.song, abs=1e-6)
        return self.map

    def do(self, deed: str, number: int) -> None:
        """One thing that musicians do."""
        keeper, now = self.keeper, self.time.now()
        match deed:
            case "start":
                keeper.start(now, float(number % 5))
            case "stop":
                keeper.stop(now)
            case "resume":
                keeper.resume(now)
            case "locate":
                keeper.locate(float(number) - 8.0, now)
            case "tempo":
                keeper.tempo(40.0 + 3.0 * number, Meter(2 + number % 5, 4), now)
            case "tap":
                keeper.align(now + number / 100.0, now)
            case "choose":
                keeper.choose(("auto", "midi", "link", "daw", "internal")[number % 5])
            case "midi start" | "midi continue":
                self.midi_bpm, self.next_tick = 60.0 + 2.0 * number, now
                keeper.receive("in", b"\xfa" if deed == "midi start" else b"\xfb", now)
            case "midi stop":
                keeper.receive("in", b"\xfc", now)
            case "midi locate":
                keeper.receive("in", bytes((0xF2, number, 0)), now)
                keeper.receive("in", b"\xfb", now)
            case "midi silence":
                self.midi_bpm = 0.0
            case "link":
                keeper.session(on=number % 3 > 0, shares=number % 2 > 0, leads=number % 4 > 1, time=now)
            case "peer start" | "peer stop":
                self.other.shares = True
                self.room.play(deed == "peer start", self.other.micros(), self.other)
            case "peer tempo":
                self.room.turn(60.0 + 2.0 * number, self.other.micros())
            case "daw play":
                self.daw_bpm = 60.0 + 2.0 * number
            case "daw stop":
                self.daw_bpm = 0.0
                self.observe()
            case "daw jump":
                self.daw_beat = float(number)
                self.observe()


DEEDS = st.sampled_from(
    [
        "start",
        "stop",
        "resume",
        "locate",
        "tempo",
        "tap",
        "choose",
        "midi start",
        "midi continue",
        "midi stop",
        "midi locate",
        "midi silence",
        "link",
        "peer start",
        "peer stop",
        "peer tempo",
        "daw play",
        "daw stop",
        "daw jump",
    ]
)


@given(deeds=st.lists(st.tuples(DEEDS, st.floats(0.0, 1.5), st.integers(0, 60)), max_size=30))
@settings(max_examples=80, deadline=None)
def test_the_stage_never_goes_back_whoever_leads_and_wherever_the_song_jumps(
    deeds: list[tuple[str, float, int]],
) -> None:
    stage = Stage()
    for deed, wait, number in deeds:
        stage.do(deed, number)
        stage.look()
        stage.run(wait)


@pytest.mark.parametrize("bars", [0, 1, 7, 250])
def test_after_a_midi_locate_the_first_tick_is_in_its_bar(bars: int) -> None:
    stage = Stage()
    stage.do("midi start", 30)
    stage.run(3.3)
    stage.keeper.receive("in", bytes((0xF2, 16 * bars & 0x7F, 16 * bars >> 7)), stage.time.now())
    stage.keeper.receive("in", b"\xfb", stage.time.now())
    before = stage.map.epoch
    stage.keeper.receive("in", b"\xf8", stage.time.now())
    map = stage.look()
    assert map.epoch > before
    assert map.bar_at(map.beat_at(stage.time.now())) == (bars, 0.0)


@pytest.mark.parametrize("bars", [0, 3, 99])
def test_after_a_daws_jump_the_bar_is_the_daws(bars: int) -> None:
    stage = Stage()
    stage.do("daw play", 30)
    stage.run(3.3)
    stage.daw_beat = 4.0 * bars
    stage.observe()
    map = stage.look()
    assert map.bar_at(map.beat_at(stage.time.now())) == (bars, 0.0)


def test_a_loop_of_our_own_begins_in_its_first_bar_each_time() -> None:
    stage = Stage()
    stage.keeper.start(0.0)
    for _ in range(20):
        stage.run(1.7)
        stage.do("locate", 8)
        map = stage.look()
        assert map.bar_at(map.beat_at(stage.time.now())) == (0, 0.0)
