"""The `transformer` family: a band of several voices that plays along with what it hears, and a little ahead of it.

Both sides' events lie in one stream in the order of time. An ask is answered by going on with that stream: the band's
notes are the answer, the player's are only imagined, and forgotten when the real ones come. What was planned before and
still fits is kept (`bridge.engine.draft`).
"""

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine import draft as drafts
from bridge.engine.codec import MIDDLE, PART_OF, PARTS, PITCHES, SIZES, Event, Part, encode
from bridge.engine.critic import Critic, Scene, tasteful, theory
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.ensemble_controls import VOICES, wishes
from bridge.engine.family import Ask, Heard, Pressed, Sounded
from bridge.engine.features import HEAD, NONE, ROWS
from bridge.engine.grid import TICKS
from bridge.engine.harmony_track import HarmonyTrack
from bridge.engine.kv import Suffix
from bridge.engine.moment import Moment
from bridge.engine.pack import Pack
from bridge.engine.reader import Draws, Reader, Setting
from bridge.engine.session import Session
from bridge.engine.stream import Frame, Stream
from bridge.engine.writer import ORDER, PLAYER, Fixed, Made, Task, write
from bridge.errors import PackError
from bridge.music.note import Note, Voice

COOLEST = 0.05
"""Lowest temperature that the graph is asked for."""
DEFAULT_MIN_P = 0.03
MEMORY = 8 * TICKS
"""Ticks before the span for which it is remembered how likely the planned notes were."""
State = Moment | None


