"""Hands in the whole band: wire, desk and console on the offline clock."""

from collections.abc import Callable
from pathlib import Path

from bridge.clock.tempo_map import TempoMap
from bridge.control.console import Console
from bridge.control.parameters import ParameterTable
from bridge.control.pedals import Phrases
from bridge.engine.family import Ask
from bridge.engine.protocol import Request, ToEngine
from bridge.jam.knobs import Knobs
from bridge.music.note import BAND
from bridge.rehearsal import Rehearsal
from bridge.wire.protocol import FromWire, Show, Stop
from tests.bridge.engine.parrot import open_parrot

KNOB = 74
MELODY = [(0.05 + 0.5 * step, 0.4, 60 + (0, 2, 4, 5, 7)[step % 5], 90) for step in range(40)]


def void(_: object) -> None:
    """Nothing comes of it."""


class Played(Rehearsal):
    """A rehearsal that somebody has his hands on."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.table = ParameterTable()
        self.table.set("mode", "accompany")
        self.console = Console(
            self.table, self, folder, lambda messages: self.to_wire(Show(messages)), self._later, self.time.now, print
        )
        self.table.subscribe(lambda _: self.apply())
        hear = self.band.from_wire

        def from_wire(message: FromWire) -> None:
            if not self.console.hears(message):
                hear(message)

        self.band.from_wire = from_wire  # type: ignore[method-assign]
        self.apply()

    def apply(self) -> None:
        voices = [voice for voice in BAND if self.table.get("on", voice)]
        self.band.choose_voices(voices)
        self.band.turn_knobs(Knobs.of(self.table))

    def start(self, lead_in: float = 0.0) -> None:
        super().start(lead_in)

    def resume(self) -> None:
        self.start()

    def stop(self) -> None:
        self.to_wire(Stop())

    @property
    def phrases(self) -> Phrases:
        return self.band

    def tap_tempo(self) -> None:
        pass

    def panic(self) -> None:
        self.band.panic()

    def swap(self, pack: str) -> None:
        pass

    def position(self) -> tuple[float, TempoMap]:
        return self.band.beat, self.band.map

    def turn(self, *values: int) -> None:
        for value in values:
            self.play(self.time.now(), bytes((0xB0, KNOB, value)), "control")
            self.run(0.03)

    def _later(self, seconds: float, function: Callable[[], object]) -> object:
        return self.time.call_at(self.time.now() + seconds, lambda: void(function()))

    def velocities(self, since: float) -> list[int]:
        return [data[2] for time, port, data in self.out if time >= since and port == "bass" and data[0] >> 4 == 9]

    def sounding(self) -> set[tuple[str, int, int]]:
        down: set[tuple[str, int, int]] = set()
        for _, port, data in self.out:
            if data[0] >> 4 in (8, 9) and port not in ("click", "guest"):
                key = (port, data[0] & 15, data[1])
                (down.add if data[0] >> 4 == 9 and data[2] else down.discard)(key)
        return down


def test_a_knob_is_learnt_at_the_port_and_turned_and_the_music_changes(tmp_path: Path) -> None:
    stage = Played(tmp_path)
    stage.perform(MELODY)
    stage.start()
    stage.run(6.0)
    loud = stage.velocities(3.0)
    stage.console.do("learn", "voice/bass/level")
    stage.turn(84, 85, 86, 85, 70, 50, 30, 20, 10)
    before = stage.time.now()
    stage.run(6.0)
    soft = stage.velocities(before + 1.0)
    assert loud
    assert soft
    assert max(soft) < min(loud) / 2


def test_a_turn_reaches_the_plan_within_a_moment(tmp_path: Path) -> None:
    stage = Played(tmp_path)
    stage.perform(MELODY)
    stage.start()
    stage.run(6.0)
    stage.console.do("learn", "voice/bass/level")
    stage.turn(84, 85, 86, 85)
    knobs = stage.band.conductor.knobs
    stage.play(stage.time.now(), bytes((0xB0, KNOB, 60)), "control")
    stage.run(0.002)
    assert stage.band.conductor.knobs != knobs


def test_a_recall_in_the_middle_of_a_note_leaves_nothing_sounding(tmp_path: Path) -> None:
    stage = Played(tmp_path)
    stage.table.set("recall_when", "now")
    stage.perform(MELODY)
    stage.console.do("preset/save", "full")
    for voice in BAND:
        stage.table.set("on", False, voice)
    stage.console.do("preset/save", "empty")
    stage.console.do("preset/load", "full")
    stage.start()
    stage.run(6.0)
    while not stage.sounding():
        stage.run(0.01)
    stage.console.do("preset/load", "empty")
    stage.run(1.0)
    assert stage.sounding() == set()
    assert stage.band.stuck == 0
    stage.console.do("preset/load", "full")
    stage.run(4.0)
    stage.stop()
    stage.run(1.0)
    assert stage.sounding() == set()


def test_lights_hear_of_changes_through_the_feedback_port(tmp_path: Path) -> None:
    stage = Played(tmp_path)
    stage.console.do("learn", "voice/bass/level")
    stage.turn(84, 85, 86, 85)
    stage.table.set("voice/bass/level", 1.5, source="osc")
    stage.run(0.2)
    shown = [data for _, port, data in stage.out if port == "feedback"]
    assert shown[-1] == bytes((0xB0, KNOB, 127))


def test_the_packs_own_knobs_are_part_of_every_ask() -> None:
    asked: list[Ask] = []

    class Overheard(Rehearsal):
        def to_engine(self, message: ToEngine) -> None:
            if isinstance(message, Request):
                asked.append(message.ask)
            super().to_engine(message)

    knobs = Knobs(mode="trade", temperature=1.3, pack={"": {"style": 3.0}, "other": {"lilt": 1.0}})
    stage = Overheard(open_parrot, Path("parrot"), knobs)
    stage.perform(MELODY)
    stage.start()
    stage.run(8.0)
    assert asked
    assert all(ask.knobs["style"] == 3.0 and ask.knobs["temperature"] == 1.3 for ask in asked)
    assert all("lilt" not in ask.knobs for ask in asked)
