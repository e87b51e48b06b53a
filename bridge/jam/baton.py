"""The baton: what the desk tells the clocks, of the parameter table and of a finger that taps."""

from collections.abc import Callable

from bridge.clock.tap import Taps
from bridge.control.parameters import ParameterTable
from bridge.control.rows_time import LINK
from bridge.jam.band import Band
from bridge.wire.protocol import Align, Master, Session, Start, Tempo, ToWire

SOURCE = "tap"
"""How a tempo that was tapped is signed in the parameter table."""
COUNTED = 4
"""Taps that count the band in."""


class Baton:
    """Keeps the wire's clocks in line with the table; `send` reaches the wire."""

    def __init__(self, table: ParameterTable, band: Band, send: Callable[[ToWire], object]) -> None:
        self._table = table
        self._band = band
        self._send = send
        self._told: tuple[ToWire, ...] = ()
        self._taps = Taps()

    def apply(self) -> None:
        """Tell the wire what has changed."""
        self._keep_links_tempo()
        told, now = self._told, self._state()
        self._told = now
        for message in now:
            if message not in told:
                self._send(message)

    def greet(self) -> None:
        """Tell a new wire everything."""
        self._told = ()
        self.apply()

    def tap(self, time: float) -> None:
        """A tap of the tempo at `time`, in `perf_counter` seconds: from the third on it sets tempo and beat."""
        tapped = self._taps.tap(time)
        if tapped.bpm is None:
            return
        self._table.set("tempo", tapped.bpm, source=SOURCE)
        self.apply()
        if self._band.map.playing:
            self._send(Align(tapped.next))
        elif tapped.count >= COUNTED and self._table.get("tap_starts"):
            self._send(Start(0.0, tapped.next))

    def _state(self) -> tuple[ToWire, ...]:
        get = self._table.get
        session = Session(self._wants_link(), bool(get("link_start_stop")), bool(get("link_tempo")))
        return Tempo(float(get("tempo")), self._table.meter()), Master(str(get("clock"))), session

    def _wants_link(self) -> bool:
        return bool(self._table.get(LINK)) or self._table.get("clock") == LINK

    def _keep_links_tempo(self) -> None:
        """Whoever leaves a Link session in mid-song goes on at its tempo."""
        if self._band.source == LINK and not self._wants_link() and self._band.clocks.peers >= 0:
            self._table.set("tempo", self._band.clocks.bpm)
