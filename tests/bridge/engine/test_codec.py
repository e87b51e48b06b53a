from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import (
    DURATIONS,
    PART_OF,
    POSITIONS,
    SHIFTS,
    SIZES,
    VOICE_OF,
    Part,
    bar_ticks,
    duration_class,
    encode,
    place,
    shift_class,
    start,
    velocity_class,
    velocity_of,
    vocabulary,
)
from bridge.music.meter import Meter
from bridge.music.note import BAND

notes = st.tuples(
    st.sampled_from([Part.LEAD, Part.CHORDS, Part.BASS, Part.DRUMS]),
    st.integers(0, SHIFTS - 1),
    st.integers(0, 127),
    st.sampled_from(DURATIONS[1:]),
    st.integers(1, 127),
)


@given(st.lists(notes, max_size=40))
def test_a_band_line_comes_back_note_for_note(line: list[tuple[Part, int, int, int, int]]) -> None:
    tick = 0
    for part, gap, pitch, length, velocity in line:
        event = encode(part, gap, pitch, length, velocity)
        before, tick = tick, tick + event.shift
        assert tick == before + gap
        assert (event.voice, event.pitch, DURATIONS[event.duration]) == (part, pitch, length)
        assert abs(velocity_of(event.velocity) - velocity) <= 4
        assert velocity_class(velocity_of(event.velocity)) == event.velocity


@given(
    st.sampled_from(list(Part)),
    st.integers(-500, 5000),
    st.integers(0, 127),
    st.integers(-10, 5000),
    st.integers(0, 127),
)
def test_whatever_is_played_every_field_is_within_the_vocabulary(
    part: Part, gap: int, pitch: int, length: int, velocity: int
) -> None:
    event = encode(part, gap, pitch, length, velocity)
    assert all(0 <= value < size for value, size in zip(event, SIZES, strict=True))


@given(st.integers(1, DURATIONS[-1]))
def test_a_length_goes_to_the_nearest_in_the_table(length: int) -> None:
    found = DURATIONS[duration_class(length)]
    assert abs(found - length) == min(abs(ticks - length) for ticks in DURATIONS[1:])


@given(st.integers(1, 20_000))
def test_a_longer_note_is_never_written_shorter(length: int) -> None:
    assert duration_class(length) <= duration_class(length + 1)


def test_a_held_key_has_no_length_yet() -> None:
    assert encode(Part.HELD, 12, 60, 0, 80).duration == 0
    assert duration_class(1) > 0


def test_a_rest_longer_than_eight_beats_is_clipped_and_not_wrapped() -> None:
    assert shift_class(SHIFTS + 5) == SHIFTS - 1


@given(
    st.builds(Meter, st.integers(1, 15), st.sampled_from([2, 4, 8, 16])),
    st.integers(-5000, 5000),
)
def test_in_any_meter_the_place_in_the_bar_repeats_every_bar(meter: Meter, tick: int) -> None:
    bar = bar_ticks(meter)
    into, left = place(tick, bar)
    assert place(tick + bar, bar) == (into, left)
    assert 0 <= into < POSITIONS
    assert 0 <= left < POSITIONS
    if bar <= POSITIONS:
        assert into + left + 1 == bar


def test_every_voice_of_the_band_has_a_part_of_its_own() -> None:
    assert len({PART_OF[voice] for voice in BAND}) == len(BAND)
    assert all(VOICE_OF[PART_OF[voice]] is voice for voice in BAND)


def test_the_stream_opens_with_an_event_that_no_hand_plays() -> None:
    assert start().voice == Part.START
    assert Part.START not in VOICE_OF


def test_durations_have_no_doubles_and_the_vocabulary_can_be_printed() -> None:
    assert all(a < b for a, b in pairwise(DURATIONS))
    for name in ("voice", "shift", "pitch", "duration", "velocity"):
        assert name in vocabulary()
