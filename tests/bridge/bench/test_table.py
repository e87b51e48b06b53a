from msgspec.structs import replace

from bridge.bench.report import Report
from bridge.bench.table import table
from tests.bridge.bench.reports import MACHINE, REPORT


def test_the_table_says_where_what_how_much_and_whether_it_is_enough() -> None:
    text = table(REPORT)
    assert text.startswith("Some CPU, 2 cores, load 0.2 before; Linux")
    assert "MIDI through jack, 64 frames at 48000 Hz" in text
    assert "real-time priority 50" in text
    lines = {line.split("  ")[0]: line for line in text.splitlines()}
    assert lines["lstm-melody on cpu: a note, p50"].endswith("ok")
    assert lines["hit rate (ISR), 200 BPM, every core busy"].endswith("OVER")
    assert ">= 0.995" in lines["hit rate (ISR), 200 BPM, every core busy"]
    assert "quickest here" not in text  # where there is but one provider
    assert text.endswith("something to know")


def test_where_a_pack_runs_on_several_providers_the_quickest_is_named() -> None:
    cost = REPORT.span_ms["lstm-melody"]["cpu"]
    report = replace(REPORT, span_ms={"lstm-melody": {"cpu": cost, "cuda": cost}})
    assert "lstm-melody is quickest here on cpu" in table(report)


def test_figures_stand_under_each_other() -> None:
    lines = [line for line in table(REPORT).splitlines() if "<=" in line]
    assert len({line.index("<=") for line in lines}) == 1


def test_a_machine_without_jack_or_load_is_described_without_them() -> None:
    text = table(Report(machine=replace(MACHINE, midi="loopback", rate=0, period=0, load_before=None)))
    assert "MIDI through loopback" in text
    assert "frames" not in text
    assert "load" not in text.replace("loopback", "")
