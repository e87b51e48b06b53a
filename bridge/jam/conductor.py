"""The conductor: gives the floor, keeps the plan filled from the model, and from the vamp where the model fails."""

import itertools
from collections.abc import Callable, Collection

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.engine.protocol import PhraseEnd, PhraseNote
from bridge.jam.floor import Floor, Scene
from bridge.jam.horizon import LOOKAHEAD, Horizon
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.modes import MODES
from bridge.jam.plan import Plan
from bridge.jam.score import HitRate
from bridge.jam.vamp import vamp
from bridge.music.key import Key
from bridge.music.note import BAND, Note, Span, Voice
from bridge.music.turn import Who

CHUNK = 4.0
"""Beats asked for at a time."""
ENTRY = 0.5
"""Beats into its turn by which the band has come in."""
LEAD = 0.5
"""Beats before its turn, beyond the commit distance, at which the band makes up its first notes."""
URGENT = 0.25
"""Beats of plan left, beyond the commit distance, at which the vamp stops waiting for the model."""
VAMP_AHEAD = 1.25
"""Beats of plan beyond the commit distance that the vamp keeps up where no model is at work: little, so that a model
which comes back soon has the floor again."""
SHORTEST_VAMP = 0.5
"""Beats the vamp fills at least, up to the next whole beat."""
CONTEXT = 4
"""Notes the player must have played before the model is asked; the vamp has the bars before."""
RETRY = 1.0
"""Seconds that a model which failed is left alone."""
FIRST_KEY = Key(0, "major")
"""What the vamp plays in while the player has not shown a key."""
MEAN_VELOCITY = 80


class Pending(msgspec.Struct):
    """An ask that has not been answered whole."""

    ask: Ask
    turn: Span
    asked: float
    """Seconds when it was asked."""
    alive: float
    """Seconds of its last note, or when it was asked."""

    @property
    def answered(self) -> bool:
        """Whether its first note has come."""
        return self.alive > self.asked


