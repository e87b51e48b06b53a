from bridge.engine.family import Pressed, Released, Sounded
from bridge.engine.memory import Memory
from bridge.music.note import Note, Span, Voice


def heard() -> Memory:
    memory = Memory()
    for event in (Pressed(0.0, 60, 80), Released(1.0, 60), Pressed(2.0, 64, 90)):
        memory.hear(event)
    memory.hear(Sounded(Note(Voice.BASS, 0.5, 1.0, 36, 70)))
    return memory


def test_keys_become_notes_and_one_that_is_down_is_held_until_now() -> None:
    notes = heard().player(Span(0.0, 4.0), now=3.0)
    assert notes == [Note(Voice.LEAD, 0.0, 1.0, 60, 80), Note(Voice.LEAD, 2.0, 1.0, 64, 90)]


def test_only_what_begins_in_the_span_is_told() -> None:
    assert [note.pitch for note in heard().player(Span(1.5, 4.0))] == [64]
    assert heard().band(Span(0.0, 1.0)) == [Note(Voice.BASS, 0.5, 1.0, 36, 70)]
    assert heard().band(Span(0.0, 1.0), (Voice.DRUMS,)) == []


def test_an_event_that_comes_late_is_put_in_its_place() -> None:
    memory = heard()
    memory.hear(Released(2.5, 64))
    memory.hear(Pressed(1.2, 62, 70))
    assert [note.pitch for note in memory.player(Span(0.0, 4.0))] == [60, 62, 64]
    assert memory.last_pressed == 2.0


def test_what_is_wound_back_is_forgotten() -> None:
    memory = heard()
    version = memory.version
    memory.rewind(0.5)
    assert memory.version != version
    assert memory.band(Span(0.0, 4.0)) == []
    assert [note.pitch for note in memory.player(Span(0.0, 4.0))] == [60]
