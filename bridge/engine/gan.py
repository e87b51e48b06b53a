"""The `gan` family: a drummer who makes two bars of kit in one call, to the rhythm that the player taps or plays."""

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.barwise import Barwise
from bridge.engine.critic import Critic, Scene, tasteful
from bridge.engine.family import Ask
from bridge.engine.gan_rhythm import Rhythm, last_tapped, rhythm_of
from bridge.engine.gan_rows import (
    ACROSS,
    FRAME,
    GENRES,
    GRAIN,
    LATEST,
    NOISE,
    PIECES,
    TAP,
    WISHES,
    Hits,
    frame,
    wishes,
)
from bridge.engine.kit import KIT
from bridge.engine.noise import uniform
from bridge.engine.pack import Card, Pack
from bridge.engine.session import Session
from bridge.engine.shapes import Shapes, expect
from bridge.engine.window import PER_BEAT, STEPS, Cell, Window, sounded, window_at
from bridge.errors import EngineError, PackError
from bridge.music.note import Note, Span, Voice

Array = NDArray[Any]

INPUTS = ("tap", "frame", "wishes", "noise", "grain")
OUTPUTS = ("onset", "velocity", "offset")
READS: Shapes = {
    "tap": ((None, len(TAP), STEPS), np.float32),
    "frame": ((None, len(FRAME), STEPS), np.float32),
    "wishes": ((None, WISHES), np.float32),
    "noise": ((None, NOISE), np.float32),
    "grain": ((None, GRAIN, STEPS), np.float32),
}
GIVES: Shapes = {name: ((None, PIECES, STEPS), np.float32) for name in OUTPUTS}
JUDGED: Shapes = {"kit": ((None, ACROSS, STEPS), np.float32), **{name: READS[name] for name in INPUTS[:3]}}
SCORES: Shapes = {"score": ((None,), np.float32)}

STROKE = 0.125
"""Beats of a drum's note."""
FARTHEST = 3.0
"""By how much the density knob may move the threshold of an onset, in logits."""
MOST = 8
"""Candidates at most."""
CHOSEN = 16
"""Windows of which it is kept which candidate plays them."""
HAIR = 1e-6
OTHERS = (Voice.LEAD, Voice.CHORDS, Voice.BASS)
EARLIEST = 0.05
"""Beats by which a told bar line may be off."""
FLAT = 0.55
"""Velocity (of 1) around which the dynamics knob spreads."""


