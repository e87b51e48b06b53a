from pathlib import Path

import msgspec
import pytest

from bridge.engine.family import Pressed
from bridge.engine.protocol import Fault, Load, Loaded, Unload
from bridge.engine.setbacks import FIRST_PAUSE
from bridge.health.deaths import QUIET
from bridge.health.vigil import HANG
from bridge.music.note import Voice
from bridge.roadie import LOADING, Roadie
from bridge.settings import Engine

ONE, TWO, THREE = Path("/packs/one"), Path("/packs/two"), Path("/packs/three")
HISTORY = (Pressed(1.0, 60, 80),)


class Stage:
    """A roadie with an engine that can die."""

    def __init__(self, wishes: Engine | None = None) -> None:
        self.sent: list[msgspec.Struct] = []
        self.told: list[str] = []
        self.killed = 0
        self.now = 1000.0
        self.queued = 0.0
        self.roadie = Roadie(
            wishes or Engine(),
            self.sent.append,
            self.kill,
            lambda: (HISTORY, 7),
            self.told.append,
            lambda: self.now,
            lambda: self.queued,
        )

    def kill(self) -> None:
        self.killed += 1

    def loads(self) -> list[Load]:
        """The loads sent since this was asked last."""
        loads = [message for message in self.sent if isinstance(message, Load)]
        self.sent.clear()
        return loads

    def loaded(self, folder: Path, default: bool = True, got: str = "cpu") -> None:
        voices = (Voice.LEAD,)
        self.roadie.took(Loaded(folder.name, "lstm", voices, "auto", got, 1.0, 1.0, 1.0, str(folder), default))

    def failed(self, folder: Path) -> None:
        self.roadie.took(Fault("damaged", folder=str(folder)))

    def die(self, code: int = -9) -> None:
        self.roadie.lost()
        self.roadie.ended(code)

    def live(self, *folders: Path) -> list[Load]:
        """A new engine comes and loads what it is told to."""
        self.roadie.greet()
        loads = self.loads()
        for load in loads:
            self.loaded(Path(load.pack), load.default)
        return loads


@pytest.fixture
def stage() -> Stage:
    stage = Stage()
    stage.roadie.want(ONE)
    return stage


def test_every_new_engine_loads_what_is_wanted_and_is_told_what_was_heard(stage: Stage) -> None:
    assert not stage.sent
    for _ in range(2):
        (load,) = stage.live()
        assert (load.pack, load.default, load.history, load.heard) == (str(ONE), True, HISTORY, 7)
        stage.die()


def test_settings_travel_with_the_load() -> None:
    stage = Stage(Engine(provider="cuda", strict=True, keep=2, memory=512))
    stage.roadie.want(ONE)
    (load,) = stage.live()
    assert (load.provider, load.strict, load.keep, load.memory) == ("cuda", True, 2, 512)


def test_there_is_room_for_every_pack_that_is_wanted() -> None:
    stage = Stage(Engine(keep=1))
    stage.roadie.want(ONE)
    stage.roadie.want(TWO, default=False)
    assert [(load.pack, load.default, load.keep) for load in stage.live()] == [
        (str(ONE), True, 2),
        (str(TWO), False, 2),
    ]


def test_a_swap_that_came_out_well_is_what_the_next_engine_loads(stage: Stage) -> None:
    stage.live()
    stage.roadie.want(TWO)
    assert [load.pack for load in stage.loads()] == [str(TWO)]
    stage.loaded(TWO)
    stage.die()
    assert [load.pack for load in stage.live()] == [str(TWO)]


def test_after_a_swap_that_failed_the_next_engine_loads_the_one_before(stage: Stage) -> None:
    stage.live()
    stage.roadie.want(TWO)
    stage.loads()
    stage.failed(TWO)
    stage.die()
    assert [load.pack for load in stage.live()] == [str(ONE)]


def test_an_engine_that_dies_in_mid_swap_is_told_both_the_newer_last(stage: Stage) -> None:
    stage.live()
    stage.roadie.want(TWO)
    stage.loads()
    stage.die()
    assert [load.pack for load in stage.live()] == [str(ONE), str(TWO)]
    stage.die()
    assert [load.pack for load in stage.live()] == [str(TWO)]


def test_a_pack_that_nobody_wants_any_more_is_let_go(stage: Stage) -> None:
    stage.roadie.want(TWO, default=False)
    stage.live()
    stage.roadie.unwant(TWO)
    assert stage.sent == [Unload("two")]
    stage.die()
    assert [load.pack for load in stage.live()] == [str(ONE)]


def test_a_pack_that_brings_the_engine_down_again_and_again_rests_and_is_told(stage: Stage) -> None:
    for _ in range(4):
        stage.live()
        stage.now += 1.0
        stage.die(-11)
    assert len([line for line in stage.told if "the pack rests for 5 s and the vamp plays" in line]) == 1
    assert stage.live() == []
    stage.roadie.step(0.0)
    assert not stage.sent
    stage.now += FIRST_PAUSE
    stage.roadie.step(0.0)
    assert [load.pack for load in stage.loads()] == [str(ONE)]