class Conductor:
    """Decides at every `step`; everything it wants goes out through the plan, `ask` and `cancel`."""

    def __init__(
        self,
        plan: Plan,
        listener: Listener,
        ask: Callable[[Ask], object],
        cancel: Callable[[int], object],
    ) -> None:
        self._plan = plan
        self._listener = listener
        self._ask = ask
        self._cancel = cancel
        self._ids = itertools.count(1)
        self._pending: dict[Voice, Pending] = {}
        self._vamped: dict[Voice, float] = {}
        self._resting: dict[Voice, float] = {}
        self.floor = Floor()
        self.knobs = Knobs()
        self.voices: tuple[Voice, ...] = (Voice.LEAD,)
        """The voices that play: those of the pack that are switched on, in the order in which they are asked."""
        self._served: Collection[Voice] = ()
        self._ever_served: Collection[Voice] = ()
        self.horizon = Horizon()
        self.hits = HitRate()
        self.first: float | None = None
        self.pressed = float("-inf")

    def step(self, now: float, map: TempoMap, seconds: float) -> bool:
        """Decide at stage beat `now` (`seconds` on the desk's clock). True where the floor has changed hands."""
        mode = MODES[self.knobs.mode]
        floor = mode.decide(self._scene(now, map), self.floor) if map.playing else Floor()
        changed = floor.who != self.floor.who
        if floor.band != self.floor.band:
            self._give_up(self.floor)
        self.floor = floor
        if floor.band is not None:
            self._fill(floor.band, now, map, seconds)
            self._count(floor.band, now)
        return changed

    def press(self, beat: float) -> None:
        """The player put a key down."""
        if self.first is None:
            self.first = beat
        self.pressed = beat
        if self.floor.who is not Who.BAND and self.floor.band is not None:
            self.replan(self.floor.band.start)

    def jump(self, beat: float, going_on: bool) -> None:
        """The music started, stopped or jumped at a stage beat: nothing that was planned holds.

        Where it jumped in mid-play (`going_on`), as a DAW's loop does, the player is still there.
        """
        self._drop_asks()
        self._plan.forget()
        self._vamped.clear()
        self.floor = Floor()
        self.first = beat if going_on and self.first is not None else None
        self.hits.forget_position()
        self._listener.forget_entries()

    def choose_voices(self, voices: Collection[Voice]) -> None:
        """Say which voices play; one that goes off is silent at once."""
        for voice in self.voices:
            if voice not in voices:
                pending = self._pending.pop(voice, None)
                if pending is not None:
                    self._cancel(pending.ask.id)
                self._plan.withdraw(voice, float("-inf"), hush=True)
        self.voices = tuple(voice for voice in BAND if voice in voices)

    def replan(self, after: float) -> None:
        """Something that shapes the music changed: make anew what lies at or after a stage beat."""
        self._drop_asks()
        for voice in self.voices:
            self._plan.withdraw(voice, after)
            if self._vamped.get(voice, after) > after:
                self._vamped[voice] = after

    def note(self, answer: PhraseNote, seconds: float) -> None:
        """A note of an answer came in."""
        pending = self._pending_ask(answer.ask)
        if pending is None:
            return
        if not pending.answered:
            self.horizon.answered(seconds - pending.asked)
        pending.alive = max(seconds, pending.asked + 1e-9)
        note = self._shape(answer.note, pending.turn)
        if note.voice in self.voices and note.beat >= self._vamped.get(note.voice, note.beat):
            self._plan.add(note)
            self._plan.fill(note.voice, note.beat)

    def end(self, answer: PhraseEnd) -> None:
        """An answer is whole."""
        pending = self._pending_ask(answer.ask)
        if pending is not None:
            for voice in pending.ask.voices:
                self._plan.fill(voice, pending.ask.span.end)
                del self._pending[voice]

    def failed(self, ask: int, seconds: float) -> None:
        """An ask will not be answered: the vamp has its voices for a while, then the model is tried again."""
        pending = self._pending_ask(ask)
        if pending is not None:
            for voice in pending.ask.voices:
                del self._pending[voice]
                self._resting[voice] = seconds + RETRY

    def engine_ready(self, voices: Collection[Voice]) -> None:
        """A pack is loaded that plays these voices."""
        self._served = self._ever_served = voices
        self._resting.clear()

    def engine_lost(self) -> None:
        """The engine is gone; what it had promised is not coming."""
        self._served = ()
        self._pending.clear()

    def overdue(self, seconds: float) -> float:
        """Seconds without a sign of life from the engine while it owes an answer (0: it owes none)."""
        return max((seconds - pending.alive for pending in self._pending.values()), default=0.0)

    def key(self) -> Key | None:
        """The key in force: the knob's, else the player's."""
        return self.knobs.key or self._listener.key(self.knobs.scale)

    def _scene(self, now: float, map: TempoMap) -> Scene:
        return Scene(
            now=now,
            map=map,
            busy=self._listener.busy,
            first=self.first,
            pressed=self.pressed,
            last=self._listener.last,
            ready=now + self.horizon.beats(map.bpm),
            expected=self._listener.expected(map.meter.bar),
            patience=self.knobs.patience,
            trade_bars=self.knobs.trade_bars,
        )

    def _give_up(self, floor: Floor) -> None:
        """The band's turn of a floor is over, or will not come: silence, and nothing planned."""
        self._drop_asks()
        self._vamped.clear()
        for voice in self.voices:
            self._plan.withdraw(voice, float("-inf"), hush=floor.who is Who.BAND)
        self._plan.unfill()

    def _fill(self, turn: Span, now: float, map: TempoMap, seconds: float) -> None:
        commit = self.horizon.beats(map.bpm)
        if turn.start - now > commit + LEAD:
            return
        line = now + commit
        want = min(turn.end, max(line, turn.start) + LOOKAHEAD)
        for voice in self.voices:
            filled = self._plan.filled(voice, turn.start if now < turn.start else max(turn.start, line))
            if filled >= want:
                continue
            if self._asks(voice, seconds):
                if voice not in self._pending:
                    self._request(voice, Span(filled, min(filled + CHUNK, turn.end)), turn, now, map, seconds)
                if not self._late(self._pending[voice], filled - line, seconds):
                    continue
            elif filled - line > VAMP_AHEAD:
                continue
            until = map.next_beat(filled + SHORTEST_VAMP)
            self._vamp(voice, Span(filled, min(until, turn.end)), map)

    def _count(self, turn: Span, now: float) -> None:
        """Count the 16ths that have come up, once there is a model and something for it to go on."""
        for voice in self.voices:
            if voice in self._ever_served and self._listener.notes >= CONTEXT:
                self.hits.look(turn, now, self._plan.filled(voice, turn.start), self._vamped.get(voice))

    def _asks(self, voice: Voice, seconds: float) -> bool:
        """Whether the model plays this voice now: it is there, in order, and there is music for it to go on."""
        fit = voice in self._served and seconds >= self._resting.get(voice, 0.0)
        return fit and self._listener.notes >= CONTEXT

    def _late(self, pending: Pending, left: float, seconds: float) -> bool:
        """Whether an answer is so late, with `left` beats of plan past the commit line, that the vamp steps in."""
        if pending.answered:
            return left < 0
        return left <= URGENT and seconds - pending.asked > self.horizon.seconds

    def _request(self, voice: Voice, span: Span, turn: Span, now: float, map: TempoMap, seconds: float) -> None:
        knobs = {"temperature": self.knobs.temperature}
        if self.knobs.density > 0:
            knobs["density"] = self.knobs.density
        knobs["register"] = self._listener.register() + self.knobs.register
        key = self.key()
        ask = Ask(
            id=next(self._ids),
            span=span,
            voices=(voice,),
            committed=self._plan.before(span.start, self.voices),
            meter=map.meter,
            song=map.song,
            entry=turn.start + ENTRY if span.start <= turn.start else None,
            key=key.pitch_classes if key is not None else (),
            allowed=self._listener.palette(self.knobs.key, self.knobs.scale) if self.knobs.key_lock else (),
            knobs=knobs,
            seed=self.knobs.seed,
            deadline=seconds + (span.end - now) * 60.0 / map.bpm,
        )
        self._pending[voice] = Pending(ask, turn, seconds, seconds)
        self._ask(ask)

    def _vamp(self, voice: Voice, span: Span, map: TempoMap) -> None:
        notes = vamp(
            voice,
            span,
            self.key() or FIRST_KEY,
            map.meter,
            map.song,
            self._listener.register() + self.knobs.register,
            self.knobs.seed,
        )
        turn = self.floor.band or span
        self._plan.add(*(self._shape(note, turn) for note in notes), by_rule=True)
        self._plan.fill(voice, span.end)
        self._vamped[voice] = span.end

    def _shape(self, note: Note, turn: Span) -> Note:
        """A note as the knobs want it, and no longer than the turn."""
        louder = self.knobs.velocity_follow * (self._listener.velocity() - MEAN_VELOCITY)
        velocity = round((note.velocity + louder) * self.knobs.level.get(note.voice, 1.0))
        moved = 0 if note.voice is Voice.DRUMS else self.knobs.transpose.get(note.voice, 0)
        return msgspec.structs.replace(
            note,
            velocity=min(max(velocity, 1), 127),
            pitch=min(max(note.pitch + moved, 0), 127),
            duration=min(note.duration, turn.end - note.beat),
        )

    def _pending_ask(self, id: int) -> Pending | None:
        return next((pending for pending in self._pending.values() if pending.ask.id == id), None)

    def _drop_asks(self) -> None:
        for pending in self._pending.values():
            self._cancel(pending.ask.id)
        self._pending.clear()
