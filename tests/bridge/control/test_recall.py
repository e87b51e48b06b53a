import pytest
from msgspec.structs import replace

from bridge.clock.tempo_map import TempoMap
from bridge.control.recall import Recalls

ROLLING = TempoMap(epoch=1, bpm=120.0, playing=True)


@pytest.mark.parametrize(("when", "due"), [("beat", 6.0), ("bar", 8.0)])
def test_a_recall_waits_for_its_beat_or_bar(when: str, due: float) -> None:
    done: list[float] = []
    recalls, beat = Recalls(), 5.3
    recalls.ask(lambda: done.append(beat), when, beat, ROLLING)
    while not done:
        beat += 0.01
        recalls.step(beat, ROLLING, 0.0)
    assert due - 0.04 <= beat <= due
    assert not recalls.waiting


def test_the_plan_is_made_anew_from_the_bar_on() -> None:
    done: list[str] = []
    recalls = Recalls()
    recalls.ask(lambda: done.append("now"), "bar", 5.0, ROLLING)
    recalls.step(7.7, ROLLING, 0.100)
    assert not done
    recalls.step(7.8, ROLLING, 0.100)
    assert done


@pytest.mark.parametrize("map", [TempoMap(), replace(ROLLING, playing=False)])
def test_where_nothing_rolls_it_is_done_at_once(map: TempoMap) -> None:
    done: list[str] = []
    Recalls().ask(lambda: done.append("now"), "bar", 5.0, map)
    assert done


def test_a_stop_or_a_jump_waits_for_nothing() -> None:
    done: list[str] = []
    recalls = Recalls()
    recalls.ask(lambda: done.append("a"), "bar", 5.0, ROLLING)
    recalls.step(5.0, replace(ROLLING, epoch=2), 0.0)
    assert done == ["a"]


def test_who_recalls_twice_means_the_last() -> None:
    done: list[str] = []
    recalls = Recalls()
    recalls.ask(lambda: done.append("a"), "bar", 5.0, ROLLING)
    recalls.ask(lambda: done.append("b"), "beat", 5.0, ROLLING)
    recalls.step(9.0, ROLLING, 0.0)
    assert done == ["b"]
