"""The lane of one out port: its onsets and offs in the order of their beats, moved by the port's offset."""

import itertools
import math
from heapq import heappop, heappush

from bridge.wire.flight import Key


class Lane:
    """What a port is still to play, by the ids of the notes. Beats stay beats; `offset` is added to their times."""

    __slots__ = ("_offs", "_ons", "_order", "first", "offset")

    def __init__(self) -> None:
        self.offset = 0.0
        """Seconds by which everything leaves later than its beat; negative: earlier."""
        self.first = math.inf
        """The stage beat of the next thing; infinity where there is none."""
        self._ons: list[tuple[float, int, int]] = []
        self._offs: list[tuple[float, int, int, Key]] = []
        self._order = itertools.count()

    def begin(self, beat: float, id: int) -> None:
        """Have a note begin at a stage beat."""
        heappush(self._ons, (beat, next(self._order), id))
        self.first = min(self.first, beat)

    def end(self, beat: float, id: int, key: Key) -> None:
        """Have a note that began end at a stage beat."""
        heappush(self._offs, (beat, next(self._order), id, key))
        self.first = min(self.first, beat)

    def pop(self) -> tuple[int, Key | None]:
        """Take the next thing out: the id of a note, and its key where this is its end; ends go before beginnings."""
        key: Key | None = None
        if self._offs and not (self._ons and self._ons[0][0] < self._offs[0][0]):
            _, _, id, key = heappop(self._offs)
        else:
            _, _, id = heappop(self._ons)
        self._look()
        return id, key

    def forget(self) -> None:
        """Nothing is to begin any more; what began still ends."""
        self._ons.clear()
        self._look()

    def _look(self) -> None:
        on, off = (queue[0][0] if queue else math.inf for queue in (self._ons, self._offs))
        self.first = min(on, off)
