"""The `diffusion` family: bars of all voices drawn out of noise in a few steps, around whatever is already there.

One denoiser does it all, by what it is given: the bars before (it goes on), the player's tune up to now (it plays
along), bars on both sides (it fills the gap), or a phrase under some noise (it varies it). See `diffusion_scene` for
what is given, `diffusion_sampler` for the steps.
"""

from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.engine.barwise import Barwise, whole
from bridge.engine.critic import theory
from bridge.engine.diffusion_aim import TEMPERED, aim, forbid
from bridge.engine.diffusion_condition import HERE, LENGTH, STEP_SIZE, WHOLE_SIZE, fill_bars, untold
from bridge.engine.diffusion_roll import CHANNELS, CHANNELS_OF, LOGITS, Roll, choose, spread
from bridge.engine.diffusion_sampler import denoise, levels, noise, noised
from bridge.engine.diffusion_scene import Cells, Scene, heard_until, scene
from bridge.engine.diffusion_table import COLUMNS_OF, VOICES, notes
from bridge.engine.family import Ask
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.engine.shapes import Shapes, expect
from bridge.engine.window import STEPS, Window
from bridge.engine.window_choice import Chosen, best
from bridge.errors import EngineError, PackError
from bridge.music.note import Note, Span, Voice

GRAPH = "denoise"
OUTPUTS = ("logits",)
UNHEARD_OF = 1.0e4
"""No logit of a model that is in order is larger."""
PLAIN = 0.85
"""Temperature that the knob's 1 stands for: in few steps the model stays a little undecided to the last."""
HASTY = 3
"""Steps in haste: with two the band plays half as much."""
FEWEST = 2
"""Steps where only the last part of the way is to be gone."""
GUIDED = (0.5, 4.0)
"""How much what is told may count by itself."""
KEPT = 8
CODEC = {"steps": STEPS, "length": LENGTH, "channels": CHANNELS, "logits": LOGITS, "told": [STEP_SIZE, WHOLE_SIZE]}
"""What a card's codec must say."""


