"""What the OSC lanes share: to look for a program, to notice that it came back, and to ask it things."""

import asyncio
from collections.abc import Callable, Mapping
from typing import ClassVar

from bridge.clock.daw import Observation
from bridge.daw.base import Ears, Lane
from bridge.daw.datagrams import Datagrams
from bridge.daw.position import number
from bridge.errors import DawError
from bridge.music.meter import Meter
from bridge.osc.packet import Argument, Message

LOOK = 2.0
"""Seconds between two looks for a program that is not there."""
TOGETHER = 0.01
"""Seconds for which news is gathered before it is passed on."""
ANSWER = 1.0
"""Seconds that an answer may take: a program looks at its port ten times a second, but not while a menu is open."""

Arguments = tuple[Argument, ...]
Handler = Callable[[Arguments], object]


class OscLane(Lane):
    """An adapter gives its dialogue: `probe`, `greeting`, and a table of what it hears (`dialect`)."""

    probe: ClassVar[tuple[Message, ...]]
    """What makes the program say something."""
    greeting: ClassVar[tuple[Message, ...]] = ()
    """What it is told when it has been found."""
    quiet: ClassVar[float] = 2.0
    """Seconds without a word after which it is asked whether it is there."""
    gone: ClassVar[float] = 8.0
    """Seconds without a word after which it is not."""
    ports: ClassVar[tuple[int, int]]
    """UDP ports that it listens on and answers to, unless the settings say otherwise."""

    def __init__(self, ears: Ears, send: int = 0, listen: int | None = None, patience: float = ANSWER) -> None:
        super().__init__()
        self._ears = ears
        self._patience = patience
        self.datagrams = Datagrams(send or self.ports[0], self.ports[1] if listen is None else listen, self.hear)
        self._table = self.dialect()
        self._asked: list[tuple[str, Callable[[Arguments], bool], asyncio.Future[Arguments]]] = []
        self._heard = self._looked = float("-inf")
        self._timer: asyncio.TimerHandle | None = None
        self._forget()

    def dialect(self) -> Mapping[str, Handler]:
        """Address -> what is done with the arguments that come on it."""
        return {}

    def belongs(self, message: Message) -> bool:
        """Whether a message can only, or may, be the program's own; others on our port are ignored."""
        return True

    def greets_itself(self, message: Message) -> bool:
        """Whether a message by itself makes `dialect` greet the program anew."""
        return False

    async def connect(self) -> None:
        """Bind our port and look for the program."""
        await self.datagrams.open(self.title)
        self._send(*self.probe)

    def close(self) -> None:
        """Close the port; who waits for an answer gets none."""
        self.datagrams.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for _, _, answer in self._asked:
            answer.cancel()
        self._asked.clear()

    def poll(self, time: float) -> None:
        """Ask whether the program is there, where it has been silent."""
        if self.found and time - self._heard > self.gone:
            self.found = False
            self._forget()
            self._ears.tell(f"{self.title} answers no more; it will be heard again as soon as it does")
        silent = time - self._heard > self.quiet
        if silent and time - self._looked >= (self.quiet if self.found else LOOK):
            self._looked = time
            self._send(*self.probe)

    def hear(self, message: Message) -> None:
        """Take in a message of the program."""
        if not self.belongs(message):
            return
        self._heard = self._ears.now()
        if not self.found:
            self.found = True
            self._ears.tell(f"{self.title} is there")
            if not self.greets_itself(message):
                self._greet()
        for entry in self._asked:
            address, matches, answer = entry
            if message.address == address and not answer.done() and matches(message.arguments):
                answer.set_result(message.arguments)
                self._asked.remove(entry)
                return
        handler = self._table.get(message.address)
        if handler is not None:
            handler(message.arguments)

    def _greet(self) -> None:
        """Subscribe to everything, as after every start of the program."""
        self._forget()
        self._send(*self.greeting)

    def _send(self, *messages: Message) -> None:
        for message in messages:
            self.datagrams.send(message)

    async def _ask(
        self, message: Message, matches: Callable[[Arguments], bool] = lambda _: True, reply: str = ""
    ) -> Arguments:
        """Send a message and wait for the answer that matches. Raises DawError where none comes."""
        answer: asyncio.Future[Arguments] = asyncio.get_running_loop().create_future()
        entry = (reply or message.address, matches, answer)
        self._asked.append(entry)
        self._send(message)
        try:
            return await asyncio.wait_for(answer, self._patience)
        except TimeoutError:
            raise DawError(f"{self.title} did not answer {message.address} within {self._patience:g} s") from None
        finally:
            if entry in self._asked:
                self._asked.remove(entry)

    def _give_up(self, address: str, why: DawError) -> bool:
        """End the wait for an answer on an address; False where nobody waits for one."""
        for entry in self._asked:
            if entry[0] == address and not entry[2].done():
                self._asked.remove(entry)
                entry[2].set_exception(why)
                return True
        return False

    # What the transport is known to do.

    def _forget(self) -> None:
        self._playing: bool | None = None
        self._bpm: float | None = None
        self._meter: Meter | None = None
        self._beat: float | None = None
        self._beat_at = 0.0

    def hear_playing(self, arguments: Arguments) -> None:
        """Whether it plays, as any kind of number."""
        value = number(arguments[0]) if arguments else None
        if value is not None:
            self._playing = value > 0
            self._stir()

    def hear_tempo(self, arguments: Arguments) -> None:
        """Quarter notes a minute."""
        value = number(arguments[0]) if arguments else None
        if value is not None and value > 0:
            self._bpm = value
            self._stir()

    def hear_beat(self, arguments: Arguments) -> None:
        """Song position in quarter notes."""
        self._place(number(arguments[0]) if arguments else None)

    def _place(self, beat: float | None) -> None:
        if beat is not None:
            self._beat, self._beat_at = beat, self._ears.now()
            self._stir()

    def _state_meter(self, meter: Meter | None) -> None:
        if meter is not None and meter != self._meter:
            self._meter = meter
            self._stir()

    def _stir(self) -> None:
        """Pass the news on soon: after a menu is closed a flood comes, of which only the end is of interest."""
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TOGETHER, self._tell)

    def _tell(self) -> None:
        self._timer = None
        if self._playing is None:
            return
        beat, self._beat = self._beat, None
        time = self._beat_at if beat is not None else self._ears.now()
        self._ears.observe(Observation(time, self._playing, beat, self._bpm, self._meter))
