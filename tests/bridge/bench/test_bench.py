import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.bench import bench as module
from bridge.bench import isr
from bridge.bench import speed as timing
from bridge.bench.bench import FULL, LONG, QUICK, Bench, Wanted, quickest
from bridge.bench.isr import SHARE, SLOW, Hits, Rates
from bridge.bench.report import Cost, Report
from bridge.bench.speed import Speed
from bridge.errors import PackError, ProviderError
from tests.bridge.bench.reports import MACHINE

QUICKER, SLOWER = Cost(0.2, 0.4, 0.2), Cost(0.5, 0.6, 0.1)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Provider asked for -> provider that runs, of the packs of this machine; nothing else is measured."""
    table = {"cpu": "cpu", "cuda": "cpu"}

    async def speed(folder: Path, provider: str, notes: int) -> Speed:
        return Speed(folder.name, provider, table[provider], QUICKER, SLOWER)

    async def nothing(*_: object) -> None:
        pass

    monkeypatch.setattr(timing, "speed", speed)
    monkeypatch.setattr(timing, "providers", lambda asked: tuple(table) if asked is None else (asked,))
    monkeypatch.setattr(module, "machine", lambda *_: MACHINE)
    for rest in ("_resident", "_lateness", "_reactions", "_rates"):
        monkeypatch.setattr(Bench, rest, nothing)
    return table


def run(provider: str | None = None) -> Report:
    packs = {"one": Path("one"), "two": Path("two")}
    return asyncio.run(Bench(Wanted(packs=packs, provider=provider), lambda _: None).run())


def test_a_provider_that_was_asked_for_and_falls_back_ends_the_bench_with_the_remedy(runs: dict[str, str]) -> None:
    with pytest.raises(ProviderError, match="asked for cuda, but it runs on cpu; it needs"):
        run("cuda")


def test_a_provider_that_is_there_but_falls_back_is_told_and_not_shown_as_its_own(runs: dict[str, str]) -> None:
    report = run()
    assert {pack: set(providers) for pack, providers in report.note_ms.items()} == {"one": {"cpu"}, "two": {"cpu"}}
    assert any("cuda is installed but does not run here" in note for note in report.notes)


def test_every_provider_that_runs_is_measured_for_every_pack(runs: dict[str, str]) -> None:
    runs["cuda"] = "cuda"
    report = run()
    assert report.note_ms["two"] == {"cpu": QUICKER, "cuda": QUICKER}
    assert report.span_ms["one"]["cuda"] == SLOWER
    assert report.best.keys() == {"one", "two"}


def test_a_broken_pack_among_others_is_told_and_left_out(runs: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = timing.speed

    async def speed(folder: Path, provider: str, notes: int) -> Speed:
        if folder.name == "one":
            raise PackError("one: step.onnx is damaged; get the pack again")
        return await whole(folder, provider, notes)

    monkeypatch.setattr(timing, "speed", speed)
    report = run()
    assert set(report.note_ms) == {"two"}
    assert "one: step.onnx is damaged; get the pack again" in report.notes
    with pytest.raises(PackError):
        asyncio.run(Bench(Wanted(packs={"one": Path("one")}), lambda _: None).run())


def test_the_quickest_provider_is_the_one_with_the_quickest_phrase_by_the_clock_on_the_wall() -> None:
    assert quickest({"pack": {"cpu": SLOWER, "cuda": QUICKER}, "none": {}}) == {"pack": "cuda"}


def test_the_whole_of_it_takes_two_minutes_and_the_quick_form_half_a_minute() -> None:
    """Music and rests only; starting the processes comes on top."""
    for lengths, most in ((FULL, 95.0), (QUICK, 25.0)):
        seconds = lengths.quiet + lengths.busy + lengths.through + lengths.cut + lengths.idle
        assert seconds + lengths.isr + lengths.turns * (0.15 + 0.36) < most  # until it is planned, and until it sounds


def test_there_is_time_in_the_long_form_for_all_the_16ths_even_where_each_pack_has_one_voice() -> None:
    a_second = SLOW * 4 / 60
    assert LONG.isr * SHARE * a_second > 2 * LONG.ticks
    assert LONG.ticks == 2000


def test_hit_rates_are_those_of_all_packs_together_and_each_has_its_own_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {
        "one": Rates(Hits(1.0, 300, 0.9), Hits(0.9, 100, 0.8)),
        "two": Rates(Hits(0.96, 100), Hits(1.0, 0)),
    }
    asked: list[tuple[float, int]] = []

    async def rates(stage: str, card: str, seconds: float, ticks: int) -> Rates:
        asked.append((seconds, ticks))
        return found[card]

    @asynccontextmanager
    async def stage(*_: object) -> AsyncIterator[str]:
        yield "stage"

    monkeypatch.setattr(module, "machine", lambda *_: MACHINE)
    monkeypatch.setattr(module, "read_card", lambda folder: folder.name)
    monkeypatch.setattr(isr, "rates", rates)
    monkeypatch.setattr(Bench, "_stage", stage)
    bench = Bench(Wanted(packs={name: Path(name) for name in found}), lambda _: None)

    async def measure() -> None:
        for name in found:
            await bench._rates(name, Path(name))

    asyncio.run(measure())
    report = bench.report
    assert asked == [(FULL.isr / 2, 1000)] * 2
    assert report.isr == pytest.approx({"120": 0.99, "200_hog": 0.9})
    assert report.isr_ticks == {"120": 400, "200_hog": 100}
    assert report.isrw == pytest.approx({"120": 0.9, "200_hog": 0.8})
    assert report.isr_by_pack == {"one": {"120": 1.0, "200_hog": 0.9}, "two": {"120": 0.96}}
    assert report.notes == ("two had nothing to play in time for its hit rate (200 BPM, every core busy)",)
