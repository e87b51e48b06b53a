"""The `lstm` family: one small recurrent graph, called once a note, that carries on from what it heard."""

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.engine.codec import (
    DURATIONS,
    FIELDS,
    MIDDLE,
    PARTS,
    PITCHES,
    SHIFTS,
    SIZES,
    Event,
    Part,
    duration_class,
    shift_class,
    velocity_of,
)
from bridge.engine.controls import SIZE as CONTROLS
from bridge.engine.controls import controls
from bridge.engine.family import Ask, Heard
from bridge.engine.grid import TICKS, snap_tick
from bridge.engine.noise import uniform
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.engine.shapes import expect
from bridge.engine.stream import Frame, Point, Stream
from bridge.errors import EngineError, PackError
from bridge.music.note import Note, Voice

Array = NDArray[Any]
State = tuple[Array, ...]

STATE = ("h", "c", "last")
"""Inputs that carry the state: both layers' vectors, and the pitch of the last onset."""
OUTPUTS = ("next", "log_prob", "next_h", "next_c", "next_last")
HEARING = OUTPUTS[2:]
PER_BEAT = 6
"""More notes than this within a beat are not played."""
UNLIKELY = -1.0e8
"""Log-probability that only a masked class has."""
ATTEMPTS = 4
"""Draws for a note that comes too soon (or, at an entry, too late), the last of them masked."""
VELOCITY = FIELDS.index("velocity")
EVENNESS = 0.3
"""Share of the velocity's spread that is drawn from, around its median: most scores say little of dynamics."""
PIVOT = 1.3
"""Onsets a beat at which the density knob needs no gain."""
WINDOW = 2 * TICKS
"""Ticks of the windows in which an onset is looked for."""
LONGEST_REST = 6 * TICKS
"""Ticks of silence that the model is told of; more is told as whole bars less."""
COOLEST = 0.05
"""Lowest temperature that the graph is asked for."""


