from bridge.engine.family import Ask, Material, Pressed, Released, Sounded
from bridge.engine.memory import Memory
from bridge.engine.theory_source import brought, chord_track, heard, key_of, lately
from bridge.engine.window import Window
from bridge.music.chord import Chord, ChordAt
from bridge.music.note import Note, Span, Voice

WINDOW = Window(16.0, number=2)


def ask(**more: object) -> Ask:
    return Ask(id=1, span=Span(16.0, 24.0), voices=(Voice.LEAD,), **more)  # type: ignore[arg-type]


def remembered(*beats: float) -> Memory:
    memory = Memory()
    for beat in beats:
        memory.hear(Pressed(beat, 60, 80))
        memory.hear(Released(beat + 0.5, 60))
    return memory


def test_what_goes_before_a_window_are_the_two_before_it() -> None:
    source = heard(remembered(*range(0, 20)), WINDOW, ask())
    assert source.shape.first.start == 0.0
    assert [note.beat for note in source.parts[Voice.LEAD]] == list(range(16))


def test_a_silent_window_is_like_the_other() -> None:
    source = heard(remembered(8.0, 9.0, 10.0), WINDOW, ask())
    assert [note.beat for note in source.parts[Voice.LEAD]] == [0, 1, 2, 8, 9, 10]


def test_the_bands_notes_count_whether_they_have_sounded_or_are_sure_to() -> None:
    memory = remembered()
    note = Note(Voice.BASS, 9.0, 1.0, 40, 80)
    memory.hear(Sounded(note))
    once = heard(memory, WINDOW, ask(committed=(note,)))
    assert once.parts == heard(memory, WINDOW, ask()).parts
    assert [n.beat for n in once.parts[Voice.BASS]] == [1.0, 9.0]


def test_nothing_heard_is_nothing_to_go_on() -> None:
    assert heard(remembered(), WINDOW, ask()).empty


def test_a_phrase_that_is_brought_repeats_without_end_in_both_directions() -> None:
    phrase = tuple(Note(Voice.LEAD, float(n), 1.0, 60 + n, 80) for n in range(4))
    material = Material(phrase=phrase, beats=4.0, origin=18.0)
    source = brought(material, WINDOW)
    first = source.shape.first.start
    assert [(n.beat, n.pitch) for n in source.parts[Voice.LEAD]] == [
        (first + n, 60 + (int(first) + n - 18) % 4) for n in range(16)
    ]


def test_two_windows_that_follow_one_another_are_two_halves_of_one_phrase() -> None:
    material = Material(phrase=(Note(Voice.LEAD, 0.0, 1.0, 60, 80),), beats=16.0, origin=16.0)
    first, second = (brought(material, Window(start, number=n)) for start, n in ((16.0, 2), (24.0, 3)))
    assert first.shape == second.shape
    assert first.parts == second.parts
    assert (first.half, second.half) == (0, 1)


def test_a_key_that_is_told_goes_before_what_the_notes_speak_for() -> None:
    parts = {Voice.LEAD: tuple(Note(Voice.LEAD, n, 1.0, p, 80) for n, p in enumerate((62, 66, 69, 62, 61, 62)))}
    assert key_of(ask(), parts)[0] == -2
    assert key_of(ask(key=(0, 2, 4, 5, 7, 9, 11)), parts) == (0, 1)


def test_a_chord_holds_until_the_next() -> None:
    at = chord_track((ChordAt(16.0, Chord(0)), ChordAt(20.0, None)))
    assert [at(beat) for beat in (15.0, 16.0, 19.0, 21.0)] == [None, Chord(0), Chord(0), None]


def test_an_accompanist_hears_what_you_play_up_to_the_last_beat_and_a_lead_does_not_listen_to_itself() -> None:
    memory = remembered(16.0, 17.0, 17.5, 18.0)
    playing = ask(now=17.8)
    bass = Ask(id=1, span=Span(18.0, 24.0), voices=(Voice.BASS,), now=17.8)
    assert [note.beat for note in lately(memory, WINDOW, bass)] == [16.0]
    assert lately(memory, WINDOW, playing) == ()
