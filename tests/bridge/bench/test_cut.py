from types import SimpleNamespace
from typing import Any, cast

import pytest

from bridge.bench.cut import OPENING, Hand, opening
from bridge.bench.stage import Stage
from bridge.midi.messages import NoteOff, NoteOn, decode, encode
from bridge.midi.ports import CONTROL, IN
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Closed, Input, Sent


class Played:
    """A stage at 120 BPM that only remembers what was played to it."""

    def __init__(self) -> None:
        self.band = SimpleNamespace(map=SimpleNamespace(bpm=120.0))
        self.notes: list[Any] = []

    def play(self, *notes: Any) -> None:
        self.notes += notes


def sent(id: int, duration: float, voice: Voice = Voice.LEAD) -> Sent:
    return Sent(id, id, Note(voice, 8.0, duration, 72, 80), 0.0)


def pressed(beat: float, port: str = IN) -> Input:
    return Input(1, beat, port, encode(NoteOn(0, 60, 80)))


def hand() -> tuple[Hand, Played]:
    stage = Played()
    return Hand(cast(Stage, stage)), stage


def test_the_time_from_the_key_to_the_end_of_the_bands_note_is_kept() -> None:
    player, stage = hand()
    for message in (sent(1, 1.0), pressed(8.002), Closed(1, 8.01)):
        player.heard(message)
    assert len(stage.notes) == 1
    assert player.answers == [pytest.approx(4.0)]


def test_a_note_too_short_to_be_cut_or_of_the_click_is_let_go_by() -> None:
    player, stage = hand()
    for message in (sent(1, 0.01), sent(2, 1.0, Voice.CLICK)):
        player.heard(message)
    assert stage.notes == []


def test_a_note_that_ended_before_the_key_was_down_is_no_answer_and_the_next_is_taken() -> None:
    player, _ = hand()
    for message in (sent(1, 1.0), Closed(1, 8.001), sent(2, 1.0), pressed(8.1), Closed(2, 8.102)):
        player.heard(message)
    assert player.answers == [pytest.approx(1.0)]


def test_what_comes_in_on_another_port_is_no_key() -> None:
    player, _ = hand()
    for message in (sent(1, 1.0), pressed(8.002, CONTROL), Closed(1, 8.01)):
        player.heard(message)
    assert player.answers == []


def test_the_opening_gives_the_band_enough_to_go_on_and_lets_every_key_go() -> None:
    messages = [decode(data) for _, data in opening()]
    assert sum(isinstance(message, NoteOn) for message in messages) == len(OPENING) > 4
    assert sum(isinstance(message, NoteOff) for message in messages) == len(OPENING)
