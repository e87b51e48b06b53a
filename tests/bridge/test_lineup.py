from pathlib import Path

import pytest

from bridge.control.parameters import ParameterTable
from bridge.engine.catalogue import find
from bridge.engine.pack import read_card
from bridge.lineup import BAND_OF_MODE, line_up, suited
from bridge.music.note import Voice
from bridge.settings import Engine

CARD = """
schema = 1
name = "NAME"
family = "lstm"
version = "1.0.0"
title = "A small pack"
licence = "CC0-1.0"
voices = VOICES
graphs = {}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, voices in (("tune", '["lead"]'), ("trio", '["drums", "bass", "lead"]')):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.toml").write_text(CARD.replace("NAME", name).replace("VOICES", voices))
    return tmp_path


def test_the_pack_of_the_settings_plays_all_its_voices(folder: Path) -> None:
    told: list[str] = []
    lineup = line_up(Engine(pack="trio"), (folder,), told.append)
    assert lineup.default == folder / "trio"
    assert dict(lineup.packs) == {Voice.DRUMS: "", Voice.BASS: "", Voice.LEAD: ""}
    assert not told


def test_a_voice_can_have_a_pack_of_its_own(folder: Path) -> None:
    lineup = line_up(Engine(pack="tune", voices={"bass": "trio", "drums": "trio"}), (folder,), print)
    assert dict(lineup.packs) == {Voice.DRUMS: "trio", Voice.BASS: "trio", Voice.LEAD: ""}
    assert lineup.folders == (folder / "trio",)


def test_what_is_not_to_be_had_is_told_and_the_vamp_or_the_other_pack_plays(folder: Path) -> None:
    told: list[str] = []
    lineup = line_up(Engine(pack="gone", voices={"bass": "tune", "lead": "gone"}), (folder,), told.append)
    assert lineup.default is None
    assert dict(lineup.packs) == {Voice.LEAD: ""}
    assert [line.split(";")[-1] for line in told] == [
        " the vamp plays",
        " bass plays as if no pack were named for it",
        " lead plays as if no pack were named for it",
    ]


def test_another_default_pack_takes_over_all_voices_that_have_none_of_their_own(folder: Path) -> None:
    lineup = line_up(Engine(pack="trio", voices={"lead": "tune"}), (folder,), print)
    after = lineup.with_default(folder / "duo", (Voice.CHORDS, Voice.LEAD))
    assert dict(after.packs) == {Voice.CHORDS: "", Voice.LEAD: "tune"}


def test_a_mode_has_the_band_that_does_it_best_unless_somebody_says_who_plays() -> None:
    assert suited(Engine(), "accompany").voices == {"drums": "groove-gan"}
    assert suited(Engine(), "continue") == Engine()
    for asked in (Engine(pack="cvae"), Engine(voices={"bass": "cvae"})):
        assert suited(asked, "accompany") == asked


@pytest.mark.parametrize("mode", sorted(BAND_OF_MODE))
def test_the_packs_that_suit_a_mode_are_ours_and_play_their_voices(mode: str) -> None:
    ours = Path(__file__).parents[2] / "models"
    pack, voices = BAND_OF_MODE[mode]
    assert mode in ParameterTable().place("mode").parameter.choices
    assert find(pack, (ours,)) == ours / pack
    assert all(voice in read_card(find(name, (ours,))).voices for voice, name in voices.items())