class Lstm:
    """A loaded melody pack. Plays `lead` alone, one note at a time."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graph. Raises PackError."""
        card = pack.card
        self._temperature = next((knob.default for knob in card.knobs if knob.name == "temperature"), 1.0)
        self._session = open_graph("step")
        layers, hidden = _sizes(pack, self._session)
        self._lowest = int(card.codec.get("lowest", 0))
        self._highest = int(card.codec.get("highest", PITCHES - 1))
        self._gain = float(card.codec.get("density_gain", 1.0))
        self._min_p = np.array([float(card.codec.get("min_p", 0.0))], np.float32)
        zeros = np.zeros((layers, 1, hidden), np.float32)
        self._stream: Stream[State] = Stream((zeros, zeros, np.full(1, MIDDLE)), self._feed, card.voices)
        self._idle = {
            "controls": np.zeros((1, CONTROLS), np.float32),
            "noise": np.full((1, len(SIZES)), 0.5, np.float32),
            "temperature": np.ones(1, np.float32),
            "min_p": self._min_p,
            "voice_mask": np.ones((1, PARTS), np.bool_),
            "pitch_mask": np.ones((1, PITCHES), np.bool_),
            "shift_min": np.zeros(1, np.int64),
            "shift_max": np.full(1, SHIFTS - 1, np.int64),
        }
        self._lead = np.zeros((1, PARTS), np.bool_)
        self._lead[0, Part.LEAD] = True

    def hear(self, event: Heard) -> None:
        """Append an event to the stream; one that is earlier than the last is put in its place."""
        self._stream.hear(event)

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        self._stream.rewind(beat)

    def respond(self, ask: Ask) -> Iterator[Note]:
        """Lead notes for the span, in time order, as they are made; nothing for an ask without `lead`.

        A note is given out when the onset of the next is known, so that the line stays monophonic. The same ask on
        the same stream gives the same notes. Raises EngineError.
        """
        if Voice.LEAD not in ask.voices or ask.span.end <= ask.span.start:
            return
        frame = Frame.of(ask.meter, ask.song)
        self._stream.reframe(frame)
        point = self._stream.branch(ask.committed, ask.span.start)[-1]
        busy = [note.end for note in ask.committed if note.voice is Voice.LEAD and note.beat < ask.span.start]
        first = _first_place(frame, max([ask.span.start, *busy]))
        draft: tuple[int, Event] | None = None
        for tick, event in self._line(point, frame, ask, first):
            if draft is not None:
                yield _note(*draft, tick, frame, ask.span.start)
            if frame.beat(tick) >= ask.span.end - 1e-9:
                return
            draft = (tick, event)

    def warm_up(self) -> None:
        """Run the graph with its real shapes, so that the first note is not the slow one."""
        state = self._stream.branch((), 0.0)[-1].after
        for _ in range(3):
            state = self._feed(state, Event(Part.HELD, 0, 60, 0, 8), 0, self._stream.frame.bar)

    def _line(self, point: Point[State], frame: Frame, ask: Ask, first: int) -> Iterator[tuple[int, Event]]:
        """Notes without end, each fed back: tick and event, the first at or after `first`."""
        feeds = {**self._idle, **self._wishes(ask), "voice_mask": self._lead}
        tick, event, state = point.tick, point.event, point.before
        onsets: deque[int] = deque(maxlen=PER_BEAT)
        soonest = first
        latest = max(first, _first_place(frame, ask.entry)) if ask.entry is not None else None
        while True:
            if len(onsets) == PER_BEAT:
                soonest = max(soonest, onsets[0] + TICKS)
            feeds |= {"event": np.array([event], np.int64), **dict(zip(STATE, state, strict=True))}
            feeds["position"] = np.array([[tick % frame.bar, frame.bar]], np.int64)
            near = _nearer(tick, soonest, frame.bar)
            following, state = self._draw(feeds, ask.seed, near, (soonest, latest), _least_shift(event))
            onset = max(snap_tick(near + following.shift), soonest)
            event = following._replace(shift=shift_class(onset - tick))
            tick = onset
            onsets.append(tick)
            latest = None
            yield tick, event
            soonest = _on_grid(tick + 1)

    def _draw(
        self, feeds: dict[str, Array], seed: int, near: int, when: tuple[int, int | None], least: int
    ) -> tuple[Event, State]:
        """The next event, not before the first tick of `when` nor after the second (None: ever), and the state after
        the one before it, which counts as at `near`.

        Time is walked in windows: in each, an onset in it or after it is drawn with the window's own noise, and one
        that lies after it only says «not here». So a plan made earlier passed the same windows with the same noise,
        and holds; and an onset that is put off again and again gets new noise, and comes.
        """
        soonest, latest = when
        index = max(soonest - near, least) // WINDOW
        while True:
            low = max(least, index * WINDOW)
            for attempt in range(ATTEMPTS):
                place: tuple[int, ...] = (near, index, attempt)
                if attempt == ATTEMPTS - 1:
                    low, place = max(low, min(soonest - near, SHIFTS - 1)), (*place, soonest)
                high = SHIFTS - 1
                if latest is not None and attempt == ATTEMPTS - 1:
                    high = max(low, min(latest - near, high))
                feeds["shift_min"], feeds["shift_max"] = np.array([low], np.int64), np.array([high], np.int64)
                feeds["noise"] = _noise(uniform(seed, Part.LEAD, *place))
                chosen, log_prob, *after = self._session.run(OUTPUTS, feeds)
                event = _checked(chosen, log_prob)
                onset = near + event.shift
                if onset >= soonest and (latest is None or onset <= latest):
                    break
            index += 1
            if latest is not None or event.shift < index * WINDOW or index * WINDOW >= SHIFTS:
                return event, tuple(after)

    def _wishes(self, ask: Ask) -> dict[str, Array]:
        """The ask's knobs and key as inputs of the graph."""
        density, register = (_known(ask.knobs.get(name, 0.0)) for name in ("density", "register"))
        # The band's density answers less than it is asked, so the knob asks for more; unasked it is the player's.
        wanted = self._stream.density() if math.isnan(density) else PIVOT + (density - PIVOT) * self._gain
        mask = np.zeros(PITCHES, np.bool_)
        mask[self._lowest : self._highest + 1] = True
        if ask.allowed:
            mask &= np.isin(np.arange(PITCHES) % 12, np.array([pitch % 12 for pitch in ask.allowed]))
        heat = ask.knobs.get("temperature", self._temperature)
        return {
            "controls": controls(ask.key, wanted, register)[None],
            "temperature": np.array([max(heat, COOLEST) if math.isfinite(heat) else 1.0], np.float32),
            "pitch_mask": mask[None],
        }

    def _feed(self, state: State, event: Event, tick: int, bar: int) -> State:
        feeds = {
            **self._idle,
            "event": np.array([event], np.int64),
            "position": np.array([[tick % bar, bar]], np.int64),
            **dict(zip(STATE, state, strict=True)),
        }
        return tuple(self._session.run(HEARING, feeds))