class Diffusion(Barwise):
    """A loaded denoiser. Plays whichever voices it is asked for, together."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graph. Raises PackError."""
        super().__init__(pack)
        if any(pack.card.codec.get(name) != value for name, value in CODEC.items()):
            raise PackError(f"{pack.card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
        self._session = open_graph(GRAPH)
        expect(pack.card.name, GRAPH, self._session, INPUTS, {"logits": ((None, STEPS, LOGITS), np.float32)})
        self._guided = _number(pack, "guided", 1.0, GUIDED)
        self._ahead: OrderedDict[int, tuple[Note, ...]] = OrderedDict()
        self.chosen = Chosen()

    @property
    def remembered(self) -> list[dict[Any, Any]]:
        """What an answer leaves behind: bars, which candidate they are, and what the next window follows."""
        return [*super().remembered, self.chosen.numbers, self._ahead]

    def rewind(self, beat: float) -> None:
        """Forget everything heard at or after a stage beat."""
        super().rewind(beat)
        self._ahead.clear()
        self.chosen.clear()

    def basis(self, window: Window, ask: Ask) -> Hashable:
        """The player's notes of the last two windows up to the beat, other voices' notes, key, chords, fills, knobs."""
        voices = tuple(voice for voice in ask.voices if voice in self._voices)
        until = heard_until(window, ask, voices)
        span = Span(window.before().start, until)
        player = tuple((n.beat, n.pitch) for n in self.memory.player(span, until)) if until > span.start else ()
        beside = tuple((n.voice, n.beat, n.pitch) for n in ask.beside if n.voice not in voices)
        fills = fill_bars(window, ask.fills) if Voice.DRUMS in voices else ()
        return player, beside, ask.key, ask.chords, fills, tuple(sorted(ask.knobs.items())), ask.material, ask.after

    def make(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Sequence[Note]:
        """The bars of a window for these voices, in stage beats. Raises EngineError."""
        return whole(self.making(window, ask, voices))

    def making(self, window: Window, ask: Ask, voices: tuple[Voice, ...]) -> Generator[None, None, Sequence[Note]]:
        """The same, with a pause after every step of the reverse process; of several candidates the one that is liked
        best."""
        density = {voice: value for voice in voices if (value := self._density(ask, voice, voices)) > 0}
        style = round(self.knob(ask, "style"))
        before = self._ahead.get(window.number - 1, ())
        shown = scene(window, ask, voices, self.memory, before, style, density)
        key = window, voices, ask.seed
        tried = self.chosen.tried(key, ask.candidates)
        drawn = yield from self._draw(shown, ask, tried)
        bars = [_notes(logits, shown, voices) for logits in drawn]
        chosen = best(bars, window, ask, voices, self.memory, theory) if len(bars) > 1 else 0
        self.chosen.keep(key, tried[chosen])
        self._ahead[window.number] = bars[chosen]
        self._ahead.move_to_end(window.number)
        while len(self._ahead) > KEPT:
            self._ahead.popitem(last=False)
        return bars[chosen]

    def warm_up(self) -> None:
        """Run the graph with its real shapes, so that the first note is not the slow one."""
        for rows in (1, 2, 1, 2):
            feeds: dict[str, NDArray[Any]] = {
                name: np.zeros([axis or rows for axis in shape], dtype) for name, (shape, dtype) in INPUTS.items()
            }
            self._session.run(OUTPUTS, feeds)

    def _density(self, ask: Ask, voice: Voice, voices: Sequence[Voice]) -> float:
        """Onsets a beat that a voice is asked for; 0 leaves it to the model."""
        return self.knob(ask, f"density_{voice}") or (self.knob(ask, "density") if len(voices) == 1 else 0.0)

    def _draw(self, shown: Scene, ask: Ask, tried: Sequence[int]) -> Generator[None, None, Roll]:
        """Logits [B, STEPS, LOGITS] of a scene's window, each drawn out of its candidate's own noise."""
        made = _by_channel(shown.made[HERE])
        clean = np.where(_by_channel(shown.given), spread(shown.table), 0.0).astype(np.float32)
        shape, variety = (STEPS, CHANNELS), self.knob(ask, "variety")
        white = np.stack([noise(ask.seed, shown.window.number, shape, each) * variety for each in tried])
        goal = aim(shown, ask.material, self.knob(ask, "distance"))
        start = goal.level if bool(np.all(goal.cells == made)) else 1.0

        def pin(x: Roll, at: float) -> Roll:
            """A phrase stays under its noise until the level is reached from which it is made free."""
            return np.where(goal.cells, noised(goal.clean, white, at), x) if at > goal.level - 1e-9 else x

        def foretell(x: Roll, at: float, estimate: Roll) -> Roll:
            whole = np.repeat(clean[None], len(x), 0)
            whole[:, HERE] = np.where(made, x, clean[HERE])
            logits = self._ask_graph(shown, whole, at, np.where(made, estimate, 0.0), self.knob(ask, "guidance"))
            logits[..., TEMPERED] /= PLAIN * max(self.knob(ask, "temperature"), 0.05)
            if ask.allowed:
                forbid(logits, ask.allowed, shown.up)
            return np.where(np.isnan(goal.settled), logits, goal.settled)

        wanted = max(round(self.knob(ask, "steps")), 1)
        steps = max(round(wanted * ask.patience), min(wanted, HASTY))
        count = max(round(steps * start), min(steps, FEWEST))
        return (yield from denoise(noised(goal.clean, white, start), levels(count, start), foretell, pin))

    def _ask_graph(self, shown: Scene, x: Roll, level: float, estimate: Roll, guidance: float) -> Roll:
        """Logits [B, STEPS, LOGITS] of rolls `x` [B, LENGTH, CHANNELS]: what is told counts `guidance` times.

        A model that has learnt to count it so much by itself needs not be asked what it would do untold. Raises
        EngineError.
        """
        told = [(shown.steps, shown.whole)]
        more = guidance / self._guided - 1.0
        if abs(more) > 1e-3:
            told.append(untold(shown.steps, shown.whole))
        count, ways = len(x), len(told)
        feeds = {
            "x": np.concatenate([x] * ways),
            "noise": np.full(ways * count, level, np.float32),
            "estimate": np.concatenate([estimate] * ways).astype(np.float32),
            "mask": np.repeat(shown.mask[None], ways * count, 0),
            "steps": np.repeat(np.stack([steps for steps, _ in told]), count, 0),
            "whole": np.repeat(np.stack([whole for _, whole in told]), count, 0),
        }
        (found,) = self._session.run(OUTPUTS, feeds)
        if not np.all(np.abs(found) < UNHEARD_OF):  # False for NaN, too
            raise EngineError(
                f"{self.card.name}: the model's output is not finite; get the pack again or choose another"
            )
        logits: Roll = found[:count].copy()
        if ways > 1:
            logits[..., TEMPERED] += more * (found[:count] - found[count:])[..., TEMPERED]
        return logits


INPUTS: Shapes = {
    "x": ((None, LENGTH, CHANNELS), np.float32),
    "noise": ((None,), np.float32),
    "estimate": ((None, STEPS, CHANNELS), np.float32),
    "mask": ((None, LENGTH, 2 * len(VOICES)), np.float32),
    "steps": ((None, LENGTH, STEP_SIZE), np.float32),
    "whole": ((None, WHOLE_SIZE), np.float32),
}
"""What the graph is fed; the first axis is free."""


def _notes(logits: Roll, shown: Scene, voices: Sequence[Voice]) -> tuple[Note, ...]:
    """The notes of a window's logits [STEPS, LOGITS], those that are given among them."""
    table, known = choose(logits), shown.table[HERE]
    for number, voice in enumerate(VOICES):
        cells = ~shown.made[HERE, number]
        table[cells, COLUMNS_OF[voice]] = known[cells, COLUMNS_OF[voice]]
    return tuple(notes(table, shown.window, voices, -shown.up))


def _number(pack: Pack, name: str, usual: float, bounds: tuple[float, float]) -> float:
    """A number of the card's codec, `usual` where it says nothing. Raises PackError for one that cannot be."""
    value = pack.card.codec.get(name, usual)
    if not isinstance(value, int | float) or not bounds[0] <= value <= bounds[1]:
        raise PackError(f"{pack.card.name}: its card's «{name}» is no number from {bounds[0]:g} to {bounds[1]:g}")
    return float(value)


_WIDTHS = [CHANNELS_OF[voice].stop - CHANNELS_OF[voice].start for voice in VOICES]


def _by_channel(cells: Cells) -> Cells:
    """Cells [..., 4] by voice as cells [..., CHANNELS]."""
    return np.repeat(cells, _WIDTHS, -1)
