"""The echo guard: our own notes must not come back to us as the player's."""

from collections import deque
from typing import Final

from bridge.midi.ports import GUEST

_WINDOW: Final = 0.030
_EARLY: Final = 0.001
"""Seconds by which an echo may seem to come before its note: both ends round, to frames or to a wake-up."""
_REMEMBERED: Final = 1024


class LoopBreaker:
    """Opens when note-ons come faster than anyone plays, and closes when they have become few again.

    `runaway` is note-ons a second sustained for `span` seconds; it closes below an eighth of that.
    """

    def __init__(self, runaway: float = 400.0, span: float = 0.5) -> None:
        self.open = False
        self._span = span
        self._many = int(runaway * span)
        self._few = self._many // 8
        self._times: deque[float] = deque(maxlen=self._many + 1)

    def note(self, time: float) -> bool:
        """Count a note-on at `time` (seconds); True when just this one has opened the breaker."""
        while self._times and self._times[0] < time - self._span:
            self._times.popleft()
        self._times.append(time)
        if self.open:
            self.open = len(self._times) > self._few
            return False
        self.open = len(self._times) > self._many
        return self.open


class EchoGuard:
    """Tells echoes of what we sent from what the player plays. Time is passed in, in seconds.

    An arrival is an echo where the same message (an off: whatever its velocity) was sent
    within `window` seconds on any port but the `exempt` ones; each message sent excuses only one arrival.
    """

    def __init__(
        self,
        window: float = _WINDOW,
        breaker: LoopBreaker | None = None,
        exempt: tuple[str, ...] = (GUEST,),
    ) -> None:
        self._window = window
        self._breaker = breaker or LoopBreaker()
        self._exempt = exempt
        self._sent: deque[tuple[float, bytes]] = deque(maxlen=_REMEMBERED)
        self._held: dict[tuple[str, bytes], int] = {}
        self._ignored: dict[tuple[str, bytes], int] = {}
        self._complaint = ""

    def sent(self, time: float, port: str, data: bytes) -> None:
        """Remember a message that was or will be written to one of our ports at `time`."""
        if data[0] < 0xF0 and port not in self._exempt:
            self._sent.append((time, _key(data)))

    def accepts(self, time: float, port: str, data: bytes) -> bool:
        """Whether a message that came in on `port` at `time` is the player's, to be listened to."""
        if data[0] >= 0xF0:
            return True
        key = _key(data)
        kind = key[0] & 0xF0
        if kind == 0x80:
            return self._accepts_off(time, (port, key), key)
        if kind != 0x90:
            return not self._is_echo(time, key)
        if self._breaker.note(time):
            self._complaint = (
                f"note-ons run away on port {port}: something sends our notes back; listening again when it is quiet"
            )
        off = (port, bytes((key[0] & 0x8F, key[1])))
        echo = self._is_echo(time, key)
        book = self._ignored if echo or self._breaker.open else self._held
        book[off] = book.get(off, 0) + 1
        return book is self._held

    def take_complaint(self) -> str:
        """What the breaker has to report since the last call, as one sentence; empty when nothing."""
        complaint, self._complaint = self._complaint, ""
        return complaint

    def _accepts_off(self, time: float, off: tuple[str, bytes], key: bytes) -> bool:
        """A key that the player holds is always let go; only else can an off belong to an ignored note."""
        echo = self._is_echo(time, key)
        if _take(self._held, off):
            return True
        return not _take(self._ignored, off) and not echo

    def _is_echo(self, time: float, key: bytes) -> bool:
        """Whether this was sent just now; the message that excuses it is used up."""
        while self._sent and self._sent[0][0] < time - self._window:
            self._sent.popleft()
        for index, (sent, message) in enumerate(self._sent):
            if message == key and time - self._window <= sent <= time + _EARLY:
                del self._sent[index]
                return True
        return False


def _key(data: bytes) -> bytes:
    """What makes two messages the same: of offs the channel and key (velocity 0 is an off), else all bytes.

    A cable brings a note back as loud as it went; a player who comes in on our very pitch hardly ever does.
    """
    kind = data[0] & 0xF0
    if kind == 0x90 and data[2] == 0:
        return bytes((data[0] & 0x8F, data[1]))
    return data[:2] if kind == 0x80 else data


def _take(book: dict[tuple[str, bytes], int], key: tuple[str, bytes]) -> bool:
    """Take one from a count; False where there was none."""
    count = book.get(key, 0)
    if count > 1:
        book[key] = count - 1
    elif count:
        del book[key]
    return count > 0
