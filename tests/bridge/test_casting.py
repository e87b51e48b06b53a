from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bridge.casting import DEFAULT, Casting
from bridge.clock.tempo_map import TempoMap
from bridge.control.pack_knobs import PackKnobs
from bridge.control.parameters import ParameterTable
from bridge.control.preset import PackRef
from bridge.engine.protocol import Fault, Load, Loaded, Unload, Unloaded
from bridge.lineup import line_up
from bridge.music.note import BAND, Voice
from bridge.roadie import Roadie
from bridge.settings import Engine

CARD = """
schema = 1
name = "NAME"
family = "lstm"
version = "1.0.0"
title = "A small pack"
licence = "CC0-1.0"
voices = VOICES
knobs = [{ name = "KNOB", minimum = 0.0, maximum = 1.0, default = 0.5, unit = "", does = "something" }]
graphs = {}
"""
PACKS = {
    "tune": ('["lead"]', "temperature"),
    "trio": ('["drums", "bass", "lead"]', "daring"),
    "duo": ('["bass"]', "daring"),
}
ROLLING = TempoMap(epoch=1, bpm=120.0, playing=True)


class Stage:
    """A casting with a real roadie, whose engine answers when told."""

    def __init__(self, folder: Path, voices: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.table = ParameterTable()
        self.sent: list[msgspec.Struct] = []
        self.told: list[str] = []
        self.seated = 0
        self.beat, self.map = 0.0, TempoMap()
        wishes = Engine(pack="tune", voices=voices or {})
        self.roadie = Roadie(wishes, self.sent.append, lambda: None, lambda: ((), 0), self.told.append, lambda: 0.0)
        self.casting = Casting(self.table, PackKnobs(self.table), self.roadie, (folder,), self.count, self.told.append)
        lineup = line_up(wishes, (folder,), self.told.append)
        assert lineup.default is not None
        self.roadie.want(lineup.default)
        self.casting.open(lineup)
        self.roadie.greet()
        for load in [message for message in self.sent if isinstance(message, Load)]:
            self.loaded(Path(load.pack).name, load.default)

    def count(self) -> None:
        self.seated += 1

    def loaded(self, name: str, default: bool = False) -> None:
        voices = tuple(voice for voice in BAND if f'"{voice.value}"' in PACKS[name][0])
        message = Loaded(
            name, "lstm", voices, "auto", "cpu", 1.0, 1.0, 1.0, str((self.folder / name).resolve()), default
        )
        self.roadie.took(message)
        self.casting.took(message, self.beat, self.map)

    def choose(self, voice: Voice, name: str) -> None:
        self.sent.clear()
        self.table.set("pack", name, voice)
        self.casting.choose(self.beat, self.map)

    @property
    def own(self) -> dict[Voice, str]:
        return self.casting.lineup.own


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, (voices, knob) in PACKS.items():
        (tmp_path / name).mkdir()
        text = CARD.replace("NAME", name).replace("VOICES", voices).replace("KNOB", knob)
        (tmp_path / name / "pack.toml").write_text(text)
    return tmp_path


def test_every_voice_can_choose_among_the_packs_that_play_it(folder: Path) -> None:
    stage = Stage(folder, {"bass": "trio"})
    assert stage.table.place("voice/bass/pack").parameter.choices[:3] == ("auto", "duo", "trio")
    assert "tune" not in stage.table.place("voice/bass/pack").parameter.choices
    assert stage.table.get("voice/bass/pack") == "trio"
    assert stage.own == {Voice.BASS: "trio"}


def test_a_pack_that_is_chosen_takes_over_at_the_next_bar_once_it_is_there(folder: Path) -> None:
    stage = Stage(folder)
    stage.beat, stage.map = 5.0, ROLLING
    stage.choose(Voice.BASS, "duo")
    assert [message.pack for message in stage.sent if isinstance(message, Load)] == [str((folder / "duo").resolve())]
    assert stage.own == {}
    stage.loaded("duo")
    assert stage.own == {}
    stage.casting.step(7.99, ROLLING, 0.0)
    assert stage.own == {Voice.BASS: "duo"}
    assert stage.seated >= 1


def test_who_plays_with_what_is_told_once_as_it_takes_over(folder: Path) -> None:
    stage = Stage(folder, {"bass": "duo"})
    assert stage.told == []
    stage.beat, stage.map = 5.0, ROLLING
    for voice in (Voice.LEAD, Voice.BASS, Voice.DRUMS):
        stage.choose(voice, "trio")
    stage.loaded("trio")
    stage.loaded("trio")
    assert stage.told == []
    for _ in range(2):
        stage.casting.step(7.99, ROLLING, 0.0)
    assert stage.told == ["drums, bass, lead: now trio"]
    stage.choose(Voice.LEAD, "auto")
    stage.choose(Voice.DRUMS, "auto")
    stage.casting.step(11.99, ROLLING, 0.0)
    assert stage.told[1:] == ["drums: now without a pack", "lead: now tune"]


def test_a_pack_that_nobody_plays_with_any_more_is_let_go(folder: Path) -> None:
    stage = Stage(folder, {"bass": "duo"})
    stage.choose(Voice.BASS, "auto")
    stage.casting.choose(stage.beat, stage.map)
    assert stage.own == {}
    assert Unload("duo") in stage.sent


def test_the_knobs_that_are_in_the_table_are_those_of_the_packs_that_play(folder: Path) -> None:
    stage = Stage(folder)
    assert stage.casting.knobs() == {"tune": {}, "": {}}
    stage.choose(Voice.BASS, "duo")
    stage.loaded("duo")
    stage.table.set("daring", 0.9)
    assert stage.casting.knobs()["duo"] == {"daring": 0.9}
    stage.choose(Voice.BASS, "auto")
    assert stage.table.at("/antiphon/daring") is None


def test_another_default_pack_brings_its_knobs(folder: Path) -> None:
    stage = Stage(folder)
    stage.roadie.want((folder / "trio").resolve())
    stage.loaded("trio", default=True)
    assert stage.casting.knobs()[""] == {"daring": 0.5}
    assert stage.casting.lineup.packs == {Voice.DRUMS: "", Voice.BASS: "", Voice.LEAD: ""}


def test_a_pack_that_does_not_come_leaves_the_voice_where_it_was(folder: Path) -> None:
    stage = Stage(folder)
    stage.choose(Voice.BASS, "duo")
    fault = Fault("damaged", folder=str((folder / "duo").resolve()))
    stage.roadie.took(fault)
    stage.casting.took(fault, 0.0, stage.map)
    assert stage.table.get("voice/bass/pack") == "auto"
    assert stage.own == {}


def test_a_new_engine_loads_what_is_chosen(folder: Path) -> None:
    stage = Stage(folder, {"bass": "duo"})
    stage.casting.took(Unloaded("duo"), 0.0, stage.map)
    stage.sent.clear()
    stage.roadie.ended(-9)
    stage.roadie.greet()
    assert {Path(message.pack).name for message in stage.sent if isinstance(message, Load)} == {"tune", "duo"}
    stage.loaded("duo")
    assert stage.own == {Voice.BASS: "duo"}


def test_a_preset_names_every_pack_and_its_hash(folder: Path) -> None:
    packs = Stage(folder, {"bass": "duo"}).casting.packs()
    assert {voice: ref.name for voice, ref in packs.items()} == {DEFAULT: "tune", "bass": "duo"}
    assert all(len(ref.sha256) == 64 for ref in packs.values())


def test_a_preset_is_told_of_packs_that_are_missing_or_other_than_they_were(folder: Path) -> None:
    casting = Stage(folder).casting
    assert casting.find(PackRef("duo", "0" * 64))[1].endswith("not the one that it was saved with")
    assert casting.find(replace(casting.packs()[DEFAULT]))[1] == ""
    where, problem = casting.find(PackRef("quartet"))
    assert where is None
    assert "no pack «quartet»" in problem
