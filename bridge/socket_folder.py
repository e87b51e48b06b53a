"""The folder that a socket of ours lies in: made where its path is short enough, and taken away after its owner."""

import contextlib
import os
import socket
import stat
import tempfile
import time as clock

from bridge.errors import SettingsError

PREFIX = "antiphon-"
SOCKET = "line"
"""Name of the socket in its folder."""
LONGEST = 100
"""Bytes of a socket's path that every system takes (macOS 103, Linux 107)."""
SHORT = "/tmp"
"""Where the folder goes if the path of the usual one is too long."""
RANDOM = 8
"""Letters that `mkdtemp` puts behind the prefix."""
SETTLED = 60.0
"""Seconds of age from which a socket that nobody listens on is stale, and not one about to be listened on."""


def make() -> str:
    """A new folder with room for a socket's path; what killed owners left beside it goes. Raises SettingsError."""
    room = len(PREFIX) + RANDOM + len(SOCKET) + 2
    try:
        usual = tempfile.gettempdir()
        parent = usual if len(os.fsencode(usual)) + room <= LONGEST else SHORT
        sweep(parent, clock.time())
        return tempfile.mkdtemp(prefix=PREFIX, dir=parent)
    except OSError as error:
        raise SettingsError(
            f"no place for the line between our processes ({error.strerror or error}); "
            "set TMPDIR to a folder with a short path that you can write to"
        ) from None


def remove(folder: str) -> None:
    """Take a folder and its socket away, as far as they are still there."""
    for step, path in ((os.unlink, os.path.join(folder, SOCKET)), (os.rmdir, folder)):
        with contextlib.suppress(OSError):
            step(path)


def sweep(parent: str, time: float) -> int:
    """Remove the folders of this user in `parent` whose socket nobody listens on at `time` (seconds since 1970).

    Returns how many there were. What is not surely one of ours, or not surely left, stays.
    """
    swept = 0
    try:
        with os.scandir(parent) as entries:
            folders = [entry.path for entry in entries if entry.name.startswith(PREFIX)]
    except OSError:
        return 0
    for folder in folders:
        with contextlib.suppress(OSError):
            if _is_left(folder, time):
                remove(folder)
                swept += 1
    return swept


def _is_left(folder: str, time: float) -> bool:
    """Whether a folder holds one old socket of this user and nothing else, and nobody listens there."""
    path = os.path.join(folder, SOCKET)
    outer, inner = os.lstat(folder), os.lstat(path)
    return (
        stat.S_ISDIR(outer.st_mode)
        and stat.S_ISSOCK(inner.st_mode)
        and outer.st_uid == inner.st_uid == os.getuid()
        and time - inner.st_ctime > SETTLED
        and os.listdir(folder) == [SOCKET]
        and _is_deaf(path)
    )


def _is_deaf(path: str) -> bool:
    """Whether a socket turns callers away. Never waits: one that is too busy to answer is alive."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.setblocking(False)
        try:
            caller.connect(path)
        except ConnectionRefusedError:
            return True
        except OSError:
            pass
    return False
