"""The OSC surface: datagrams in, parameters set and actions done, answers out to whoever asked."""

import asyncio
import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Protocol, cast

import msgspec

from bridge import __version__
from bridge.control.parameters import ParameterTable, Place
from bridge.errors import AntiphonError, OscError
from bridge.osc.address import ERROR, READINGS, STATUS, Action, AddressSpace, Reading
from bridge.osc.budget import Budget
from bridge.osc.complaints import Complaints
from bridge.osc.holder import holder
from bridge.osc.inbox import Inbox, Sender
from bridge.osc.packet import BUNDLE, Argument, Message, read, write

PORT = 9270
SOURCE = "osc"
"""How changes made here are signed in the parameter table."""
PACKET_MESSAGES = 512
"""Messages taken from one datagram; a larger bundle loses the rest."""
TURN_QUESTIONS = 32
"""Questions that are answered in one go."""
TURN_ANSWERS = 128
"""Messages answered in one turn; a long answer goes on in the next."""
LONGEST = 16_384
"""Bytes of a datagram; a longer one is left unread."""
SMALL = 1_024
"""Bytes up to which a datagram that is no bundle is cheap to read."""
SINGLES = (20_000.0, 4_000.0)
"""Small messages read in a second, and at once."""
BUNDLES = (200_000.0, 64_000.0)
"""Bytes of bundles and of long messages read in a second, and at once."""
FURTHEST = 1_000_000
"""The last beat of the song that can be gone to: nearly six days at 120 BPM."""
PAUSE = 0.005
"""Seconds between two turns, so that a flood leaves the loop to the others."""
SUM_UP = 10.0
"""Seconds after which the user is told how much more could not be used."""


class Actions(Protocol):
    """What the surface can have done; the daemon."""

    def start(self) -> None:
        """Play from the top."""
        ...

    def resume(self) -> None:
        """Play on from where the song stands."""
        ...

    def stop(self) -> None:
        """Stop our own clock."""
        ...

    def locate(self, beat: float) -> None:
        """Go to a song beat."""
        ...

    def tap_tempo(self) -> None:
        """The tempo was tapped, now."""
        ...

    def panic(self) -> None:
        """End every note."""
        ...

    def status(self) -> msgspec.Struct | Mapping[str, object]:
        """What there is to know, under the names of `READINGS`."""
        ...


