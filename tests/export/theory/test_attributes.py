import math

import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.theory_layout import Shape, read
from bridge.engine.window import Window
from bridge.music.note import Note, Voice
from export.theory.attributes import hard, overlaps, repetition
from export.theory.examples import MEASURES, batched, measured

pytestmark = pytest.mark.train
torch.set_num_threads(1)

SHAPE = Shape(Window(0.0))


def lead(*notes: tuple[float, int]) -> list[Note]:
    return [Note(Voice.LEAD, beat, 0.5, pitch, 80) for beat, pitch in notes]


def chords(*notes: tuple[float, tuple[int, ...]]) -> list[Note]:
    return [Note(Voice.CHORDS, beat, 0.5, pitch, 80) for beat, pitches in notes for pitch in pitches]


def found(melody: list[Note], harmony: list[Note] | None = None, shape: Shape = SHAPE) -> dict[str, float]:
    row = measured([read({Voice.LEAD: melody, Voice.CHORDS: harmony or []}, shape)])[0]
    return dict(zip(MEASURES, row.tolist(), strict=True))


def test_height_is_the_mean_pitch_and_range_the_deviation_of_the_melody() -> None:
    row = found(lead((0, 60), (1, 64), (2, 60), (3, 64)))
    assert row["height"] == 62
    assert row["range"] == pytest.approx(2, abs=1e-3)


def test_activity_and_comping_are_onsets_a_beat() -> None:
    row = found(lead(*((n / 2, 60) for n in range(32))), chords(*((n, (48, 52)) for n in range(8))))
    assert row["activity"] == 2.0
    assert row["comping"] == 0.5


def test_a_bar_of_three_quarters_has_three_beats() -> None:
    assert found(lead(*((n, 60) for n in range(12))), shape=Shape(Window(0.0, 24, 12)))["activity"] == 1.0


def test_a_note_that_hangs_over_the_beat_is_a_syncopation_and_a_run_is_none() -> None:
    assert found(lead((0, 60), (0.5, 62), (1, 64), (1.5, 65), (2, 67)))["syncopation"] == 0.0
    assert found(lead((0, 60), (0.5, 62), (1.5, 65), (2.5, 67)))["syncopation"] == 0.75


def test_a_triad_has_no_colour_and_a_seventh_has() -> None:
    assert found([], chords((0, (48, 52, 55))))["colour"] == pytest.approx(0, abs=1e-3)
    assert found([], chords((0, (48, 52, 55, 58))))["colour"] == pytest.approx(2 / 6, abs=1e-2)


def test_a_wide_voicing_has_more_spread_than_a_close_one() -> None:
    close, wide = (found([], chords((0, notes)))["spread"] for notes in ((60, 64, 67), (48, 64, 79)))
    assert wide > 2 * close


def test_what_a_phrase_has_no_notes_for_is_not_known() -> None:
    row = found([])
    assert all(math.isnan(row[name]) for name in ("height", "range", "syncopation", "colour", "spread"))
    assert row["activity"] == 0


def test_bars_that_come_again_repeat_and_others_do_not() -> None:
    same = found(lead(*((4 * bar + n, 60 + n) for bar in range(4) for n in range(4))))
    other = found(lead(*((4 * bar + n, 60 + 4 * bar + n) for bar in range(4) for n in range(4))))
    assert same["repetition"] == 1.0
    assert other["repetition"] == 0.5  # the rhythm does


def test_a_later_bar_is_held_beside_those_before_it_alone() -> None:
    bars = torch.eye(4)[[0, 1, 0, 3]].unsqueeze(0)
    assert overlaps(bars)[0].argmax(-1)[1] == 0
    assert overlaps(bars)[0, 1, 0] == 1
    assert overlaps(bars).sum() == 1


def test_the_measures_can_be_learnt_from() -> None:
    page = read({Voice.LEAD: lead((0, 60), (1, 64)), Voice.CHORDS: chords((0, (48, 52)))}, SHAPE)
    batch = batched([page])
    assert torch.isfinite(hard(batch.states, batch.lead, batch.chords, batch.bar)[0, :2]).all()
    assert repetition(batch.states, batch.lead, batch.chords, batch.bass, batch.bar).shape == (1,)
