"""A desk for tests: table, console and a clock that passes when told."""

from collections.abc import Callable
from pathlib import Path

from bridge.clock.tempo_map import TempoMap
from bridge.control.console import Console
from bridge.control.control import Control
from bridge.control.parameters import ParameterTable
from bridge.control.pedals import Phrases
from bridge.jam.band import Band
from bridge.midi.ports import controls


class Clock:
    """Calls what was asked for when its time has come."""

    def __init__(self) -> None:
        self.time = 100.0
        self._calls: list[tuple[float, int, Callable[[], object]]] = []
        self._count = 0

    def now(self) -> float:
        return self.time

    def later(self, seconds: float, function: Callable[[], object]) -> None:
        self._count += 1
        self._calls.append((self.time + seconds, self._count, function))

    def run(self, seconds: float = 0.0) -> None:
        until = self.time + seconds
        while due := sorted((call for call in self._calls if call[0] <= until), key=lambda call: call[:2]):
            self._calls.remove(due[0])
            self.time = max(self.time, due[0][0])
            due[0][2]()
        self.time = until


class Stage:
    """A console with everything around it; `shown` is what lights were told, `deeds` what was to be done."""

    def __init__(self, folder: Path, ports: int = 1) -> None:
        self.clock = Clock()
        self.table = ParameterTable()
        self.shown: list[bytes] = []
        self.told: list[str] = []
        self.deeds: list[str] = []
        self.beat = 0.0
        self.map = TempoMap()
        self.band = Band(lambda _: None, lambda _: None, self.clock.now, self.told.append)
        self.console = Console(
            self.table,
            self,
            folder,
            self.shown.extend,
            self.clock.later,
            self.clock.now,
            self.told.append,
            controls(ports),
        )
        self.hands = self.console.hands

    def start(self) -> None:
        self.deeds.append("start")

    def resume(self) -> None:
        self.deeds.append("resume")

    def stop(self) -> None:
        self.deeds.append("stop")

    def tap_tempo(self) -> None:
        self.deeds.append("tap")

    def panic(self) -> None:
        self.deeds.append("panic")

    def swap(self, pack: str) -> None:
        self.deeds.append(f"swap {pack}")

    @property
    def phrases(self) -> Phrases:
        return self.band

    def position(self) -> tuple[float, TempoMap]:
        return self.beat, self.map

    def turn(self, control: Control, *values: int, port: str = "control", pause: float = 0.05) -> None:
        """Let a control send values, `pause` seconds apart."""
        for value in values:
            for data in control.say(value):
                self.hands.hear(port, data)
            self.clock.run(pause)

    def settle(self) -> None:
        """Let everything that glides come to rest."""
        self.clock.run(2.0)
