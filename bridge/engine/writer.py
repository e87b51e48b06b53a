"""Making up what comes next, for one candidate or for several at once: the band's notes and the player's imagined ones.

What is certain already (`fixed`) is taken in at its time. Until a voice opens it makes nothing: before the span the
player alone may play on, and a voice that keeps its plan opens where the plan ends.
"""

from collections import deque
from collections.abc import Iterator, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import DURATIONS, VOICE_OF, Event, Part, encode, shift_class, velocity_of
from bridge.engine.dice import Dice
from bridge.engine.grid import TICKS, snap_tick
from bridge.engine.kv import WIDTH
from bridge.engine.moment import Moment, Setting
from bridge.engine.reader import Reader
from bridge.engine.stream import Frame
from bridge.engine.urge import Urges
from bridge.music.note import Note

ORDER = {Part.DRUMS: 0, Part.BASS: 1, Part.CHORDS: 2, Part.LEAD: 3}
"""Order of the band's notes within a tick."""
PLAYER = frozenset((Part.HELD, Part.RELEASE))
LONGEST_REST = 6 * TICKS
"""Ticks of silence that the model is told of; more is told as whole bars less."""
PER_TICK = 10
"""No more events than this fall on one tick."""
PER_BEAT = 48
"""Nor more than this within a beat."""
ATTEMPTS = 3
"""Draws for a note that is there already, before time moves on."""


class Fixed(msgspec.Struct, frozen=True):
    """A band note that is certain: its tick, and whether it belongs to the answer."""

    tick: int
    note: Note
    part: Part
    mine: bool

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts notes in the order of the stream."""
        return self.tick, ORDER[self.part], self.note.pitch


class Task(msgspec.Struct, frozen=True):
    """What is to be made up."""

    frame: Frame
    start: float
    """Stage beat before which no note of the answer begins."""
    end: int
    """Tick at which the answer ends."""
    opens: tuple[tuple[int, frozenset[Part]], ...]
    """Ticks, rising, and the parts that may be made up from there on."""
    fixed: tuple[Fixed, ...]
    pitches: NDArray[np.bool_]
    """[7, 128] pitches that each part may play."""
    daring: NDArray[np.float32]
    """[7, 2] how freely each part chooses; see `bridge.engine.dice.daring`."""
    urges: Urges
    """[7] nats by which each part is likelier to be the next than the model has it."""
    seed: int
    candidates: int


class Made(msgspec.Struct, frozen=True):
    """A note of the answer, with the log-probability of its pitch; NaN where it was fixed."""

    note: Note
    tick: int
    log_prob: float


class Row:
    """One candidate under way."""

    def __init__(self, number: int, moment: Moment, task: Task) -> None:
        self.number = number
        self.moment = moment
        self.fixed = deque(task.fixed)
        self.stage = 0
        self.floor = max(task.opens[0][0], moment.tick) if task.opens else task.end
        self.attempt = 0
        self.made: list[Made] = []
        self.over = not task.opens
        self._here: set[tuple[int, int]] = set()
        self._recent: deque[int] = deque(maxlen=PER_BEAT)

    def near(self) -> int:
        """The tick that the moment counts as: after a long silence, one whole bars later."""
        silence = self.floor - self.moment.tick
        return self.moment.tick + max(0, -(-(silence - LONGEST_REST) // self.moment.bar)) * self.moment.bar

    def fresh(self, event: Event, tick: int) -> bool:
        """Whether an event is not there already."""
        return tick != self.moment.tick or (event.voice, event.pitch) not in self._here

    def advance(self, event: Event, tick: int) -> None:
        """The next moment."""
        if tick != self.moment.tick:
            self._here.clear()
        self._here.add((event.voice, event.pitch))
        self._recent.append(tick)
        self.moment = Moment(self.moment, event, tick, self.moment.bar)
        self.floor = max(self.floor, tick)
        if len(self._here) >= PER_TICK:
            self.floor = tick + 1
        if len(self._recent) == PER_BEAT:
            self.floor = max(self.floor, self._recent[0] + TICKS)
        self.attempt = 0


def write(
    reader: Reader, setting: Setting, moment: Moment, rows: Sequence[Row], task: Task
) -> Iterator[tuple[int, Made | None]]:
    """Make up what comes after `moment`, which is itself not read yet, while all that is before it is.

    Gives (candidate, note), in time order for each, or (candidate, None) for a step without a note. Raises EngineError.
    """
    if len(rows) == 1:
        for made in _alone(reader, setting, rows[0], task):
            yield 0, made
        return
    yield from _abreast(reader, setting, moment, rows, task)


def _alone(reader: Reader, setting: Setting, row: Row, task: Task) -> Iterator[Made | None]:
    """One answer, its columns in the ring."""
    page, cache = reader.page(1), reader.cache
    dice = Dice(task, page)
    while row.fixed or not row.over:
        passed = [row.moment]
        yield from _take_due(row, passed, task)
        if row.over:
            return
        reader.read(passed[:-1], setting)
        at = row.moment
        page.show(0, at, setting)
        page.look(0, cache.seen(at.number))
        dice.throw(0, row)
        page.run()
        cache.keep(at, page.keys, page.values)
        event, log_prob = page.event(0)
        yield _settle(row, event, log_prob, task)


def _abreast(
    reader: Reader, setting: Setting, moment: Moment, rows: Sequence[Row], task: Task
) -> Iterator[tuple[int, Made | None]]:
    """Several answers at once: the first one's columns go into the ring, those of the others beside it."""
    page, cache = reader.page(len(rows), WIDTH), reader.cache
    dice = Dice(task, page)
    beside: list[list[int]] = [[] for _ in rows]
    used = 0
    while rows[0].fixed or not all(row.over for row in rows):
        if used + len(rows) > cache.room:
            page = reader.page(len(rows), used + len(rows))
            dice = Dice(task, page)
        for n, row in enumerate(rows):
            page.show(n, row.moment, setting)
            page.look(n, cache.seen(row.moment.number, None if n == 0 else moment.number), beside[n])
            dice.throw(n, row)
        page.run()
        for n, row in enumerate(rows):
            event, log_prob = page.event(n)
            at = row.moment
            made = None if row.over else _settle(row, event, log_prob, task)
            if row.moment is not at and n == 0:
                cache.keep(at, page.keys[0, n], page.values[0, n])
            elif row.moment is not at:
                cache.set(cache.size + used, page.keys[0, n], page.values[0, n])
                beside[n].append(used)
                used += 1
            yield n, made


