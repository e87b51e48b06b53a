"""A two-way line of typed messages between two of the three processes.

Sending never blocks the caller: a writer thread does it, from a bounded outbox. A link ends once, and says so.
"""

import contextlib
import os
import secrets
import socket
import threading
from collections import deque
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from typing import Any, Generic, TypeVar

import msgspec

from bridge import socket_folder

OUTBOX = 50_000
"""Messages that may wait for a peer that does not read; then the link is given up."""

In = TypeVar("In")


class Link(Generic[In]):
    """One end. `deliver` gets every message (from a thread of the link's own), then None once at the end."""

    def __init__(self, connection: "Connection[Any, Any]", kinds: Any, deliver: Callable[[In | None], None]) -> None:
        self._connection = connection
        self._decode = msgspec.msgpack.Decoder(kinds).decode
        self._encode = msgspec.msgpack.Encoder().encode
        self._deliver = deliver
        self._outbox: deque[bytes] = deque()
        self._something = threading.Semaphore(0)
        self._over = threading.Event()
        self._reader = threading.Thread(target=self._read, name="link-reader", daemon=True)
        self._writer = threading.Thread(target=self._write, name="link-writer", daemon=True)

    def start(self) -> "Link[In]":
        """Begin to read and write."""
        self._reader.start()
        self._writer.start()
        return self

    @property
    def alive(self) -> bool:
        """Whether the other end is still there."""
        return not self._over.is_set()

    def send(self, message: msgspec.Struct) -> bool:
        """Queue a message; False where the link is over or the peer has stopped reading."""
        if self._over.is_set():
            return False
        if len(self._outbox) >= OUTBOX:
            self.close()
            return False
        self._outbox.append(self._encode(message))
        self._something.release()
        return True

    def close(self, drain: float = 0.0) -> None:
        """End the link; wait up to `drain` seconds for what is queued to go out first."""
        if drain > 0 and not self._over.is_set():
            self._something.release()
            pause = threading.Event()
            waited = 0.0
            while self._outbox and waited < drain and not self._over.is_set():
                pause.wait(0.005)
                waited += 0.005
        self._end()

    def _read(self) -> None:
        try:
            while not self._over.is_set():
                self._deliver(self._decode(self._connection.recv_bytes()))
        except (EOFError, OSError, TypeError, ValueError, msgspec.DecodeError):
            # TypeError: the connection was closed by another thread in the middle of a read.
            pass
        finally:
            self._end()
            self._connection.close()
            self._deliver(None)

    def _write(self) -> None:
        try:
            while not self._over.is_set():
                self._something.acquire()
                while self._outbox:
                    self._connection.send_bytes(self._outbox[0])
                    self._outbox.popleft()
        except (EOFError, OSError, TypeError, ValueError):
            pass
        finally:
            self._end()

    def _end(self) -> None:
        if not self._over.is_set():
            self._over.set()
            self._something.release()
            _hang_up(self._connection)


class Exchange:
    """Where peers dial in: a listener on an address of this machine that only the holder of the key can use.

    Sweeps away what killed processes of ours left behind. Raises SettingsError where there is no room for a socket.
    """

    def __init__(self) -> None:
        self.key = secrets.token_bytes(32)
        self._folder: str | None = None
        if os.name == "posix":
            self._folder = socket_folder.make()
            address = os.path.join(self._folder, socket_folder.SOCKET)
        else:
            address = rf"\\.\pipe\antiphon-{secrets.token_hex(8)}"
        self._listener = Listener(address, backlog=8, authkey=self.key)
        self.address = address

    def accept(self, then: Callable[["Connection[Any, Any]"], None]) -> None:
        """Hand each peer that dials in to `then`, from a thread, until closed."""

        def run() -> None:
            while True:
                try:
                    then(self._listener.accept())
                except (EOFError, ConnectionError):
                    continue  # a peer that went away while it dialled
                except OSError:
                    return
                except Exception:  # a wrong key (AuthenticationError is no OSError)
                    continue

        threading.Thread(target=run, name="exchange", daemon=True).start()

    def close(self) -> None:
        """Stop listening and remove the address."""
        with contextlib.suppress(OSError):  # the system may have cleared the temporary folder
            self._listener.close()
        if self._folder is not None:
            socket_folder.remove(self._folder)


def dial(address: str, key: bytes) -> "Connection[Any, Any]":
    """Connect to an exchange. Raises OSError or AuthenticationError."""
    return Client(address, authkey=key)


def _hang_up(connection: "Connection[Any, Any]") -> None:
    """Make the reading thread's `recv` return; that thread then closes the connection.

    Closing it from here could hand the same descriptor number to another file while it is being read.
    """
    if os.name != "posix":
        connection.close()
        return
    try:
        twin = socket.socket(fileno=os.dup(connection.fileno()))
    except OSError:
        return
    with twin, contextlib.suppress(OSError):
        twin.shutdown(socket.SHUT_RDWR)
