from bridge.clock.tempo_map import TempoMap
from bridge.jam.listener import Listener
from bridge.jam.phrase import Phrase
from bridge.jam.phrasebook import Phrasebook
from bridge.jam.plan import Plan
from bridge.music.note import Note, Span, Voice

MAP = TempoMap(playing=True)


class Desk:
    """A phrasebook with what it listens to."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.plan = Plan(lambda _: None)
        self.book = Phrasebook(self.listener, self.plan)

    def play(self, *beats: float, length: float = 0.5, pitch: int = 60) -> None:
        for beat in beats:
            self.listener.press(beat, 0, pitch, 80)
            self.listener.release(beat + length, 0, pitch)

    def phrase(self, now: float) -> list[float]:
        found = self.book.player(now, MAP)
        assert found is not None
        return [note.beat for note in found.notes]


def bars(found: tuple[Phrase, Span] | None) -> tuple[float, float]:
    assert found is not None
    return found[1].start, found[1].end


def test_before_anything_was_played_there_is_no_phrase() -> None:
    desk = Desk()
    assert desk.book.player(0.0, MAP) is None
    assert desk.book.lately(0.0, MAP, 8.0, 0.0) is None
    assert desk.book.band(0.0, MAP) is None


def test_two_beats_of_silence_begin_a_new_phrase_and_one_does_not() -> None:
    desk = Desk()
    desk.play(0.0, 1.0, 8.0, 9.5, 11.0)
    assert desk.phrase(12.0) == [0.0, 1.5, 3.0]
    assert desk.phrase(12.0) == [0.0, 1.5, 3.0]


def test_under_a_held_note_there_is_no_silence() -> None:
    desk = Desk()
    desk.listener.press(0.0, 0, 40, 80)
    desk.play(1.0, 6.0)
    assert desk.phrase(7.0) == [0.0, 1.0, 6.0]


def test_what_was_done_lately_lies_where_it_was_in_its_two_bars() -> None:
    desk = Desk()
    desk.play(0.0, 1.0, pitch=50)
    desk.play(9.0, 14.5, 16.25)
    found = desk.book.lately(17.0, MAP, 8.0, 0.0)
    assert found is not None
    assert [note.beat for note in found.notes] == [0.25, 1.0, 6.5]


def test_who_pauses_is_followed_by_the_last_phrase() -> None:
    desk = Desk()
    desk.play(0.0, 1.0)
    found = desk.book.lately(40.0, MAP, 8.0, 0.0)
    assert found == desk.book.player(40.0, MAP)


def test_the_bands_phrase_ends_at_an_empty_bar_and_has_four_bars_at_most() -> None:
    desk = Desk()
    for beat in (0.0, 8.0, 13.0):
        desk.book.sounded(Note(Voice.BASS, beat, 1.0, 40, 80))
    assert bars(desk.book.band(16.0, MAP)) == (8.0, 16.0)
    assert bars(desk.book.band(8.0, MAP)) == (0.0, 4.0)
    for beat in range(16, 64):
        desk.book.sounded(Note(Voice.BASS, float(beat), 1.0, 40, 80))
    assert bars(desk.book.band(60.0, MAP)) == (44.0, 60.0)


def test_what_the_band_is_going_to_play_is_part_of_its_phrase() -> None:
    desk = Desk()
    desk.book.sounded(Note(Voice.LEAD, 4.0, 1.0, 60, 80))
    desk.plan.add(
        Note(Voice.LEAD, 7.0, 1.0, 62, 80), Note(Voice.LEAD, 8.0, 1.0, 64, 80), Note(Voice.CLICK, 7.5, 0.1, 76, 9)
    )
    found = desk.book.band(8.0, MAP)
    assert found is not None
    assert [note.pitch for note in found[0].notes] == [60, 62]


def test_after_a_jump_the_players_phrase_is_still_there_and_the_bands_where_its_bars_are() -> None:
    for shift, there in ((-16.0, True), (-13.5, False)):
        desk = Desk()
        desk.play(1.0, 2.0)
        desk.book.sounded(Note(Voice.LEAD, 4.0, 1.0, 60, 80))
        moved = TempoMap(epoch=1, playing=True, song=shift)
        desk.book.jump(7.0, MAP, moved)
        found = desk.book.player(20.0, moved)
        assert found is not None
        assert [note.beat for note in found.notes] == [1.0, 2.0]
        assert (desk.book.band(20.0, moved) is not None) is there
