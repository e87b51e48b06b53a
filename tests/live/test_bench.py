"""The bench over a real JACK server, as a person calls it. What it measures is not judged here: machines differ."""

import json
import math
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.live.conftest import JackServer
from tests.live.daemon import Daemon

pytestmark = [pytest.mark.live, pytest.mark.parametrize("jack_server", [256], indirect=True)]

PACK = "lstm-melody"


def numbers(value: object) -> list[float]:
    """Every number in a JSON value."""
    match value:
        case dict():
            return [number for each in value.values() for number in numbers(each)]
        case list():
            return [number for each in value for number in numbers(each)]
        case bool() | str() | None:
            return []
        case int() | float():
            return [float(value)]
        case _:
            raise AssertionError(f"{value!r} is no JSON")


def left(server: JackServer, bench: Daemon) -> list[str]:
    """What a bench has left behind: ports on the server, and processes of its session, a second after its end."""
    until = time.monotonic() + 1.0
    while (found := _there(server, bench)) and time.monotonic() < until:
        time.sleep(0.05)
    return found


def _there(server: JackServer, bench: Daemon) -> list[str]:
    listing = subprocess.run(
        ["ps", "-A", "-o", "sess=,stat=,args="], capture_output=True, text=True, check=False
    ).stdout
    group = [line.split(None, 2) for line in listing.splitlines() if line.split()[0] == str(bench.process.pid)]
    running = [" ".join(words) for words in group if not words[1].startswith("Z")]
    return [*(line for line in server.lsp() if "bench" in line), *running]


@pytest.mark.timeout(180)
def test_a_quick_bench_measures_everything_and_leaves_nothing(jack_server: JackServer, tmp_path: Path) -> None:
    figures, picture = tmp_path / "bench.json", tmp_path / "bench.png"
    options = ["--quick", "--pack", PACK, "--json", str(figures), "--plot", str(picture)]
    bench = Daemon(tmp_path / "home", ["bench", *options], jack_server.env)
    assert bench.process.wait(150) == 0, bench.said
    report = json.loads(figures.read_text())
    assert all(math.isfinite(number) for number in numbers(report))
    for table in (report["note_ms"], report["span_ms"]):
        cost = table[PACK]["cpu"]
        assert 0.0 < cost["p50"] <= cost["p99"]
        assert cost["cpu_p50"] > 0.0
    for state in ("idle", "loaded"):
        late = report["lateness_ms"][state]
        assert 0.0 <= late["p50"] <= late["p99"] <= late["p999"] <= late["max"]
        assert late["notes"] > 0
    assert report["lateness_ms"]["priority"]
    for reaction in (report["through_ms"], report["knob_ms"], report["turn_ms"], report["cut_ms"]):
        assert 0.0 < reaction["p50"] <= reaction["p99"]
    assert set(report["isr"]) == {"120", "200_hog"}
    assert all(0.0 <= rate <= 1.0 for rate in report["isr"].values())
    assert report["idle_cpu"]["client"] > 0.0
    assert {"desk", "wire", "engine"} == set(report["idle_cpu"]["each"])
    assert report["rss_mb"] > 10.0
    assert 0.0 < report["ready"]["ports"] <= report["ready_s"]
    assert report["machine"]["midi"] == "jack"
    assert report["machine"]["period"] == 256
    assert report["best"] == {PACK: "cpu"}
    assert "a note's lateness, idle" in bench.said
    assert picture.stat().st_size > 1000
    assert left(jack_server, bench) == []


@pytest.mark.parametrize("seconds", [2.0, 5.0, 9.0])
def test_a_bench_that_is_told_to_end_ends_and_leaves_nothing(
    jack_server: JackServer, tmp_path: Path, seconds: float
) -> None:
    bench = Daemon(tmp_path / "home", ["bench", "--quick", "--pack", PACK], jack_server.env)
    time.sleep(seconds)
    assert bench.end(signal.SIGINT) != 1, bench.said
    assert "Traceback" not in bench.said
    assert left(jack_server, bench) == []


def test_a_provider_that_does_not_run_here_is_told_with_its_remedy(jack_server: JackServer, tmp_path: Path) -> None:
    bench = Daemon(tmp_path / "home", ["bench", "--quick", "--pack", PACK, "--provider", "coreml"], jack_server.env)
    assert bench.process.wait(60) == 1
    assert "asked for coreml, but it runs on cpu; it comes with ONNX Runtime on macOS only" in bench.said
