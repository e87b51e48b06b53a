"""A load under way: a pack is opened aside, catches up with what is played meanwhile, and then joins."""

from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from bridge.engine.cast import Member
from bridge.engine.family import Family
from bridge.engine.pack import pack_sha
from bridge.engine.protocol import Ear, Load, Loaded

Opened = tuple[Family, Loaded]
Open = Callable[[Path, str, bool], Opened]

CLOSE = 4
"""Ears still to be heard when it has caught up as far as it can aside."""


class Loading:
    """`run` may be called on another thread; everything else belongs to the engine's.

    `ears` are those already heard of which the load's history may not know; `asked` is the provider that the user asked
    for, where another has to do.
    """

    def __init__(self, load: Load, open_pack: Open, ears: Iterable[Ear], asked: str = "") -> None:
        self.load = load
        self.member: Member | None = None
        self.error: Exception | None = None
        self._open = open_pack
        self._asked = asked
        self._ears = deque(ears)

    def hear(self, ear: Ear) -> None:
        """Something was played while the pack is not there yet."""
        self._ears.append(ear)

    def run(self) -> None:
        """Open the pack and let it hear all that was played; what goes wrong is kept as `error`."""
        try:
            folder = Path(self.load.pack)
            sha = pack_sha(folder)
            family, loaded = self._open(folder, self.load.provider, self.load.strict)
            if self._asked:
                loaded = msgspec.structs.replace(loaded, asked=self._asked, explained=True)
            for event in self.load.history:
                family.hear(event)
            member = Member(family, loaded, self.load, sha, max(self.load.heard, 0))
            while len(self._ears) > CLOSE:
                member.hear(self._ears.popleft())
            self.member = member
        except Exception as error:  # whatever a pack does when it is opened or fed, this process lives on
            self.error = error

    def join(self) -> Member | None:
        """The member, which has now heard everything; None where there is an `error`."""
        try:
            while self.member is not None and self._ears:
                self.member.hear(self._ears.popleft())
        except Exception as error:
            self.member, self.error = None, error
        return self.member
