import math
import random

from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import Event, Part
from bridge.engine.family import Heard, Pressed, Released, Sounded
from bridge.engine.stream import Frame, Stream
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice

Past = tuple[tuple[Event, int, int], ...]
"""A state that remembers everything that was fed, so that two streams can be compared."""


def feed(state: Past, event: Event, tick: int, bar: int) -> Past:
    return (*state, (event, tick % bar, bar))


def new(keep: int = 1024) -> Stream[Past]:
    return Stream((), feed, (Voice.LEAD,), keep)


def ear(stream: Stream[Past]) -> Past:
    return stream.points[-1].after if stream.points else ()


def lead(beat: float, pitch: int = 60) -> Note:
    return Note(Voice.LEAD, beat, 0.5, pitch, 84)


def build(rows: list[tuple[int, int, int]]) -> list[Heard]:
    """Events at times of their own, in any order."""
    events: list[Heard] = []
    for index, (quarter, kind, pitch) in enumerate(rows):
        beat = quarter / 4 + index * 1e-4
        made: tuple[Heard, ...] = (Pressed(beat, pitch, 80), Released(beat, pitch), Sounded(lead(beat, pitch)))
        events.append(made[kind])
    return events


events = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 2), st.integers(30, 90)), max_size=25).map(build)


@given(events, st.integers(0, 1000))
def test_an_event_that_comes_late_is_put_in_its_place(heard: list[Heard], seed: int) -> None:
    ordered, mixed = new(), new()
    for event in sorted(heard, key=lambda e: e.beat):
        ordered.hear(event)
    random.Random(seed).shuffle(heard)
    for event in heard:
        mixed.hear(event)
    assert ear(mixed) == ear(ordered)


@given(events, st.floats(0, 60))
def test_rewinding_and_hearing_again_is_as_if_nothing_had_happened(heard: list[Heard], beat: float) -> None:
    heard.sort(key=lambda e: e.beat)
    stream = new()
    for event in heard:
        stream.hear(event)
    before = ear(stream)
    stream.rewind(beat)
    assert all(point.beat < beat for point in stream.points)
    for event in heard:
        if event.beat >= beat:
            stream.hear(event)
    assert ear(stream) == before


@given(events, st.lists(st.integers(0, 200), max_size=6, unique=True))
def test_imagining_a_future_does_not_change_what_was_heard(heard: list[Heard], quarters: list[int]) -> None:
    stream = new()
    for event in heard:
        stream.hear(event)
    before = ear(stream)
    stream.branch([lead(quarter / 4) for quarter in quarters], 0.0)
    assert ear(stream) == before


@given(events, st.lists(st.integers(0, 200), max_size=6, unique=True))
def test_a_branch_is_what_the_stream_will_be_when_the_committed_notes_have_sounded(
    heard: list[Heard], quarters: list[int]
) -> None:
    stream, later = new(), new()
    notes = [lead(quarter / 4 + 0.01) for quarter in quarters]
    for event in heard:
        stream.hear(event)
        later.hear(event)
    branch = stream.branch(notes, 0.0)
    for note in notes:
        later.hear(Sounded(note))
    if later.points:
        assert {row for row, *_ in branch[-1].after} == {row for row, *_ in ear(later)}


def test_a_committed_note_that_was_heard_is_not_fed_twice() -> None:
    stream = new()
    stream.hear(Sounded(lead(4.0)))
    assert stream.branch([lead(4.0)], 8.0)[-1].after == ear(stream)


def test_notes_of_voices_that_the_pack_does_not_play_are_not_heard() -> None:
    stream = new()
    stream.hear(Sounded(Note(Voice.DRUMS, 1.0, 0.1, 36, 100)))
    assert not stream.points


def test_the_stream_starts_on_the_bar_line_before_its_first_event() -> None:
    stream = new()
    stream.hear(Pressed(5.0, 60, 80))
    assert [(row[0].voice, row[0].shift, row[1]) for row in ear(stream)] == [(Part.START, 0, 0), (Part.HELD, 24, 24)]


@given(st.builds(Meter, st.integers(1, 12), st.sampled_from([2, 4, 8])), st.floats(-50, 50), st.integers(-20, 20))
def test_a_song_offset_of_whole_bars_moves_no_bar_line(meter: Meter, song: float, bars: int) -> None:
    frame, moved = Frame.of(meter, song), Frame.of(meter, song + bars * meter.bar)
    away = (frame.phase - moved.phase) % meter.bar
    assert min(away, meter.bar - away) < 1e-6


def test_when_the_meter_changes_what_was_heard_is_read_again() -> None:
    stream = new()
    stream.hear(Pressed(3.0, 60, 80))
    stream.reframe(Frame.of(Meter(3, 4), 0.0))
    assert ear(stream)[-1][1:] == (0, 72)


def test_a_long_session_keeps_a_bounded_past() -> None:
    stream = new(keep=16)
    for beat in range(200):
        stream.hear(Pressed(float(beat), 60, 80))
    assert len(stream.points) <= 32
    assert stream.points[-1].beat == 199.0


def test_how_busy_the_player_is_is_heard_over_their_last_sixteen_beats() -> None:
    stream = new()
    for step in range(3):
        stream.hear(Pressed(float(step), 60, 80))
    assert math.isnan(stream.density())
    for step in range(80):
        stream.hear(Pressed(8 + step / 2, 60, 80))
        stream.hear(Released(8.5 + step / 2, 60))
    assert abs(stream.density() - 2.0) < 0.1
    stream.hear(Sounded(lead(60.0)))
    assert abs(stream.density() - 2.0) < 0.1
