"""The OSC surface: datagrams in, parameters set and actions done, answers out to whoever asked."""

import asyncio
import errno
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Protocol

import msgspec

from bridge import __version__
from bridge.control.parameter import ROOT
from bridge.control.parameters import ParameterTable, Place
from bridge.daw.keep import MOST_BARS
from bridge.errors import AntiphonError, OscError
from bridge.osc.address import ERROR, READINGS, STATUS, Action, AddressSpace, Reading
from bridge.osc.budget import Budget
from bridge.osc.complaints import Complaints
from bridge.osc.datagrams import Datagrams, Endpoint, Sender, listen
from bridge.osc.holder import holder
from bridge.osc.inbox import Inbox
from bridge.osc.packet import BUNDLE, Argument, Message, UnreadableError, elements, head, read, write
from bridge.osc.questions import Questions

PORT = 9270
SOURCE = "osc"
"""How changes made here are signed in the parameter table."""
PACKET_MESSAGES = 512
"""Messages taken from one datagram; a larger bundle loses the rest."""
TURN_ANSWERS = 48
"""Messages answered in one turn; a long answer goes on in the next."""
LONG = {STATUS: 1, f"{ROOT}/refresh": 2}
"""Questions whose answers are many messages: others, and the shorter of these, are answered before them."""
LONGEST = 16_384
"""Bytes of a datagram; a longer one is left unread."""
SINGLES = (5_000.0, 2_000.0)
"""Messages, other than those that set a value, read in a second, and at once."""
BUNDLES = (100_000.0, 64_000.0)
"""Bytes of bundles read in a second, and at once."""
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

    def keep(self, bars: int) -> None:
        """Keep the last bars of the band."""
        ...

    @property
    def kept(self) -> str:
        """The folder of what was kept last; empty before."""
        ...

    def do(self, name: str, argument: str | None = None) -> None:
        """Do what one of the console's deeds says. Raises SettingsError."""
        ...

    def ask(self, name: str) -> tuple[str, ...]:
        """What one of the console's deeds answers."""
        ...

    def status(self) -> msgspec.Struct | Mapping[str, object]:
        """What there is to know, under the names of `READINGS`."""
        ...


