"""Whatever a pack does: it is told once, what it owes is given up, another copy takes its place, the others play on."""

from collections.abc import Iterator

import pytest

from bridge.engine.family import Ask
from bridge.engine.protocol import Fault, Loaded, PhraseEnd, PhraseNote, Unloaded
from bridge.engine.setbacks import FIRST_PAUSE, GOOD
from bridge.errors import EngineError, PackError, ProviderLostError
from bridge.music.note import Note, Voice
from tests.bridge.engine.test_engine_packs import DRUMS, LEAD, Bench

NOT_FINITE = EngineError("the model's output is not finite or breaks its masks; get the pack again or choose another")

TOLD = f"one: {NOT_FINITE}"


def failing(error: Exception, after: int = 0) -> object:
    """A script: some notes, then an error."""

    def script(ask: Ask) -> Iterator[Note]:
        for index in range(after):
            yield Note(ask.voices[0], ask.span.start + index / 4, 0.2, 60, 80)
        raise error

    return script


def bench_with(error: Exception, after: int = 0) -> Bench:
    """A bench whose pack «one» fails, beside a pack «two» that does not."""
    bench = Bench()
    bench.troupe.scripts["one"] = failing(error, after)  # type: ignore[assignment]
    bench.load("one")
    bench.load("two", default=False)
    bench.said.clear()
    return bench


def told(bench: Bench) -> list[str]:
    return [m.text for m in bench.said if isinstance(m, Fault) and not m.again]


def test_a_failure_is_told_once_and_every_ask_is_given_up_by_name() -> None:
    bench = bench_with(NOT_FINITE, after=2)
    asks = []
    for second in range(3):
        bench.now = float(second)
        asks.append(bench.ask())
        bench.work()
    assert told(bench) == [TOLD]
    assert [m.ask for m in bench.said if isinstance(m, Fault)] == asks
    assert len(bench.of(PhraseNote)) == 6
    assert not bench.of(PhraseEnd)


def test_after_a_failure_another_copy_plays_which_has_heard_all_that_was_played() -> None:
    bench = Bench("one")
    bench.hear(0.0, 1.0)
    bench.troupe.made["one"][0].deaf = NOT_FINITE
    bench.hear(2.0)
    bench.hear(3.0)
    assert len(bench.troupe.made["one"]) == 2
    assert bench.heard("one") == [0.0, 1.0, 2.0, 3.0]
    assert told(bench) == [TOLD]
    bench.ask()
    bench.work()
    assert bench.by() == ["one"]


def test_while_another_copy_is_opened_the_pack_gives_up_its_asks_and_others_play_on() -> None:
    bench = Bench("one", aside=True)
    bench.load("two", default=False)
    bench.troupe.run()
    bench.troupe.made["one"][-1].deaf = NOT_FINITE
    bench.hear(0.0)
    lost = bench.ask(LEAD)
    bench.ask(DRUMS, pack="two")
    bench.work()
    assert [(m.ask, m.again) for m in bench.said if isinstance(m, Fault)] == [(-1, False), (lost, True)]
    assert bench.by() == ["two"]
    assert len(bench.troupe.waiting) == 1
    bench.troupe.run()
    bench.ask(LEAD)
    bench.work()
    assert bench.by() == ["two", "one"]


def test_a_pack_that_keeps_failing_rests_and_is_tried_again_after_that() -> None:
    bench = bench_with(NOT_FINITE)
    for second in range(12):
        bench.now = second * 0.4
        bench.ask()
        bench.work()
    opened = len(bench.troupe.made["one"])
    assert opened == 4
    assert told(bench) == [TOLD, f"one keeps failing and rests for 5 s ({TOLD})"]
    bench.now += FIRST_PAUSE
    del bench.troupe.scripts["one"]
    bench.ask()  # this one finds it ailing still
    bench.ask()
    bench.work()
    assert len(bench.troupe.made["one"]) == opened + 1
    assert bench.by() == ["one"]


def test_a_trouble_that_comes_back_after_a_good_minute_is_told_again() -> None:
    bench = bench_with(NOT_FINITE)
    for now in (0.0, 1.0, 2.0 + GOOD):
        bench.now = now
        bench.ask()
        bench.work()
    assert told(bench) == [TOLD] * 2


