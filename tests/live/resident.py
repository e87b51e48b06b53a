"""A resident daemon with settings of a test's own, and its OSC surface."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.live.daemon import Daemon
from tests.live.osc import Osc, free_port


@contextmanager
def resident(
    home: Path, environment: Mapping[str, str], settings: str, *words: str, seconds: float = 15.0
) -> Iterator[tuple[Daemon, Osc]]:
    """`antiphon run WORDS` without a page, once its ports are there (within so many seconds); ended with the test.

    `settings` are TOML, beside the port for OSC.
    """
    port = free_port()
    (home / "config").mkdir(parents=True)
    (home / "config" / "config.toml").write_text(f"[osc]\nport = {port}\n[page]\nenabled = false\n{settings}")
    running, osc = Daemon(home, ["run", *words], environment), Osc(port)
    running.wait_for("ports:", seconds)
    yield running, osc
    osc.close()
    if running.process.poll() is None:
        running.end()
