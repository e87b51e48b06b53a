"""The timekeeper: every clock we have, the switch between them, and the stage beats that come of it."""

import math
from collections.abc import Callable

from msgspec.structs import replace

from bridge.clock.daw import DawClock, Observation
from bridge.clock.internal import InternalClock
from bridge.clock.link import LinkClock, Session
from bridge.clock.link_session import LinkSession
from bridge.clock.midi_clock import MidiClock
from bridge.clock.midi_ports import MidiPorts
from bridge.clock.report import ClockReport
from bridge.clock.rivalry import Rivalry
from bridge.clock.stage import Stage
from bridge.clock.switch import AUTO, Switch
from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter

INTERNAL, MIDI, LINK, DAW = "internal", "midi", "link", "daw"
UPBEAT = 0.1
"""Seconds from the command to the first beat of our own clock, so that what belongs on that beat can be planned."""
ATTENTION = 0.05
"""Seconds after which a clock that runs, or others may start, wants to be looked at again."""
REPORT = 0.5
"""Seconds between two reports at least."""


class Timekeeper:
    """Takes what moves the clocks; `poll` gives the tempo map in stage beats. Times in seconds of one timebase.

    What is asked of «our own clock» goes to Link while we are in a session and nothing else is set: then the session's
    beat is ours. `now` reads the timebase and `join` enters a session at a tempo; only Link needs them.
    """

    def __init__(
        self,
        bpm: float = 120.0,
        meter: Meter | None = None,
        setting: str = AUTO,
        now: Callable[[], float] = lambda: 0.0,
        join: Callable[[float], Session] = LinkSession,
    ) -> None:
        self._internal = InternalClock(bpm, meter)
        self._midi = MidiClock(bpm, meter)
        self._ports = MidiPorts(self._midi)
        self._daw = DawClock(bpm, meter)
        self._link: LinkClock | None = None
        self._switch = Switch({MIDI: self._midi, DAW: self._daw, INTERNAL: self._internal}, setting)
        self._stage = Stage()
        self._rivalry = Rivalry()
        self._now = now
        self._join = join
        self._wanted = setting
        self._bpm = bpm
        self._shares = self._leads = self._refused = False
        self._report = ClockReport()
        self._reported = -math.inf

    @property
    def master(self) -> str:
        """Name of the clock that leads."""
        return self._switch.master

    @property
    def error_ms(self) -> float:
        """How well the leading clock is followed; 0 for our own."""
        return self._switch.error_ms

    @property
    def report(self) -> ClockReport:
        """What there is to show; the same object as before where nothing has changed."""
        return self._report

    @property
    def patience(self) -> float:
        """Seconds for which nobody needs to `poll`."""
        return ATTENTION if self._link is not None or self._switch.map.playing else math.inf

    def take_notice(self) -> str:
        """A line for the user, of clocks that disagree; empty where there is nothing new."""
        return self._rivalry.take_notice() or self._ports.take_notice()

    def start(self, time: float, lead_in: float = 0.0, top: float | None = None) -> None:
        """Roll our own clock from the top, after `lead_in` beats of count-in, which begins at the time `top`."""
        home = self._home()
        if home is not None:
            # As late as `top`: the session's bar is waited for from there on.
            home.start(max(time + UPBEAT, top or 0.0), lead_in)

    def resume(self, time: float) -> None:
        """Roll our own clock from where it stands."""
        home = self._home()
        if home is not None:
            home.resume(time)

    def stop(self, time: float) -> None:
        """Stop our own clock, and a Link session's where that leads and starts and stops are shared."""
        self._internal.stop(time)
        if self._link is not None and self.master == LINK:
            self._link.stop(time)

    def locate(self, beat: float, time: float) -> None:
        """Set our own clock's song position, within what it takes; any float may come."""
        home = self._home()
        if home is not None:
            home.locate(beat, time)

    def tempo(self, bpm: float, meter: Meter, time: float) -> None:
        """Tempo of our own clock, and the meter, which MIDI clock and Link do not tell either.

        Another tempo than before is proposed to a Link session where we are alone in it, or are to lead.
        """
        turned, self._bpm = bpm != self._bpm, bpm
        self._internal.set_tempo(bpm, time)
        self._internal.set_meter(meter)
        self._midi.set_meter(meter)
        self._daw.set_meter(meter)
        if self._link is not None:
            self._link.set_meter(meter)
            if turned and (self._leads or not self._link.peers):
                self._link.propose(bpm, time)

    def align(self, due: float, time: float) -> None:
        """Let a beat of our own clock fall at the time `due`. In a Link session the beat is everybody's, and stays."""
        self._internal.align(due, time)

    def choose(self, setting: str) -> None:
        """Say who leads: "auto" or a clock's name. "link" is auto while there is no session. Raises SettingsError."""
        self._wanted = setting
        self._switch.choose(AUTO if setting == LINK and self._link is None else setting)

    def session(self, on: bool, shares: bool, leads: bool, time: float) -> None:
        """Be in the Link session or not; share starts and stops or not; lead its tempo or not. Raises ClockError."""
        self._shares, self._leads = shares, leads
        self._refused = self._refused and on
        if on and self._link is None and not self._refused:
            self._refused = True  # until it has worked: why not is told once, not with every knob
            self._enter(time)
            self._refused = False
        elif not on and self._link is not None:
            self._leave(time)
        if self._link is not None:
            self._link.start_stop(shares)

    def close(self) -> None:
        """Leave the Link session, if we are in one."""
        if self._link is not None:
            self._link.leave()

    def receive(self, port: str, data: bytes, time: float) -> None:
        """A MIDI clock's message came in at a port."""
        self._ports.receive(port, data, time)

    def observe(self, name: str, seen: Observation) -> None:
        """A DAW's control surface said something."""
        self._daw.observe(name, seen)

    def restore(self, map: TempoMap, master: str, time: float) -> None:
        """Go on where a timekeeper before this one was: `map` is the last it published, in this timebase."""
        here = map.beat_at(time)
        self._stage = Stage(replace(map, beat=here, time=time, playing=False))
        ours = master in (INTERNAL, LINK)  # in a session again, we play on from our own clock
        self.tempo(map.bpm if ours else self._internal.map.bpm, map.meter, time)
        self._internal.locate(here + map.song, time)
        if map.playing and ours:
            self._internal.resume(time)
        elif map.playing and master == MIDI:
            self._midi.rejoin(replace(map, beat=map.beat + map.song, song=0.0))

    def poll(self, time: float) -> TempoMap:
        """The map that holds now, in stage beats; the same object as before where nothing changed."""
        self._switch.poll(time)
        # A clock of ours that lost the mastership stops, so that its next start is a beginning, which may lead again.
        if self.master != INTERNAL:
            self._internal.stop(time)
        if self._link is not None and self.master != LINK and not self._shares:
            self._link.stop(time)
        if self._rivalry.is_due(time):
            self._rivalry.watch(time, self.master, self._switch.pulses())
        if time - self._reported >= REPORT:
            self._tell(time)
        return self._stage.follow(self._switch.map, time)

    def _home(self) -> InternalClock | LinkClock | None:
        """The clock that our transport moves; None where that would move others against a clock that leads and
        plays."""
        if self._link is None or self._wanted not in (AUTO, LINK):
            return self._internal
        if self._switch.map.playing and self.master not in (LINK, INTERNAL):
            return None
        return self._link

    def _enter(self, time: float) -> None:
        """Join the session. What our own clock plays goes on in it, and comes to the session's bar."""
        bpm = self._internal.shown_bpm
        self._link = LinkClock(self._join(bpm), self._now, self._internal.map.meter)
        led = self.master == INTERNAL
        self._switch.join(LINK, self._link, above=DAW, heir=self._wanted in (AUTO, LINK))
        if led and self._wanted in (AUTO, LINK) and self._internal.map.playing:
            self._link.take_over(self._internal.map, time)
        self.choose(self._wanted)

    def _leave(self, time: float) -> None:
        """Leave the session. What was played goes on by our own clock, at the tempo it has."""
        link, led = self._link, self.master == LINK
        assert link is not None
        link.leave()
        self._link = None
        self._switch.leave(LINK)
        self.choose(self._wanted)
        if led:
            self._internal.set_tempo(link.map.bpm, time)
            self._internal.locate(link.map.beat_at(time), time)
            if link.map.playing:
                self._internal.resume(time)

    def _tell(self, time: float) -> None:
        self._reported = time
        rival = self._rivalry.rival
        report = ClockReport(
            round(self._switch.shown_bpm, 2),
            self._link.peers if self._link is not None else -1,
            rival.name if rival else "",
            round(rival.ms, 1) if rival else 0.0,
            round(rival.bpm, 1) if rival else 0.0,
        )
        if report != self._report:
            self._report = report
