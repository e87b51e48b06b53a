"""From a stream of bytes, however it is cut, to complete messages."""

import re
from typing import Final

from bridge.midi.messages import LENGTHS, SYSEX, SYSEX_END

_REAL_TIME: Final = 0xF8
_SYSTEM: Final = 0xF0
_STATUS: Final = re.compile(rb"[\x80-\xff]")


class Assembler:
    """The parser behind one input port: running status, real-time bytes anywhere, SysEx of any size.

    Nothing that arrives raises. What is not well-formed is left out: stray data bytes, truncated messages,
    undefined status bytes, and a SysEx longer than `limit` bytes, for which there is one complaint.
    """

    def __init__(self, limit: int = 1 << 20) -> None:
        self._limit = limit
        self._status = 0
        self._data = bytearray()
        self._sysex: bytearray | None = None
        self._overlong = False
        self._complaint = ""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that `data` completes, each with its status byte, in order."""
        if self._sysex is None and self._whole(data):
            self._status = data[0]
            self._data.clear()
            return [data]
        out: list[bytes] = []
        at, end = 0, len(data)
        while at < end:
            byte = data[at]
            if byte >= _REAL_TIME:
                if LENGTHS[byte] == 0:
                    out.append(data[at : at + 1])
                at += 1
            elif byte >= 0x80:
                self._open(byte, out)
                at += 1
            elif self._sysex is not None or not self._status:
                # A regular expression finds the next status byte a hundred times faster than this loop would.
                status = _STATUS.search(data, at)
                until = status.start() if status else end
                self._extend(data[at:until])
                at = until
            else:
                self._data.append(byte)
                self._close(out)
                at += 1
        return out

    def take_complaint(self) -> str:
        """What was wrong since the last call, as one sentence; empty when nothing was."""
        complaint, self._complaint = self._complaint, ""
        return complaint

    @staticmethod
    def _whole(data: bytes) -> bool:
        """Whether `data` is exactly one channel message, as nearly everything is."""
        return (
            len(data) > 1
            and 0x80 <= data[0] < _SYSTEM
            and LENGTHS[data[0]] == len(data) - 1
            and data[1] < 0x80
            and data[-1] < 0x80
        )

    def _open(self, status: int, out: list[bytes]) -> None:
        """Begin the message of a status byte; whatever was unfinished before it is given up."""
        sysex, self._sysex = self._sysex, None
        self._data.clear()
        self._status = 0
        if status == SYSEX_END:
            if sysex is not None and not self._overlong:
                sysex.append(SYSEX_END)
                out.append(bytes(sysex))
        elif status == SYSEX:
            self._sysex = bytearray((SYSEX,))
            self._overlong = False
        elif LENGTHS[status] >= 0:
            self._status = status
            self._close(out)

    def _close(self, out: list[bytes]) -> None:
        """Hand out the message in hand if its last byte is there."""
        if len(self._data) < LENGTHS[self._status]:
            return
        out.append(bytes((self._status, *self._data)))
        self._data.clear()
        if self._status >= _SYSTEM:
            # Running status is for channel messages only.
            self._status = 0

    def _extend(self, data: bytes) -> None:
        """Add to the SysEx in hand, within the limit; without one these are stray bytes."""
        if self._sysex is None or self._overlong:
            return
        if len(self._sysex) + len(data) + 1 > self._limit:
            self._overlong = True
            self._sysex = bytearray()
            self._complaint = (
                f"a SysEx message of more than {self._limit} bytes was thrown away; "
                "check what the sender on this port is dumping"
            )
            return
        self._sysex += data
