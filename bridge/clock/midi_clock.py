"""A MIDI clock's follower: 24 ticks a beat, start, continue, stop and song position become a tempo map.

Measured on simulated clocks with 1 ms half-normal jitter, as the published beat's distance from the true
one, less the mean lateness of 0.8 ms:

| clock | rms | max |
|---|---|---|
| steady, 60 to 200 BPM | 0.2 to 0.35 ms | 1.2 ms |
| 97 to 200 BPM, 2 % of the ticks stalled by 10 to 30 ms | 0.2 to 0.35 ms | 2.9 ms |
| ramp 120 to 130 BPM in 8 beats | 0.5 ms | 1.1 ms |
| step 140 to 110 BPM | within 3 ms after 8 ticks (a third of a beat) | 24 ms |
"""

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from bridge.clock.dll import TickLoop
from bridge.clock.steer import steer
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

TICKS: Final = 24
"""Ticks a beat."""
SIXTEENTH: Final = 6
"""Ticks in a 16th, the unit of the song position."""
SLOWEST_BPM: Final = 20.0
FASTEST_BPM: Final = 400.0
SILENCE: Final = 0.25
"""Seconds without a tick after which the clock has stopped."""
TOGETHER: Final = 0.25
"""Seconds within which a song position and a Continue belong together."""
AIM: Final = 2
"""Ticks within which the published beat meets the loop's."""
LEAP: Final = 1.8
"""Times by which a tempo may step before one asks whether it is two clocks on one cable."""
SHOWN_STEP: Final = 0.1
SHOWN_WHOLE: Final = 0.2
"""BPM from a whole number within which that number is shown: few people set 119.9."""
SHOWN_TICKS: Final = 48
"""Ticks over which the shown tempo is averaged."""

TICK: Final = 0xF8
START: Final = 0xFA
CONTINUE: Final = 0xFB
STOP: Final = 0xFC
POSITION: Final = 0xF2


