"""Single keys of a terminal, without Enter, on POSIX and on Windows."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import Protocol


class Keyboard(Protocol):
    """Waits for a key."""

    def key(self, seconds: float) -> str:
        """The key that was pressed within some seconds; "" for none."""
        ...


class Posix:
    """The terminal of standard input."""

    def key(self, seconds: float) -> str:
        """The key that was pressed within some seconds; "" for none."""
        import select

        ready, _, _ = select.select([sys.stdin], [], [], seconds)
        return sys.stdin.read(1) if ready else ""


class Windows:
    """The console."""

    def key(self, seconds: float) -> str:
        """The key that was pressed within some seconds; "" for none."""
        import msvcrt

        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore]
                return str(msvcrt.getwch())  # type: ignore[attr-defined,unused-ignore]
            time.sleep(0.02)
        return ""


@contextlib.contextmanager
def keyboard() -> Iterator[Keyboard]:
    """Keys come one by one and are not shown, until it is over."""
    if sys.platform == "win32":
        yield Windows()
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield Posix()
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