class Transformer:
    """A loaded band. `critic` chooses among candidates where an ask wants more than one."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session], critic: Critic = theory) -> None:
        """Check the card against the graphs. Raises PackError."""
        card = pack.card
        layers, size = _sizes(pack)
        self._layers = layers
        self._voices = frozenset(card.voices)
        self._knobs = {knob.name: knob.default for knob in card.knobs}
        self._reader = Reader(open_graph("step"), open_graph("score"), layers, size)
        self._pitches = _pitches(card.codec)
        self._critic = critic
        self._stream: Stream[State] = Stream(None, _follow, card.voices)
        self._setting = Setting(wishes(voices=card.voices), HarmonyTrack(), NONE)
        self._likely: dict[drafts.Key, float] = {}
        self._surprises = 0
        self._basis: tuple[int, Setting, tuple[int, ...]] | None = None
        self._answered: dict[Voice, float] = {}

    def hear(self, event: Heard) -> None:
        """Append an event to the stream, and read what is before it, so that an ask finds it read."""
        self._stream.hear(event)
        self._surprises += isinstance(event, Pressed)
        newest = self._newest()
        if newest is not None and newest.before is not None:
            self._reader.read(self._reader.unread(newest.before), self._setting)

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        self._stream.rewind(beat)
        self._surprises += 1
        self._likely.clear()
        self._answered.clear()

    def respond(self, ask: Ask) -> Iterator[Note]:
        """The asked voices' notes for the span, in time order, as they are made; kept ones of the draft among them.

        The same ask on the same stream gives the same notes. Raises EngineError.
        """
        asked = [voice for voice in VOICES if voice in ask.voices and voice in self._voices]
        if not asked or ask.span.end <= ask.span.start:
            return
        frame = Frame.of(ask.meter, ask.song)
        self._stream.reframe(frame)
        self._setting = self._wish(ask, asked, frame)
        moment, before, suffix = self._branch(ask)
        task = self._plan(ask, asked, frame, moment, before, suffix)
        for voice in asked:
            self._answered[voice] = ask.span.end
        if task.candidates == 1:
            for _, made in write(self._reader, self._setting, moment, before, suffix, task):
                if made is not None:
                    self._remember(made)
                    yield made.note
            return
        rows: list[list[Made]] = [[] for _ in range(task.candidates)]
        for number, made in write(self._reader, self._setting, moment, before, self._spread(suffix, task), task):
            if made is not None:
                rows[number].append(made)
        for made in self._best(rows, ask):
            self._remember(made)
            yield made.note

    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""
        chain = Moment(None, Event(Part.START, 0, MIDDLE, 0, 0), 0, 4 * TICKS)
        moments = [chain]
        for number in range(8):
            chain = Moment(chain, encode(Part.HELD, 12, 60 + number, 0, 80), 12 * (number + 1), 4 * TICKS)
            moments.append(chain)
        empty = Suffix(self._layers, 1)
        for _ in range(3):
            self._reader.score(moments[:-1], moments[-1], self._setting, 0, empty)
            self._reader.step(moments[-1:], self._setting, 0, empty, Draws.idle())

    def _newest(self) -> Moment | None:
        return self._stream.points[-1].after if self._stream.points else None

    def _branch(self, ask: Ask) -> tuple[Moment, int, Suffix]:
        """The newest moment with what is committed in its place, the number up to which the ring holds what is before
        it, and a suffix with the rest.
        """
        newest = self._newest()
        if newest is not None and newest.before is not None:
            self._reader.read(self._reader.unread(newest.before), self._setting)
        known = [note for note in ask.committed if note.beat < ask.span.start]
        moment = self._stream.branch(known, ask.span.start)[-1].after
        assert moment is not None
        tail = self._reader.unread(moment.before) if moment.before is not None else []
        before = tail[0].number if tail else moment.number
        suffix = Suffix(self._layers, 1)
        if tail:
            suffix.write(*self._reader.score(tail, moment, self._setting, before, suffix)[2:])
        return moment, before, suffix

    def _plan(
        self, ask: Ask, asked: Sequence[Voice], frame: Frame, moment: Moment, before: int, suffix: Suffix
    ) -> Task:
        """What is to be made up, and what is fixed."""
        start, end = frame.tick(ask.span.start), frame.tick(ask.span.end)
        start = max(start, moment.tick)
        pitches = self._allowed(ask)
        draft = [fixed for fixed in _fixed(ask.draft, frame, True) if fixed.note.voice in asked and fixed.tick < end]
        opens = dict.fromkeys((PART_OF[voice] for voice in asked), start)
        if draft:
            last = {fixed.part: fixed.tick + 1 for fixed in draft}
            for voice in asked:
                part, until = PART_OF[voice], self._answered.get(voice, ask.span.start)
                opens[part] = max(start, last.get(part, start), frame.tick(min(until, ask.span.end)))
            if not self._foreseen(ask, start, max(last.values())):
                opens |= self._broken(draft, moment, before, suffix, pitches)
        self._basis = self._surprises, self._setting, ask.allowed
        kept = [fixed for fixed in draft if fixed.tick < opens[fixed.part]]
        others = [note for note in (*ask.committed, *ask.beside) if note.beat >= ask.span.start]
        beside = [fixed for fixed in _fixed(others, frame, False) if fixed.tick < end]
        stages: dict[int, frozenset[Part]] = {}
        for part, tick in opens.items():
            if tick < end:
                stages[tick] = stages.get(tick, frozenset()) | {part}
        if stages:
            now = start if ask.now is None else min(max(frame.tick(ask.now), moment.tick), start)
            stages[now] = stages.get(now, frozenset()) | PLAYER
        return Task(
            frame=frame,
            start=ask.span.start,
            end=end,
            opens=tuple(sorted(stages.items())),
            fixed=tuple(sorted((*kept, *beside), key=lambda fixed: fixed.order)),
            pitches=pitches,
            temperature=self._temperature(ask),
            min_p=_min_p(self._knob(ask, "complexity")),
            seed=ask.seed,
            candidates=max(1, ask.candidates) if stages else 1,
        )

    def _broken(
        self, draft: Sequence[Fixed], moment: Moment, before: int, suffix: Suffix, pitches: NDArray[np.bool_]
    ) -> dict[Part, int]:
        """Where each part's draft no longer fits."""
        ordered = sorted(draft, key=lambda fixed: fixed.order)
        moments = [moment]
        for fixed in ordered:
            tick = max(fixed.tick, moments[-1].tick)
            note = fixed.note
            event = encode(fixed.part, tick - moments[-1].tick, note.pitch, round(note.duration * TICKS), note.velocity)
            moments.append(Moment(moments[-1], event, tick, moment.bar))
        log_prob, likeliest, _, _ = self._reader.score(moments[:-1], moments[-1], self._setting, before, suffix)
        found = drafts.broken(ordered, log_prob[:, 2], likeliest, self._likely, pitches)
        for fixed, now in zip(ordered, log_prob[:, 2], strict=True):
            self._likely[drafts.key(fixed)] = float(now)
        return found

    def _foreseen(self, ask: Ask, start: int, end: int) -> bool:
        """Whether nothing has been played or asked since the last plan that could change it between two ticks."""
        if self._basis is None:
            return False
        surprises, setting, allowed = self._basis
        return (
            surprises == self._surprises
            and allowed == ask.allowed
            and np.array_equal(setting.wishes, self._setting.wishes)
            and setting.track.between(start, end) == self._setting.track.between(start, end)
        )

    def _remember(self, made: Made) -> None:
        if not math.isnan(made.log_prob):
            self._likely[PART_OF[made.note.voice], made.tick, made.note.pitch] = made.log_prob
        if len(self._likely) > 512:
            self._likely = {key: value for key, value in self._likely.items() if key[1] > made.tick - MEMORY}

    def _spread(self, suffix: Suffix, task: Task) -> Suffix:
        """The suffix of one as that of all candidates."""
        wide = Suffix(self._layers, task.candidates)
        wide.count = suffix.count
        wide.keys = [np.repeat(keys, task.candidates, 0) for keys in suffix.keys]
        wide.values = [np.repeat(values, task.candidates, 0) for values in suffix.values]
        wide.mask = np.repeat(suffix.mask, task.candidates, 0)
        return wide

    def _best(self, rows: list[list[Made]], ask: Ask) -> list[Made]:
        """The candidate that the critic likes best, the first of equals."""
        scene = self._scene(ask)
        critic = tasteful(self._critic, ask.taste)
        scores = [critic([made.note for made in row], scene) for row in rows]
        return rows[scores.index(max(scores))]

    def _scene(self, ask: Ask) -> Scene:
        heard = [point.heard for point in self._stream.points[-256:] if point.heard is not None]
        return Scene(
            span=ask.span,
            heard=tuple(each for each in heard if not isinstance(each, Sounded)),
            band=tuple(each.note for each in heard if isinstance(each, Sounded)) + ask.committed + ask.beside,
            key=ask.key,
            chords=ask.chords,
            meter=ask.meter,
            song=ask.song,
        )

    def _wish(self, ask: Ask, asked: Sequence[Voice], frame: Frame) -> Setting:
        playing = {note.voice for note in (*ask.committed, *ask.beside)} & self._voices
        density: dict[Voice, float] = {}
        register: dict[Voice, float] = {}
        for voice in asked:
            for name, table in (("density", density), ("register", register)):
                value = self._knob(ask, f"{name}_{voice}") or (self._knob(ask, name) if len(asked) == 1 else 0.0)
                if value > 0:
                    table[voice] = value
        row = wishes(ask.key, {*asked, *playing}, round(self._knob(ask, "style")), density, register)
        return Setting(row, HarmonyTrack(ask.chords, frame.tick), ask.key[0] % 12 if ask.key else NONE)

    def _allowed(self, ask: Ask) -> NDArray[np.bool_]:
        if not ask.allowed:
            return self._pitches
        inside = np.isin(np.arange(PITCHES) % 12, np.array([pitch % 12 for pitch in ask.allowed]))
        found = self._pitches.copy()
        found[[Part.LEAD, Part.CHORDS, Part.BASS]] &= inside
        return found

    def _temperature(self, ask: Ask) -> float:
        heat = self._knob(ask, "temperature") or 1.0
        return max(heat, COOLEST)

    def _knob(self, ask: Ask, name: str) -> float:
        value = ask.knobs.get(name, self._knobs.get(name, 0.0))
        return value if math.isfinite(value) else 0.0


