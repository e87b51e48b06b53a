from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from bridge.control.preset import Preset
from bridge.errors import SettingsError
from bridge.taste.item import Item, of_phrase, of_preset, of_setting
from bridge.taste.suggestion import Suggestion
from tests.bridge.taste.home import Home, at_home
from tests.bridge.taste.music import phrase


def found(home: Home, *items: Item) -> None:
    """As if a search had found these."""
    home.side.advice._found = tuple(Suggestion(item, 1.0, kept=n) for n, item in enumerate(items))


def test_a_setting_is_tried_and_can_be_taken_back(tmp_path: Path) -> None:
    home = Home(tmp_path)
    found(home, of_setting(home.table.place("density"), 2.0))
    home.console.do("suggest/take", "1")
    assert home.table.get("density") == 2.0
    home.console.do("undo")
    assert home.table.get("density") == 0.0


def test_another_players_preset_goes_onto_the_shelf_and_is_loaded(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.console.shelf.save(Preset("night", values={"density": 1.0}))
    found(home, of_preset(Preset("night", values={"density": 3.0}), home.table))
    home.console.do("suggest/take", "1")
    assert home.console.shelf.names == ("night", "night (2)")
    assert home.table.get("density") == 3.0
    home.console.do("suggest/take", "1")
    assert home.console.shelf.names == ("night", "night (2)")


def test_a_preset_of_ones_own_is_just_loaded(tmp_path: Path) -> None:
    home = Home(tmp_path)
    preset = Preset("night", values={"density": 3.0})
    home.console.shelf.save(preset)
    found(home, of_preset(preset, home.table))
    home.console.do("suggest/take", "1")
    assert home.console.shelf.names == ("night",)
    assert home.console.preset == "night"


def test_a_phrase_goes_into_a_free_slot(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.roll()
    found(home, of_phrase(phrase()))
    home.console.do("suggest/take", "1")
    assert list(home.band.conductor.board.slots) == ["A"]
    home.console.do("suggest/take", "1")
    assert list(home.band.conductor.board.slots) == ["A", "B"]
    assert len(home.band.conductor.board.slots["A"].notes) == len(phrase().notes)


def test_a_number_that_there_is_not_is_told_so(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for number in ("0", "1", "-1", "x", "9" * 30):
        with pytest.raises(SettingsError, match="no suggestion"):
            home.console.do("suggest/take", number)


def test_who_asks_has_suggestions_looked_for_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = msgspec.json.encode([Suggestion(of_phrase(phrase()), 1.0, 2)])
    (tmp_path / "found.json").write_bytes(data)
    asked: list[tuple[str, ...]] = []

    def stand_in(*words: str) -> list[str]:
        asked.append(words)
        return ["cat", str(tmp_path / "found.json")]

    monkeypatch.setattr("bridge.taste.advice.command", stand_in)

    async def live(home: Home) -> None:
        assert home.console.ask("suggest") == ()
        assert asked == []  # nobody has liked anything yet
        home.console.do("profile/new", "Ana")
        await home.until(home.file.exists)
        await home.until(lambda: home.console.ask("profile") == ("Ana",))
        await home.until(lambda: home.console.ask("suggest"))
        assert home.console.ask("suggest")[0].endswith("players like you kept it")

    at_home(tmp_path, live)
    assert asked[-1][0] == "suggest"
    assert len(asked) == 1


def test_a_search_that_fails_is_no_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.taste.advice.command", lambda *_: ["false"])
    searched: list[Callable[[], object]] = []

    async def live(home: Home) -> None:
        home.console.do("profile/new", "Ana")
        await home.until(home.file.exists)
        home.console.ask("suggest")
        search = home.side.advice._search
        assert search is not None
        await search
        searched.append(search.result)
        assert home.console.ask("suggest") == ()

    at_home(tmp_path, live)
    assert searched[0]() is None
