import numpy as np
from hypothesis import given

from bridge.engine.diffusion_roll import CHANNELS, choose, mean, spread
from bridge.engine.diffusion_table import VOICES, encode, notes
from bridge.engine.window import Window
from bridge.music.note import Note, Voice
from tests.bridge.engine.rolls import certain
from tests.bridge.engine.test_diffusion_table import tunes

WINDOW = Window(8.0)


@given(tunes(), tunes(Voice.BASS, 24, 59))
def test_what_a_certain_model_says_is_the_table_and_its_roll(lead: list[Note], bass: list[Note]) -> None:
    chord = [Note(Voice.CHORDS, 9.0, 2.0, pitch, 80) for pitch in (55, 60, 64)]
    table = encode([*lead, *bass, *chord, Note(Voice.DRUMS, 8.5, 0.2, 38, 99)], WINDOW)
    logits = certain(table)
    assert notes(choose(logits), WINDOW, VOICES) == notes(table, WINDOW, VOICES)
    roll = spread(table)
    assert roll.shape == (32, CHANNELS)
    np.testing.assert_allclose(mean(logits), roll, atol=1e-3)
