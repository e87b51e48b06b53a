from bridge.bench.through import ABOVE, answers
from bridge.midi.messages import NoteOff, NoteOn, encode

KEYS = [(1000, encode(NoteOn(0, 60, 80))), (1400, encode(NoteOff(0, 60))), (2000, encode(NoteOn(0, 61, 80)))]


def test_each_key_is_measured_to_its_own_harmony_note() -> None:
    heard = [
        (1128, encode(NoteOn(0, 60 + ABOVE, 80))),
        (1528, encode(NoteOff(0, 60 + ABOVE))),
        (2064, encode(NoteOn(0, 61 + ABOVE, 80))),
    ]
    assert answers(KEYS, heard) == [128, 64]


def test_what_no_key_called_for_and_what_comes_twice_is_no_answer() -> None:
    heard = [(900, encode(NoteOn(0, 72, 80))), (1128, encode(NoteOn(0, 72, 80))), (1192, encode(NoteOn(0, 72, 80)))]
    assert answers(KEYS, heard) == [128]


def test_a_key_without_an_answer_counts_for_nothing() -> None:
    assert answers(KEYS, []) == []
