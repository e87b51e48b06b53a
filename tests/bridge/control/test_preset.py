from hypothesis import given
from hypothesis import strategies as st

from bridge.control.parameters import ParameterTable
from bridge.control.preset import PackRef, Preset, apply, read_preset
from bridge.errors import SettingsError

TEXTS = st.text(st.characters(codec="utf-8", blacklist_categories=["Cc", "Cs"]), max_size=20)
VALUES = st.dictionaries(
    TEXTS, st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | TEXTS, max_size=5
)
PRESETS = st.builds(
    Preset,
    name=TEXTS,
    packs=st.dictionaries(TEXTS, st.builds(PackRef, TEXTS, TEXTS), max_size=3),
    values=VALUES,
    snapshots=st.dictionaries(st.sampled_from("ABCD"), VALUES),
)


@given(PRESETS)
def test_a_preset_is_read_as_it_was_written(preset: Preset) -> None:
    assert read_preset(preset.text()) == (preset, [])


@given(st.lists(st.tuples(st.integers(0, 200), st.floats(0, 1)), max_size=20))
def test_every_set_up_comes_back_whole(turns: list[tuple[int, float]]) -> None:
    table, again = ParameterTable(), ParameterTable()
    places = list(table)
    for index, position in turns:
        place = places[index % len(places)]
        table.set(place.path, place.parameter.natural(position))
    preset, _ = read_preset(Preset("x", values=table.snapshot()).text())
    assert apply(again, preset.values, "preset") == []
    assert again.snapshot() == table.snapshot()


def test_a_newer_preset_is_used_as_far_as_it_is_known() -> None:
    text = 'schema = 2\nname = "x"\nlights = "red"\n[values]\ntempo = 97\nglow = 3\nlist = [1]\n'
    text += "[snapshots.E]\n[packs]\nbass = 3\n"
    preset, warnings = read_preset(text)
    table = ParameterTable()
    warnings += apply(table, preset.values, "preset")
    assert table.get("tempo") == 97.0
    assert len(warnings) == 6
    for word in ("schema 2", "lights", "glow", "list", "snapshots.E", "packs.bass"):
        assert any(word in warning for warning in warnings), word


@given(st.text())
def test_anything_is_a_preset_or_refused(text: str) -> None:
    try:
        read_preset(text)
    except SettingsError:
        return
