"""Ableton Link: the beat that everybody in the room agrees on.

A session has a tempo, a beat whose place in the bar (the quantum) all share, and, for those who want it, one start
and stop. Nobody leads it; we least of all: joining takes the session's tempo and beat as they are, our start comes in
where the session's next bar begins, and only alone in a session do we place its beat. The others' bars are numbered
as they please, so the song's position is ours alone.

Link counts microseconds of a clock of its own, which drifts against the ports'; `Timebase` follows that. It is asked
a few times a second and never calls us: a callback on its thread would fight the wire's loop for the interpreter.
"""

import math
from collections.abc import Callable
from typing import Protocol

import msgspec
from msgspec.structs import replace

from bridge.clock.internal import placed
from bridge.clock.steer import chase
from bridge.clock.tempo_map import TempoMap
from bridge.clock.timebase import Timebase
from bridge.music.meter import Meter

PACE = 0.025
"""Seconds between two looks at the session."""
AIM = 0.1
"""Seconds within which a small correction is made."""
JUMP = 0.05
"""Seconds off our line at which the session's beat has been moved, as when we meet one that is older than ours."""
READINGS = 3
"""Pairs of readings of the two clocks, of which the closest counts."""
GRACE = 0.005
"""Seconds by which somebody's start may miss the bar and still mean it."""


class Seen(msgspec.Struct, frozen=True):
    """A Link session at one moment."""

    beat: float
    bpm: float
    playing: bool
    since: int
    """When it was, or will be, started or stopped, in microseconds of Link's clock."""
    peers: int
    """How many others are in it."""


class Session(Protocol):
    """Our place in a Link session. Times are microseconds of Link's clock; the quantum is the beats of a bar."""

    def micros(self) -> int:
        """Link's clock."""
        ...

    def look(self, micros: int, quantum: float) -> Seen:
        """The session as it is at a time; `beat` is our own count, whose place in the bar is everybody's."""
        ...

    def place(self, beat: float, micros: int, quantum: float) -> None:
        """Count so that `beat` is at that time or, if others are here, where the bar next has that place."""
        ...

    def start(self, beat: float, micros: int, quantum: float, sounds: float) -> None:
        """`place`, and play; for the others who start and stop with us, from our beat `sounds` on."""
        ...

    def stop(self, micros: int) -> None:
        """Stop playing; with `start_stop` the others who have it on stop too."""
        ...

    def propose(self, bpm: float, micros: int) -> None:
        """Another tempo, for everybody."""
        ...

    def start_stop(self, on: bool) -> None:
        """Whether starts and stops are shared."""
        ...

    def leave(self) -> None:
        """Be gone."""
        ...


