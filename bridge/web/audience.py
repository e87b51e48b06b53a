"""The pages that are open: while there are any they are told the news, and while there are none nothing is done."""

import asyncio
from collections.abc import Callable

import msgspec

from bridge.control.parameters import Change
from bridge.soon import Soon
from bridge.web.house import House
from bridge.web.view import View
from bridge.web.visitor import Visitor
from bridge.wire.protocol import FromWire

PAUSE = 1 / 30
"""Seconds between two pieces of news at least."""
SLOW = 0.25
"""Seconds between looks at the status, and at whatever tells nobody that it changes."""


class Audience:
    """Every open page, and the one view of the house that they share. `now` reads seconds."""

    def __init__(self, house: House, now: Callable[[], float]) -> None:
        self._house = house
        self._now = now
        self._visitors: set[Visitor] = set()
        self._view: View | None = None
        self._pulse: asyncio.Task[None] | None = None
        self._soon: Soon | None = None
        self._unsubscribe: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._visitors)

    def join(self) -> Visitor:
        """A page is open: it is told everything."""
        if self._view is None:
            self._begin()
        visitor = Visitor(self._house, self._now)
        self._spread(whole=True)
        if self._view is not None:
            visitor.tell(self._view.everything(self._now()))
        self._visitors.add(visitor)
        return visitor

    def leave(self, visitor: Visitor) -> None:
        """A page is closed."""
        visitor.leave()
        self._visitors.discard(visitor)
        if not self._visitors:
            self.end()

    def end(self) -> None:
        """Look at nothing any more."""
        self._house.watch(None)
        if self._pulse is not None:
            self._pulse.cancel()
        if self._soon is not None:
            self._soon.cancel()
        if self._unsubscribe is not None:
            self._unsubscribe()
        self._view = self._pulse = self._soon = self._unsubscribe = None

    def _begin(self) -> None:
        self._view = View(self._house)
        self._soon = Soon(self._spread, PAUSE)
        self._unsubscribe = self._house.table.subscribe(self._changed)
        self._house.watch(self._saw)
        self._pulse = asyncio.create_task(self._beat(), name="page")

    def _saw(self, message: FromWire) -> None:
        if self._view is not None and self._soon is not None:
            self._view.saw(message)
            self._soon.ask()

    def _changed(self, _: Change) -> None:
        if self._soon is not None:
            self._soon.ask()

    async def _beat(self) -> None:
        """Look at the status now and then, and at the plan more often while the music plays."""
        while True:
            self._spread(whole=True)
            until = self._now() + SLOW
            while (left := until - self._now()) > 0:
                playing = self._house.band.map.playing
                await asyncio.sleep(min(2 * PAUSE, left) if playing else left)
                if playing and self._soon is not None:
                    self._soon.ask()

    def _spread(self, whole: bool = False) -> None:
        """Tell every page what is new; it is put into words once."""
        if self._view is None:
            return
        news = self._view.news(whole)
        if not news or not self._visitors:
            return
        text = msgspec.json.encode({"type": "news", "now": self._now(), **news}).decode()
        for visitor in self._visitors:
            visitor.outbox.put(text)
