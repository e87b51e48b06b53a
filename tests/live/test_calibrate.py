"""`antiphon calibrate` against a music program on JACK that takes a known number of frames."""

import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.conftest import JackServer
from tests.live.daemon import ROOT

pytestmark = pytest.mark.live

PROGRAM = """
import heapq, jack, sys, time
delay = int(sys.argv[1])
client = jack.Client("daw", no_start_server=True)
ear, hand = client.midi_inports.register("ear"), client.midi_outports.register("hand")
waiting = []
def process(frames):
    start = client.last_frame_time
    for offset, event in ear.incoming_midi_events():
        heapq.heappush(waiting, (start + offset + delay, bytes(event)))
    hand.clear_buffer()
    while waiting and waiting[0][0] < start + frames:
        frame, data = heapq.heappop(waiting)
        hand.write_midi_event(max(frame - start, 0), data)
client.set_process_callback(process)
client.activate()
print("up", flush=True)
while True:
    for source, sink in (("Antiphon:lead", "daw:ear"), ("daw:hand", "Antiphon:in")):
        try:
            client.connect(source, sink)
        except jack.JackError:
            pass
    time.sleep(0.1)
"""


class Music:
    """A music program that sends what it hears back, `delay` frames later."""

    def __init__(self, server: JackServer, delay: int) -> None:
        command = [sys.executable, "-c", PROGRAM, str(delay)]
        self.process = subprocess.Popen(command, env=server.env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self.process.stdout is not None
        self.process.stdout.readline()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


@pytest.fixture
def music(jack_server: JackServer, request: pytest.FixtureRequest) -> Iterator[Music]:
    program = Music(jack_server, request.param)
    yield program
    program.close()


def calibrate(server: JackServer, home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bridge", "calibrate", "--system", "jack", *arguments],
        cwd=ROOT,
        env=server.env | {"ANTIPHON_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("music", [0, 700, 4801], indirect=True)
@pytest.mark.parametrize("jack_server", [256], indirect=True)
def test_the_offset_is_the_delay_of_the_music_program_to_the_frame(
    jack_server: JackServer, music: Music, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    done = calibrate(jack_server, tmp_path, "--write")
    assert done.returncode == 0, done.stderr
    written = tomllib.loads((tmp_path / "config" / "config.toml").read_text())
    frames = -written["midi"]["offset_ms"]["lead"] * jack_server.rate / 1000
    assert frames == pytest.approx(request.node.callspec.params["music"], abs=1.0), done.stdout


def test_without_a_way_back_it_says_what_to_connect_and_fails(jack_server: JackServer, tmp_path: Path) -> None:
    done = calibrate(jack_server, tmp_path, "--patience", "2")
    assert done.returncode == 1
    assert "nothing came back from «lead» to «in»" in done.stderr
    assert not [line for line in jack_server.lsp() if line.startswith("Antiphon")]
    assert done.stdout == ""
