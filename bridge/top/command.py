"""`antiphon top`: draws what a daemon tells, four times a second, until q."""

import shutil
import sys
import time

from bridge.errors import OscError
from bridge.settings import Osc
from bridge.top.asker import Asker
from bridge.top.keyboard import keyboard
from bridge.top.view import History, away, screen

PACE = 0.25
"""Seconds between two looks."""
FIRST = 2.0
"""Seconds in which a daemon has to answer at first."""
ENTER, LEAVE = "\x1b[?1049h\x1b[?25l", "\x1b[?25h\x1b[?1049l"
"""Another screen without a cursor, and back."""
QUIT = frozenset("qQ\x03\x1b")
DEEDS = {"l": "like", "d": "dislike", "u": "unlike"}
"""What a key has done."""


def top(osc: Osc) -> None:
    """Watch the daemon whose OSC surface is there. Raises OscError where none answers, or there is no terminal."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(osc.host, osc.host)
    asker = Asker(host, osc.port)
    try:
        if not osc.enabled or not asker.ask(FIRST):
            raise OscError(
                f"no daemon answers at {asker.where}; start one with `antiphon run`, or say by --config where it is"
            )
        if not (sys.stdin.isatty() and sys.stdout.isatty()):
            raise OscError("`antiphon top` draws on a terminal; for a program, ask /antiphon/status by OSC")
        _watch(asker)
    finally:
        asker.close()


def _watch(asker: Asker) -> None:
    history = History()
    with keyboard() as keys:
        sys.stdout.write(ENTER)
        try:
            while True:
                began = time.monotonic()
                status = asker.ask(PACE)
                width, height = shutil.get_terminal_size()
                if status:
                    history.add(status)
                lines = (
                    screen(status, history, asker.where, width - 1, height) if status else away(asker.where, width - 1)
                )
                sys.stdout.write("\x1b[H" + "\x1b[K\r\n".join(lines) + "\x1b[K\x1b[J")
                sys.stdout.flush()
                key = keys.key(max(began + PACE - time.monotonic(), 0.01))
                if key in QUIT:
                    return
                if key.lower() in DEEDS:
                    asker.do(DEEDS[key.lower()])
        except KeyboardInterrupt:
            return
        finally:
            sys.stdout.write(LEAVE)
            sys.stdout.flush()