def _noise(draws: Sequence[float]) -> Array:
    """Noise for one call; of the velocity's spread only the middle is drawn from."""
    noise = np.array([draws], np.float32)
    noise[0, VELOCITY] = 0.5 + EVENNESS * (noise[0, VELOCITY] - 0.5)
    return noise


def _known(value: float) -> float:
    """A knob's value, NaN where it is 0 and so left to the model."""
    return value if value > 0 else math.nan


def _least_shift(event: Event) -> int:
    """Ticks after which a next note leaves the band's last one in the same duration class; 0 after the player."""
    if event.voice != Part.LEAD:
        return 0
    whole = DURATIONS[event.duration]
    return next((n for n in range(1, whole) if duration_class(n) == event.duration), max(whole, 1))


def _nearer(tick: int, soonest: int, bar: int) -> int:
    """The tick of the last event, moved on by whole bars where the silence behind it is nearly as long as the table.

    So long rests are rare in training, and what the model would say after one is a guess.
    """
    return tick + max(0, -(-(soonest - tick - LONGEST_REST) // bar)) * bar


def _first_place(frame: Frame, beat: float) -> int:
    """The first place of the grid at or after a stage beat."""
    return _on_grid(math.ceil((beat + frame.phase) * TICKS - 1e-6))


def _on_grid(tick: int) -> int:
    while snap_tick(tick) != tick:
        tick += 1
    return tick


def _note(tick: int, event: Event, following: int, frame: Frame, start: float) -> Note:
    length = min(DURATIONS[max(event.duration, 1)], following - tick)
    beat = max(frame.beat(tick), start)  # a span may begin a rounding error behind its own grid
    return Note(Voice.LEAD, beat, length / TICKS, event.pitch, velocity_of(event.velocity))


def _checked(chosen: Array, log_prob: Array) -> Event:
    """The graph's next event. Raises EngineError where it is no event or one that was masked out."""
    fields = [int(value) for value in chosen[0]]
    if not np.all(log_prob > UNLIKELY):
        raise EngineError("the model's output is not finite or breaks its masks; get the pack again or choose another")
    if any(not 0 <= value < size for value, size in zip(fields, SIZES, strict=True)):
        raise EngineError(f"the model gave an event out of range ({fields}); get the pack again or choose another")
    return Event(*fields)


def _sizes(pack: Pack, session: Session) -> tuple[int, int]:
    """Layers and hidden size. Raises PackError where card, graph and this codec do not agree."""
    card = pack.card
    layers, hidden = card.model.get("layers", 0), card.model.get("hidden", 0)
    if card.codec.get("ticks") != TICKS or card.codec.get("sizes") != list(SIZES):
        raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
    if card.voices != (Voice.LEAD,):
        raise PackError(f"{card.name}: an lstm pack plays lead alone; its card says {', '.join(card.voices)}")
    shapes: dict[str, tuple[tuple[int | None, ...], type]] = {
        "event": ((None, len(SIZES)), np.int64),
        "position": ((None, 2), np.int64),
        "controls": ((None, CONTROLS), np.float32),
        "h": ((layers, None, hidden), np.float32),
        "c": ((layers, None, hidden), np.float32),
        "last": ((None,), np.int64),
        "noise": ((None, len(SIZES)), np.float32),
        "temperature": ((None,), np.float32),
        "min_p": ((None,), np.float32),
        "voice_mask": ((None, PARTS), np.bool_),
        "pitch_mask": ((None, PITCHES), np.bool_),
        "shift_min": ((None,), np.int64),
        "shift_max": ((None,), np.int64),
    }
    gives: dict[str, tuple[tuple[int | None, ...], type]] = {
        "next": ((None, len(SIZES)), np.int64),
        "log_prob": ((None, len(SIZES)), np.float32),
        "next_h": ((layers, None, hidden), np.float32),
        "next_c": ((layers, None, hidden), np.float32),
        "next_last": ((None,), np.int64),
    }
    expect(card.name, "step", session, shapes, gives)
    return layers, hidden
