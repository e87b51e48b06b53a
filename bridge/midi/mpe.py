"""MPE: a keyboard that plays every note on a channel of its own is still one player.

Notes of a zone's member channels come out on its master channel, a pitch that two fingers hold once; what bends or
presses a single note is left out.
"""

from typing import Final

_NOTE_OFF, _NOTE_ON, _CC = 0x80, 0x90, 0xB0
_RPN_HIGH, _RPN_LOW, _DATA = 101, 100, 6
_ZONES_RPN: Final = (0, 6)
"""The parameter that says how many member channels a zone has."""
LOWER, UPPER = 0, 15
"""The master channels of the two zones."""


class Mpe:
    """Follows one port; until a zone is announced there (RPN 6), everything passes as it is."""

    def __init__(self) -> None:
        self._selected: dict[int, tuple[int, int]] = {}
        self._members: dict[int, int] = {}
        """Member channel -> the master channel of its zone."""
        self._sizes = {LOWER: 0, UPPER: 0}
        self._down: dict[tuple[int, int], set[int]] = {}
        """Master channel and pitch -> the member channels that hold it."""

    def take(self, data: bytes) -> bytes | None:
        """The message as one player would have sent it; None for one that says nothing of the player."""
        status = data[0]
        if status & 0xF0 == _CC and len(data) == 3:
            self._listen(status & 0x0F, data[1], data[2])
        if not self._members or not _NOTE_OFF <= status < 0xF0:
            return data
        master = self._members.get(status & 0x0F)
        if master is None:
            return data
        if status & 0xF0 not in (_NOTE_ON, _NOTE_OFF):
            return None
        return self._note(data, master)

    def let_go(self) -> None:
        """No key is down any more: the keyboard went away."""
        self._down.clear()

    def _note(self, data: bytes, master: int) -> bytes | None:
        channel, on = data[0] & 0x0F, data[0] & 0xF0 == _NOTE_ON and data[2] > 0
        fingers = self._down.setdefault((master, data[1]), set())
        if on:
            fingers.add(channel)
        else:
            fingers.discard(channel)
            if fingers:
                return None  # another finger still holds it
            del self._down[master, data[1]]
        return bytes((data[0] & 0xF0 | master,)) + data[1:]

    def _listen(self, channel: int, control: int, value: int) -> None:
        if channel not in self._sizes:
            return
        high, low = self._selected.get(channel, (0x7F, 0x7F))
        if control == _RPN_HIGH:
            self._selected[channel] = value, low
        elif control == _RPN_LOW:
            self._selected[channel] = high, value
        elif control in (98, 99):
            self._selected.pop(channel, None)  # the data is another parameter's
        elif control == _DATA and (high, low) == _ZONES_RPN:
            self._announce(channel, min(value, 15))

    def _announce(self, master: int, members: int) -> None:
        """A zone has so many members now; where the two would overlap, the later one has its way."""
        other = UPPER if master == LOWER else LOWER
        self._sizes[master] = members
        self._sizes[other] = min(self._sizes[other], max(14 - members, 0))
        lower, upper = self._sizes[LOWER], self._sizes[UPPER]
        self._members = dict.fromkeys(range(1, 1 + lower), LOWER) | dict.fromkeys(range(15 - upper, 15), UPPER)
