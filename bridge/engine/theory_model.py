"""The graphs of a music-theory VAE: phrases to beliefs, ideas to phrases, and what is usual."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.engine.shapes import Shapes, expect
from bridge.engine.theory_form import GATES, LOOKS, OF_BARS
from bridge.engine.theory_idea import ATTRIBUTES, LATENTS, SOUNDING, Belief, Idea, Prior
from bridge.engine.theory_layout import (
    BAR,
    BARS,
    BASS_SIZE,
    CHORDS_SIZE,
    DEGREES,
    GROUNDS,
    HALVES,
    HOLD,
    LEAD_SIZE,
    REST,
    SLOTS,
    STATES,
    STEPS,
    SYMBOLS,
    USUAL_VELOCITY,
    Page,
)
from bridge.errors import EngineError, PackError

Array = NDArray[Any]
SIZES = ("patterns", "pitch", "rhythm", "harmony", "structure")
"""Sizes that a card says."""
DEVIATIONS = ("pitch", "rhythm", "harmony", "structure", "marks")
MOST_NOTES = 6
"""Notes of a chord at most."""
FREE = -1
"""A state that the rhythm decides on."""
LAYOUT = {"steps": STEPS, "lead": LEAD_SIZE, "chords": CHORDS_SIZE, "bass": BASS_SIZE, "symbols": SYMBOLS}
"""What a card's codec must say."""


class Model:
    """Three graphs that fit one another. Raises PackError where they do not fit the card."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        card = pack.card
        if any(card.codec.get(name) != size for name, size in LAYOUT.items()):
            raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
        self.sizes = {name: card.model.get(name, 0) for name in SIZES}
        if not all(1 <= size <= 512 for size in self.sizes.values()):
            raise PackError(f"{card.name}: its card says no sizes that a model can have; get the pack again")
        self._encode, self._decode, prior = (open_graph(name) for name in ("encode", "decode", "prior"))
        latents = _latents(self.sizes)
        expect(card.name, "encode", self._encode, _PHRASE, _believed(latents))
        sounding = {name: shape for name, shape in latents.items() if name in SOUNDING}
        expect(card.name, "decode", self._decode, {**sounding, **_ASIDE}, _DECODED)
        expect(card.name, "prior", prior, {}, _priors(self.sizes["patterns"], self.sizes["structure"]))
        self._last: tuple[bytes, Page] | None = None
        self.prior = Prior(*_finite(prior.run(Prior._fields, {})))

    def encode(self, page: Page) -> Belief:
        """What a phrase says. Raises EngineError where the graph's numbers cannot be used."""
        feeds: dict[str, Array] = {
            "states": page.states[None],
            "lead": page.lead[None],
            "chords": page.chords[None].astype(np.float32),
            "bass": page.bass[None],
            "symbols": page.symbols[None],
            "known": page.known[None].astype(np.float32),
            "bar": np.array([page.bar], np.int64),
        }
        names = (*LATENTS, *(f"{name}_deviation" for name in DEVIATIONS))
        found = [part[0] for part in _finite(self._encode.run(names, feeds))]
        return Belief(Idea(*found[: len(LATENTS)]), dict(zip(DEVIATIONS, found[len(LATENTS) :], strict=True)))

    def decode(
        self,
        idea: Idea,
        bar: int,
        states: NDArray[np.int64] | None = None,
        velocity: tuple[int, int, int] = USUAL_VELOCITY,
    ) -> Page:
        """The phrase that an idea says. `states` [3, 64] are what is told of the rhythm, FREE where nothing is. Raises
        EngineError where the graph's numbers cannot be used."""
        feeds: dict[str, Array] = {name: getattr(idea, name)[None] for name in SOUNDING}
        feeds["bar"] = np.array([bar], np.int64)
        feeds["told"] = (np.full((len(velocity), STEPS), FREE, np.int64) if states is None else states)[None]
        # Both windows of a phrase are asked for one after the other.
        same = b"".join(part.tobytes() for part in feeds.values()) + bytes(velocity)
        if self._last is not None and self._last[0] == same:
            return self._last[1]
        odds, lead, chords, bass = (part[0] for part in _finite(self._decode.run(tuple(_DECODED), feeds)))
        found = odds.argmax(-1).astype(np.int64)
        if states is not None:
            found = np.where(states == FREE, found, states)
        page = Page(
            states=_sound(found, bar),
            lead=lead.argmax(-1) + 1,
            chords=_struck(chords),
            bass=bass.argmax(-1) + 1,
            symbols=np.where(idea.chord.max(-1) > 0, idea.chord.argmax(-1), 0),
            known=np.ones(len(velocity), np.bool_),
            bar=bar,
            mode=0,
            velocity=velocity,
        )
        self._last = same, page
        return page


