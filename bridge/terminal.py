"""The terminal: a line that changes below lines that stay."""

import contextlib
import errno
import io
import os
import shutil
import sys
from collections.abc import Callable
from typing import TextIO

REDRAW = 0.25
"""Seconds between status lines on a terminal."""
PRINT = 5.0
"""Seconds between status lines where the output is a file or a pipe."""
GONE = frozenset({errno.EPIPE, errno.EIO})
"""What a write fails with when the terminal or the reader of a pipe has gone for good."""


class Terminal:
    """Status line and messages on one stream, without the one breaking the other; messages go to `keep` too.

    Nothing that happens to the stream is an error: the music does not depend on being watched.
    """

    def __init__(self, stream: TextIO | None = None, keep: Callable[[str], object] | None = None) -> None:
        self._keep = keep
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._width = 0

    @property
    def pace(self) -> float:
        """Seconds between status lines here."""
        return REDRAW if self._live else PRINT

    def say(self, text: str) -> None:
        """Print a line that stays, and keep it where lines are kept."""
        if self._keep is not None:
            self._keep(text)
        self._write(f"{self._cleared()}{text}\n")

    def status(self, text: str) -> None:
        """Show the line that changes; on a terminal, as much of it as fits."""
        if not self._live:
            self._write(f"{text}\n")
            return
        room = self._room()
        shown = text[:room]
        self._write(f"\r{shown:<{min(self._width, room)}}")
        self._width = len(shown)

    def _cleared(self) -> str:
        """What takes the status line off the screen."""
        blank = " " * min(self._width, self._room()) if self._live else ""
        self._width = 0
        return f"\r{blank}\r" if blank else ""

    def _room(self) -> int:
        """Characters that fit on a line now: a full one would make some terminals begin the next."""
        try:
            columns = os.get_terminal_size(self._stream.fileno()).columns
        except (OSError, ValueError):
            columns = 0
        return max((columns or shutil.get_terminal_size().columns) - 1, 0)

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError as error:
            if error.errno in GONE:
                self._let_go()

    def _let_go(self) -> None:
        """Lead the stream nowhere, or what it could not write would be an error again when Python ends."""
        with contextlib.suppress(OSError, io.UnsupportedOperation):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nowhere, self._stream.fileno())
            finally:
                os.close(nowhere)
