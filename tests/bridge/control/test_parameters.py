import msgspec
import pytest

from bridge.control.parameter import Kind, Parameter
from bridge.control.parameters import Change, ParameterTable
from bridge.errors import SettingsError
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import BAND, Voice

SWING = Parameter(name="lilt", kind=Kind.FLOAT, default=0.2, description="Swings.", group="pack")


def test_every_value_begins_at_its_default() -> None:
    table = ParameterTable()
    assert table.get("tempo") == 120.0
    assert table.get("on", Voice.BASS) is True


def test_a_value_that_is_set_can_be_asked_for() -> None:
    table = ParameterTable()
    change = table.set("temperature", 1.3, source="osc")
    assert table.get("temperature") == 1.3
    assert (change.old, change.new, change.source) == (1.0, 1.3, "osc")


def test_a_voice_has_values_of_its_own() -> None:
    table = ParameterTable()
    table.set("level", 0.5, Voice.BASS)
    assert table.get("level", Voice.BASS) == 0.5
    assert table.get("voice/bass/level") == 0.5
    assert table.get("level", Voice.LEAD) == 1.0


def test_listeners_hear_of_changes_only() -> None:
    table = ParameterTable()
    heard: list[Change] = []
    leave = table.subscribe(heard.append)
    table.set("tempo", 97)
    table.set("tempo", 97.0)
    leave()
    table.set("tempo", 110)
    assert [(change.place.path, change.new) for change in heard] == [("tempo", 97.0)]


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(SettingsError, match="«tempoo»; did you mean «tempo»"):
        ParameterTable().set("tempoo", 1)


def test_a_voices_name_without_a_voice_says_how_to_write_it() -> None:
    with pytest.raises(SettingsError, match="voice/drums/level"):
        ParameterTable().set("level", 1)


def test_a_value_that_is_refused_changes_nothing() -> None:
    table = ParameterTable()
    with pytest.raises(SettingsError):
        table.set("mode", "polka")
    assert table.get("mode") == "continue"


def test_addresses_come_from_the_rows() -> None:
    table = ParameterTable()
    addresses = [place.address for place in table]
    assert "/antiphon/tempo" in addresses
    assert {f"/antiphon/voice/{voice.value}/level" for voice in BAND} <= set(addresses)
    for place in table:
        assert table.at(place.address) == place
    assert table.at("/antiphon/nothing") is None
    assert table.at("tempo") is None


def test_a_snapshot_is_a_copy_that_can_be_restored() -> None:
    table = ParameterTable()
    table.set("density", 3)
    kept = table.snapshot()
    table.set("density", 1)
    table.set("on", False, Voice.DRUMS)
    assert kept["density"] == 3.0
    table.restore(kept)
    assert table.snapshot() == kept


def test_a_packs_knobs_come_and_go_with_it() -> None:
    table = ParameterTable()
    table.join([SWING])
    assert table.get("lilt") == 0.2
    table.leave(["lilt"])
    with pytest.raises(SettingsError):
        table.get("lilt")


@pytest.mark.parametrize("name", ["tempo", "voice", "panic", "has space", "Upper", ""])
def test_a_knob_with_a_name_that_is_taken_or_no_address_does_not_join(name: str) -> None:
    table = ParameterTable()
    bad = Parameter(name=name, kind=Kind.FLOAT, default=0.0, description="Bad.", group="pack")
    with pytest.raises(SettingsError):
        table.join([SWING, bad])
    assert table.at("/antiphon/lilt") is None


def test_meter_and_key_are_musical_values() -> None:
    table = ParameterTable()
    assert table.meter() == Meter(4, 4)
    assert table.key() is None
    table.set("meter", "7/8")
    table.set("key", "F#")
    assert table.meter() == Meter(7, 8)
    assert table.key() == Key(6, "major")
    table.set("scale", "dorian")
    assert table.key() == Key(6, "dorian")


def test_a_row_with_other_choices_takes_the_place_of_the_one_before() -> None:
    table = ParameterTable()
    row = table.place("pack", Voice.BASS).parameter
    table.fit(msgspec.structs.replace(row, choices=("auto", "duo")), Voice.BASS)
    table.set("pack", "duo", Voice.BASS)
    assert table.place("pack", Voice.LEAD).parameter.choices == ("auto",)
    table.fit(row, Voice.BASS)
    assert table.get("pack", Voice.BASS) == "auto"
