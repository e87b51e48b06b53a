from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.bench.lateness import LOWEST, MOST, PITCHES, SPACING, against_frames, frames_a_note, tempo
from bridge.midi.messages import NoteOff, NoteOn, encode


def heard(frames: list[tuple[int, int]]) -> list[tuple[int, bytes]]:
    """A stream as (frame, number of the note), each note with its off."""
    messages = []
    for frame, number in frames:
        pitch, velocity = LOWEST + number % PITCHES, 1 + number // PITCHES
        messages += [(frame, encode(NoteOn(9, pitch, velocity))), (frame + 100, encode(NoteOff(9, pitch)))]
    return messages


def test_a_stream_that_keeps_its_distance_is_not_late_whenever_it_begins() -> None:
    assert against_frames(heard([(7 + 240 * n, n) for n in range(300)]), 240, 48000) == [0.0] * 300


def test_a_late_note_is_late_by_its_frames_and_no_other() -> None:
    stream = [(240 * n + (48 if n == 60 else 0), n) for n in range(100)]
    assert against_frames(heard(stream), 240, 48000) == [1.0 if n == 60 else 0.0 for n in range(100)]


@given(st.sets(st.integers(0, MOST - 1), min_size=1, max_size=50))
def test_notes_that_are_lost_or_heard_twice_make_no_other_late(numbers: set[int]) -> None:
    stream = heard([(240 * n, n) for n in sorted(numbers)])
    doubled = [(frame + 64, data) for frame, data in stream]
    assert against_frames([*stream, *doubled], 240, 48000) == [0.0] * len(numbers)


@pytest.mark.parametrize("rate", [44100, 48000, 88200, 96000, 192000])
def test_at_every_rate_the_tempo_puts_notes_on_whole_frames(rate: int) -> None:
    frames = [round(n * SPACING * 60.0 / tempo(rate) * rate, 6) for n in range(50)]
    assert {later - earlier for earlier, later in pairwise(frames)} == {frames_a_note(rate)}
    assert frames == [round(frame) for frame in frames]


def test_without_frames_any_tempo_will_do() -> None:
    assert tempo(0) == 120.0
