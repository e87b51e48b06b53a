"""A JACK server of our own for the live tests."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

_numbers = count()


@dataclass
class JackServer:
    """A `jackd` on the dummy driver under a private name, so that no other server is met."""

    period: int = 256
    rate: int = 48000
    name: str = field(default_factory=lambda: f"antiphon-test-{os.getpid()}-{next(_numbers)}")
    process: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        """The environment in which a child process finds this server."""
        return os.environ | {"JACK_DEFAULT_SERVER": self.name}

    def lsp(self, *options: str) -> list[str]:
        """The lines of `jack_lsp`; empty when the server does not answer."""
        result = subprocess.run(
            ["jack_lsp", *options], env=self.env, capture_output=True, text=True, check=False, timeout=10
        )
        return result.stdout.splitlines() if result.returncode == 0 else []

    def start(self, log: Path) -> None:
        """Start and wait until clients can come."""
        # -S: the server waits for its clients. Without, a busy machine makes it throw away cycles, notes and all.
        driver = ["-d", "dummy", "-r", str(self.rate), "-p", str(self.period)]
        command = ["jackd", "-S", "-n", self.name, *driver]
        with log.open("wb") as out:
            self.process = subprocess.Popen(command, stdout=out, stderr=out, env=self.env)
        until = time.monotonic() + 10
        while not self.lsp():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise RuntimeError(f"jackd did not start: {log.read_text()}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Let it die without a word, as in a crash.

        It keeps its place among the eight servers that a machine can have until one of its name has ended well.
        """
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it. A last client just before lets jackd notice who has died, and so leave nothing in /dev/shm."""
        if self.process is None:
            return
        self.lsp()
        self.process.terminate()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        for left in Path("/dev/shm").glob(f"jack*_{self.name}_*"):
            left.unlink(missing_ok=True)


def _serve(period: int, folder: Path) -> Iterator[JackServer]:
    if shutil.which("jackd") is None or shutil.which("jack_lsp") is None:
        pytest.skip("jackd is not installed (apt install jackd2)")
    server = JackServer(period)
    server.start(folder / "jackd.log")
    try:
        yield server
    finally:
        if server.process is not None and server.process.poll() is not None:
            server.start(folder / "jackd.log")
        server.stop()


@pytest.fixture(scope="module")
def jack_server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JackServer]:
    """A server for a module's tests; `parametrize("jack_server", [64], indirect=True)` sets its period.

    At 256 frames a busy test machine seldom misses a cycle, and every promise to the frame is the same.
    """
    yield from _serve(getattr(request, "param", 256), tmp_path_factory.mktemp("jack"))


@pytest.fixture
def own_jack_server(tmp_path: Path) -> Iterator[JackServer]:
    """A server for one test, which may kill it."""
    yield from _serve(256, tmp_path)