class Gan(Barwise):
    """A loaded groove pack. Plays `drums` alone."""

    ahead = LATEST

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graphs. Raises PackError."""
        super().__init__(pack)
        card = pack.card
        if card.voices != (Voice.DRUMS,):
            raise PackError(f"{card.name}: a gan pack plays drums alone; its card says {', '.join(card.voices)}")
        if card.codec.get("genres") != list(GENRES) or card.codec.get("kit") != list(KIT):
            raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
        self.generate, self.critic = open_graph("generate"), open_graph("critic")
        expect(card.name, "generate", self.generate, READS, GIVES)
        expect(card.name, "critic", self.critic, JUDGED, SCORES)
        radius = card.codec.get("radius")
        if not isinstance(radius, float) or not 0.0 < radius <= 2.0:
            raise PackError(f"{card.name}: its card gives no radius of the noise between 0 and 2; get the pack again")
        self._radius = radius
        self._scale = scale_of(card)
        self._chosen: dict[Hashable, int] = {}
        self._tapped: dict[Hashable, Rhythm] = {}

    def respond_in_pieces(self, ask: Ask) -> Iterator[Note | None]:
        """The kit's notes for the span, in time order; nothing for an ask without `drums`. Raises EngineError.

        A drum that belongs to the first step, but is to be hit ahead of it, is hit as soon as the span begins.
        """
        if Voice.DRUMS in ask.voices and ask.span.end > ask.span.start:
            yield from self._late(ask)
        yield from super().respond_in_pieces(ask)

    @property
    def remembered(self) -> list[dict[Any, Any]]:
        """What an answer leaves behind: bars, and which candidate they are."""
        return [*super().remembered, self._chosen]

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        super().rewind(beat)
        self._chosen.clear()

    def basis(self, window: Window, ask: Ask) -> Hashable:
        """The rhythm, known up to the last beat; the knobs; which bars are fills; the noise."""
        rhythm = self._rhythm(window, ask)
        told = tuple(sorted(ask.knobs.items()))
        heard = tuple(part.tobytes() for part in rhythm.tap)
        return heard, rhythm.tapped, told, self._fills(window, ask)

    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        """The kit of a window: of several candidates the one that the critic likes best. Raises EngineError."""
        rhythm = self._rhythm(window, ask)
        told = self._told(rhythm, window, ask, 1)
        kit = self._kits(told, [self._choice(window, ask)], window, ask)
        return self._notes(Hits(*(part[0] for part in kit)), window, ask)

    def warm_up(self) -> None:
        """Run both graphs with their real shapes."""
        for number in range(3):
            ask = Ask(id=0, span=Span(0.0, 8.0), voices=(Voice.DRUMS,), seed=number, candidates=1 + number)
            self.make(Window(0.0), ask, ask.voices)

    def _told(self, rhythm: Rhythm, window: Window, ask: Ask, count: int) -> dict[str, Array]:
        """What the graphs are told, `count` times."""
        density = self.knob(ask, "density")
        wish = wishes(
            round(self.knob(ask, "genre")),
            density if density > 0 else math.nan,
            self.knob(ask, "closeness") * rhythm.tapped,
            rhythm.there,
        )
        grid = frame(window.steps, window.bar, self._fills(window, ask))
        rows = {"tap": np.stack(rhythm.tap), "frame": grid, "wishes": wish}
        return {name: np.repeat(row[None], count, 0) for name, row in rows.items()}

    def _kits(self, told: dict[str, Array], candidates: Sequence[int], window: Window, ask: Ask) -> Hits:
        """Kits [B, 9, 32] for what is told, each from another candidate's noise. Raises EngineError."""
        turn = self.knob(ask, "variation") * math.pi / 2
        draws = np.stack([_blend(ask.seed, window.number, number, turn) for number in candidates])
        draws *= np.float32(self.knob(ask, "temperature") * self._radius)
        feeds = told | {"noise": draws[:, :NOISE], "grain": draws[:, NOISE:].reshape(-1, GRAIN, STEPS)}
        logits, velocity, offset = _checked(self.generate.run(OUTPUTS, feeds))
        density = self.knob(ask, "density")
        onset = np.stack([_struck(row, density, window) for row in logits]) & (told["frame"][:, :1] > 0)
        return Hits(onset.astype(np.float32), velocity, offset)

    def _choice(self, window: Window, ask: Ask) -> int:
        """Which candidate plays a window: the one that the critic likes best for the rhythm that was known when the
        window began. It stays, or the drummer would change with every beat's plan. Raises EngineError."""
        count = min(max(ask.candidates, 1), MOST)
        now = ask.span.start if ask.now is None else ask.now
        rhythm = self._rhythm(window, msgspec.structs.replace(ask, now=min(now, window.start)))
        told = tuple(sorted(ask.knobs.items()))
        key = window, ask.seed, told, tuple(part.tobytes() for part in rhythm.tap)
        if key not in self._chosen and count > 1:
            feeds = self._told(rhythm, window, ask, count)
            kits = self._kits(feeds, range(count), window, ask)
            hit = kits.onset
            windows = np.concatenate([hit, kits.velocity * hit, kits.offset * hit], 1)
            (scores,) = self.critic.run(("score",), {"kit": windows, **feeds})
            if not np.isfinite(scores).all():
                raise EngineError("the critic's scores are not finite; get the pack again or choose another")
            self._chosen[key] = self._best(scores.tolist(), kits, window, ask)
            if len(self._chosen) > CHOSEN:
                self._chosen.pop(next(iter(self._chosen)))
        return self._chosen.get(key, 0)

    def _best(self, scores: list[float], kits: Hits, window: Window, ask: Ask) -> int:
        """The place of the candidate that the critic, and the player's taste where it is known, speak for."""
        if ask.taste is None:
            return scores.index(max(scores))
        bars = [self._notes(Hits(*(part[n] for part in kits)), window, ask) for n in range(len(scores))]
        scene = Scene(window.span, key=ask.key, meter=ask.meter, song=ask.song, voices=ask.voices)
        judged = [
            tasteful(_always(human_like(score, self._scale)), ask.taste)(notes, scene)
            for score, notes in zip(scores, bars, strict=True)
        ]
        return judged.index(max(judged))

    def _notes(self, kit: Hits, window: Window, ask: Ask) -> list[Note]:
        feel, force = self.knob(ask, "feel") * LATEST, self.knob(ask, "loudness")
        spread = self.knob(ask, "dynamics")
        found = []
        for piece, step in zip(*np.nonzero(kit.onset), strict=True):
            late = min(max(float(kit.offset[piece, step]) * feel, -LATEST), LATEST - HAIR)
            loud = FLAT + (float(kit.velocity[piece, step]) - FLAT) * spread
            cell = Cell(int(step), late, KIT[piece], STROKE, round(127 * loud * force))
            found.append(sounded(cell, window, Voice.DRUMS))
        return found

    def _rhythm(self, window: Window, ask: Ask) -> Rhythm:
        """The player's rhythm, else that of the band's other voices in the window before, else none."""
        now = ask.span.start if ask.now is None else ask.now
        bar, hold = window.bar / PER_BEAT, self.knob(ask, "hold")
        key = window, self.memory.version, math.floor(now + ask.song + HAIR), hold, ask.song
        if key not in self._tapped:
            self._tapped[key] = last_tapped(self.memory, window, now, bar, ask.song, hold * bar)
            if len(self._tapped) > CHOSEN:
                self._tapped.pop(next(iter(self._tapped)))
        rhythm = self._tapped[key]
        if rhythm.there:
            return rhythm
        before = window.before().span
        notes = [note for note in (*ask.committed, *ask.beside) if note.voice in OTHERS and note.beat in before]
        known = {(note.voice, note.beat, note.pitch): note for note in (*self.memory.band(before, OTHERS), *notes)}
        return rhythm_of(list(known.values()), window, window.beats, 0.0)

    def _fills(self, window: Window, ask: Ask) -> tuple[int, ...]:
        """Which of the window's bars are fills, from 0."""
        lines = [window.start + bar / PER_BEAT for bar in range(0, window.steps, window.bar)]
        return tuple(n for n, line in enumerate(lines) if any(abs(line - fill) < EARLIEST for fill in ask.fills))

    def _late(self, ask: Ask) -> Iterator[Note | None]:
        start = ask.span.start
        window = window_at(start + HAIR, ask.meter, ask.song)
        played = [*ask.committed, *self.memory.band(Span(start - 2 * LATEST, start + HAIR), (Voice.DRUMS,))]
        bars = yield from self._bars(window, ask, (Voice.DRUMS,))
        for note in bars:
            step = round((note.beat - window.start) * PER_BEAT) / PER_BEAT + window.start
            if note.beat < start <= step + HAIR:
                again = any(old.pitch == note.pitch and abs(old.beat - note.beat) < LATEST for old in played)
                if not again:
                    yield Note(note.voice, start, note.duration, note.pitch, note.velocity)


