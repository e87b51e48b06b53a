from collections.abc import Mapping
from pathlib import Path

import pytest

from bridge.control.control import Control, Way
from bridge.control.parameters import ParameterTable
from bridge.control.pedals import Pedals, numbers
from bridge.control.preset import read_preset
from bridge.errors import SettingsError
from bridge.jam.gestures import Back, Capture, Clear, Fill, Gesture, Infill, PlaySlot, Restock
from bridge.jam.phrase import Phrase
from bridge.music.note import Note, Voice
from tests.bridge.control.stage import Stage

PHRASE = Phrase((Note(Voice.LEAD, 0.0, 1.0, 60, 80), Note(Voice.LEAD, 2.5, 0.25, 67, 90)), 4.0)


class Band:
    """Writes down what is done; it repeats what was played last."""

    def __init__(self) -> None:
        self.done: list[Gesture] = []
        self.slots: Mapping[str, Phrase] = {"B": PHRASE, "A": PHRASE}
        self.repeats = ""

    def gesture(self, what: Gesture) -> None:
        self.done.append(what)
        match what:
            case PlaySlot(slot):
                self.repeats = slot
            case Restock(slots):
                self.slots = slots
            case _:
                pass


def test_every_deed_is_a_gesture_to_the_band() -> None:
    band = Band()
    pedals = Pedals(ParameterTable(), band)
    for name in ("slot/C/capture", "slot/C/borrow", "slot/C/clear", "fill", "back"):
        pedals.deeds[name]()
    pedals.with_numbers["infill"]("2 3")
    assert band.done == [Capture("C"), Capture("C", band=True), Clear("C"), Fill(), Back(), Infill(2, 3)]
    assert pedals.ask("slots") == ("A", "B")
    assert pedals.ask("tempo") is None


def test_a_slot_that_is_played_is_stopped_by_the_same_pedal() -> None:
    band, table = Band(), ParameterTable()
    pedals = Pedals(table, band)
    pedals.deeds["slot/A/play"]()
    assert table.get("freeze")
    assert pedals.ask("repeats") == ("A",)
    pedals.deeds["slot/B/play"]()
    assert table.get("freeze")
    pedals.deeds["slot/B/play"]()
    assert not table.get("freeze")
    assert band.done == [PlaySlot("A"), PlaySlot("B")]


@pytest.mark.parametrize("text", ["", "1", "1 2 3", "one two", "nan 1", "inf 2", "1e30 1"])
def test_what_are_no_two_numbers_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="takes 2 numbers"):
        numbers(text, 2)


def test_slots_are_saved_with_a_preset_and_come_back_with_it(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.band.gesture(Restock({"B": PHRASE}))
    stage.table.set("freeze", True)
    stage.console.do("preset/save", "verse")
    again = Stage(tmp_path)
    again.band.gesture(Restock({"A": PHRASE}))
    again.console.do("preset/load", "verse")
    assert again.band.slots == {"B": PHRASE}
    assert not again.table.get("freeze")
    assert again.told == []


def test_a_preset_from_before_there_were_slots_leaves_them_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.band.gesture(Restock({"A": PHRASE}))
    stage.console.shelf.folder.mkdir(parents=True)
    (stage.console.shelf.folder / "old.toml").write_text('schema = 1\nname = "old"\n')
    stage.console.do("preset/load", "old")
    assert stage.band.slots == {"A": PHRASE}


@pytest.mark.parametrize(
    "slot",
    [
        "slots.E = {beats = 4.0, notes = []}",
        "slots.A = {beats = 3.0, notes = []}",
        "slots.A = {beats = 1e9, notes = []}",
        'slots.A = {beats = 4.0, notes = [["lead", 5.0, 1.0, 60, 80]]}',
        'slots.A = {beats = 4.0, notes = [["lead", 0.0, 1.0, 200, 80]]}',
        'slots.A = {beats = 4.0, notes = [["tuba", 0.0, 1.0, 60, 80]]}',
        'slots.A = {beats = 4.0, notes = "many"}',
        "slots.A = {beats = nan, notes = []}",
    ],
)
def test_what_is_no_phrase_in_a_preset_is_left_out_and_told(slot: str) -> None:
    preset, warnings = read_preset(f'schema = 1\nname = "x"\n{slot}\n')
    assert preset.slots == {}
    assert len(warnings) == 1


def test_a_foot_switch_captures_what_was_played(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    switch = Control(Way.CC, 0, 64)
    stage.console.do("learn", "slot/A/capture")
    for value in (127, 0, 127, 0):
        stage.turn(switch, value)
    stage.band.listener.press(0.0, 0, 60, 80)
    stage.band.listener.release(0.5, 0, 60)
    for value in (127, 0):
        stage.turn(switch, value)
    assert [note.pitch for note in stage.band.slots["A"].notes] == [60]
