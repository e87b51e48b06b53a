"""What was handed over to a port and is not answered yet."""

import itertools

import msgspec

from bridge.music.note import Note

Key = tuple[str, int, int]
"""Port, channel, pitch."""


class Struck(msgspec.Struct, frozen=True):
    """The on of a planned note; `fresh` where the ledger did not have its key marked before.

    `moved` is by how many beats the groove moved its beginning and its end.
    """

    id: int
    note: Note
    key: Key
    fresh: bool
    moved: tuple[float, float] = (0.0, 0.0)


class Ended(msgspec.Struct, frozen=True):
    """The off of a planned note, at a stage beat."""

    id: int
    key: Key
    beat: float


class Swept(msgspec.Struct, frozen=True):
    """The off of a note that nobody else closes."""

    key: Key


class Lifted(msgspec.Struct, frozen=True):
    """A sustain pedal let go on a port and channel."""

    port: str
    channel: int


Handed = Struck | Ended | Swept | Lifted


class Flight:
    """Messages by the token they were handed over with; each is answered once, so this stays small."""

    def __init__(self) -> None:
        self._handed: dict[int, Handed] = {}
        self._tokens = itertools.count()

    def add(self, handed: Handed) -> int:
        """Note a message; returns its token."""
        token = next(self._tokens)
        self._handed[token] = handed
        return token

    def take(self, token: int) -> Handed | None:
        """What was handed over with a token; None where that is settled."""
        return self._handed.pop(token, None)

    def forget_end(self, id: int) -> None:
        """Nobody is to hear of the off of a note that never sounded."""
        for token, handed in list(self._handed.items()):
            if isinstance(handed, Ended) and handed.id == id:
                del self._handed[token]

    def freshen(self, key: Key) -> bool:
        """Let the next on of a note be the one that its mark came with; False where none is on its way."""
        for token, handed in self._handed.items():
            if isinstance(handed, Struck) and handed.key == key:
                self._handed[token] = msgspec.structs.replace(handed, fresh=True)
                return True
        return False

    def closes(self, key: Key) -> bool:
        """Whether an off of a note is on its way."""
        return any(isinstance(handed, Ended | Swept) and handed.key == key for handed in self._handed.values())

    def closing(self) -> set[Key]:
        """The notes whose offs are on their way."""
        return {handed.key for handed in self._handed.values() if isinstance(handed, Ended | Swept)}

    def __len__(self) -> int:
        return len(self._handed)