class OscServer:
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
        self._questions = Questions(self._answers, lambda address: LONG.get(address, 0), len(LONG) + 1)
        self._port_open: Datagrams | Endpoint | None = None
        self._own: Sender = ("", 0)
        self._turn: asyncio.TimerHandle | None = None
        self._turned = float("-inf")
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
            self._port_open = await listen(self._host, self._port, self._take)
        except OSError as error:
            raise OscError(self._cannot_open(error)) from None
        self._own = self._port_open.address

    def stop(self) -> None:
        """Close the port; what waits is forgotten. Closing twice, or before the start, is no matter."""
        for timer in (self._turn, self._summing):
            if timer is not None:
                timer.cancel()
        self._turn = self._summing = None
        self._questions.clear()
        if self._port_open is not None:
            self._port_open.close()
            self._port_open = None

    @property
    def address(self) -> Sender:
        """Host and port listened on, or to be listened on before the start."""
        return (self._host, self._port) if self._port_open is None else self._port_open.address

    def _take(self, data: bytes, sender: Sender) -> None:
        """Sort what came in into the inbox; what is set again and again is read only when its turn comes."""
        if sender == self._own:
            return
        if len(data) > LONGEST:
            self._complain("size", f"a packet of {len(data)} bytes is too long; send {LONGEST} at most", sender)
        elif data.startswith(BUNDLE):
            self._take_apart(data, sender)
        else:
            self._take_one(data, sender)
        if self.inbox or self._questions:
            self._come_back()

    def _take_apart(self, data: bytes, sender: Sender) -> None:
        """Take the messages of a bundle one by one, if there is the time for it."""
        if not self._bundles.spend(len(data), self._loop.time()):
            self._drop("bundles", sender)
            return
        messages = elements(data)
        try:
            for message in islice(messages, PACKET_MESSAGES):
                self._take_one(message, sender)
            if next(messages, None) is not None:
                self._complain("size", f"a bundle has more than {PACKET_MESSAGES} messages; the rest is lost", sender)
        except UnreadableError as error:
            self._refuse(str(error), sender)

    def _take_one(self, data: bytes, sender: Sender) -> None:
        """Sort a single message; one that sets a value is not read yet, since another may follow."""
        beginning = head(data)
        if beginning is None:
            self._refuse("it begins with neither an address nor a bundle", sender)
        elif beginning.arguments and isinstance(self._space.find(beginning.address), Place):
            self.inbox.command(beginning.address, data, sender)
        elif self._singles.spend(1, self._loop.time()):
            try:
                for message in read(data):
                    self._sort(message, sender)
            except UnreadableError as error:
                self._refuse(str(error), sender)
        else:
            self._drop("messages", sender)

    def _drop(self, what: str, sender: Sender) -> None:
        self.dropped += 1
        self._complain("flood", f"{what} come in faster than they can be read; some are left unread", sender)

    def _refuse(self, why: str, sender: Sender) -> None:
        self.broken += 1
        self._complain("packet", f"a packet cannot be read: {why}", sender)

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
                    self.inbox.command(action.address, Message(action.address), sender)
            case Place() | Action():
                if message.arguments:
                    self.inbox.command(message.address, message, sender)
                else:
                    self._question(message.address, sender)

    def _question(self, address: str, sender: Sender) -> None:
        if not self._questions.put(address, sender):
            self._complain("question", "too many questions wait; this one is not answered", sender)

    def _take_turn(self) -> None:
        """Carry out what waits; called at most every `PAUSE` seconds."""
        self._turn = None
        self._turned = self._loop.time()
        for address, command, sender in self.inbox.take_commands():
            try:
                for message in (command,) if isinstance(command, Message) else tuple(read(command)):
                    self._carry_out(message)
            except UnreadableError as error:
                self._refuse(str(error), sender)
            except AntiphonError as error:
                self._complain("value", f"{address}: {error}", sender)
        self._told = None
        answers = list(islice(self._questions.lines(), TURN_ANSWERS))
        for answer, sender in answers:
            self._send(answer, sender)
        if len(answers) == TURN_ANSWERS:
            self._come_back()

    def _carry_out(self, message: Message) -> None:
        found = self._space.find(message.address)
        if isinstance(found, Action) and found.parts > 1 < len(message.arguments):
            message = Message(message.address, (" ".join(map(str, message.arguments)),))
        if len(message.arguments) > 1:
            raise OscError(f"it takes one value, not {len(message.arguments)}")
        match found:
            case Place() as place:
                self._table.set(place.path, message.arguments[0], source=SOURCE)
            case Action(name="locate"):
                self._actions.locate(_beat(message.arguments[0]))
            case Action(name="keep"):
                self._actions.keep(_bars(message.arguments[0]))
            case Action() as action if action.name in self._deeds:
                self._deeds[action.name]()
            case Action() as action:
                self._actions.do(action.name, *map(str, message.arguments))

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
            case Action(name="keep"):
                yield Message(address, (self._actions.kept,))
            case Action(name="ping"):
                yield Message(address, ("antiphon", __version__))
            case Action(name="refresh"):
                values = self._table.snapshot()
                for place in self._table:
                    yield Message(place.address, (values[place.path],))
                yield from self._all_status()
            case Action(name="status"):
                yield from self._all_status()
            case Action() as action:
                yield Message(address, self._actions.ask(action.name))

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
        if self._port_open is not None:
            self._port_open.send(write(message), sender)

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


def _bars(value: Argument) -> int:
    """A number of bars. Raises OscError for what is none."""
    if isinstance(value, str) or not 1 <= value <= MOST_BARS:
        raise OscError(f"it takes a number of bars, from 1 to {MOST_BARS}")
    return int(value)
