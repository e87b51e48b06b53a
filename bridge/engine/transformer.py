"""The `transformer` family: a band of several voices that plays along with what it hears, and a little ahead of it.

Both sides' events lie in one stream in the order of time. An ask is answered by going on with that stream: the band's
notes are the answer, the player's are only imagined, and forgotten when the real ones come. What was planned before and
still fits is kept (`bridge.engine.draft`).
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from bridge.engine import draft as drafts
from bridge.engine.codec import MIDDLE, PART_OF, PARTS, PITCHES, SIZES, Event, Part, encode
from bridge.engine.critic import Critic, Scene, tasteful, theory
from bridge.engine.ensemble_controls import PITCHED, VOICES, wishes
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.ensemble_knobs import EnsembleKnobs
from bridge.engine.family import Ask, Heard, Pressed, Sounded
from bridge.engine.features import HEAD, NONE, ROWS
from bridge.engine.gap import ahead, follow
from bridge.engine.grid import TICKS
from bridge.engine.harmony_track import HarmonyTrack
from bridge.engine.moment import Moment, Setting
from bridge.engine.pack import Pack
from bridge.engine.reader import Reader
from bridge.engine.session import Session
from bridge.engine.startle import Startle
from bridge.engine.stream import Frame, Stream
from bridge.engine.urge import urges
from bridge.engine.writer import ORDER, PLAYER, Fixed, Made, Row, Task, write
from bridge.errors import PackError
from bridge.music.note import Note, Voice

GRAPHS = 2
"""Which inputs and outputs the graphs have; a pack says for which it was made."""
LEADING = 0.15
"""What a nat counts by which a note behind the gap has become likelier, against the critic's mark of 0 to 1."""
LEADING_ROWS = 4
"""Candidates at least, where the answer must lead to what stands behind it."""
REMEMBERED = 512
"""Planned notes from which on those that lie far back are forgotten."""
MEMORY = 8 * TICKS
"""Ticks before the span for which it is remembered how likely the planned notes were."""
LATELY = 256
"""Events of the stream that count as lately heard."""
State = Moment | None


