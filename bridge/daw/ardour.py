"""Ardour's own OSC surface: transport, position and strips. Notes are recorded from our ports."""

import asyncio
from collections.abc import Mapping

from bridge.daw.base import Can, Track
from bridge.daw.osc_lane import Arguments, Handler, OscLane
from bridge.daw.position import number, song_beat
from bridge.errors import DawError
from bridge.osc.packet import Message

HEARTBEAT, MASTER, BARS_AND_BEATS = 8, 16, 32
"""Bits of the feedback that is asked for."""
STRIPS = 3
"""Audio tracks and MIDI tracks."""
SURFACE = Message("/set_surface", (0, STRIPS, HEARTBEAT | MASTER | BARS_AND_BEATS, 0, 0, 0))
"""Bank size 0: no banks; then strip types, feedback and how gain is told."""
TICKS = 1920
"""Parts of a beat in its positions."""
REPLY = "#reply"
END = "end_route_list"
MIDI_TRACK = "MT"


class ArdourLane(OscLane):
    """Ardour 6 and later, with «Open Sound Control (OSC)» switched on among its control surfaces."""

    name = "ardour"
    title = "Ardour"
    can = Can.TIME | Can.TRACKS
    ports = (3819, 3820)
    probe = (SURFACE,)
    quiet, gone = 3.0, 8.0

    _listed: asyncio.Future[tuple[Track, ...]] | None = None

    def dialect(self) -> Mapping[str, Handler]:
        """The transport, and its lists."""
        return {
            "/transport_play": self.hear_playing,
            "/transport_stop": self._hear_stop,
            "/position/bbt": self._hear_position,
            REPLY: self._hear_list,
        }

    async def tracks(self) -> tuple[Track, ...]:
        """Audio and MIDI tracks in their order."""
        self._rows.clear()
        self._listed = listed = asyncio.get_running_loop().create_future()
        self._send(Message("/strip/list"))
        try:
            return await asyncio.wait_for(listed, self._patience)
        except TimeoutError:
            raise DawError(f"{self.title} did not list its strips within {self._patience:g} s") from None
        finally:
            self._listed = None

    def record(self, track: str, on: bool = True) -> None:
        """Arm a track of those that `tracks` told last, or let it go."""
        for row in self._rows:
            if row.name == track:
                self._send(Message("/strip/recenable", (row.index, int(on))))

    def _forget(self) -> None:
        super()._forget()
        self._rows: list[Track] = []

    def _hear_stop(self, given: Arguments) -> None:
        """Lit while it stands; it tells play and stop as two lamps."""
        lit = number(given[0]) if given else None
        if lit:
            self.hear_playing((0,))

    def _hear_position(self, given: Arguments) -> None:
        if given:
            self._place(song_beat(str(given[0]), self._ears.meter(), TICKS))

    def _hear_list(self, given: Arguments) -> None:
        """A strip: kind, name, ins, outs, mute, solo, number and, of a track, whether it is armed; then the end."""
        if given and given[0] == END:
            if self._listed is not None and not self._listed.done():
                self._listed.set_result(tuple(self._rows))
        elif len(given) >= 7 and given[0] in (MIDI_TRACK, "AT"):
            index = number(given[6])
            if index is not None:
                armed = len(given) > 7 and bool(number(given[7]))
                self._rows.append(Track(int(index), str(given[1]), given[0] == MIDI_TRACK, armed))