def _sound(states: NDArray[np.int64], bar: int) -> NDArray[np.int64]:
    """States without what cannot be: places that no bar has, and a note held on that never began."""
    found = states.copy()
    found[:, np.arange(STEPS) % BAR >= bar] = REST
    for row in found:
        last = REST
        for place in range(STEPS):
            if place % BAR >= bar:
                continue
            if row[place] == HOLD and last == REST:
                row[place] = REST
            last = row[place]
    return found


def _struck(odds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """[64, 56] what sounds in each chord: its likeliest notes, as many as are to be expected, one to MOST_NOTES."""
    expected = (1 / (1 + np.exp(-np.clip(odds, -30.0, 30.0)))).sum(-1)
    count = np.clip(np.rint(expected), 1, MOST_NOTES).astype(np.int64)
    order = np.sort(odds, -1)
    least = np.take_along_axis(order, order.shape[-1] - count[:, None], -1)
    found: NDArray[np.bool_] = odds >= least
    return found


def _finite(outputs: list[Array]) -> list[Array]:
    """The outputs. Raises EngineError where one is not finite."""
    if not all(np.isfinite(part).all() for part in outputs):
        raise EngineError("the model's output is not finite; get the pack again or choose another")
    return outputs


def _latents(sizes: Mapping[str, int]) -> Shapes:
    shapes: dict[str, tuple[int | None, ...]] = {
        "degree": (BARS * SLOTS, DEGREES),
        "pitch": (BARS, sizes["pitch"]),
        "pattern": (BARS, 3, sizes["patterns"]),
        "rhythm": (BARS, sizes["rhythm"]),
        "chord": (HALVES, SYMBOLS),
        "ground": (BARS * GROUNDS, DEGREES),
        "harmony": (BARS, sizes["harmony"]),
        "structure": (sizes["structure"],),
        "marks": (len(ATTRIBUTES),),
    }
    return {name: ((None, *shape), np.float32) for name, shape in shapes.items()}


def _believed(latents: Shapes) -> Shapes:
    return {**latents, **{f"{name}_deviation": latents[name] for name in DEVIATIONS}}


def _priors(patterns: int, structure: int) -> Shapes:
    shapes: tuple[tuple[int, ...], ...] = (
        (3, patterns + 1, patterns),
        (SYMBOLS + 1, SYMBOLS),
        (DEGREES + 1, DEGREES),
        (DEGREES + 1, DEGREES),
        (SYMBOLS, DEGREES),
        (SYMBOLS, DEGREES),
        (SLOTS, DEGREES),
        (3, DEGREES),
        (structure + 1, GATES + LOOKS),
        (len(OF_BARS),),
    )
    return {name: (shape, np.float32) for name, shape in zip(Prior._fields, shapes, strict=True)}


_PHRASE: Shapes = {
    "states": ((None, 3, STEPS), np.int64),
    "lead": ((None, STEPS), np.int64),
    "chords": ((None, STEPS, CHORDS_SIZE), np.float32),
    "bass": ((None, STEPS), np.int64),
    "symbols": ((None, HALVES), np.int64),
    "known": ((None, 3), np.float32),
    "bar": ((None,), np.int64),
}
_ASIDE: Shapes = {
    "bar": ((None,), np.int64),
    "told": ((None, 3, STEPS), np.int64),
}
_DECODED: Shapes = {
    "states": ((None, 3, STEPS, STATES), np.float32),
    "lead_odds": ((None, STEPS, LEAD_SIZE), np.float32),
    "chords_odds": ((None, STEPS, CHORDS_SIZE), np.float32),
    "bass_odds": ((None, STEPS, BASS_SIZE), np.float32),
}
