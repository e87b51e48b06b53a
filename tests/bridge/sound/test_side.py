from pathlib import Path

import msgspec
import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.control.parameters import ParameterTable
from bridge.jam.band import Band
from bridge.jam.knobs import Knobs
from bridge.settings import Texture
from bridge.sound.scene import Complaint, Furnish, Furnished, Report, Scene
from bridge.sound.side import TextureSide
from bridge.wire.protocol import Map
from tests.bridge.sound.packs import NAME


class Desk:
    """A desk with a band whose song can be rolled, at `time` seconds."""

    def __init__(self, pack: str = NAME, chords: str = "C | Am") -> None:
        self.time = 10.0
        self.sent: list[msgspec.Struct] = []
        self.told: list[str] = []
        self.table = ParameterTable()
        self.table.set("chords", chords)
        self.band = Band(lambda _: None, lambda _: None, lambda: self.time, self.told.append)
        self.band.turn_knobs(Knobs.of(self.table, {}))
        wishes = Texture(pack=pack, output="none")
        self.side = TextureSide(
            wishes, (), self.table, self.band, self.sent.append, self.told.append, lambda: self.time
        )

    def roll(self, playing: bool = True, beat: float = 0.0) -> None:
        epoch = self.band.map.epoch + 1
        self.band.from_wire(Map(TempoMap(epoch, beat, self.time, 120.0, playing=playing), "internal"))
        self.side.step()

    @property
    def scene(self) -> Scene:
        return next(message for message in reversed(self.sent) if isinstance(message, Scene))


def test_without_a_pack_there_is_no_process_and_nothing_is_said() -> None:
    desk = Desk(pack="")
    desk.roll()
    assert not desk.side.wanted
    assert not desk.sent
    assert desk.side.reading().texture == ""


def test_a_pack_that_is_not_there_is_told_and_leaves_the_band_without() -> None:
    desk = Desk(pack="no such pack")
    assert not desk.side.wanted
    assert any("no such pack" in line for line in desk.told)


def test_a_process_that_comes_is_told_what_to_open_and_where_the_music_is() -> None:
    desk = Desk()
    desk.roll()
    desk.sent.clear()
    desk.side.greet()
    furnish, scene = desk.sent
    assert isinstance(furnish, Furnish)
    assert Path(furnish.pack).name == NAME
    assert isinstance(scene, Scene)
    assert scene.sounding


def test_the_chord_is_that_of_the_chart_a_little_ahead_of_now() -> None:
    desk = Desk()
    desk.roll()
    assert desk.scene.pitch_classes == (0, 4, 7)
    desk.time += 1.6  # beat 3.2
    desk.side.step()
    assert desk.scene.pitch_classes == (0, 4, 7)
    desk.time += 0.3  # beat 3.8, and what is made now sounds in the next bar
    desk.side.step()
    assert desk.scene.pitch_classes == (9, 0, 4)


def test_a_stop_and_a_switch_that_is_off_are_silence() -> None:
    desk = Desk()
    desk.roll()
    assert desk.scene.sounding
    desk.roll(playing=False)
    assert not desk.scene.sounding
    desk.roll()
    desk.table.set("texture", False)
    desk.side.step()
    assert not desk.scene.sounding


def test_being_told_to_stop_is_silence_before_the_clock_has_stopped_unless_another_one_leads() -> None:
    desk = Desk()
    desk.roll()
    desk.side.stop()
    assert not desk.scene.sounding
    desk.roll()
    assert desk.scene.sounding
    desk.band.from_wire(Map(desk.band.map, "midi"))
    desk.side.stop()
    assert desk.scene.sounding


def test_a_panic_is_silence_until_the_next_bar() -> None:
    desk = Desk()
    desk.roll()
    desk.time += 0.5
    desk.band.panic()
    desk.side.panic()
    assert not desk.scene.sounding
    desk.time += 1.0
    desk.side.step()
    assert not desk.scene.sounding
    desk.time += 0.6
    desk.side.step()
    assert desk.scene.sounding


def test_while_no_chord_and_no_key_is_known_it_is_silent() -> None:
    desk = Desk(chords="")
    desk.roll()
    assert not desk.scene.sounding


def test_knobs_reach_the_scene_and_nothing_is_said_twice() -> None:
    desk = Desk()
    desk.roll()
    count = len(desk.sent)
    desk.side.step()
    assert len(desk.sent) == count
    for name, value in (("texture_level", 0.5), ("texture_motion", 1.0), ("texture_sound", 3)):
        desk.table.set(name, value)
    before = desk.scene.brightness
    desk.table.set("texture_brightness", 0.25)
    desk.side.step()
    assert (desk.scene.level, desk.scene.motion, desk.scene.character) == (0.5, 1.0, 2)
    assert desk.scene.brightness == pytest.approx(before + 0.25)


def test_drop_outs_are_counted_over_the_deaths_of_the_process() -> None:
    desk = Desk()
    desk.side.took(Furnished(NAME, "jack", 48_000, ("pad",)))
    desk.side.took(Report(True, 2, 0, 0.04, 0.1, 140.0, 0.3))
    reading = desk.side.reading()
    assert reading.texture == f"{NAME} on jack"
    assert (reading.texture_underruns, reading.texture_load) == (2, 0.04)
    desk.side.ended(-9)
    assert desk.side.reading().texture == "away"
    assert any("audio process ended" in line for line in desk.told)
    desk.side.took(Furnished(NAME, "jack", 48_000, ("pad",)))
    desk.side.took(Report(True, 1, 0, 0.04, 0.1, 140.0, 0.3))
    assert desk.side.reading().texture_underruns == 3


def test_what_the_process_complains_of_is_shown() -> None:
    desk = Desk()
    desk.side.took(Complaint("there is no texture: broken", fatal=True))
    assert "broken" in desk.told[-1]
    assert desk.side.reading().texture == "away"
