from bridge.control.parameters import ParameterTable
from bridge.control.preset import PackRef, Preset
from bridge.taste.item import Kind, knobs_of, of_phrase, of_preset, of_setting, of_settings, phrase_of, preset_of
from tests.bridge.taste.music import phrase


def test_a_phrase_comes_back_note_for_note() -> None:
    assert phrase_of(of_phrase(phrase(0.5))) == phrase(0.5)


def test_a_preset_is_the_same_under_another_name_and_at_another_tempo() -> None:
    table = ParameterTable()
    one = of_preset(Preset("night", {"default": PackRef("lstm")}, {"density": 2.0, "tempo": 90.0}), table)
    other = of_preset(Preset("bus", {"default": PackRef("lstm")}, {"density": 2.0, "tempo": 140.0}), table)
    third = of_preset(Preset("night", {"default": PackRef("lstm")}, {"density": 4.0}), table)
    assert one.id == other.id != third.id
    assert preset_of(one).values["tempo"] == 90.0
    assert one.label == "«night»"


def test_what_a_preset_says_of_parameters_that_are_not_here_does_not_tell_it_apart() -> None:
    table = ParameterTable()
    plain, odd = Preset("a", values={"density": 2.0}), Preset("a", values={"density": 2.0, "glow": 1})
    assert of_preset(plain, table).id == of_preset(odd, table).id


def test_only_knobs_that_shape_the_music_and_are_off_their_default_count() -> None:
    table = ParameterTable()
    for path, value in {"tempo": 90, "seed": 5, "density": 2.0, "mode": "trade", "voice/bass/on": False}.items():
        table.set(path, value)
    found = {item.label: item for item in of_settings(table)}
    assert set(found) == {"density 2 onsets a beat", "mode trade", "bass on off"}
    assert all(item.kind is Kind.SETTING for item in found.values())
    assert knobs_of(found["mode trade"]).places == {"mode=trade": 1.0}


def test_settings_that_are_near_are_the_same_for_everybody() -> None:
    place = ParameterTable().place("density")
    assert of_setting(place, 2.0).id == of_setting(place, 2.2).id != of_setting(place, 5.0).id