class Transformer:
    """A loaded band. `critic` chooses among candidates where an ask wants more than one."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session], critic: Critic = theory) -> None:
        """Check the card against the graphs. Raises PackError."""
        card = pack.card
        layers, heads, context = _sizes(pack)
        self._voices = frozenset(card.voices)
        self._knobs = EnsembleKnobs(card)
        self._reader = Reader(open_graph("step"), open_graph("score"), layers, heads, context)
        self._pitches = _pitches(card.codec)
        self._critic = critic
        self._stream: Stream[State] = Stream(None, _follow, card.voices)
        self._setting = Setting(wishes(voices=card.voices), HarmonyTrack(), NONE)
        self._likely: dict[drafts.Key, float] = {}
        self._surprises = 0
        self._answering = False
        self._startle = Startle()
        self._noticed: Moment | None = None
        self._basis: tuple[int, Setting, tuple[int, ...]] | None = None
        self._answered: dict[Voice, float] = {}

    def hear(self, event: Heard) -> None:
        """Append an event to the stream, and read what is before it, so that an ask finds it read.

        While an answer is being made nothing is read: its made-up moments lie where the new ones would.
        """
        self._stream.hear(event)
        self._surprises += isinstance(event, Pressed)
        if not self._answering:
            self._catch_up()

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        self._stream.rewind(beat)
        self._surprises += 1
        self._likely.clear()
        self._answered.clear()
        self._startle.forget()

    def respond(self, ask: Ask) -> Iterator[Note]:
        """The asked voices' notes for the span, in time order, as they are made; kept ones of the draft among them.

        The same ask on the same stream gives the same notes. Raises EngineError.
        """
        asked = [voice for voice in VOICES if voice in ask.voices and voice in self._voices]
        if not asked or ask.span.end <= ask.span.start:
            return
        self._answering = True
        try:
            yield from self._answer(ask, asked)
        finally:
            self._answering = False

    def _answer(self, ask: Ask, asked: Sequence[Voice]) -> Iterator[Note]:
        self._catch_up()
        frame = Frame.of(ask.meter, ask.song)
        self._stream.reframe(frame)
        densities = self._knobs.densities(ask, asked, self._stream.density())
        self._setting = self._setting_of(ask, asked, frame, densities)
        moment = self._branch(ask)
        task = self._plan(ask, asked, frame, moment, densities)
        for voice in asked:
            self._answered[voice] = ask.span.end
        rows = [Row(number, moment, task) for number in range(task.candidates)]
        made = write(self._reader, self._setting, moment, rows, task)
        if task.candidates > 1:
            for _ in made:
                pass
            made = ((0, each) for each in self._best(rows, ask, moment))
        for _, each in made:
            if each is not None:
                self._remember(each)
                yield each.note

    def warm_up(self) -> None:
        """Run every graph with its real shapes, so that the first note is not the slow one."""
        chain = Moment(None, Event(Part.START, 0, MIDDLE, 0, 0), 0, 4 * TICKS)
        moments = [chain]
        for number in range(8):
            chain = Moment(chain, encode(Part.HELD, 12, 60 + number, 0, 80), 12 * (number + 1), 4 * TICKS)
            moments.append(chain)
        for _ in range(3):
            self._reader.read(moments, self._setting)
            self._reader.score(moments[:-1], moments[-1], self._setting)
            self._reader.read(moments[-1:], self._setting)

    def _catch_up(self) -> None:
        """Read all but the newest moment, which the next answer begins with, and notice where the player startles."""
        newest = self._stream.points[-1].after if self._stream.points else None
        if newest is None or newest.before is None:
            return
        moments = self._reader.unread(newest.before)
        first = moments[0] if moments else newest
        if first.event.voice == Part.HELD and first.before is not None:
            moments.insert(0, first.before)  # read again, to know what was expected after it
        for startling in self._reader.read(moments, self._setting, newest):
            if startling.moment is not self._noticed:
                self._startle.hear(startling.moment.tick, startling.nats)
                self._noticed = startling.moment

    def _branch(self, ask: Ask) -> Moment:
        """The newest moment with what is committed in its place; all that is before it is read."""
        known = [note for note in ask.committed if note.beat < ask.span.start]
        moment = self._stream.branch(known, ask.span.start)[-1].after
        assert moment is not None
        if moment.before is not None:
            self._reader.read(self._reader.unread(moment.before), self._setting)
        return moment

    def _plan(
        self, ask: Ask, asked: Sequence[Voice], frame: Frame, moment: Moment, densities: Mapping[Voice, float]
    ) -> Task:
        """What is to be made up, and what is fixed."""
        start, end = frame.tick(ask.span.start), frame.tick(ask.span.end)
        start = max(start, moment.tick)
        pitches = self._allowed(ask, asked)
        if len(self._likely) > REMEMBERED:
            self._likely = {key: value for key, value in self._likely.items() if key[1] > start - MEMORY}
        draft = [fixed for fixed in _fixed(ask.draft, frame, True) if fixed.note.voice in asked and fixed.tick < end]
        opens = dict.fromkeys((PART_OF[voice] for voice in asked), start)
        if draft:
            last = {fixed.part: fixed.tick + 1 for fixed in draft}
            for voice in asked:
                part, until = PART_OF[voice], self._answered.get(voice, ask.span.start)
                opens[part] = max(start, last.get(part, start), frame.tick(min(until, ask.span.end)))
            if not self._foreseen(ask, start, max(last.values())):
                opens |= self._broken(draft, moment, pitches)
            if self._startle.left:
                opens |= dict.fromkeys((PART_OF[voice] for voice in asked if voice in PITCHED), start)
        self._startle.calm()
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
            daring=self._knobs.daring(ask),
            urges=urges(densities, (*self._lately(), *ask.committed), ask.span.start),
            seed=ask.seed,
            candidates=max(ask.candidates, LEADING_ROWS if ask.after else 1) if stages else 1,
        )

    def _broken(self, draft: Sequence[Fixed], moment: Moment, pitches: NDArray[np.bool_]) -> dict[Part, int]:
        """Where each part's draft no longer fits."""
        ordered = sorted(draft, key=lambda fixed: fixed.order)
        moments = [moment]
        for fixed in ordered:
            moments.append(follow(moments[-1], fixed))
        log_prob, likeliest = self._reader.score(moments[:-1], moments[-1], self._setting)
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

    def _best(self, rows: Sequence[Row], ask: Ask, moment: Moment) -> list[Made]:
        """The candidate that the critic likes best and that leads best to what stands behind, the first of equals."""
        scene = self._scene(ask)
        critic = tasteful(self._critic, ask.taste)
        scores = [critic([made.note for made in row.made], scene) for row in rows]
        if ask.after:
            behind = _fixed(ask.after, self._stream.frame, False)
            leads = [ahead(self._reader, self._setting, moment, row.moment, behind) for row in rows]
            scores = [score + LEADING * lead for score, lead in zip(scores, leads, strict=True)]
        return rows[scores.index(max(scores))].made

    def _scene(self, ask: Ask) -> Scene:
        heard = [point.heard for point in self._stream.points[-LATELY:] if point.heard is not None]
        return Scene(
            span=ask.span,
            heard=tuple(each for each in heard if not isinstance(each, Sounded)),
            band=self._lately() + ask.committed + ask.beside,
            key=ask.key,
            chords=ask.chords,
            meter=ask.meter,
            song=ask.song,
            voices=ask.voices,
        )

    def _setting_of(self, ask: Ask, asked: Sequence[Voice], frame: Frame, densities: Mapping[Voice, float]) -> Setting:
        playing = {note.voice for note in (*ask.committed, *ask.beside)} & self._voices
        row = self._knobs.wishes(ask, asked, playing, densities)
        return Setting(row, HarmonyTrack(ask.chords, frame.tick), ask.key[0] % 12 if ask.key else NONE)

    def _lately(self) -> tuple[Note, ...]:
        """The band's own notes that were heard lately."""
        heard = (point.heard for point in self._stream.points[-LATELY:])
        return tuple(each.note for each in heard if isinstance(each, Sounded))

    def _allowed(self, ask: Ask, asked: Sequence[Voice]) -> NDArray[np.bool_]:
        found = self._pitches.copy()
        if ask.allowed:
            inside = np.isin(np.arange(PITCHES) % 12, np.array([pitch % 12 for pitch in ask.allowed]))
            found[[Part.LEAD, Part.CHORDS, Part.BASS]] &= inside
        for voice, (low, high) in self._knobs.reach(ask, asked).items():
            near = found[PART_OF[voice]].copy()
            near[: max(low, 0)] = near[max(high, 0) + 1 :] = False
            if near.any():
                found[PART_OF[voice]] = near
        return found


def _follow(before: State, event: Event, tick: int, bar: int) -> State:
    return Moment(before, event, tick, bar)


def _fixed(notes: Sequence[Note], frame: Frame, mine: bool) -> list[Fixed]:
    return [Fixed(frame.tick(note.beat), note, PART_OF[note.voice], mine) for note in notes if note.voice in PART_OF]


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


def _sizes(pack: Pack) -> tuple[int, int, int]:
    """Layers, heads and context of the card. Raises PackError where it is not for this codec."""
    card = pack.card
    wanted = {"ticks": TICKS, "sizes": list(SIZES), "rows": ROWS, "controls": CONTROLS, "head": HEAD, "graphs": GRAPHS}
    if any(card.codec.get(name) != value for name, value in wanted.items()):
        raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
    layers, heads, context = (card.model.get(name, 0) for name in ("layers", "heads", "context"))
    if not 1 <= layers <= 64 or not 1 <= heads <= 64 or not 16 <= context <= 8192:
        raise PackError(f"{card.name}: {layers} layers, {heads} heads and a context of {context} cannot be")
    return layers, heads, context


__all__ = ["ORDER", "Transformer"]