def test_an_engine_that_dies_while_its_pack_rests_says_nothing_against_the_pack(stage: Stage) -> None:
    for _ in range(20):
        stage.live()
        stage.now += 0.2
        stage.die()
    assert len([line for line in stage.told if "rests" in line]) == 1


def test_the_pack_that_was_being_loaded_is_blamed_and_not_the_one_that_played(stage: Stage) -> None:
    stage.live()
    for _ in range(4):
        stage.roadie.want(TWO, default=False)
        stage.die()
        stage.roadie.greet()
        for load in stage.loads():
            if load.pack == str(ONE):
                stage.loaded(ONE)
    stage.die()
    rests = [line for line in stage.told if "rests" in line]
    assert len(rests) == 1
    assert "two" in rests[0]


def test_a_device_that_keeps_bringing_the_engine_down_is_left_for_the_processor() -> None:
    stage = Stage(Engine(provider="cuda"))
    stage.roadie.want(ONE)
    for _ in range(4):
        stage.roadie.greet()
        stage.loaded(ONE, got="cuda")
        stage.die(-11)
    assert any("asked for cuda, now on cpu" in line for line in stage.told)
    assert [load.provider for load in stage.loads()] == ["cuda"] * 4
    assert [load.provider for load in stage.live()] == ["cpu"]


def test_an_engine_that_hangs_is_ended_and_told_once(stage: Stage) -> None:
    stage.live()
    stage.roadie.step(HANG - 0.1)
    assert stage.killed == 0
    for overdue in (HANG + 0.1, HANG + 0.2):
        stage.roadie.step(overdue)
    assert stage.killed == 1
    stage.die(-9)
    assert stage.told == ["the engine ended (it did not answer for 2 s): the vamp plays until the next one is ready"]


def test_an_engine_that_the_machine_keeps_from_the_processor_is_left_alone(stage: Stage) -> None:
    stage.live()
    for step in range(50):
        stage.now += 0.1
        stage.queued += 0.09
        stage.roadie.step(0.1 * step)
    assert stage.killed == 0
    for step in range(50, 100):
        stage.now += 0.1
        stage.roadie.step(0.1 * step)  # now it has one, and says nothing all the same
    assert stage.killed == 1


def test_a_load_that_takes_for_ever_is_ended_too(stage: Stage) -> None:
    stage.roadie.greet()
    stage.loads()
    stage.now += LOADING
    stage.roadie.step(0.0)
    assert stage.killed == 0
    stage.now += 1.0
    stage.roadie.step(0.0)
    stage.die(-9)
    assert stage.killed == 1
    assert "loading one took longer than 60 s, which is not tried again" in stage.told[0]
    assert stage.live() == []
    stage.roadie.want(ONE)  # until somebody asks for it again
    assert [load.pack for load in stage.loads()] == [str(ONE)]


def test_a_load_that_takes_for_ever_is_blamed_also_where_it_is_not_wanted_any_more_and_no_pack_behind_it(
    stage: Stage,
) -> None:
    stage.live()
    stage.roadie.want(TWO, default=False)
    stage.now += 20.0
    stage.roadie.unwant(TWO)
    stage.roadie.want(THREE, default=False)
    stage.now += LOADING - 19.0
    stage.roadie.step(0.0)
    assert stage.killed == 1
    stage.die(-9)
    assert len(stage.told) == 1
    assert "loading two took longer" in stage.told[0]
    stage.loads()
    assert [load.pack for load in stage.live()] == [str(ONE), str(THREE)]


def test_each_of_several_packs_has_its_own_time_to_be_loaded(stage: Stage) -> None:
    stage.roadie.want(TWO, default=False)
    stage.roadie.greet()
    stage.now += LOADING - 1.0
    stage.loaded(ONE)
    stage.now += LOADING - 1.0
    stage.roadie.step(0.0)
    assert stage.killed == 0
    stage.now += 2.0
    stage.roadie.step(0.0)
    assert stage.killed == 1


def test_a_pack_that_comes_when_nobody_wants_it_any_more_is_let_go(stage: Stage) -> None:
    stage.live()
    stage.roadie.want(TWO, default=False)
    stage.loads()
    stage.roadie.unwant(TWO)
    assert not stage.sent
    stage.loaded(TWO, default=False)
    assert stage.sent == [Unload("two")]


def test_a_pack_that_is_wanted_again_while_it_comes_is_loaded_once(stage: Stage) -> None:
    stage.live()
    stage.roadie.want(TWO, default=False)
    stage.roadie.unwant(TWO)
    stage.roadie.want(TWO, default=False)
    assert [load.pack for load in stage.loads()] == [str(TWO)]
    stage.loaded(TWO, default=False)
    assert not stage.sent


def test_many_deaths_are_told_in_a_few_lines(stage: Stage) -> None:
    for _ in range(100):
        stage.now += 0.3
        stage.roadie.step(0.0)
        stage.live()
        stage.die()
    stage.roadie.close()
    deaths = [line for line in stage.told if line.startswith("the engine ended")]
    assert 2 <= len(deaths) <= 30 / QUIET + 2
