"""The daemon's log: what it tells, with the time, in a file that is set aside before it grows large."""

import contextlib
import logging
import queue
from collections.abc import Callable, Iterator
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path

from bridge import __version__
from bridge.errors import AntiphonError, SettingsError
from bridge.settings import Log, log_file

LINE = "%(asctime)s %(message)s"
Keep = Callable[[str], None]


@contextlib.contextmanager
def kept(log: Log, file: str | None = None) -> Iterator[Keep | None]:
    """The log that the settings, or rather `file`, ask for; None where they ask for none. Raises SettingsError."""
    name = log.file if file is None else file
    if not name:
        yield None
        return
    path = log_file(name)
    with opened(path, log.kilobytes, log.kept) as keep:
        keep(f"Antiphon {__version__} begins")
        yield keep
        keep("Antiphon ends")


@contextlib.contextmanager
def opened(path: Path, kilobytes: int, kept: int) -> Iterator[Keep]:
    """What writes a line to the log, without waiting for the disk; an error on its way out is written too.

    A file of `kilobytes` is set aside as `path`.1, and `kept` of these remain. Raises SettingsError where there can
    be no such file; a disk that is full later loses lines, not music.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = _Quiet(path, maxBytes=kilobytes * 1024, backupCount=kept, encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"cannot write the log {path} ({error.strerror or error}); choose another file") from None
    file.setFormatter(logging.Formatter(LINE))
    lines: queue.SimpleQueue[logging.LogRecord] = queue.SimpleQueue()
    writer = QueueListener(lines, file)
    logger = logging.Logger("antiphon")
    logger.addHandler(QueueHandler(lines))
    writer.start()
    try:
        yield lambda text: logger.info("%s", text)
    except AntiphonError as error:
        logger.info("%s", error)
        raise
    except Exception as error:
        logger.info("a fault: %r; please report this", error, exc_info=True)
        raise
    finally:
        writer.stop()
        file.close()


class _Quiet(RotatingFileHandler):
    """A disk that does not take a line is no reason to say anything on a terminal that may not be there."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Let the line go."""
