import numpy as np
from msgspec.structs import replace

from bridge.music.note import Voice
from export.data.piece import transpose
from export.evaluate.accompany.copying import GRAM, copied, grams, known
from tests.export.ensemble.bands import band
from tests.export.evaluate.accompany.stages import TRIAL, played

SCALE = played(*((8.0 + n / 2, 0.5, pitch) for n, pitch in enumerate((60, 61, 65, 59, 70, 58, 71, 50, 49, 62))))


def test_a_training_part_in_another_key_counts_as_copied() -> None:
    part = transpose(band(), 3).part(0)[:16]  # type: ignore[arg-type]
    notes = [(8.0 + row[1] / 24, row[2] / 24, row[3]) for row in part.tolist()]
    trial = replace(TRIAL, end=8.0 + 16.0)
    assert copied(trial, played(*notes, voice=Voice.LEAD), known([band()])) == 1.0


def test_what_nobody_wrote_is_no_copy() -> None:
    assert copied(TRIAL, SCALE, known([band()])) == 0.0


def test_fewer_notes_than_a_figure_say_nothing() -> None:
    assert copied(TRIAL, SCALE[: GRAM - 1], known([band()])) is None


def test_a_figure_is_the_same_wherever_it_is_played() -> None:
    ticks, pitches = np.arange(0, 240, 24), np.array([60, 62, 64, 65, 67, 65, 64, 62, 60, 59])
    assert (grams(ticks, pitches) == grams(ticks + 960, pitches - 5)).all()
    assert len(set(grams(ticks, pitches).tolist())) == 3
