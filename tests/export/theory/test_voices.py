import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.theory_layout import CHORDS, CHORDS_LOW, CHORDS_SIZE, ONSET, symbol_of, tones
from bridge.music.chord import parse
from export.theory.attributes import of_harmony
from export.theory.voices import MIDDLE, NEAREST, UNIT, followed, heights, spaced
from tests.export.theory.phrases import batch

pytestmark = pytest.mark.train


def struck(*pitches: int) -> torch.Tensor:
    row = torch.zeros(CHORDS_SIZE)
    row[[pitch - CHORDS_LOW for pitch in pitches]] = 1.0
    return row


def pitched(voices: torch.Tensor) -> list[int]:
    return [round(float(each) * UNIT + MIDDLE) for each in voices]


def test_voices_lie_from_the_top_down_and_those_that_a_chord_has_not_where_its_lowest_does() -> None:
    chords, onset = torch.zeros(1, 64, CHORDS_SIZE), torch.zeros(1, 64)
    chords[0, 4:] = struck(48, 52, 55)
    onset[0, 4] = 1.0
    found = heights(chords, onset)
    assert found.shape == (1, 64, 5)
    assert pitched(found[0, 4]) == [55, 52, 48, 48, 48]


def test_a_step_has_the_chord_that_was_struck_last_else_the_next_one() -> None:
    chords, onset = torch.zeros(1, 64, CHORDS_SIZE), torch.zeros(1, 64)
    for step, pitch in ((4, 50), (11, 60)):
        chords[0, step:] = struck(pitch)
        onset[0, step] = 1.0
    assert pitched(heights(chords, onset)[0, :, 0]) == [50] * 11 + [60] * 53


def test_what_has_no_chords_lies_in_the_middle() -> None:
    assert (heights(torch.zeros(2, 64, CHORDS_SIZE), torch.zeros(2, 64)) == 0).all()


def test_voices_that_are_as_wide_as_they_should_be_stay_and_others_become_so() -> None:
    some = batch(4)
    onset = (some.states == ONSET).float()
    voices = heights(some.chords, onset[:, CHORDS])
    own = of_harmony(onset, some.chords, some.bar)[:, 1]
    assert torch.allclose(spaced(voices, onset[:, CHORDS], own), voices)
    wide = spaced(voices, onset[:, CHORDS], own * 2)
    ratio = wide.std(-1)[onset[:, CHORDS] > 0] / voices.std(-1)[onset[:, CHORDS] > 0]
    assert ratio.min() > 1.7
    assert torch.isfinite(spaced(voices, torch.zeros(4, 64), own)).all()


def test_a_triad_that_is_told_another_chord_takes_the_tones_next_to_its_own() -> None:
    c, a_minor, none = symbol_of(parse("C")), symbol_of(parse("Am")), 0
    chords = struck(48, 52, 55).expand(3, 64, -1)
    told = torch.tensor([a_minor, c, none]).unsqueeze(1).expand(3, 64)
    found = followed(chords, torch.full((3, 64), c), told)
    assert [torch.where(row[0])[0].add(CHORDS_LOW).tolist() for row in found] == [[48, 52, 57]] + [[48, 52, 55]] * 2


def test_every_pitch_has_a_tone_of_the_chord_within_three_semitones() -> None:
    for symbol in range(1, len(NEAREST)):
        assert all(tones(symbol)[(int(pitch) + CHORDS_LOW) % 12] for pitch in NEAREST[symbol])
    inner = slice(6, CHORDS_SIZE - 6)
    assert (NEAREST[1:, inner] - torch.arange(CHORDS_SIZE)[inner]).abs().max() <= 3
