"""The timekeeper: every clock we have, the switch between them, and the stage beats that come of it."""

from msgspec.structs import replace

from bridge.clock.internal import InternalClock
from bridge.clock.midi_clock import MidiClock
from bridge.clock.stage import Stage
from bridge.clock.switch import Switch
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

INTERNAL, MIDI = "internal", "midi"
SILENCE = 0.25
"""Seconds without a tick after which another port may become the one that is listened to."""

UPBEAT = 0.1
"""Seconds from the command to the first beat of our own clock, so that what belongs on that beat can be planned."""


class Timekeeper:
    """Takes what moves the clocks; `poll` gives the tempo map in stage beats. Times in seconds of one
    timebase."""

    def __init__(self, bpm: float = 120.0, meter: Meter | None = None, setting: str = "auto") -> None:
        self._internal = InternalClock(bpm, meter)
        self._midi = MidiClock(bpm, meter)
        self._switch = Switch({MIDI: self._midi, INTERNAL: self._internal}, setting)
        self._stage = Stage()
        self._port = ""
        self._ticked = float("-inf")

    @property
    def master(self) -> str:
        """Name of the clock that leads."""
        return self._switch.master

    @property
    def error_ms(self) -> float:
        """How well the leading clock is followed, rms; 0 for our own."""
        return self._midi.error_ms if self.master == MIDI else 0.0

    def start(self, time: float, lead_in: float = 0.0) -> None:
        """Roll our own clock from the top, after `lead_in` beats of count-in."""
        self._internal.start(time + UPBEAT, lead_in)

    def resume(self, time: float) -> None:
        """Roll our own clock from where it stands."""
        self._internal.resume(time)

    def stop(self, time: float) -> None:
        """Stop our own clock."""
        self._internal.stop(time)

    def locate(self, beat: float, time: float) -> None:
        """Set our own clock's song position, within what it takes; any float may come."""
        self._internal.locate(beat, time)

    def tempo(self, bpm: float, meter: Meter, time: float) -> None:
        """Tempo of our own clock, and the meter, which MIDI clock does not tell either."""
        self._internal.set_tempo(bpm, time)
        self._internal.set_meter(meter)
        self._midi.set_meter(meter)

    def choose(self, setting: str) -> None:
        """Say who leads: "auto", "internal" or "midi". Raises SettingsError."""
        self._switch.choose(setting)

    def receive(self, port: str, data: bytes, time: float) -> None:
        """A clock message came in. One port is listened to at a time: two at once would tick twice as
        fast."""
        if port != self._port and time - self._ticked < SILENCE:
            return
        self._port, self._ticked = port, time
        self._midi.receive(data, time)

    def restore(self, map: TempoMap, master: str, time: float) -> None:
        """Go on where a timekeeper before this one was: `map` is the last it published, in this timebase."""
        here = map.beat_at(time)
        self._stage = Stage(replace(map, beat=here, time=time, playing=False))
        self.tempo(map.bpm if master == INTERNAL else self._internal.map.bpm, map.meter, time)
        self._internal.locate(here + map.song, time)
        if map.playing and master == INTERNAL:
            self._internal.resume(time)
        elif map.playing:
            self._midi.rejoin(replace(map, beat=map.beat + map.song, song=0.0))

    def poll(self, time: float) -> TempoMap:
        """The map that holds now, in stage beats; the same object as before where nothing changed."""
        self._switch.poll(time)
        if self.master != INTERNAL and self._internal.map.playing:
            self._internal.stop(time)  # so that its next start is a beginning, which may lead again
        return self._stage.follow(self._switch.map, time)
