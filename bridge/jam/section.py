"""A section of the band: the voices that one pack plays in one mode, asked together.

What an answer says beyond the plan so far is played as it comes in; what it says anew takes the old plan's place in
one stroke when the answer is whole, so an answer that is late never leaves a hole.
"""

import math
from collections.abc import Callable, Collection, Sequence

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.jam.horizon import LOOKAHEAD, Horizon
from bridge.jam.pace import BACKUP, Pace
from bridge.jam.plan import Plan
from bridge.music.note import Note, Span, Voice

CHUNK = 4.0
"""Beats asked for at a time."""
LEAD = 1.0
"""Beats before its turn, beyond the commit distance, at which a section makes up its first notes."""
URGENT = 0.5
"""Beats of plan left, beyond the commit distance, at which the vamp stops waiting for the model."""
VAMP_AHEAD = 1.25
"""Beats of plan beyond the commit distance that the vamp keeps up where no model is at work: little, so that a model
which comes back soon has the floor again."""
RETRY = 1.0
"""Seconds that a model which failed is left alone."""
SHAPED = 1024
"""Notes remembered as the model said them."""
HANDING_OVER = 0.005
"""Seconds from the desk to the port: what is nearer than this is not touched any more."""


class Pending(msgspec.Struct):
    """An ask that has not been answered whole."""

    ask: Ask
    turn: Span
    asked: float
    """Seconds when it was asked."""
    alive: float
    """Seconds of its last note, or when it was asked."""
    planned: dict[Voice, float]
    """Stage beat up to which a voice has a plan of another's; the answer takes its place when it is whole."""
    notes: list[Note]
    """The notes of the answer so far, as the model said them."""

    @property
    def answered(self) -> bool:
        """Whether its first note has come."""
        return self.alive > self.asked


class Moment(msgspec.Struct, frozen=True):
    """Now: in stage beats, in seconds of the desk's clock, and the tempo map in force."""

    beat: float
    seconds: float
    map: TempoMap

    @property
    def bpm(self) -> float:
        """Quarter notes a minute."""
        return self.map.bpm


