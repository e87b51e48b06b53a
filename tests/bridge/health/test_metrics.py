import timeit
from collections import deque

import pytest

from bridge.engine.protocol import PhraseEnd
from bridge.health.metrics import KEPT, RECENT, Metrics, recent
from bridge.music.note import Note, Voice
from bridge.wire.protocol import Sent

NOTE = Note(Voice.LEAD, 1.0, 0.5, 60, 80)


def test_a_note_that_left_counts_with_its_lateness_and_one_that_was_dropped_does_not() -> None:
    metrics = Metrics()
    metrics.sent(Sent(1, 1, NOTE, 0.002), vamped=False)
    metrics.sent(Sent(2, 2, NOTE, 0.001), vamped=True)
    metrics.sent(Sent(3, 3, NOTE, 0.5, dropped=True), vamped=False)
    assert (metrics.notes, metrics.vamped, metrics.dropped) == (2, 1, 1)
    assert list(metrics.lateness) == [0.002, 0.001]


def test_every_note_of_an_answer_counts_with_its_own_time() -> None:
    metrics = Metrics()
    metrics.phrase(PhraseEnd(ask=1, notes=3, heard=9, wall_ms=9.0, first_ms=0.8, note_ms=(0.8, 0.2, 7.5)))
    metrics.phrase(PhraseEnd(ask=2, notes=0, heard=9, wall_ms=2.0, first_ms=0.0))
    assert list(metrics.note_ms) == [0.8, 0.2, 7.5]
    assert list(metrics.first_ms) == [0.8]


def test_the_last_faults_are_kept() -> None:
    metrics = Metrics()
    for number in range(30):
        metrics.fault(str(number))
    assert list(metrics.faults) == [str(number) for number in range(10, 30)]


def test_live_figures_are_of_the_last_values_only() -> None:
    assert recent(deque([3.0, 1.0, 2.0])) == [1.0, 2.0, 3.0]
    values = deque([9.0] * KEPT + [float(number) for number in range(RECENT)], maxlen=KEPT)
    assert recent(values) == [float(number) for number in range(RECENT)]


@pytest.mark.parametrize("kept", [RECENT, KEPT])
def test_a_full_memory_costs_the_live_figures_no_more_than_a_short_one(kept: int) -> None:
    values = deque((float(number * 7919 % kept) for number in range(kept)), maxlen=KEPT)
    assert min(timeit.repeat(lambda: recent(values), number=1, repeat=20)) < 0.001
