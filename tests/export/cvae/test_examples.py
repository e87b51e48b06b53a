import math

import numpy as np
import pytest

pytest.importorskip("torch")

from bridge.engine import cvae_controls as told
from bridge.engine.cvae_controls import STYLES
from bridge.engine.cvae_rolls import VOICES, rolls
from bridge.engine.window import Cell
from bridge.music.note import Voice
from export.cvae.attributes import density, moods, register, table
from export.cvae.batches import Deck, batch, known_cells
from export.cvae.examples import STYLE_OF, examples
from tests.export.ensemble.bands import band

PIECES = [band(number) for number in range(3)]
DATA = examples(PIECES, astray=0.0)


def test_every_window_of_every_piece_is_there_and_knows_the_one_before() -> None:
    assert len(DATA.lead) == 3 * 8
    assert DATA.before.tolist() == [n - 1 if n % 8 else -1 for n in range(24)]
    assert abs(DATA.chance.sum() - 1) < 1e-9


def test_pieces_in_all_keys_are_told_in_c() -> None:
    first = [DATA.rolls(n) for n in (0, 8, 16)]
    assert all(((one.lead == first[0].lead) | ((one.lead - first[0].lead) % 12 == 0)).all() for one in first)
    assert (DATA.wish[:, told.SCALE] == DATA.wish[0, told.SCALE]).all()
    assert DATA.wish[0, [0, 4, 7]].all()


def test_some_keys_go_astray_in_training() -> None:
    wrong = examples([band(number) for number in range(12)], astray=1.0)
    assert len({tuple(row) for row in wrong.wish[:, told.SCALE].tolist()}) > 1


def test_what_is_told_of_a_window_is_what_is_in_it() -> None:
    wish = DATA.wish[1]
    assert wish[told.AROUSAL_KNOWN] == wish[told.BRIGHTNESS_KNOWN] == wish[told.CONTRAST_KNOWN] == 1
    assert wish[told.PLAYING].tolist() == [1, 1, 1, 1]
    assert wish[told.DENSITY.start] * told.DENSITY_UNIT == 1.0
    assert wish[told.STYLE][STYLES.index("game rock")] == 1
    assert wish[told.SECTION].sum() == 1


def test_every_style_of_the_data_has_a_name_in_the_list() -> None:
    assert set(STYLE_OF.values()) <= set(STYLES)


def test_moods_are_those_of_the_proxies() -> None:
    major = [Cell(step * 4, 0.0, pitch, 1.0, 80) for step, pitch in enumerate((60, 64, 67, 72, 67, 64, 60, 67))]
    minor = [cell._replace(pitch=63 if cell.pitch == 64 else cell.pitch) for cell in major]
    bright, dark = (moods(rolls({Voice.LEAD: cells}), 32) for cells in (major, minor))
    assert bright[0] == dark[0]
    assert bright[1] > dark[1]
    assert all(math.isnan(mood) for mood in moods(rolls({}), 32))


def test_figures_of_a_window_are_counted_by_voice() -> None:
    made = DATA.rolls(0)
    assert density(made, 32)[Voice.DRUMS] == 1.0
    assert 30 < register(made, 32)[Voice.BASS] < 62
    assert len(table(made, 32)) == 8 + 12 + 4 + 8


def test_a_batch_shows_what_is_known_and_hides_some_of_what_is_told() -> None:
    drawn = Deck(DATA, 1).draw(16)
    assert drawn.x.shape == (32, 32, 225)
    assert bool(drawn.follows.any())
    assert not bool(drawn.wish[:16, told.CONTRAST_KNOWN].any())
    assert float(drawn.wish.abs().sum()) < float(drawn.full.abs().sum())


def test_without_hiding_all_is_told_and_nothing_known() -> None:
    every = batch(DATA, np.arange(4), np.zeros(0, np.bool_), None)
    assert not bool(every.known.any())
    assert bool((every.wish[:, told.AROUSAL_KNOWN] == 1).all())


def test_voices_that_do_not_play_are_never_known() -> None:
    playing = np.zeros((400, len(VOICES)), np.bool_)
    playing[:, 0] = True
    known = known_cells(playing, np.random.default_rng(1))
    assert not known[..., 1:].any()
    shares = known[..., 0].mean(1)
    assert 0.2 < (shares == 0).mean() < 0.8
    assert (shares == 1).any()
    assert ((shares > 0) & (shares < 1)).any()
