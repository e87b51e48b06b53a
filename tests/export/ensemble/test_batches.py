import numpy as np
import pytest

pytest.importorskip("torch")

from export.ensemble.batches import Deck, fold, row
from tests.export.ensemble.bands import band

pytestmark = pytest.mark.train


def test_rows_of_short_streams_are_filled_all_the_same() -> None:
    deck = Deck([band(bars=bars) for bars in (1, 2, 3)])
    random = np.random.default_rng(3)
    sheet = fold([row(deck, 200, random) for _ in range(40)])
    assert sheet.events.shape[:2] == (40, 200)
