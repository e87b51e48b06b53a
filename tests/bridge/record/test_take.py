import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.music.note import Note, Voice
from bridge.music.turn import Who
from bridge.record.take import Origin, Pedal, PlayerNote, Take, Turn, sustained
from tests.bridge.record.takes import jam

BEATS = st.one_of(st.floats(0, 64), st.sampled_from((math.nan, math.inf, -math.inf, 1e15)))
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("player_on"), BEATS, st.integers(-2, 130), st.integers(0, 130)),
        st.tuples(st.just("player_off"), BEATS, st.integers(-2, 130)),
        st.tuples(st.just("pedal"), BEATS, st.integers(-1, 130)),
        st.tuples(st.just("turn"), BEATS, st.sampled_from(Who)),
        st.tuples(st.just("band_off"), BEATS, st.just(Voice.LEAD), st.integers(58, 62)),
        st.tuples(st.just("close"), BEATS),
        st.tuples(
            st.just("band"),
            st.builds(Note, st.just(Voice.LEAD), BEATS, BEATS, st.integers(58, 62), st.integers(0, 200)),
        ),
    ),
    max_size=40,
)


def test_a_key_pressed_and_let_go_is_a_note() -> None:
    take = Take()
    take.player_on(1.0, 60, 80)
    take.player_off(2.5, 60)
    assert take.player_notes == (PlayerNote(1.0, 1.5, 60, 80),)


def test_a_key_still_down_ends_with_the_take() -> None:
    take = Take()
    take.player_on(1.0, 60, 80)
    take.player_on(2.0, 64, 80)
    take.close(4.0)
    assert take.player_notes == (PlayerNote(1.0, 3.0, 60, 80), PlayerNote(2.0, 2.0, 64, 80))


def test_a_key_still_down_is_seen_before_the_take_is_closed() -> None:
    take = Take()
    take.player_on(1.0, 60, 80)
    take.marker(3.0, "here")
    assert take.player_notes == (PlayerNote(1.0, 2.0, 60, 80),)


def test_a_key_pressed_twice_gives_two_notes() -> None:
    take = Take()
    take.player_on(0.0, 60, 80)
    take.player_on(1.0, 60, 90)
    take.player_off(3.0, 60)
    assert take.player_notes == (PlayerNote(0.0, 1.0, 60, 80), PlayerNote(1.0, 2.0, 60, 90))


def test_note_on_with_velocity_nought_lets_the_key_go() -> None:
    take = Take()
    take.player_on(0.0, 60, 80)
    take.player_on(1.0, 60, 0)
    assert take.player_notes == (PlayerNote(0.0, 1.0, 60, 80),)


def test_a_band_note_closed_early_is_as_short_as_it_sounded() -> None:
    take = Take()
    take.band(Note(Voice.LEAD, 0.0, 4.0, 60, 80), Origin.VAMP)
    take.band_off(1.5, Voice.LEAD, 60)
    assert take.band_notes[0].note.duration == 1.5
    assert take.band_notes[0].origin is Origin.VAMP
    assert take.end == 1.5


def test_a_note_off_after_the_planned_end_changes_nothing() -> None:
    take = Take()
    take.band(Note(Voice.LEAD, 0.0, 1.0, 60, 80))
    take.band_off(2.0, Voice.LEAD, 60)
    assert take.band_notes[0].note.duration == 1.0


def test_turns_that_change_nothing_are_left_out() -> None:
    take = Take()
    for beat, who in ((0.0, Who.PLAYER), (2.0, Who.PLAYER), (4.0, Who.NOBODY), (4.0, Who.BAND)):
        take.turn(beat, who)
    assert take.turns == (Turn(0.0, Who.PLAYER), Turn(4.0, Who.BAND))


def test_a_take_begins_at_a_bar_line() -> None:
    take = Take()
    take.tempo(TempoMap(beat=6.0, song=-1.0, playing=True))
    take.player_on(6.5, 60, 80)
    assert take.start == 5.0


def test_a_clock_gone_wild_does_not_stretch_the_take() -> None:
    take = Take()
    take.player_on(1.0, 60, 80)
    take.tempo(TempoMap(beat=1e12, playing=True))
    take.player_off(1e12, 60)
    take.close(4.0)
    assert take.player_notes == (PlayerNote(1.0, 3.0, 60, 80),)
    assert take.end == 4.0


def test_an_empty_take_has_no_length() -> None:
    assert (Take().start, Take().end, Take().seconds) == (0.0, 0.0, 0.0)


def test_the_length_of_a_take_is_the_sum_of_its_tempos() -> None:
    take = Take()
    take.tempo(TempoMap(bpm=120, playing=True))
    take.tempo(TempoMap(beat=4.0, bpm=60, playing=True))
    take.close(8.0)
    assert take.seconds == pytest.approx(6.0)


def test_a_whole_jam_keeps_who_played_what() -> None:
    take = jam()
    assert take.voices == (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
    assert {sent.origin for sent in take.band_notes} == {Origin.MODEL, Origin.VAMP}
    assert [turn.who for turn in take.turns[:3]] == [Who.NOBODY, Who.PLAYER, Who.BAND]


@given(EVENTS)
def test_whatever_comes_in_whatever_order_the_notes_are_sound(events: list[tuple[Any, ...]]) -> None:
    take = Take()
    for name, *arguments in events:
        getattr(take, name)(*arguments)
    notes: list[PlayerNote | Note] = [*take.player_notes, *(sent.note for sent in take.band_notes)]
    for note in notes:
        assert note.duration > 0
        assert 0 <= note.pitch <= 127
        assert 1 <= note.velocity <= 127
        assert take.start <= note.beat <= take.end
    assert math.isfinite(take.seconds)


def test_the_pedal_holds_a_note_until_it_comes_up() -> None:
    notes = [PlayerNote(0.0, 1.0, 60, 80), PlayerNote(5.0, 1.0, 62, 80)]
    held = sustained(notes, [Pedal(0.5, 127), Pedal(4.0, 0)], 8.0)
    assert [note.duration for note in held] == [4.0, 1.0]


def test_a_pedalled_note_ends_when_its_key_is_struck_again() -> None:
    notes = [PlayerNote(0.0, 1.0, 60, 80), PlayerNote(2.0, 1.0, 60, 80)]
    assert [note.duration for note in sustained(notes, [Pedal(0.0, 64)], 8.0)] == [2.0, 6.0]


def test_a_take_of_the_last_notes_only_stays_small_and_knows_how_they_ended() -> None:
    take = Take(most=50)
    take.tempo(TempoMap(playing=True))
    for beat in range(1000):
        take.player_on(float(beat), 60, 80)
        take.player_off(beat + 0.5, 60)
        take.band(Note(Voice.LEAD, float(beat), 2.0, 64 + beat % 3, 80))
        take.band_off(beat + 0.25, Voice.LEAD, 64 + beat % 3)
        take.turn(float(beat), Who.BAND if beat % 2 else Who.PLAYER)
    assert 50 <= len(take.band_notes) <= 100
    assert 50 <= len(take.player_notes) <= 100
    assert len(take.turns) <= 100
    assert take.band_notes[-1].note.beat == 999.0
    assert all(sent.note.duration == 0.25 for sent in take.band_notes)
    assert take.start >= 896.0
    take.band_off(5.0, Voice.LEAD, 64)
