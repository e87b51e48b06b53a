"""Questions that wait for their answers, which are given line by line: the short ones first, however many ask."""

from collections.abc import Callable, Iterable, Iterator

from bridge.osc.datagrams import Sender
from bridge.osc.packet import Message

MOST = 256
"""Questions of a kind that may wait; those beyond are dropped."""

Line = tuple[Message, Sender]
"""A message of an answer, and who asked."""


class Questions:
    """Each question waits once for each asker. `answer` gives its lines; `rank` is the greater the longer they are."""

    def __init__(self, answer: Callable[[str], Iterable[Message]], rank: Callable[[str], int], ranks: int) -> None:
        self._answer = answer
        self._rank = rank
        self._waiting: list[dict[tuple[str, Sender], None]] = [{} for _ in range(ranks)]
        self._going_on: list[Iterator[Line]] = [iter(()) for _ in range(ranks)]
        self.dropped = 0
        """Questions for which there was no room."""

    def put(self, address: str, sender: Sender) -> bool:
        """Keep a question; False where there is no room."""
        waiting = self._waiting[self._rank(address)]
        if len(waiting) >= MOST and (address, sender) not in waiting:
            self.dropped += 1
            return False
        waiting[(address, sender)] = None
        return True

    def lines(self) -> Iterator[Line]:
        """Line after line, as long as there is something to answer; it can be left and taken up again."""
        while (line := self._next()) is not None:
            yield line

    def clear(self) -> None:
        """Forget them all."""
        for waiting in self._waiting:
            waiting.clear()
        self._going_on = [iter(()) for _ in self._waiting]

    def _next(self) -> Line | None:
        for rank, waiting in enumerate(self._waiting):
            while (line := next(self._going_on[rank], None)) is None and waiting:
                address, sender = next(iter(waiting))
                del waiting[(address, sender)]
                self._going_on[rank] = self._lines(address, sender)
            if line is not None:
                return line
        return None

    def _lines(self, address: str, sender: Sender) -> Iterator[Line]:
        for message in self._answer(address):
            yield message, sender

    def __len__(self) -> int:
        return sum(map(len, self._waiting))
