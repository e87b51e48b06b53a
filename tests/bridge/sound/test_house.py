from pathlib import Path
from queue import SimpleQueue

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.catalogue import find
from bridge.sound.house import House
from bridge.sound.process import serve
from bridge.sound.scene import Complaint, Furnish, Furnished, Scene, ToSound
from tests.bridge.sound.packs import NAME, spoilt


class Desk:
    """Hears what a house says."""

    def __init__(self) -> None:
        self.heard: list[msgspec.Struct] = []
        self.house = House(self.heard.append, lambda: 5.0)


def test_a_pack_and_an_output_are_opened_and_named() -> None:
    desk = Desk()
    desk.house.handle(Furnish(str(find(NAME)), "none"))
    (told,) = desk.heard
    assert isinstance(told, Furnished)
    assert (told.pack, told.output, told.rate) == (NAME, "none", 44_100)
    assert "pad" in told.sounds
    desk.house.close()


def test_a_pack_that_is_broken_is_told_in_one_line_and_the_house_goes_on(tmp_path: Path) -> None:
    desk = Desk()
    desk.house.handle(Furnish(str(spoilt(tmp_path, "keys = 76", "keys = 3")), "none"))
    (told,) = desk.heard
    assert isinstance(told, Complaint)
    assert told.fatal
    desk.house.handle(Scene())
    assert desk.house.step() > 0
    desk.house.handle(Furnish(str(find(NAME)), "none"))
    assert isinstance(desk.heard[-1], Furnished)
    desk.house.close()


def test_a_folder_of_seeds_that_is_not_there_leaves_the_sounds_of_the_pack(tmp_path: Path) -> None:
    desk = Desk()
    desk.house.handle(Furnish(str(find(NAME)), "none", str(tmp_path / "gone")))
    complaint, told = desk.heard
    assert isinstance(complaint, Complaint)
    assert not complaint.fatal
    assert isinstance(told, Furnished)
    desk.house.close()


def test_of_scenes_that_wait_the_last_counts_and_the_end_ends() -> None:
    inbox: SimpleQueue[ToSound | None] = SimpleQueue()
    done: list[ToSound] = []
    for number in range(3):
        inbox.put(Scene(TempoMap(epoch=number)))
    inbox.put(Furnish("x"))

    def step() -> float:
        inbox.put(None)
        return 1.0

    serve(done.append, step, inbox)
    assert done == [Furnish("x"), Scene(TempoMap(epoch=2))]
