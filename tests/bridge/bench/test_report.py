import json
from pathlib import Path

import pytest

from bridge.bench.report import cost, late, reaction, write_json
from tests.bridge.bench.reports import MACHINE, REPORT

KEYS = {
    "note_ms",
    "span_ms",
    "lateness_ms",
    "through_ms",
    "knob_ms",
    "turn_ms",
    "isr",
    "isrw",
    "idle_cpu_percent",
    "rss_mb",
    "ready_s",
    "machine",
}


def test_the_json_has_every_key_that_scripts_go_by(tmp_path: Path) -> None:
    write_json(REPORT, tmp_path / "bench.json")
    figures = json.loads((tmp_path / "bench.json").read_text())
    assert figures.keys() >= KEYS
    assert figures["note_ms"]["lstm-melody"]["cpu"].keys() >= {"p50", "p99", "cpu_p50"}
    assert figures["span_ms"]["lstm-melody"]["cpu"].keys() >= {"p50", "p99", "cpu_p50"}
    for state in ("idle", "loaded"):
        assert figures["lateness_ms"][state].keys() >= {"p50", "p99", "p999", "max"}
    assert figures["lateness_ms"]["priority"] == "real-time priority 50"
    assert figures["through_ms"].keys() >= {"p50", "p99"}
    assert figures["isr"] == {"120": 1.0, "200_hog": 0.99}
    assert figures["machine"]["cores"] == 2


def test_what_was_not_measured_is_there_as_nothing(tmp_path: Path) -> None:
    from bridge.bench.report import Report

    write_json(Report(machine=MACHINE), tmp_path / "bench.json")
    figures = json.loads((tmp_path / "bench.json").read_text())
    assert figures.keys() >= KEYS
    assert figures["lateness_ms"] is None
    assert figures["note_ms"] == {}


def test_figures_are_written_to_a_tenth_of_a_microsecond(tmp_path: Path) -> None:
    from msgspec.structs import replace

    write_json(replace(REPORT, rss_mb=1.0 / 3.0), tmp_path / "bench.json")
    assert '"rss_mb": 0.3333' in (tmp_path / "bench.json").read_text()


def test_a_cost_is_the_median_and_the_slowest_hundredth_of_wall_time_and_the_median_on_the_processor() -> None:
    times = [float(n) for n in range(1, 102)]
    assert cost(times, [1.0, 2.0, 3.0]).p50 == 51.0
    assert cost(times, [1.0, 2.0, 3.0]).p99 == pytest.approx(100.0)
    assert cost(times, [1.0, 2.0, 3.0]).cpu_p50 == 2.0
    assert reaction(times).count == 101


def test_lateness_keeps_its_worst_and_what_never_came() -> None:
    measured = late([0.0] * 999 + [5.0], dropped=2, lost=3, missed_cycles=1)
    assert (measured.p50, measured.max, measured.notes) == (0.0, 5.0, 1000)
    assert (measured.dropped, measured.lost, measured.missed_cycles) == (2, 3, 1)
    assert late([]).max == 0.0
