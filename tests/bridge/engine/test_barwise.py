from collections.abc import Generator, Hashable, Sequence
from pathlib import Path

from bridge.engine.barwise import Barwise
from bridge.engine.family import Ask, Pressed
from bridge.engine.pack import Card, Knob, Pack
from bridge.engine.window import Window
from bridge.music.note import Note, Span, Voice


class Scale(Barwise):
    """A note on every beat, up the chromatic scale; two voices."""

    made = 0

    def basis(self, window: Window, ask: Ask) -> Hashable:
        return self.memory.version

    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        self.made += 1
        beats = range(int(window.beats))
        return [Note(voice, window.start + beat, 1.0, 60 + beat, 80) for voice in voices for beat in beats]

    def warm_up(self) -> None:
        pass


def scale() -> Scale:
    card = Card(
        schema=1, name="scale", family="scale", version="1", title="t", licence="CC0-1.0",
        voices=(Voice.LEAD, Voice.BASS), graphs={}, knobs=(Knob("colour", 0.0, 1.0, 0.5, "", "nothing"),),
    )  # fmt: skip
    return Scale(Pack(Path(), card))


def ask(start: float, end: float, **more: object) -> Ask:
    return Ask(id=1, span=Span(start, end), voices=(Voice.LEAD,), **more)  # type: ignore[arg-type]


def test_only_the_asked_voices_sound_and_only_in_the_span() -> None:
    notes = list(scale().respond(ask(3.0, 10.0)))
    assert [note.beat for note in notes] == [3, 4, 5, 6, 7, 8, 9]
    assert {note.voice for note in notes} == {Voice.LEAD}


def test_bars_are_made_again_only_where_they_follow_from_something_else() -> None:
    band = scale()
    first = list(band.respond(ask(0.0, 8.0)))
    assert list(band.respond(ask(2.0, 8.0))) == first[2:]
    assert band.made == 1
    band.hear(Pressed(1.0, 60, 80))
    list(band.respond(ask(2.0, 8.0)))
    assert band.made == 2


def test_pitches_that_are_not_allowed_move_to_the_nearest() -> None:
    pitches = [note.pitch for note in scale().respond(ask(0.0, 8.0, allowed=(0, 4, 7)))]
    assert {pitch % 12 for pitch in pitches} <= {0, 4, 7}


def test_the_band_has_come_in_by_its_entry() -> None:
    notes = list(scale().respond(ask(3.25, 8.0, entry=3.5)))
    assert notes[0].beat == 3.5
    assert notes[0].end == 5.0


def test_a_note_does_not_begin_while_its_own_pitch_rings() -> None:
    ringing = (Note(Voice.LEAD, 1.0, 2.5, 63, 80),)
    assert [note.pitch for note in scale().respond(ask(2.5, 6.0, committed=ringing))] == [64, 65]


def test_a_knob_keeps_within_its_range() -> None:
    band = scale()
    assert band.knob(ask(0, 1), "colour") == 0.5
    assert band.knob(ask(0, 1, knobs={"colour": 7.0}), "colour") == 1.0
    assert band.knob(ask(0, 1, knobs={"colour": float("nan")}), "colour") == 0.5


def test_a_note_ahead_of_its_window_is_played_in_the_span_before() -> None:
    class Eager(Scale):
        ahead = 0.125

        def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
            return [Note(Voice.LEAD, window.start - 0.1, 0.5, 60, 80)]

    band = Eager(Pack(Path(), scale().card))
    assert [note.beat for note in band.respond(ask(2.0, 8.0))] == [7.9]
    assert [note.beat for note in band.respond(ask(8.0, 16.0))] == [15.9]


class Slow(Scale):
    """One that may be left in the middle of every window, and counts what it knows of the player."""

    def making(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Generator[None, None, Sequence[Note]]:
        yield
        self.made += 1
        heard = len(self.memory.player(Span(-64.0, 64.0)))
        return [Note(Voice.LEAD, window.start, 1.0, 60 + heard, 80)]


def test_an_answer_knows_what_was_heard_when_it_was_begun_and_the_next_one_knows_the_rest() -> None:
    band = Slow(Pack(Path(), scale().card))
    answer = band.respond_in_pieces(ask(0.0, 16.0))
    assert next(answer) is None
    band.hear(Pressed(0.5, 60, 80))
    assert [note.pitch for note in answer if note is not None] == [60, 60]
    assert [note.pitch for note in band.respond(ask(0.0, 16.0))] == [61, 61]


def test_an_answer_that_is_left_on_the_way_leaves_no_bars_behind() -> None:
    band = Slow(Pack(Path(), scale().card))
    answer = band.respond_in_pieces(ask(0.0, 16.0))
    assert [next(answer) is None for _ in range(3)] == [True, False, True]
    band.hear(Pressed(0.5, 60, 80))
    answer.close()  # type: ignore[attr-defined]
    assert [note.pitch for note in band.respond(ask(0.0, 16.0))] == [61, 61]
    assert band.made == 3


def test_an_answer_that_is_left_for_another_does_not_disturb_it() -> None:
    band = Slow(Pack(Path(), scale().card))
    left = band.respond_in_pieces(ask(0.0, 16.0))
    next(left)
    answer = band.respond_in_pieces(ask(0.0, 16.0))
    next(answer)
    left.close()  # type: ignore[attr-defined]
    band.hear(Pressed(0.5, 60, 80))
    assert [note.pitch for note in answer if note is not None] == [60, 60]
