"""What the wire takes from the desk about clocks, and what it says of them."""

from bridge.clock.keeper import Timekeeper
from bridge.clock.link import Session as Place
from bridge.clock.offline import OfflineTime
from bridge.errors import ClockError
from bridge.midi.ledger import Ledger
from bridge.midi.loopback import LoopbackPorts
from bridge.music.meter import Meter
from bridge.wire.protocol import Align, Clocks, FromWire, Master, Observe, Session, Start, Tempo, Trouble
from bridge.wire.wire import INS, OUTS, Item, Wire

AHEAD = 1000.0
"""Seconds that the desk's clock reads more than the ports'."""


class Bench:
    """A wire on the loopback whose desk has another timebase."""

    def __init__(self) -> None:
        self.time = OfflineTime()
        self.said: list[FromWire] = []
        ports = LoopbackPorts(self.time.now)
        clock = Timekeeper(now=self.time.now, join=self._join)
        self.wire = Wire(ports, Ledger(None, OUTS), clock, self.said.append, lambda _: None, lambda: AHEAD)
        ports.open(INS, OUTS, lambda _: None)
        self.do(Tempo(120.0, Meter()))

    def _join(self, bpm: float) -> Place:
        raise ClockError(f"no Link at {bpm:g} BPM")

    def do(self, *items: Item) -> None:
        for item in items:
            self.wire.handle(item)
        self.wire.step()

    def run(self, seconds: float) -> None:
        end = self.time.now() + seconds
        while self.time.now() < end:
            self.time.run_until(self.time.now() + 0.02)
            self.wire.step()

    def troubles(self) -> list[str]:
        return [message.text for message in self.said if isinstance(message, Trouble)]

    def clocks(self) -> Clocks:
        return [message for message in self.said if isinstance(message, Clocks)][-1]

    @property
    def beat(self) -> float:
        map = self.wire._map
        return map.beat_at(self.time.now()) + map.song


def test_what_a_daw_tells_moves_the_beat_in_the_desks_time() -> None:
    bench = Bench()
    for index in range(30):
        bench.run(0.1)
        time = bench.time.now() - 0.01 + AHEAD
        bench.do(Observe("live", time, 16.0 + index * 0.2, 120.0, Meter(3, 4), True))
    assert abs(bench.beat - (16.0 + 29 * 0.2 + 0.02)) < 0.001
    assert bench.wire._map.meter == Meter(3, 4)


def test_the_tempo_to_show_is_told_when_it_changes_and_not_otherwise() -> None:
    bench = Bench()
    bench.do(Start())
    bench.run(5.0)
    told = len(bench.said)
    assert bench.clocks().report.bpm == 120.0
    bench.do(Tempo(97.0, Meter()))
    bench.run(2.0)
    assert bench.clocks().report.bpm == 97.0
    assert sum(isinstance(message, Clocks) for message in bench.said[told:]) == 1


def test_a_link_that_is_missing_is_told_and_the_music_goes_on() -> None:
    bench = Bench()
    bench.do(Start(), Master("link"), Session(on=True))
    bench.run(1.0)
    bench.do(Session(on=True, leads=True))
    assert bench.troubles() == ["no Link at 120 BPM"]
    assert bench.beat > 1.5


def test_a_start_on_the_beat_after_the_taps_begins_the_song_there() -> None:
    bench = Bench()
    bench.do(Start(0.0, bench.time.now() + AHEAD + 0.5))
    bench.run(1.0)
    assert abs(bench.beat - 1.0) < 0.001


def test_a_tapped_beat_pulls_our_own_clock() -> None:
    bench = Bench()
    bench.do(Start(0.0, AHEAD + 0.5))
    bench.run(4.0)
    bench.do(Align(AHEAD + 4.6))
    bench.run(4.6)
    assert abs(bench.beat - 2.0 * (bench.time.now() - 0.6)) < 0.001