class OscServer(asyncio.DatagramProtocol):
    """Listens on one UDP port within the running event loop; `report` is told, in the user's words, what went wrong.

    Values are set in the order of their last arrival and before questions are answered, so that a client which sets
    and asks gets what it set. Nothing here waits: a bundle's timetag is not obeyed.
    """

    def __init__(
        self,
        table: ParameterTable,
        actions: Actions,
        report: Callable[[str], object],
        host: str = "127.0.0.1",
        port: int = PORT,
    ) -> None:
        self._table = table
        self._actions = actions
        self._report = report
        self._host = host
        self._port = port
        self._space = AddressSpace(table)
        self._replies = Complaints()
        self._reports = Complaints(SUM_UP)
        self._summing: asyncio.TimerHandle | None = None
        self._singles = Budget(*SINGLES)
        self._bundles = Budget(*BUNDLES)
        self._answering: Iterator[tuple[Message, Sender]] = iter(())
        self._transport: asyncio.DatagramTransport | None = None
        self._turn: asyncio.TimerHandle | None = None
        self._turned = float("-inf")
        self._full = False
        self._told: dict[str, Argument] | None = None
        self._deeds: dict[str, Callable[[], object]] = {
            "play": actions.start,
            "resume": actions.resume,
            "stop": actions.stop,
            "tap": actions.tap_tempo,
            "panic": actions.panic,
        }
        self.inbox = Inbox()
        self.broken = 0
        """Datagrams that were no OSC."""
        self.dropped = 0
        """Datagrams that were left unread."""

    async def start(self) -> None:
        """Open the port (0 takes any that is free). Raises OscError."""
        self._loop = asyncio.get_running_loop()
        try:
            await self._loop.create_datagram_endpoint(lambda: self, local_addr=(self._host, self._port))
        except OSError as error:
            raise OscError(self._cannot_open(error)) from None

    def stop(self) -> None:
        """Close the port; what waits is forgotten. Closing twice, or before the start, is no matter."""
        for timer in (self._turn, self._summing):
            if timer is not None:
                timer.cancel()
        self._turn = self._summing = None
        self._answering = iter(())
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    @property
    def address(self) -> Sender:
        """Host and port listened on, or to be listened on before the start."""
        if self._transport is None:
            return self._host, self._port
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    # Called by the event loop.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        # Python 3.11's own datagram transport is no DatagramTransport by class.
        self._transport = cast(asyncio.DatagramTransport, transport)

    def pause_writing(self) -> None:
        """Answers pile up: drop those to come."""
        self._full = True

    def resume_writing(self) -> None:
        """Answers flow again."""
        self._full = False

    def error_received(self, exc: Exception) -> None:
        """An answer did not arrive because the asker has gone; that is no matter."""

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        """Sort a datagram's messages into the inbox."""
        sender = (str(addr[0]), addr[1])
        if sender == self.address or not self._affordable(data, sender):
            return
        messages = read(data)
        try:
            for message in islice(messages, PACKET_MESSAGES):
                self._sort(message, sender)
            if next(messages, None) is not None:
                self._complain("size", f"a bundle has more than {PACKET_MESSAGES} messages; the rest is lost", sender)
        except OscError as error:
            self.broken += 1
            self._complain("packet", f"a packet cannot be read: {error}", sender)
        if self.inbox:
            self._come_back()

    def _affordable(self, data: bytes, sender: Sender) -> bool:
        """Whether there is the time to read a datagram: what is not read costs next to nothing."""
        now = self._loop.time()
        if len(data) > LONGEST:
            self._complain("size", f"a packet of {len(data)} bytes is too long; send {LONGEST} at most", sender)
        elif data.startswith(BUNDLE) or len(data) > SMALL:
            if self._bundles.spend(len(data), now):
                return True
            self._complain("flood", "bundles come in faster than they can be read; some are left unread", sender)
        elif self._singles.spend(1, now):
            return True
        else:
            self._complain("flood", "messages come in faster than they can be read; some are left unread", sender)
        self.dropped += 1
        return False

    def _come_back(self) -> None:
        """Take a turn, as soon as it is time for one."""
        if self._turn is None:
            self._turn = self._loop.call_at(max(self._loop.time(), self._turned + PAUSE), self._take_turn)

    def _sort(self, message: Message, sender: Sender) -> None:
        match self._space.find(message.address):
            case None if message.address != ERROR:
                near = self._space.nearest(message.address) if self._replies.ready("address", self._loop.time()) else ""
                hint = f"; did you mean {near}?" if near else ""
                self._complain("address", f"there is no address {message.address[:80]}{hint}", sender)
            case Action(query=True) | Reading():
                self._question(message.address, sender)
            case Action(argument="") as action:
                if all(message.arguments):
                    self.inbox.command(Message(action.address), sender)
            case Place() | Action():
                if message.arguments:
                    self.inbox.command(message, sender)
                else:
                    self._question(message.address, sender)

    def _question(self, address: str, sender: Sender) -> None:
        if not self.inbox.question(address, sender):
            self._complain("question", "too many questions wait; this one is not answered", sender)

    def _take_turn(self) -> None:
        """Carry out what waits; called at most every `PAUSE` seconds."""
        self._turn = None
        self._turned = self._loop.time()
        for message, sender in self.inbox.take_commands():
            try:
                self._carry_out(message)
            except AntiphonError as error:
                self._complain("value", f"{message.address}: {error}", sender)
        self._told = None
        left = TURN_ANSWERS
        while left and (answer := next(self._answering, None) or self._next_answer()) is not None:
            self._send(*answer)
            left -= 1
        if not left:
            self._come_back()

    def _next_answer(self) -> tuple[Message, Sender] | None:
        """The first answer to the questions that wait."""
        questions = self.inbox.take_questions(TURN_QUESTIONS)
        self._answering = ((answer, sender) for address, sender in questions for answer in self._answers(address))
        return next(self._answering, None)

    def _carry_out(self, message: Message) -> None:
        if len(message.arguments) > 1:
            raise OscError(f"it takes one value, not {len(message.arguments)}")
        match self._space.find(message.address):
            case Place() as place:
                self._table.set(place.path, message.arguments[0], source=SOURCE)
            case Action(name="locate"):
                self._actions.locate(_beat(message.arguments[0]))
            case Action() as action:
                self._deeds[action.name]()

    def _answers(self, address: str) -> Iterable[Message]:
        match self._space.find(address):
            case Place() as place:
                yield Message(address, (self._table.get(place.path),))
            case Reading() as reading:
                value = self._status().get(reading.name)
                if value is not None:
                    yield Message(address, (value,))
            case Action(name="locate"):
                status = self._status()
                yield Message(address, tuple(status[name] for name in ("bar", "beat") if name in status))
            case Action(name="ping"):
                yield Message(address, ("antiphon", __version__))
            case Action(name="refresh"):
                values = self._table.snapshot()
                for place in self._table:
                    yield Message(place.address, (values[place.path],))
                yield from self._all_status()
            case Action(name="status"):
                yield from self._all_status()

    def _all_status(self) -> Iterable[Message]:
        status = self._status()
        lines = [Message(row.address, (status[row.name],)) for row in READINGS if row.name in status]
        yield from lines
        yield Message(STATUS, (len(lines),))

    def _status(self) -> dict[str, Argument]:
        """The status, looked at once a turn, however many ask."""
        if self._told is None:
            status = self._actions.status()
            values = msgspec.structs.asdict(status) if isinstance(status, msgspec.Struct) else status
            self._told = {name: value for name, value in values.items() if isinstance(value, float | int | bool | str)}
        return self._told

    def _send(self, message: Message, sender: Sender) -> None:
        if self._transport is not None and not self._full:
            self._transport.sendto(write(message), sender)

    def _complain(self, kind: str, text: str, sender: Sender) -> None:
        """Tell the sender, once a second, and the user, once and then how many more there were."""
        now = self._loop.time()
        if self._replies.voice(kind, now):
            self._send(Message(ERROR, (text,)), sender)
        if self._reports.voice(kind, now):
            self._report(f"OSC from {sender[0]}:{sender[1]}: {text}")
        elif self._summing is None:
            self._summing = self._loop.call_later(SUM_UP, self._sum_up)

    def _sum_up(self) -> None:
        self._summing = None
        line = self._reports.sum_up(self._loop.time())
        if line:
            self._report(f"OSC: {line}")

    def _cannot_open(self, error: OSError) -> str:
        if error.errno == errno.EADDRINUSE:
            who = holder(self._port) or "another program"
            return (
                f"OSC port {self._port} is held by {who}; end that, or set another `port` under [osc] in the "
                "configuration"
            )
        return f"cannot listen for OSC on {self._host}:{self._port} ({error.strerror}); see [osc] in the configuration"


def _beat(value: Argument) -> float:
    """A song beat. Raises OscError for what is none."""
    if isinstance(value, str) or not 0 <= value <= FURTHEST:  # which not-a-number is not, either
        raise OscError(f"it takes a beat of the song, a number from 0 to {FURTHEST}")
    return float(value)
