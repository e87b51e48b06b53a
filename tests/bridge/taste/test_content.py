import numpy as np

from bridge.taste.content import dense, fit, liked


def cloud(count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Features of which only the first matters."""
    vectors = np.random.default_rng(seed).normal(size=(count, 6))
    return vectors, np.where(vectors[:, 0] > 0, 1.0, -1.0)


def test_without_a_word_nothing_is_preferred() -> None:
    assert not fit(np.zeros((0, 4)), np.zeros(0)).any()


def test_a_few_words_lean_the_right_way_and_more_lean_further() -> None:
    few, many = (fit(*cloud(count))[0] for count in (10, 200))
    assert 0 < few < many


def test_ten_words_tell_liked_from_disliked_better_than_chance() -> None:
    right = []
    for seed in range(20):
        vectors, values = cloud(10, seed)
        fresh, truth = cloud(400, seed + 100)
        right.append(np.mean((liked(fit(vectors, values), fresh) > 0.5) == (truth > 0)))
    assert np.mean(right) > 0.65


def test_a_guess_counts_less_than_a_word() -> None:
    vectors, values = cloud(10)
    assert abs(fit(vectors, 0.25 * values)[0]) < abs(fit(vectors, values)[0])


def test_what_is_known_already_is_not_learnt_twice() -> None:
    vectors, values = cloud(40)
    alone, beside = fit(vectors, values), fit(vectors, values, given=6.0 * vectors[:, 0])
    assert abs(beside[0]) < abs(alone[0])


def test_knobs_that_somebody_did_not_set_say_nothing() -> None:
    found = dense([{"density": 1.0}, {"mode=trade": 1.0}, {}])
    assert found.tolist() == [[1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 1.0], [0.0] * 4]