class MidiClock:
    """Follows the clock messages of one port; a `Source`. Times are seconds of any one timebase.

    - Start and Continue only arm: the song is at 0, or at the pointer, with the first tick after them.
    - Stop steps back to the last whole 16th. A song position counts while stopped. While running it does only with a
      Continue behind it, as some DAWs loop; others tell their position all the time.
    - No tick for 250 ms is a stop at the last tick; ticks that come back go on from there.
    - Ticks without a Start give the tempo but never play.
    """

    def __init__(self, bpm: float = 120.0, meter: Meter | None = None) -> None:
        self._map = TempoMap(bpm=bpm, meter=meter or Meter())
        self._loop = _loop()
        self._count = 0
        """Song position in ticks: of the last tick or, while stopped or armed, of the first one to come."""
        self._armed = False
        self._lost: TempoMap | None = None
        self._pointer: tuple[float, int] | None = None
        """When a song position came while running, and the position in ticks."""
        self._running = False
        self._ticking = False
        self.leap = (0.0, 0.0)
        """The tempos before and after the last step to the double, the half or further, in a running song."""
        self._time = 0.0
        self._last_tick = 0.0
        self._smooth_bpm = 0.0
        self._shown_bpm = 0.0
        self._handlers: dict[int, Callable[[bytes], None]] = {
            TICK: self._tick,
            START: self._start,
            CONTINUE: self._continue,
            STOP: self._stop,
            POSITION: self._locate,
        }

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats; while playing, each goes on where the last one is."""
        return self._map

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps."""
        return self._map.epoch

    @property
    def ticking(self) -> bool:
        """Whether ticks are coming in, started or not."""
        return self._ticking

    @property
    def running(self) -> bool:
        """Whether a song was started and not stopped, even if its ticks have not come, or come no more."""
        return self._running or self._armed

    @property
    def pulse(self) -> TempoMap | None:
        """Its beat, while it plays."""
        return self._map if self._map.playing else None

    @property
    def shown_bpm(self) -> float:
        """The tempo to show: averaged, in tenths, and 0 while unknown. Never used to play by."""
        return self._shown_bpm

    @property
    def error_ms(self) -> float:
        """Root mean square of the last ticks' distance from where they were expected, in ms."""
        return self._loop.error * 1000.0

    def receive(self, message: bytes, time: float) -> None:
        """Take one MIDI message that arrived at `time`; what is not a clock's is ignored."""
        handler = self._handlers.get(message[0]) if message else None
        if handler is None:
            return
        self.poll(time)
        self._time = max(time, self._time)
        handler(message)

    def poll(self, time: float) -> None:
        """Notice that the ticks have stopped coming."""
        if not self._ticking or time - self._last_tick <= SILENCE:
            return
        self._ticking = False
        self._loop.release()
        if self._map.playing:
            self._time = max(time, self._time)
            self._jump(playing=False)

    def set_meter(self, meter: Meter) -> None:
        """Count bars in another meter from now on; a MIDI clock itself knows none."""
        self._map = replace(self._map, meter=meter)

    def change_over(self) -> None:
        """Forget the clock that was followed: what comes next is another one's. The song stops where it is."""
        self._loop = _loop()
        self._armed = self._running = self._ticking = False
        self._lost = self._pointer = None
        if self._map.playing:
            self._jump(playing=False)

    def rejoin(self, song: TempoMap) -> None:
        """Play on with the next tick that comes, at the tick nearest to where this map (in song beats) then is."""
        self._lost = song
        self._armed = True

    def _start(self, _: bytes) -> None:
        self._count, self._lost, self._pointer = 0, None, None
        self._armed = True

    def _continue(self, _: bytes) -> None:
        if self._running:
            if self._pointer is None or self._time - self._pointer[0] > TOGETHER:
                return
            self._count = self._pointer[1]
        self._pointer = None
        self._armed = True

    def _stop(self, _: bytes) -> None:
        self._lost = self._pointer = None
        if self._running:
            self._count -= self._count % SIXTEENTH
        self._armed = self._running = False
        if self._map.playing or self._map.beat != self._count / TICKS:
            self._jump(playing=False)

    def _locate(self, message: bytes) -> None:
        if len(message) != 3:
            return
        count = SIXTEENTH * (message[1] & 0x7F | (message[2] & 0x7F) << 7)
        if self._running:
            self._pointer = self._time, count
            return
        self._lost = None
        self._count = count
        self._jump(playing=False)

    def _tick(self, _: bytes) -> None:
        if self._armed:
            self._loop.release()
        before, shown = self._loop.period, self._shown_bpm
        moved = self._loop.tick(self._time)
        after = self._loop.period or before
        if self._running and before and not 1.0 / LEAP < after / before < LEAP:
            self.leap = shown, 60.0 / TICKS / after
        self._ticking = True
        self._last_tick = self._time
        bpm = self._tempo()
        if self._armed:
            if self._lost is not None:
                self._count, self._lost = round(self._lost.beat_at(self._time) * TICKS), None
            self._armed, self._running = False, True
            self._jump(playing=True)
        elif self._running:
            self._count += moved
            if not self._map.playing:
                self._jump(playing=True)
            elif self._loop.period:
                self._follow(bpm)
        else:
            self._map = replace(self._map, bpm=bpm)

    def _follow(self, bpm: float) -> None:
        """Publish a map that comes to meet the loop's line."""
        rate = bpm / 60.0
        beat = (self._count + 1) / TICKS - (self._loop.next - self._time) * rate
        self._map = steer(self._map, self._time, beat, bpm, AIM * self._loop.period)

    def _jump(self, playing: bool) -> None:
        """Begin a new epoch at the counted position."""
        self._map = replace(
            self._map,
            epoch=self._map.epoch + 1,
            beat=self._count / TICKS,
            time=self._time,
            bpm=self._tempo(),
            playing=playing,
        )

    def _tempo(self) -> float:
        """The loop's tempo, or the one we had where it knows none yet."""
        if not self._loop.period:
            return self._map.bpm
        bpm = 60.0 / (TICKS * self._loop.period)
        if abs(bpm - self._smooth_bpm) > 0.03 * bpm:
            self._smooth_bpm = bpm
        self._smooth_bpm += (bpm - self._smooth_bpm) / SHOWN_TICKS
        self._show()
        return bpm

    def _show(self) -> None:
        """Move the shown tempo only when it is clearly off."""
        bpm = self._smooth_bpm
        if abs(bpm - self._shown_bpm) > 1.5 * SHOWN_STEP:
            whole = round(bpm)
            self._shown_bpm = float(whole) if abs(bpm - whole) < SHOWN_WHOLE else round(bpm, 1)


def _loop() -> TickLoop:
    return TickLoop(60.0 / FASTEST_BPM / TICKS, 60.0 / SLOWEST_BPM / TICKS)