def _take_due(row: Row, passed: list[Moment], task: Task) -> Iterator[Made | None]:
    """Fixed notes before which nothing can be made up; their moments are added to `passed`."""
    while row.fixed and (row.over or row.fixed[0].tick <= row.floor):
        made = _take(row, row.fixed.popleft(), task)
        passed.append(row.moment)
        yield made


def _settle(row: Row, event: Event, log_prob: float, task: Task) -> Made | None:
    """What a drawn event leads to: the next fixed note, the event itself, the next opening, or the end."""
    tick = max(row.near() + event.shift, row.floor)
    limit = task.opens[row.stage + 1][0] if row.stage + 1 < len(task.opens) else task.end
    rank = ORDER.get(Part(event.voice), -1)
    if not any(event.voice in parts for _, parts in task.opens[: row.stage + 1]):
        tick = limit  # it was drawn for want of anybody who may play
    if row.fixed and row.fixed[0].order[:2] <= (min(tick, limit), rank if tick < limit else len(ORDER)):
        return _take(row, row.fixed.popleft(), task)
    if tick >= limit:
        row.over = limit >= task.end
        row.floor = max(row.floor, limit)
        row.stage += 1
        return None
    onset = _on_grid(tick, row.floor)
    if onset >= limit or not row.fresh(event, onset):
        row.attempt += 1
        if row.attempt >= ATTEMPTS:
            row.floor, row.attempt = min(tick + 1, limit), 0
        return None
    row.advance(event._replace(shift=shift_class(onset - row.moment.tick)), onset)
    if event.voice in PLAYER:
        return None
    beat = max(task.frame.beat(onset), task.start)  # a span may begin a rounding error behind its own grid
    length = DURATIONS[max(event.duration, 1)] / TICKS
    note = Note(VOICE_OF[Part(event.voice)], beat, length, event.pitch, velocity_of(event.velocity))
    made = Made(note, onset, log_prob)
    row.made.append(made)
    return made


def _take(row: Row, fixed: Fixed, task: Task) -> Made | None:
    """A fixed note comes."""
    note, tick = fixed.note, max(fixed.tick, row.moment.tick)
    event = encode(fixed.part, tick - row.moment.tick, note.pitch, round(note.duration * TICKS), note.velocity)
    row.advance(event, tick)
    if not fixed.mine:
        return None
    made = Made(note, tick, float("nan"))
    row.made.append(made)
    return made


def _on_grid(tick: int, floor: int) -> int:
    """The place of the grid nearest to a tick that is not before another."""
    onset = snap_tick(tick)
    while onset < floor or snap_tick(onset) != onset:
        onset += 1
    return onset
