from contextlib import closing, nullcontext
from pathlib import Path

import msgspec
import pytest

from bridge.control.control import Control, Way
from bridge.control.deeds import TASTE_DEEDS, Deed
from bridge.engine.protocol import Described
from bridge.errors import SettingsError
from bridge.music.key import Key
from bridge.music.turn import Who
from bridge.taste.features import SIZE
from bridge.taste.item import Item, phrase_of
from bridge.taste.store import Opinion, Places, Store
from tests.bridge.taste.home import Home, at_home


def kept(home: Home, profile: str = "me") -> list[tuple[Opinion, Item]]:
    """What is in the file afterwards, the newest first."""
    with closing(Store(home.file)) as store:
        items = store.items()
        return [(each, items[each.item]) for each in store.opinions(store.find(profile))]


@pytest.mark.parametrize("deed", TASTE_DEEDS, ids=lambda deed: deed.name)
def test_every_deed_that_is_named_can_be_done_or_asked(deed: Deed, tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        if deed.query:
            assert isinstance(home.console.ask(deed.name), tuple)
            return
        refused = pytest.raises(SettingsError, match=r"played anything|no preset|every knob|no number|no suggestion")
        argued = deed.name.startswith(("like", "dislike")) or deed.name == "suggest/take"
        with refused if argued else nullcontext():
            home.console.do(deed.name, *(("Bo",) if deed.argument else ()))

    at_home(tmp_path, live)


def test_a_like_means_the_bands_last_turn(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.hand_over(Who.BAND)
        home.plays(60, 62, 64, 65)
        home.hand_over(Who.PLAYER)
        home.plays()
        home.clock.time += 4.0
        home.hand_over(Who.BAND)
        home.plays(72, 74, 76, 77)
        home.hand_over(Who.PLAYER)
        home.clock.time += 1.0
        home.console.do("like")
        await home.written(1)

    home = at_home(tmp_path, live)
    [(opinion, item)] = kept(home)
    assert opinion.value == 1.0
    assert [note.pitch for note in phrase_of(item).notes] == [72, 74, 76, 77]
    assert home.told == [f"liked: {item.label}"]
    assert home.turned == 1
    assert len(home.side.liking.weights) == SIZE
    assert [wanted.id for wanted in home.asked] == [item.id]


def test_while_the_band_plays_on_a_like_means_its_last_bars(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.hand_over(Who.BOTH)
        home.plays(*range(40, 120), step=1.0)
        home.side.step()
        home.console.do("dislike")
        await home.written(0, 1)
        home.table.set("like_bars", 1)
        home.console.do("like")
        await home.written(1, 1)

    bars = [round(phrase_of(item).beats / 4) for _, item in kept(at_home(tmp_path, live))]
    assert bars == [1, 4]


def test_so_many_bars_can_be_liked(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.plays(*range(40, 80), step=1.0)
        home.console.do("like/bars", "2.0")
        await home.written(1)
        for wrong in ("0", "17", "many", "nan", "inf"):
            with pytest.raises(SettingsError, match="number of bars"):
                home.console.do("dislike/bars", wrong)

    assert phrase_of(kept(at_home(tmp_path, live))[0][1]).beats == 8.0


def test_a_foot_switch_that_learnt_it_likes(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.plays(60, 62, 64, 65)
        pedal = Control(Way.CC, 0, 66)
        home.console.do("learn", "like")
        home.turn(pedal, 127, 0, 127, 0)
        home.told.clear()
        home.turn(pedal, 127, 0)
        await home.written(1)
        assert any(line.startswith("liked") for line in home.told)

    at_home(tmp_path, live)


def test_to_cut_the_band_short_is_a_weak_word_that_a_like_outweighs(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.hand_over(Who.BAND)
        home.plays(60, 62, 64)
        home.band.conductor.press(home.band.beat)
        home.hand_over(Who.PLAYER)
        await home.written(0, 1)
        home.console.do("like")
        await home.written(1)

    home = at_home(tmp_path, live)
    assert [opinion.value for opinion, _ in kept(home)] == [1.0]


def test_what_is_kept_is_liked_a_little(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.side.kept(4)  # nothing has been played: no matter
        home.roll()
        home.plays(60, 62, 64, 65)
        home.side.kept(64)
        await home.written(1)

    [(opinion, _)] = kept(at_home(tmp_path, live))
    assert 0 < opinion.value < 1
    assert opinion.source == "kept"


def test_a_preset_and_the_knobs_can_be_liked(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.table.set("density", 2.0)
        home.table.set("mode", "trade")
        home.console.do("preset/save", "night")
        home.console.do("like/preset")
        await home.written(1)
        home.console.do("dislike/settings")
        await home.written(1, 2)
        home.console.do("unlike")
        await home.written(1, 0)

    assert [item.label for _, item in kept(at_home(tmp_path, live))] == ["«night»"]


def test_profiles_are_chosen_made_and_renamed_and_told_apart(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.plays(60, 62, 64, 65)
        home.console.do("like")
        await home.written(1)
        home.console.do("profile/new", "Ana")
        await home.until(lambda: home.console.ask("profile") == ("Ana",))
        assert home.side.state.likes == 0
        home.console.do("profile/rename", "Anna")
        await home.until(lambda: home.console.ask("profiles") == ("Anna", "me"))
        home.console.do("profile", "me")
        await home.written(1)
        assert home.console.ask("likes")[:2] == ("1", "0")
        home.console.do("profile", "Zoe")
        await home.until(lambda: any("no profile «Zoe»" in line for line in home.told))

    assert kept(at_home(tmp_path, live), "Anna") == []


def test_what_was_liked_counts_again_after_a_new_start(tmp_path: Path) -> None:
    async def first(home: Home) -> None:
        home.roll()
        home.plays(60, 62, 64, 65)
        home.console.do("like")
        await home.written(1)

    async def second(home: Home) -> None:
        await home.written(1)

    liking = at_home(tmp_path, first).side.liking
    assert at_home(tmp_path, second).side.liking == liking


def test_where_a_pack_has_a_phrase_is_kept_with_it(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.roll()
        home.plays(60, 62, 64, 65)
        home.console.do("like")
        await home.written(1)
        home.side.took(Described(home.asked[0].id, "vae", (1.0, -2.0), "a1"))

    home = at_home(tmp_path, live)
    with closing(Store(home.file)) as store:
        assert store.places() == {"vae": Places("a1", {home.asked[0].id: (1.0, -2.0)})}


def test_what_was_kept_or_cut_short_is_described_too_in_its_key_and_meter(tmp_path: Path) -> None:
    async def live(home: Home) -> None:
        home.band.turn_knobs(msgspec.structs.replace(home.band.conductor.knobs, key=Key(2)))
        home.roll()
        home.hand_over(Who.BAND)
        home.plays(62, 64, 66)
        home.band.conductor.press(home.band.beat)
        home.hand_over(Who.PLAYER)
        home.plays(69, 67, 66, 64)
        home.side.kept(1)
        await home.written(1, 1)

    home = at_home(tmp_path, live)
    assert {wanted.id for wanted in home.asked} == {item.id for _, item in kept(home)}
    assert {(wanted.bar, wanted.key) for wanted in home.asked} == {(4.0, Key(2).pitch_classes)}


def test_a_broken_file_costs_the_likes_and_not_the_music(tmp_path: Path) -> None:
    (tmp_path / "taste.sqlite3").write_text("no database" * 500)

    async def live(home: Home) -> None:
        home.roll()
        home.plays(60, 62, 64, 65)
        home.console.do("like")
        await home.until(lambda: any("cannot be used" in line for line in home.told))
        home.plays(60, 62, 64, 65)

    at_home(tmp_path, live)
