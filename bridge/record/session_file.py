"""A session log being written: lines handed to a thread of its own, full parts compressed, bounded in every way.

`session.jsonl` is the part that is being written; `session.001.jsonl.gz` and so on came before it.
"""

import gzip
import os
import re
import shutil
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.errors import SessionError
from bridge.record.session import ENDED, Header, Line, Over, Part

PAUSE = 0.5
"""Seconds from a line to the disk at most: what a kill may cost."""
PART = 8 * 1024 * 1024
"""Bytes of a part before it is compressed."""
LIMIT = 256 * 1024 * 1024
"""Bytes on disk at which a log ends, unless told otherwise."""
WAITING = 16 * 1024 * 1024
"""Bytes that may wait for a disk that stands still; then the log ends."""
SUFFIX = ".jsonl"


class SessionFile:
    """A log that is being written; `add` never waits. `trouble` is told, from the thread, why a log ends early.

    Raises SessionError where the file cannot be made.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        trouble: Callable[[str], object] = lambda _: None,
        limit: int = LIMIT,
        part: int = PART,
    ) -> None:
        self.path = path
        self._trouble = trouble
        self._limit = limit
        self._part = part
        self._encode = msgspec.json.Encoder().encode
        self._lines: deque[bytes] = deque()
        self._added = self._written = 0
        self._something = threading.Event()
        self._over = threading.Event()
        self._number = 0
        self._kept = self._size = 0
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            for old in (path, *parts(path)):
                old.unlink(missing_ok=True)
            self._file = path.open("wb")
            self._write(self._encode(header))
            self._file.flush()
        except OSError as error:
            raise SessionError(f"no session log at {path} ({error.strerror}); choose another folder") from None
        self._thread = threading.Thread(target=self._run, name="session-log", daemon=True)
        self._thread.start()

    def add(self, line: Line) -> None:
        """Keep a line; after the end it is forgotten."""
        if self._over.is_set():
            return
        data = self._encode(line)
        self._added += len(data)
        self._lines.append(data)
        self._something.set()
        if self._added - self._written > WAITING:
            self._stop("the disk does not keep up")

    def close(self, reason: str = ENDED) -> None:
        """Write what waits and a last line. Closing twice is no matter."""
        self.add(Over(reason))
        self._over.set()
        self._something.set()
        self._thread.join()
        self._file.close()

    def _run(self) -> None:
        try:
            while not self._over.is_set():
                self._something.wait()
                self._over.wait(PAUSE)
                self._something.clear()
                self._flush()
                if self._kept + self._size > self._limit:
                    self._write(self._encode(Over("it is as long as it may be")))
                    self._stop("it is as long as it may be")
                elif self._size > self._part:
                    self._turn_over()
            self._flush()
        except OSError as error:
            self._stop(error.strerror or str(error))

    def _flush(self) -> None:
        """Hand the system all that waits: then only a crash of the whole machine could lose it."""
        while self._lines:
            line = self._lines.popleft()
            self._written += len(line)
            self._write(line)
        self._file.flush()

    def _write(self, line: bytes) -> None:
        self._size += self._file.write(line + b"\n")

    def _turn_over(self) -> None:
        """Put the full part away, compressed, and begin the next."""
        self._file.close()
        self._number += 1
        part = self.path.with_name(f"{self.path.stem}.{self._number:03}{SUFFIX}.gz")
        unfinished = part.with_name(part.name + ".new")
        with self.path.open("rb") as full, gzip.open(unfinished, "wb", 6) as small:
            shutil.copyfileobj(full, small, 1 << 16)
        os.replace(unfinished, part)
        self._kept += part.stat().st_size
        self._size = 0
        self._file = self.path.open("wb")
        self._write(self._encode(Part(self._number)))

    def _stop(self, reason: str) -> None:
        self._over.set()
        self._something.set()
        self._trouble(f"the session log {self.path} ends here ({reason}); the music does not")


def parts(path: Path) -> list[Path]:
    """The compressed parts of a log that came before the one at `path`, in order."""
    name = re.compile(rf"{re.escape(path.stem)}\.(\d+){re.escape(SUFFIX)}\.gz")
    found = {int(match[1]): file for file in path.parent.glob(f"*{SUFFIX}.gz") if (match := name.fullmatch(file.name))}
    return [found[number] for number in sorted(found)]
