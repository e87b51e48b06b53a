from bridge.control.pack_knobs import PackKnobs, names_of
from bridge.control.parameters import ParameterTable
from bridge.engine.pack import Knob

STYLE = Knob("style", 0.0, 26.0, 0.0, "place", "which style")
HEAT = Knob("temperature", 0.1, 2.0, 1.0, "", "how daring")


def test_a_packs_knobs_join_with_it_and_leave_with_it() -> None:
    table = ParameterTable()
    knobs = PackKnobs(table)
    assert knobs.loaded("ensemble", (STYLE, HEAT)) == []
    assert table.place("style").parameter.group == "ensemble"
    table.set("style", 3)
    assert knobs.values == {"ensemble": {"style": 3.0}}  # the temperature is the band's own
    knobs.gone("ensemble")
    assert table.at("/antiphon/style") is None
    assert knobs.values == {}


def test_a_pack_that_comes_back_is_as_it_was_left() -> None:
    table = ParameterTable()
    knobs = PackKnobs(table)
    knobs.loaded("ensemble", (STYLE,))
    table.set("style", 3)
    knobs.stay({"other"})
    knobs.loaded("ensemble", (STYLE,))
    assert table.get("style") == 3.0
    knobs.expect({"lilt": 0.5})
    knobs.loaded("shuffle", (Knob("lilt", 0.0, 1.0, 0.0, "", "swings"),))
    assert table.get("lilt") == 0.5


def test_knobs_of_one_name_are_told_apart() -> None:
    table = ParameterTable()
    knobs = PackKnobs(table)
    knobs.loaded("one", (STYLE,))
    knobs.loaded("My Two", (STYLE,))
    table.set("my_two_style", 5)
    assert knobs.values == {"one": {"style": 0.0}, "My Two": {"style": 5.0}}
    assert names_of("My Two", (STYLE, HEAT)) == {"style", "my_two_style", "my_two_temperature"}


def test_a_knob_that_is_called_as_a_parameter_of_the_band_has_the_packs_name_before_it() -> None:
    table = ParameterTable()
    knobs = PackKnobs(table)
    assert knobs.loaded("weaver", (Knob("blend", 0.0, 1.0, 0.25, "", "of two styles"),)) == []
    assert table.get("weaver_blend") == 0.25
    assert knobs.values == {"weaver": {"blend": 0.25}}
    assert table.get("blend") == 0.5


def test_a_knob_that_can_have_no_address_is_told() -> None:
    problems = PackKnobs(ParameterTable()).loaded("8", (Knob("7", 0.0, 1.0, 0.0, "", "x"),))
    assert len(problems) == 1
    assert problems[0].startswith("8: ")
