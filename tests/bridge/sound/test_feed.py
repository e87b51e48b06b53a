import numpy as np
import pytest

from bridge.sound.feed import AHEAD, FADE, Feed
from tests.bridge.sound.waves import steepest, tones

RATE = 48_000
PERIOD = 256


def filled(seconds: float = 0.4) -> Feed:
    feed = Feed(RATE)
    feed.open()
    wave = tones((60,), seconds + 0.2, 0.5)[: round(seconds * RATE)]
    feed.put(np.stack([wave, wave], 1))
    return feed


def pulled(feed: Feed, seconds: float) -> np.ndarray:
    return np.concatenate([feed.pull(PERIOD) for _ in range(round(seconds * RATE / PERIOD))])


def test_it_is_silent_until_it_is_opened_and_has_enough() -> None:
    feed = Feed(RATE)
    feed.put(np.ones((RATE // 2, 2), np.float32))
    assert not pulled(feed, 0.1).any()
    assert feed.ready == 0  # nobody wanted it
    feed.open()
    feed.put(np.ones((PERIOD, 2), np.float32))
    assert not feed.pull(PERIOD).any()
    assert feed.underruns == 0


def test_it_opens_with_a_fade_and_gives_on_what_was_put() -> None:
    feed = filled()
    wave = pulled(feed, 0.2)
    assert steepest(wave) < 0.06
    late = round(FADE * RATE) + PERIOD
    assert np.allclose(wave[late:, 0], tones((60,), 0.4, 0.5)[late : len(wave)])


def test_it_is_silent_soon_after_it_is_shut_without_a_click_and_forgets_the_rest() -> None:
    feed = filled()
    before = pulled(feed, 0.1)
    feed.shut()
    after = pulled(feed, 0.1)
    assert steepest(np.concatenate([before, after])) < 0.06
    assert not after[round(FADE * RATE) + PERIOD :].any()
    assert feed.silent
    assert feed.ready == 0
    assert feed.underruns == 0


def test_running_dry_is_counted_once_and_ends_in_a_fade() -> None:
    feed = filled(0.1)
    wave = pulled(feed, 0.3)
    assert feed.underruns == 1
    assert steepest(wave) < 0.3
    assert not wave[-PERIOD:].any()
    feed.put(np.full((RATE // 4, 2), 0.5, np.float32))
    again = pulled(feed, 0.1)
    assert again.max() == pytest.approx(0.5)
    assert steepest(again) < 0.06


def test_it_is_hungry_only_while_it_is_open_and_has_less_than_it_should() -> None:
    feed = Feed(RATE)
    assert not feed.hungry
    feed.open()
    assert feed.hungry
    feed.put(np.zeros((round(AHEAD * RATE) + 1, 2), np.float32))
    assert not feed.hungry


def test_more_than_the_ring_holds_is_left_out() -> None:
    feed = Feed(RATE)
    for _ in range(4):
        feed.put(np.ones((30_000, 2), np.float32))
    assert feed.ready == 65_536
