"""A page that is open: what it may say, and the keys that it holds down."""

from collections.abc import Callable
from typing import Annotated

import msgspec

from bridge.errors import AntiphonError, WebError
from bridge.midi.messages import NoteOff, NoteOn, encode
from bridge.osc.budget import Budget
from bridge.web.deeds import act
from bridge.web.house import House
from bridge.web.outbox import Outbox

WAITING = 90
"""Pieces of news that may wait for one page: three seconds."""
WORDS = (600.0, 300.0)
"""Messages of one page that are heeded in a second, and at once."""
SOURCE = "page"
"""How changes made here are signed in the parameter table."""

Midi7 = Annotated[int, msgspec.Meta(ge=0, le=127)]


class Enter(msgspec.Struct, tag="enter", forbid_unknown_fields=True):
    """The first message: the token of the page that was served."""

    token: str


class Set(msgspec.Struct, tag="set", forbid_unknown_fields=True):
    """Set a parameter, by its path."""

    path: str
    value: float | bool | str


class Do(msgspec.Struct, tag="do", forbid_unknown_fields=True):
    """Do something, by the action's name."""

    name: str
    argument: float | str | None = None


class Key(msgspec.Struct, tag="key", forbid_unknown_fields=True):
    """A key of the page's keyboard; of velocity 0 it is let go."""

    pitch: Midi7
    velocity: Midi7


class Ping(msgspec.Struct, tag="ping", forbid_unknown_fields=True):
    """Which time is it? `at` comes back."""

    at: float


Word = Enter | Set | Do | Key | Ping


class Visitor:
    """One page. `now` reads seconds."""

    def __init__(self, house: House, now: Callable[[], float]) -> None:
        self._house = house
        self._now = now
        self._budget = Budget(*WORDS)
        self._down: set[int] = set()
        self.outbox = Outbox(WAITING)

    def hear(self, text: str | bytes) -> None:
        """Do what the page says. Raises WebError for what no page of ours would say."""
        if not self._budget.spend(1, self._now()):
            raise WebError("a page said more than a hand can; it was shown the door")
        try:
            self._heed(read(text))
        except AntiphonError as error:
            if isinstance(error, WebError):
                raise
            self.tell({"type": "error", "text": str(error)})

    def tell(self, news: object) -> None:
        """Have something sent."""
        self.outbox.put(msgspec.json.encode(news).decode())

    def leave(self) -> None:
        """The page has gone: what it held down is let go."""
        for pitch in sorted(self._down):
            self._house.press(encode(NoteOff(0, pitch)))
        self._down.clear()

    def _heed(self, word: Word) -> None:
        match word:
            case Set(path, value):
                self._house.table.set(path, value, source=SOURCE)
            case Do(name, argument):
                act(self._house, name, argument)
            case Key(pitch, velocity):
                self._key(pitch, velocity)
            case Ping(at):
                self.tell({"type": "pong", "at": at, "now": self._now()})
            case Enter():
                pass

    def _key(self, pitch: int, velocity: int) -> None:
        if velocity:
            self._down.add(pitch)
            self._house.press(encode(NoteOn(0, pitch, velocity)))
        elif pitch in self._down:
            self._down.discard(pitch)
            self._house.press(encode(NoteOff(0, pitch)))


def read(text: str | bytes) -> Word:
    """A page's message. Raises WebError."""
    try:
        return msgspec.json.decode(text, type=Word)  # type: ignore[no-any-return]
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WebError(f"a page said what cannot be understood ({error})") from None
