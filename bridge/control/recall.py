"""Recalls: what is to happen in tempo, at once, at the next beat or at the next bar."""

from collections.abc import Callable

from bridge.clock.tempo_map import TempoMap

NEAR = 0.010
"""Seconds before its moment at which a recall may be done: the desk looks every 20 ms."""
NOW, BEAT, BAR = "now", "beat", "bar"


class Recalls:
    """At most one thing waits: who recalls anew while one waits means the last."""

    def __init__(self) -> None:
        self._deed: Callable[[], object] | None = None
        self._due = 0.0
        self._epoch = 0

    @property
    def waiting(self) -> bool:
        """Whether something waits."""
        return self._deed is not None

    def ask(self, deed: Callable[[], object], when: str, beat: float, map: TempoMap) -> None:
        """Do it now, or when the beat or bar comes after stage beat `beat`; where nothing rolls, now."""
        if when == NOW or not map.playing:
            self._deed = None
            deed()
            return
        self._deed, self._epoch = deed, map.epoch
        self._due = map.next_beat(beat) if when == BEAT else map.next_bar(beat)

    def step(self, beat: float, map: TempoMap, ahead: float) -> None:
        """Do what is due at stage beat `beat`, or `ahead` seconds later: the plan is settled as far as that."""
        if self._deed is None:
            return
        reached = beat + (ahead + NEAR) * map.bpm / 60.0 >= self._due
        if reached or not map.playing or map.epoch != self._epoch:
            deed, self._deed = self._deed, None
            deed()