class LinkClock:
    """Follows a Link session; a `Source`. Times are seconds of the timebase that `now` reads."""

    def __init__(self, session: Session, now: Callable[[], float], meter: Meter | None = None) -> None:
        self._session = session
        self._now = now
        self._timebase = Timebase()
        self._map = TempoMap(meter=meter or Meter())
        self._pulse: TempoMap | None = None
        self._looked = float("-inf")
        self._read()
        self._seen = self._look(now())

    @property
    def map(self) -> TempoMap:
        """The line that holds now, in song beats."""
        return self._map

    @property
    def epoch(self) -> int:
        """Counts starts, stops and jumps."""
        return self._map.epoch

    @property
    def pulse(self) -> TempoMap | None:
        """The session's beat: it has one as soon as there is somebody else, playing or not."""
        return self._map if self._map.playing else self._pulse

    @property
    def shown_bpm(self) -> float:
        """The session's tempo, without the microseconds that it is told in."""
        return round(self._seen.bpm, 2)

    @property
    def error_ms(self) -> float:
        """How far readings of the two clocks scatter around the line between them, rms."""
        return self._timebase.error * 1000.0

    @property
    def peers(self) -> int:
        """How many others are in the session."""
        return self._seen.peers

    def poll(self, time: float) -> None:
        """Look at the session, if it is time to."""
        if time - self._looked < PACE:
            return
        self._read()
        was, seen = self._seen, self._look(time)
        if seen.playing and not self._map.playing:
            self._join(was, time)
        elif self._map.playing and not seen.playing:
            self._jump(time, self._map.beat_at(time), playing=False)
        elif self._map.playing:
            self._follow(time)
        elif self._map.bpm != self._rate():
            self._map = replace(self._map, bpm=self._rate())

    def start(self, time: float, lead_in: float = 0.0) -> None:
        """Play from the song's beginning, after `lead_in` beats, from `time` on as soon as the session's bar allows."""
        self._play(placed(-lead_in), time, sounds=0.0)

    def resume(self, time: float) -> None:
        """Play on from where the song stands, as soon as the bar is there; while playing this changes nothing."""
        if not self._map.playing:
            self._play(self._map.beat, time, sounds=self._map.beat)

    def take_over(self, line: TempoMap, time: float) -> None:
        """Play on where another clock was (a line in song beats), without having anybody else start."""
        self._play(line.beat_at(time), time, sounds=line.beat_at(time))

    def stop(self, time: float) -> None:
        """Stand still where the song is; while stopped this changes nothing."""
        if self._map.playing:
            self._session.stop(self._micros(time))
            self._look(time)
            self._jump(time, self._map.beat_at(time), playing=False)

    def locate(self, beat: float, time: float) -> None:
        """Go to a song beat: at once while stopped or alone, else so that the bar stays the others' bar."""
        if math.isnan(beat):
            return
        beat = placed(beat)
        if self._map.playing:
            self._session.place(beat, self._micros(time), self._map.meter.bar)
            beat = self._look(time).beat
        self._jump(time, beat, self._map.playing)

    def propose(self, bpm: float, time: float) -> None:
        """Another tempo, for everybody in the session."""
        self._session.propose(bpm, self._micros(time))
        self._looked = float("-inf")

    def start_stop(self, on: bool) -> None:
        """Whether we start and stop with the others who want that."""
        self._session.start_stop(on)

    def set_meter(self, meter: Meter) -> None:
        """Count bars in another meter; the others' beat stays, so the song may find itself elsewhere in a bar."""
        self._map = replace(self._map, meter=meter)

    def leave(self) -> None:
        """Leave the session; the others go on."""
        self._session.leave()

    def _play(self, beat: float, due: float, sounds: float) -> None:
        self._session.start(beat, self._micros(due), self._map.meter.bar, sounds)
        time = min(due, self._now())
        self._jump(time, self._look(time).beat, playing=True)

    def _join(self, was: Seen, time: float) -> None:
        """Somebody pressed start: the song begins where the bar does, at that moment or next after it."""
        since = self._seen.since if self._seen.since != was.since else self._micros(time)
        self._session.place(0.0, since - round(GRACE * 1e6), self._map.meter.bar)
        self._jump(time, self._look(time).beat, playing=True)

    def _follow(self, time: float) -> None:
        beat = self._seen.beat
        if abs(beat - self._map.beat_at(time)) * 60.0 > JUMP * self._seen.bpm:
            self._jump(time, beat, playing=True)
            return
        goal = replace(self._map, beat=beat, time=time, bpm=self._rate())
        self._map = chase(self._map, time, goal, AIM)

    def _jump(self, time: float, beat: float, playing: bool) -> None:
        epoch = self._map.epoch + 1
        self._map = replace(self._map, epoch=epoch, beat=beat, time=time, bpm=self._rate(), playing=playing)

    def _rate(self) -> float:
        """Beats in a minute of our own timebase."""
        return self._seen.bpm * self._timebase.rate

    def _micros(self, time: float) -> int:
        return round(self._timebase.there(time) * 1e6)

    def _look(self, time: float) -> Seen:
        self._looked = time
        self._seen = seen = self._session.look(self._micros(time), self._map.meter.bar)
        line = replace(self._map, beat=seen.beat, time=time, bpm=self._rate(), playing=True)
        self._pulse = line if seen.peers else None
        return seen

    def _read(self) -> None:
        """Read the two clocks side by side."""
        pairs = []
        for _ in range(READINGS):
            before, there, after = self._now(), self._session.micros() / 1e6, self._now()
            pairs.append((after - before, (before + after) / 2.0, there))
        doubt, here, there = min(pairs)
        self._timebase.measure(here, there, doubt)
