"""The binary that `make package` froze, in an environment as empty as can be, and over a real JACK server."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

import bridge
from bundle import contents, licences, limits, notices, recipe
from tests.live.conftest import JackServer

DIST = Path(bridge.__file__).parents[1] / "dist"
FOLDER = DIST / "antiphon"
BINARY = FOLDER / "antiphon"
LISTED = DIST.parent / "build" / "package" / "antiphon" / contents.FILE

pytestmark = [
    pytest.mark.frozen,
    pytest.mark.skipif(not BINARY.exists(), reason="nothing has been frozen here: make package"),
]


def antiphon(*arguments: str, home: Path, server: str = "default") -> subprocess.CompletedProcess[str]:
    """Run it to its end with nothing in its environment but a home."""
    return subprocess.run(
        [str(BINARY), *arguments],
        env={"ANTIPHON_HOME": str(home), "JACK_DEFAULT_SERVER": server},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def configure(home: Path) -> None:
    """Any OSC port, so that these tests can run beside others."""
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text("[osc]\nport = 0\n")


def test_the_self_test_is_passed_in_an_empty_environment() -> None:
    done = subprocess.run([str(BINARY), "--selftest"], env={}, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the self-test went well" in done.stdout


def test_a_binary_called_through_a_link_with_a_space_in_its_name_finds_its_packs(tmp_path: Path) -> None:
    moved = tmp_path / "my music"
    moved.symlink_to(FOLDER, target_is_directory=True)
    done = subprocess.run(
        [str(moved / "antiphon"), "models"],
        env={"ANTIPHON_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "broken" not in done.stdout


def test_the_doctor_knows_the_flavour_and_finds_the_packs_whole(tmp_path: Path) -> None:
    done = antiphon("doctor", "--json", home=tmp_path)
    findings = json.loads(done.stdout)["findings"]
    by_check = {finding["check"]: finding for finding in findings}
    assert by_check["onnx"]["says"].startswith("onnxruntime ")
    assert by_check["packs"]["level"] == "ok"
    assert "ready-made" in by_check["antiphon"]["says"]
    assert not any("could not be looked at" in finding["says"] for finding in findings)


@pytest.mark.parametrize("jack_server", [256], indirect=True)
def test_it_jams_on_jack_through_the_systems_own_library(jack_server: JackServer, tmp_path: Path) -> None:
    configure(tmp_path / "home")
    out = tmp_path / "out"
    done = antiphon(
        *("jam", "--seconds", "8", "--system", "jack", "--mode", "trade", "--out", str(out)),
        home=tmp_path / "home",
        server=jack_server.name,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads((out / "summary.json").read_text())
    assert summary["ports"] == "jack"
    assert summary["notes_band"] > 0
    assert summary["stuck_notes"] == 0


def test_a_killed_child_is_replaced_by_one_from_the_same_binary(tmp_path: Path) -> None:
    configure(tmp_path)
    daemon = subprocess.Popen(
        [str(BINARY), "run", "--system", "loopback", "--log-file", "auto"],
        env={"ANTIPHON_HOME": str(tmp_path)},
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        first = wait_for_children(daemon.pid, 2)
        os.kill(first["engine"], signal.SIGKILL)
        until = time.monotonic() + 10
        while (again := wait_for_children(daemon.pid, 2))["engine"] == first["engine"] and time.monotonic() < until:
            time.sleep(0.1)
        assert again["engine"] != first["engine"]
        assert again["wire"] == first["wire"]
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(20) == 0
    assert "the engine ended" in (tmp_path / "log" / "antiphon.log").read_text()


def wait_for_children(process: int, count: int) -> dict[str, int]:
    """Role -> process of the daemon's children, once there are as many."""
    until = time.monotonic() + 20
    while True:
        found = {}
        for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if words[0] == os.fsencode(BINARY) and len(words) > 1:
                found[words[1].decode()] = int(child)
        if len(found) >= count or time.monotonic() > until:
            return found
        time.sleep(0.1)


def test_nothing_is_in_the_folder_that_may_not_be_and_it_is_small_enough() -> None:
    assert limits.broken(FOLDER, contents.read(LISTED)) == []
    assert limits.size_mb(FOLDER) <= recipe.LIMIT_MB


def test_no_gpl_code_is_in_the_folder() -> None:
    names = " ".join(path.name for path in contents.walk(FOLDER))
    for library in ("readline", "libjack", "libgdbm", "libdb-", "liblink", "_link"):
        assert library not in names.replace("antiphon", "")
    told = json.loads((FOLDER / "sbom.cdx.json").read_text())
    for part in told["components"]:
        for licence in part["licenses"]:
            assert not licences.is_copyleft(licence["expression"]), part["name"]


def test_every_owner_in_the_bill_is_in_the_notices_with_its_licence_in_full() -> None:
    text = (FOLDER / notices.FILE).read_text("utf-8")
    told = json.loads((FOLDER / "sbom.cdx.json").read_text())
    for part in told["components"]:
        assert part["name"] in text
    for words in ("PYTHON SOFTWARE FOUNDATION LICENSE", "Permission is hereby granted", "Bootloader Exception"):
        assert words in text
