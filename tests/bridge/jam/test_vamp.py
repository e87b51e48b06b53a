from hypothesis import given
from hypothesis import strategies as st

from bridge.jam.vamp import nearest, step, vamp
from bridge.music.key import SCALES, Key
from bridge.music.meter import Meter
from bridge.music.note import BAND, Span, Voice

KEYS = st.builds(Key, st.integers(0, 11), st.sampled_from([s for s in SCALES if len(SCALES[s]) >= 5]))
METERS = st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4)])


@given(KEYS, METERS, st.sampled_from(BAND), st.floats(0, 40), st.floats(-3, 3), st.floats(36, 96), st.integers(0, 99))
def test_the_vamp_stays_in_the_key_in_the_span_and_on_the_keyboard(
    key: Key, meter: Meter, voice: Voice, start: float, song: float, register: float, seed: int
) -> None:
    span = Span(start, start + 8.0)
    notes = vamp(voice, span, key, meter, song, register, seed)
    assert notes
    for note in notes:
        assert note.beat in span
        assert note.duration > 0
        assert 0 <= note.pitch <= 127
        assert voice is Voice.DRUMS or note.pitch % 12 in key.pitch_classes


@given(st.floats(0, 16), st.floats(0.5, 8))
def test_a_vamp_asked_for_in_pieces_is_the_vamp_asked_for_whole(start: float, cut: float) -> None:
    def ask(a: float, b: float) -> list[object]:
        return list(vamp(Voice.LEAD, Span(a, b), Key(2), Meter(), 0.0, 67.0, 5))

    assert ask(start, start + cut) + ask(start + cut, start + 9) == ask(start, start + 9)


def test_degrees_and_steps_walk_along_the_scale() -> None:
    key = Key(0, "major")
    assert nearest(key, 0, 61) == 60
    assert nearest(key, 4, 61) == 55 or nearest(key, 4, 61) == 67
    assert [step(key, 60, n) for n in range(8)] == [60, 62, 64, 65, 67, 69, 71, 72]
    assert step(key, 60, -1) == 59
