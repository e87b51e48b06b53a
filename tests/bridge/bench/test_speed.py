from collections.abc import Iterator

import pytest

from bridge.bench.report import Cost
from bridge.bench.speed import IN_A_ROW, SPAN, Speed, check, performed, providers, timed
from bridge.engine.family import Ask, Heard, Pressed, Released, Sounded
from bridge.engine.pack import Card
from bridge.errors import ProviderError
from bridge.music.note import Note, Voice
from bridge.music.tunes import TUNES

CARD = Card(1, "pack", "fake", "1", "A pack", "CC0-1.0", (Voice.LEAD,), {})
COST = Cost(0.3, 0.4, 0.3)


class Four:
    """A family that answers each ask with four notes."""

    def __init__(self, notes: int = 4) -> None:
        self.notes = notes
        self.heard: list[Heard] = []
        self.asks: list[Ask] = []
        self.rewound: list[float] = []

    def hear(self, event: Heard) -> None:
        self.heard.append(event)

    def rewind(self, beat: float) -> None:
        self.rewound.append(beat)

    def respond(self, ask: Ask) -> Iterator[Note]:
        self.asks.append(ask)
        return (Note(Voice.LEAD, ask.span.start + n, 0.5, 60, 80) for n in range(self.notes))

    def warm_up(self) -> None:
        pass


def test_as_many_notes_as_were_asked_for_are_timed_at_least() -> None:
    measured = timed(Four(), CARD, "cpu", "cpu", 10)
    assert measured.note.count == 12
    assert measured.span.count == 3
    assert 0.0 <= measured.note.p50 <= measured.note.p99
    assert measured.note.cpu_p50 >= 0.0


def test_the_model_has_heard_a_whole_tune_before_and_hears_its_own_notes_between() -> None:
    family = Four()
    timed(family, CARD, "cpu", "cpu", 8)
    kinds = [type(event) for event in family.heard]
    assert kinds.count(Pressed) == kinds.count(Released) == len(next(iter(TUNES)).performance(0))
    assert kinds.count(Sounded) == 8
    assert family.asks[1].span.start == family.asks[0].span.start + SPAN
    assert len({ask.seed for ask in family.asks}) == len(family.asks)


def test_the_music_does_not_grow_without_end() -> None:
    family = Four()
    timed(family, CARD, "cpu", "cpu", 4 * (IN_A_ROW + 1))
    assert len(family.rewound) == 1
    assert family.asks[IN_A_ROW].span == family.asks[0].span


def test_a_model_that_stays_silent_does_not_hold_the_bench_up() -> None:
    family = Four(notes=0)
    assert timed(family, CARD, "cpu", "cpu", 20).note.count == 0
    assert len(family.asks) == 20


def test_the_tune_is_heard_in_the_order_of_time() -> None:
    beats = [event.beat for event in performed(next(iter(TUNES)))]
    assert beats == sorted(beats)


def test_a_provider_that_another_stands_in_for_is_refused_with_the_remedy() -> None:
    with pytest.raises(ProviderError, match="asked for cuda, but it runs on cpu; it needs the cuda extra"):
        check(Speed("pack", "cuda", "cpu", COST, COST))
    check(Speed("pack", "cpu", "cpu", COST, COST))


def test_only_the_provider_asked_for_is_tried_else_each_that_is_installed() -> None:
    assert providers("cuda") == ("cuda",)
    assert "cpu" in providers(None)