def scale_of(card: Card) -> tuple[float, float]:
    """The critic's score half-way between human windows and spoilt ones, and half of their distance. Raises PackError
    where the card does not say."""
    middle, unit = (card.codec.get(key) for key in ("score_middle", "score_unit"))
    if not isinstance(middle, float) or not isinstance(unit, float) or not 0 < unit < math.inf:
        raise PackError(f"{card.name}: its card does not say how its critic scores; get the pack again")
    return middle, unit


def human_like(score: float, scale: tuple[float, float]) -> float:
    """A critic's score as 0 to 1: 0.5 half-way between people's windows and spoilt ones."""
    middle, unit = scale
    return 0.5 * (1.0 + math.tanh((score - middle) / unit))


def _always(score: float) -> Critic:
    return lambda notes, scene: score


def _struck(logits: Array, density: float, window: Window) -> NDArray[np.bool_]:
    """Onsets [9, 32]: above 0, or, where a density is asked for, above what comes nearest to it."""
    if density <= 0:
        return np.asarray(logits > 0)
    wanted = round(density * window.beats)
    tops = np.sort(logits[:, : window.steps].max(0))[::-1]
    place = min(max(wanted, 1), len(tops)) - 1
    edge = float(tops[place]) - HAIR if wanted > 0 else FARTHEST
    return np.asarray(logits > min(max(edge, -FARTHEST), FARTHEST))


def _checked(outputs: Sequence[Array]) -> Sequence[Array]:
    """The graph's outputs. Raises EngineError where they are no groove."""
    if not all(np.isfinite(each).all() for each in outputs) or np.abs(outputs[1:]).max(initial=0.0) > 1.0 + 1e-4:
        raise EngineError("the model's output is no groove: not finite, or out of range; choose another pack")
    return outputs


def _blend(seed: int, number: int, candidate: int, turn: float) -> NDArray[np.float32]:
    """Noise of a window: the seed's own, turned by an angle towards the window's own."""
    song, own = _normal(seed, 0, 0, 0), _normal(seed, 1, number, candidate)
    return math.cos(turn) * song + math.sin(turn) * own


@lru_cache(maxsize=64)
def _normal(seed: int, *place: int) -> NDArray[np.float32]:
    """Normal noise for a place, the same on every machine."""
    count, draws, normal = NOISE + GRAIN * STEPS, list[float](), NormalDist()
    while len(draws) < count:
        draws += uniform(seed, *place, len(draws))
    found = np.array([normal.inv_cdf(draw) for draw in draws[:count]], np.float32)
    found.flags.writeable = False
    return found