def _follow(before: State, event: Event, tick: int, bar: int) -> State:
    return Moment(before, event, tick, bar)


def _fixed(notes: Sequence[Note], frame: Frame, mine: bool) -> list[Fixed]:
    return [Fixed(frame.tick(note.beat), note, PART_OF[note.voice], mine) for note in notes if note.voice in PART_OF]


def _min_p(complexity: float) -> float:
    """How likely a class must be, against the likeliest, to be played: the less, the more complex the band may be."""
    return DEFAULT_MIN_P if complexity <= 0 else 0.15 * (1.0 - min(complexity, 1.0)) ** 2


def _pitches(codec: dict[str, object]) -> NDArray[np.bool_]:
    """[7, 128] pitches of each part: the voices' ranges and the drums of the card, all of them for the player."""
    found = np.zeros((PARTS, PITCHES), np.bool_)
    found[[Part.HELD, Part.RELEASE]] = True
    for voice in VOICES:
        known = codec.get(str(voice))
        pitches = known if isinstance(known, list) else [0, PITCHES - 1]
        if voice is Voice.DRUMS:
            found[PART_OF[voice], [pitch for pitch in pitches if 0 <= pitch < PITCHES]] = True
        else:
            found[PART_OF[voice], pitches[0] : pitches[1] + 1] = True
    return found


def _sizes(pack: Pack) -> tuple[int, int]:
    """Layers and context of the card. Raises PackError where it is not for this codec."""
    card = pack.card
    wanted = {"ticks": TICKS, "sizes": list(SIZES), "rows": ROWS, "controls": CONTROLS, "head": HEAD}
    if any(card.codec.get(name) != value for name, value in wanted.items()):
        raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
    layers, context = card.model.get("layers", 0), card.model.get("context", 0)
    if not 1 <= layers <= 64 or not 16 <= context <= 8192:
        raise PackError(f"{card.name}: {layers} layers and a context of {context} cannot be; get the pack again")
    return layers, context


__all__ = ["ORDER", "Transformer"]
