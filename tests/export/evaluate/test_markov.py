import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from export.data.layout import PLAIN, lay_out
from export.data.melody import Melody, Tone
from export.evaluate.markov import FIELDS, BackOff, fit, score


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=60), st.integers(0, 5))
def test_probabilities_of_all_values_sum_to_one_in_any_context(seen: list[tuple[int, int]], context: int) -> None:
    model = BackOff(10, trust=0.5)
    for before, value in seen:
        model.learn([(), before], value)
    assert sum(model.probability([(), context], value) for value in range(10)) == pytest.approx(1)
    assert all(model.probability([(), context], value) > 0 for value in range(10))


def scales(count: int, tonic: int) -> list[Melody]:
    degrees = (0, 2, 4, 5, 7, 9, 11, 12)
    tones = [Tone(n * 24, 24, 60 + tonic + degrees[n % 8], 80) for n in range(64)]
    return [Melody(f"{n}", "s", f"{n}", tones, list(range(0, 1600, 96)), tonic, "major", False) for n in range(count)]


def test_what_was_learnt_in_one_key_is_known_in_another() -> None:
    random = np.random.default_rng(0)
    models = fit([(m, lay_out(m, random, PLAIN)) for m in scales(30, 0)])
    elsewhere = [(m, lay_out(m, random, PLAIN)) for m in scales(3, 5)]
    markov, unigram = score(models, elsewhere, None), score(models, elsewhere, 0)
    assert markov["pitch"] < 0.2 < unigram["pitch"]
    assert all(markov[field] <= unigram[field] + 1e-9 for field in FIELDS)
