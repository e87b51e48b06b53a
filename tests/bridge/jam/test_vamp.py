import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.jam.vamp import triad, vamp
from bridge.music.chart import read_chart
from bridge.music.key import SCALES, Key
from bridge.music.meter import Meter
from bridge.music.note import BAND, Span, Voice

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from([s for s in SCALES if len(SCALES[s]) == 7]))
METERS = st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)])


@settings(deadline=None)
@given(KEYS, METERS, st.sampled_from(BAND), st.floats(0, 40), st.floats(-3, 3), st.floats(36, 96), st.integers(0, 99))
def test_the_vamp_stays_in_the_span_on_the_keyboard_and_all_but_the_bass_in_the_key(
    key: Key, meter: Meter, voice: Voice, start: float, song: float, register: float, seed: int
) -> None:
    notes = vamp(voice, Span(start, start + 2 * meter.bar), key, meter, song, register, seed)
    assert notes
    for note in notes:
        assert note.duration > 0
        assert 0 <= note.pitch <= 127
        home = {*key.pitch_classes, *(pc for degree in (0, 5, 3, 4) for pc in triad(key, degree).pitch_classes)}
        assert voice in (Voice.DRUMS, Voice.BASS) or note.pitch % 12 in home


@settings(deadline=None)
@given(st.sampled_from(BAND), st.floats(0, 16), st.floats(0.5, 8))
def test_a_vamp_asked_for_in_pieces_is_the_vamp_asked_for_whole(voice: Voice, start: float, cut: float) -> None:
    def ask(a: float, b: float) -> list[object]:
        return list(vamp(voice, Span(a, b), Key(2), Meter(), 0.0, 67.0, 5))

    assert ask(start, start + cut) + ask(start + cut, start + 9) == ask(start, start + 9)


def test_the_vamp_follows_a_chart() -> None:
    chart = read_chart("Eb | Ab")
    bass = vamp(Voice.BASS, Span(0.0, 8.0), Key(0), Meter(), 0.0, 67.0, 1, chart)
    assert [note.pitch % 12 for note in bass if note.beat < 0.1] == [3]
    assert next(note.pitch % 12 for note in bass if note.beat >= 3.9) == 8


@pytest.mark.parametrize(("degree", "name"), [(0, "C"), (5, "Am"), (3, "F"), (4, "G"), (6, "Bdim")])
def test_the_chords_of_a_key_are_its_own(degree: int, name: str) -> None:
    assert triad(Key(0), degree).name == name
