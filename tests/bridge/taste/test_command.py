import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.cli import app
from bridge.control.preset import Preset
from bridge.control.preset_shelf import PresetShelf
from bridge.taste import neighbours
from bridge.taste.describing import DESCRIBER
from bridge.taste.store import Store
from tests.bridge.taste.music import item


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))
    return tmp_path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["taste", *words])
    assert result.exit_code == 0, result.output
    return result.output


def liked(home: Path, profile: str, *speeds: float) -> None:
    store = Store(home / "taste" / "taste.sqlite3")
    there = {each.name for each in store.profiles()}
    who = store.find(profile) if profile in there else store.create(profile)
    for number, speed in enumerate(speeds):
        for salt in range(3):
            store.opine(who, item(speed, salt), 1.0 if speed > 0.5 else -1.0, "said", 10.0 * number)
    store.close()


def test_what_a_profile_likes_is_listed(home: Path) -> None:
    assert "nothing is liked" in run("list")
    liked(home, "me", 0.9)
    assert run("list").count("liked") == 3
    assert "2 bars of lead in C major" in run("list")


def test_phrases_that_came_from_a_friend_are_described_when_something_is_suggested(home: Path) -> None:
    liked(home, "Ana", 0.1, 0.9)
    run("suggest")
    store = Store(home / "taste" / "taste.sqlite3")
    places = store.places()
    store.close()
    assert {name: len(found.of) for name, found in places.items()} == {DESCRIBER: 6}


def test_profiles_are_made_chosen_and_renamed() -> None:
    assert "* me" in run("profile")
    assert "* Ana" in run("profile", "Ana", "--new")
    assert "* me" in run("profile", "me")
    assert "* Bo" in run("profile", "--rename", "Bo")
    result = CliRunner().invoke(app, ["taste", "profile", "Zoe"])
    assert result.exit_code == 1
    assert "there are: Ana, Bo" in result.output


def test_profiles_go_from_one_machine_to_another(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    liked(home, "Ana", 0.1, 0.9)
    file = home / "ana.json"
    assert "1 profile" in run("export", str(file), "--profile", "Ana")
    monkeypatch.setenv("ANTIPHON_HOME", str(home / "other"))
    assert run("merge", str(file)) == "1 new profiles, 6 new opinions\n"
    assert run("merge", str(file)) == "0 new profiles, 0 new opinions\n"
    assert "* me" in run("profile")


def test_a_friends_profile_is_not_taken_for_ones_own(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    liked(home, "me", 0.9)
    file = home / "friend.json"
    run("export", str(file))
    monkeypatch.setenv("ANTIPHON_HOME", str(home / "other"))
    run("merge", str(file))
    assert "nothing is liked" in run("list")
    assert run("list", "--profile", "me (2)").count("liked") == 3


def test_suggestions_come_as_words_and_as_json(home: Path) -> None:
    assert "nothing to suggest yet" in run("suggest")
    run("profile")
    shelf = PresetShelf(home / "config" / "presets")
    shelf.save(Preset("night", values={"density": 3.0}))
    (shelf.folder / "odd.toml").write_text("no preset")
    liked(home, "me", 0.1, 0.9)
    liked(home, "Ana", 0.1, 0.9, 0.8)
    assert "phrase 2 bars of lead" in run("suggest")
    found = json.loads(run("suggest", "--json", "--count", "2"))
    assert len(found) == 2
    assert {one["item"]["kind"] for one in found} == {"phrase"}


def test_to_forget_asks_first(home: Path) -> None:
    liked(home, "Ana", 0.9)
    assert CliRunner().invoke(app, ["taste", "forget", "Ana"], input="n\n").exit_code == 1
    assert "Ana" in run("profile")
    assert "3 opinions deleted" in run("forget", "Ana", "--yes")
    assert "Ana" not in run("profile")
    assert "everybody" in run("forget", "--yes")


def test_the_trial_needs_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "there", lambda: False)
    result = CliRunner().invoke(app, ["taste", "simulate"])
    assert result.exit_code == 1
    assert "antiphon[taste]" in result.output