class Section:
    """Keeps the plan of its voices filled.

    `make` turns (section, span, turn, now) into an ask, `send` asks it of a pack, `shape` makes of a model's note what
    the knobs want, and `hold` of a voice's notes that answer an ask how long they are held. With `accompanies` the plan
    is made anew at every interval of its pace, and turns matter less.
    """

    def __init__(
        self,
        plan: Plan,
        make: Callable[["Section", Span, Span, Moment], Ask],
        send: Callable[[Ask, str], object],
        cancel: Callable[[int], object],
        shape: Callable[[Note, Span], Note],
        pack: str = "",
        accompanies: bool = False,
        mode: str = "",
        hold: Callable[[Sequence[Note], Ask], Sequence[Note]] = lambda notes, _: notes,
    ) -> None:
        self._plan = plan
        self._make = make
        self._send = send
        self._cancel = cancel
        self._shape = shape
        self._hold = hold
        self.pack = pack
        self.accompanies = accompanies
        self.mode = mode
        self.voices: tuple[Voice, ...] = ()
        self.horizon = Horizon()
        self.pace = Pace()
        self.pending: Pending | None = None
        self.vamped: dict[Voice, float] = {}
        """Stage beat up to which the vamp has a voice."""
        self._reserved: dict[Voice, float] = {}
        self._made: dict[Voice, list[tuple[float, float]]] = {}
        self._shaped: dict[Note, Note] = {}
        self._said: dict[Note, Note] = {}
        """What the model said of a note that is planned."""
        self._stale = self._stale_again = math.inf
        self._restless = False
        self._resting = 0.0
        self._next = -math.inf

    @property
    def commit(self) -> Horizon:
        """What the commit distance is taken from: an accompanist's answer counts when it is whole."""
        return self.pace.horizon if self.accompanies else self.horizon

    def resting(self, seconds: float) -> bool:
        """Whether the model has failed so lately that it is left alone."""
        return seconds < self._resting

    def made(self, voice: Voice, beat: float) -> float:
        """Where the span of the answer begins that a voice's plan at a beat comes from; NaN where that is not known."""
        made = self._made.get(voice, [])
        while len(made) > 1 and made[1][0] <= beat:
            made.pop(0)
        return made[0][1] if made and made[0][0] <= beat else math.nan

    def due(self, turn: Span, now: Moment) -> bool:
        """Whether it is time to make up what is played in a turn."""
        return turn.start - now.beat <= self.commit.beats(now.bpm) + LEAD

    def next_of(self, voice: Voice, turn: Span, now: Moment) -> float:
        """The first stage beat for which a voice has no plan, from the commit line on."""
        return self._plan.filled(voice, self._line(turn, now))

    def draft(self, span: Span) -> tuple[Note, ...]:
        """What the model itself has said so far for a span, in time order, and of one beat as it was planned.

        No set may have a say here: another process, such as a replay's, has another order in it.
        """
        planned = self._plan.within(span, self.voices)
        notes = dict.fromkeys(self._said[note] for note in planned if note in self._said)
        return tuple(sorted(notes, key=lambda note: note.beat))

    def fill(self, turn: Span, now: Moment) -> None:
        """Ask for what the plan lacks, or for what is to be made anew."""
        if self.pending is not None or not self.voices or not self.due(turn, now):
            return
        line = self._line(turn, now)
        filled = min(self._plan.filled(voice, line) for voice in self.voices)
        ahead = LOOKAHEAD
        if self.accompanies:
            ahead = self.pace.lookahead(now.bpm)
            self._keep_pace(line, now)
            if self._stale > line and filled - line > BACKUP / 2:
                return
        start = max(min(filled, self._stale), line)
        if start < min(turn.end, line + ahead):
            length = ahead if self.accompanies else CHUNK
            self._request(Span(start, min(start + length, turn.end)), turn, now)

    def late(self, turn: Span, now: Moment) -> bool:
        """Whether the model is so late that the vamp must step in."""
        line = self._line(turn, now)
        left = min((self._plan.filled(voice, line) - line for voice in self.voices), default=math.inf)
        if self.pending is None:
            return left <= VAMP_AHEAD
        silent = now.seconds - self.pending.alive > self.commit.seconds
        return silent and left <= (0.0 if self.pending.answered else URGENT)

    def hurry(self) -> None:
        """The player did something: where asks are far apart, the next one is due at once."""
        if self.pace.slow:
            self._next = -math.inf

    def renew(self, after: float) -> None:
        """Something that shapes the music changed: what lies after a stage beat is to be made anew.

        Of changes one upon the other, as when a knob is turned, the first ends the answer under way; what is asked then
        is let come to its end, so that the band follows the hand even where an answer takes longer than the next turn.
        """
        if self.pending is not None and self._restless:
            self._stale_again = min(self._stale_again, after)
        else:
            self._restless = self.pending is not None
            self.drop()
        self._stale = min(self._stale, after)
        self._next = -math.inf
        self._shaped.clear()
        self._said.clear()
        for voice, until in self.vamped.items():
            self.vamped[voice] = min(until, after)

    def note(self, note: Note, seconds: float) -> None:
        """A note of the answer that is pending came in."""
        pending = self.pending
        if pending is None:
            return
        if not pending.answered:
            self.horizon.answered(seconds - pending.asked)
        pending.alive = max(seconds, pending.asked + 1e-9)
        pending.notes.append(note)
        free = max(pending.planned.get(note.voice, note.beat), self._reserved.get(note.voice, -math.inf))
        if note.voice in self.voices and note.beat >= free:
            self._plan.add(self._shape_once(note, pending.turn))
            self._plan.fill(note.voice, note.beat)

    def end(self, now: Moment) -> None:
        """The answer that is pending is whole: it takes the place of the old plan."""
        pending, self.pending = self.pending, None
        if pending is None:
            return
        self.pace.answered(now.seconds - pending.asked)
        span = pending.ask.span
        guard = now.beat + (HANDING_OVER + self.commit.early) * now.bpm / 60.0
        for voice in self.voices:
            start = max(span.start, guard, self._reserved.get(voice, -math.inf))
            if voice in pending.planned:
                until = min(pending.planned[voice], span.end)
                if start < until:
                    self._plan.swap(voice, Span(start, until), self._planned(voice, pending))
                    self.vamped[voice] = min(self.vamped.get(voice, start), start)
                self._plan.fill(voice, span.end)
                made = [entry for entry in self._made.get(voice, []) if entry[0] < start]
                self._made[voice] = [*made, (start, span.start)]
        if self._stale < span.end:
            self._stale = span.end if max(pending.planned.values()) > span.end + 1e-9 else math.inf
        self._restless = False
        if self._stale_again < math.inf:
            self._stale, self._stale_again = min(self._stale, self._stale_again), math.inf
            self._next = -math.inf

    def failed(self, seconds: float) -> None:
        """The ask that is pending will not be answered: the model is left alone for a while."""
        self.pending = None
        self._resting = seconds + RETRY

    def ready(self) -> None:
        """A model is there (again)."""
        self._resting = 0.0

    def drop(self) -> None:
        """Nobody waits for an answer any more."""
        if self.pending is not None:
            self._cancel(self.pending.ask.id)
            self.pending = None

    def dismiss(self, voices: Collection[Voice]) -> None:
        """These voices play in this section no longer; what is planned for the others stays."""
        self.drop()
        for voice in voices:
            for kept in (self.vamped, self._made, self._reserved):
                kept.pop(voice, None)
            self._plan.unfill(voice)

    def reserve(self, voice: Voice, until: float) -> None:
        """A voice's plan up to a stage beat is somebody else's, and stays as it is."""
        self._reserved[voice] = until

    def forget(self) -> None:
        """The turn is over, or the music jumped: nothing that was asked or planned counts."""
        self.drop()
        self.vamped.clear()
        self._made.clear()
        self._reserved.clear()
        self._shaped.clear()
        self._said.clear()
        self._stale = self._stale_again = math.inf
        self._next = -math.inf
        for voice in self.voices:
            self._plan.unfill(voice)

    def vamp(self, voice: Voice, until: float) -> None:
        """The vamp has filled a voice up to a stage beat, until an answer that comes yet takes its place."""
        self._plan.fill(voice, until)
        self.vamped[voice] = until
        if self.pending is not None and voice in self.pending.planned:
            self.pending.planned[voice] = max(until, self.pending.planned[voice])

    def _line(self, turn: Span, now: Moment) -> float:
        """The stage beat before which nothing of a turn can be changed any more."""
        return max(now.beat + self.commit.beats(now.bpm), turn.start)

    def _planned(self, voice: Voice, answer: Pending) -> Sequence[Note]:
        """A voice's notes of an answer that is whole, as they are planned."""
        notes = [note for note in answer.notes if note.voice == voice]
        planned = self._hold([self._shape_once(note, answer.turn) for note in notes], answer.ask)
        for note, said in zip(planned, notes, strict=True):
            _keep(self._said, note, said)
        return planned

    def _shape_once(self, note: Note, turn: Span) -> Note:
        """The note as the knobs want it; one that the model says again stays as it was shaped before."""
        shaped = self._shaped.get(note)
        if shaped is None:
            shaped = self._shape(note, turn)
            _keep(self._shaped, note, shaped)
            _keep(self._said, shaped, note)
        return shaped

    def _keep_pace(self, line: float, now: Moment) -> None:
        """Once an interval, what lies behind the commit line is to be made anew with what was heard since."""
        if now.beat >= self._next:
            interval = self.pace.interval(now.bpm)
            self._next = (math.floor(now.beat / interval + 1e-9) + 1) * interval
            self._stale = line

    def _request(self, span: Span, turn: Span, now: Moment) -> None:
        ask = self._make(self, span, turn, now)
        planned = {voice: self._plan.filled(voice, span.start) for voice in ask.voices}
        self.pending = Pending(ask, turn, now.seconds, now.seconds, planned, [])
        self._send(ask, self.pack)


def _keep(notes: dict[Note, Note], key: Note, value: Note) -> None:
    """Remember a note, at the cost of the oldest where there are many."""
    if key not in notes and len(notes) >= SHAPED:
        for old in list(notes)[: SHAPED // 2]:
            del notes[old]
    notes[key] = value


def by_id(sections: Collection[Section], id: int) -> Section | None:
    """The section that waits for the answer to an ask."""
    return next((s for s in sections if s.pending is not None and s.pending.ask.id == id), None)