def test_a_device_that_is_lost_is_told_once_and_the_pack_plays_on_the_processor() -> None:
    bench = Bench()
    bench.troupe.scripts["one"] = failing(ProviderLostError("cuda failed while playing (CUDA failure 719)"))  # type: ignore[assignment]
    bench.load("one", provider="cuda")
    del bench.troupe.scripts["one"]
    bench.ask()
    bench.work()
    assert told(bench) == ["one: cuda failed while playing (CUDA failure 719): asked for cuda, now on cpu"]
    again = bench.of(Loaded)[-1]
    assert isinstance(again, Loaded)
    assert (again.asked, again.got, again.explained) == ("cuda", "cpu", True)
    bench.ask()
    bench.work()
    assert bench.by() == ["one"]
    bench.troupe.made["one"][-1].deaf = NOT_FINITE
    bench.hear(0.0)
    assert bench.troupe.providers == ["cuda", "cpu", "cpu"]
    assert [m.asked for m in bench.said if isinstance(m, Loaded)] == ["cuda"] * 3


def test_with_strict_a_lost_device_is_not_replaced_by_the_processor() -> None:
    bench = Bench()
    bench.troupe.scripts["one"] = failing(ProviderLostError("cuda failed while playing (gone)"))  # type: ignore[assignment]
    bench.load("one", provider="cuda", strict=True)
    bench.ask()
    bench.work()
    assert told(bench) == ["one: cuda failed while playing (gone)"]
    assert bench.troupe.providers == ["cuda", "cuda"]


def test_a_pack_that_cannot_be_opened_again_is_gone_and_the_vamp_is_left() -> None:
    bench = Bench("one")
    bench.troupe.bad["one"] = PackError("one: step.onnx is missing; get the pack again")
    bench.troupe.made["one"][0].deaf = NOT_FINITE
    bench.hear(0.0)
    assert [(m.fatal, m.text) for m in bench.said if isinstance(m, Fault)] == [
        (False, TOLD),
        (True, "one: step.onnx is missing; get the pack again"),
    ]


def test_where_memory_runs_out_packs_that_nobody_plays_are_let_go() -> None:
    bench = bench_with(MemoryError())
    bench.ask()
    bench.work()
    assert told(bench) == ["one: out of memory; choose a smaller pack"]
    assert [m.pack for m in bench.said if isinstance(m, Unloaded)] == ["two"]


def test_notes_outside_what_was_asked_for_are_left_out_and_told_once() -> None:
    bench = Bench()

    def astray(ask: Ask) -> Iterator[Note]:
        yield Note(Voice.DRUMS, ask.span.start, 0.5, 36, 80)
        yield Note(LEAD, float("nan"), 0.5, 60, 80)

    bench.troupe.scripts["one"] = astray
    bench.load("one")
    for _ in range(3):
        bench.ask()
        bench.work()
    assert told(bench) == [
        "one plays notes outside what it was asked for; they are left out; get the pack again, or choose another"
    ]
    assert len(bench.of(PhraseNote)) == 12
    assert [m.notes for m in bench.said if isinstance(m, PhraseEnd)] == [4, 4, 4]


def test_a_pack_that_never_ends_is_cut_short_and_others_have_their_turn() -> None:
    bench = Bench()

    def endless(ask: Ask) -> Iterator[Note]:
        while True:
            yield Note(ask.voices[0], ask.span.start, 0.5, 60, 80)

    bench.troupe.scripts["one"] = endless
    bench.load("one")
    bench.load("two", default=False)
    bench.ask(DRUMS)
    bench.ask(LEAD, pack="two")
    bench.work()
    assert bench.by() == ["one", "two"]
    assert [text[:34] for text in told(bench)] == ["one does not end its answers; they"]


@pytest.mark.parametrize(
    "error", [TypeError("lowest must be an integer"), OSError(28, "No space left"), ZeroDivisionError()]
)
def test_an_unheard_of_failure_is_one_line_too(error: Exception) -> None:
    bench = bench_with(error)
    bench.ask()
    bench.work()
    assert len(told(bench)) == 1
    assert "\n" not in told(bench)[0]
