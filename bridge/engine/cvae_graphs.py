"""The graphs of a conditional VAE: they read a window, say where it lies, and make one.

A fourth one, which a pack may do without, says in a few numbers where a z lies among the music that it learnt from.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bridge.engine.cvae_controls import BEAT_SIZE
from bridge.engine.cvae_controls import SIZE as WISHES
from bridge.engine.cvae_draw import GIVEN
from bridge.engine.cvae_rolls import BEATS, COLUMNS, VOICES, Rolls, columns
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.engine.shapes import expect
from bridge.engine.window import STEPS
from bridge.errors import EngineError, PackError

Floats = NDArray[np.float32]

ENCODE, PRIOR, DECODE, DESCRIBE = "encode", "prior", "decode", "describe"
SHAPES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    ENCODE: (("x", "wish", "beats"), ("mean", "deviation")),
    PRIOR: (("x", "known", "wish", "beats", "before", "noise", "read"), ("z", "context", "way")),
    DECODE: (("context", "z", "wish", "beats"), ("given",)),
}
"""Graph -> what it takes and what it gives."""


class Told(msgspec.Struct, frozen=True):
    """What is told of a window beside z; arrays for one window, without an axis for several."""

    rolls: Rolls
    """Its notes, as far as `known` says."""
    known: Floats
    """[8, 4] beats and voices whose notes are known."""
    wish: Floats
    """[68]"""
    beats: Floats
    """[8, 42]"""
    before: Floats | None = None
    """[Z] of the window before; None where there is none."""


class Graphs:
    """Runs the graphs, one window at a time. Everything raises EngineError where an output is not finite."""

    def __init__(self, pack: Pack, open_graph: Callable[[str], Session]) -> None:
        """Check the card against the graphs. Raises PackError."""
        sessions = {name: open_graph(name) for name in SHAPES}
        self.latent = _latent(pack, sessions)
        self._encode, self._prior, self._decode = (sessions[name] for name in (ENCODE, PRIOR, DECODE))
        self._describe = _describing(pack, open_graph, self.latent)

    def read(self, rolls: Rolls, wish: Floats, beats: Floats) -> Floats:
        """z [Z] of a whole window; of the wish only its meter is read."""
        (mean,) = self._encode.run(("mean",), {"x": _shown(rolls), "wish": wish[None], "beats": beats[None]})
        found: Floats = _finite(mean)[0]
        return found

    def place(self, z: Floats) -> Floats:
        """Where a z [Z] lies [D], in numbers about 0 that stray by 1 or less; empty for a pack that cannot say."""
        if self._describe is None:
            return np.zeros(0, np.float32)
        (place,) = self._describe.run(("place",), {"z": z[None]})
        found: Floats = _finite(place)[0]
        return found

    def way(self, told: Told, z: Floats) -> Floats:
        """Which way [Z] a z that was read lies from the prior's centre, in deviations, where so much is told."""
        (way,) = self._prior.run(("way",), {**self._feeds(told), "noise": z[None] * 0, "read": z[None]})
        found: Floats = _finite(way)[0]
        return found

    def make(self, told: Told, way: Floats) -> Floats:
        """What the decoder gives [32, 237] for the z that lies so many deviations [Z] from the prior's centre."""
        feeds = self._feeds(told)
        z, context = self._prior.run(("z", "context"), {**feeds, "noise": way[None], "read": way[None] * 0})
        here = {"context": _finite(context), "z": _finite(z), "wish": feeds["wish"], "beats": feeds["beats"]}
        (given,) = self._decode.run(("given",), here)
        found: Floats = _finite(given)[0]
        return found

    def _feeds(self, told: Told) -> dict[str, Floats]:
        before = np.zeros((1, self.latent + 1), np.float32)
        if told.before is not None:
            before[0, :-1], before[0, -1] = told.before, 1.0
        return {
            "x": _shown(told.rolls),
            "known": told.known[None],
            "wish": told.wish[None],
            "beats": told.beats[None],
            "before": before,
        }


def _shown(rolls: Rolls) -> Floats:
    return columns(rolls.lead, rolls.bass, rolls.chords, rolls.drums)[None]


def _finite(array: NDArray[Any]) -> Floats:
    if not np.isfinite(array).all():
        raise EngineError("the model's output is not finite; get the pack again or choose another")
    return array


def _latent(pack: Pack, graphs: dict[str, Session]) -> int:
    """Numbers of z. Raises PackError where card, graphs and this codec do not agree."""
    card = pack.card
    latent, width = card.model.get("latent", 0), card.model.get("width", 0)
    codec = {"columns": COLUMNS, "wishes": WISHES, "given": GIVEN}
    if any(card.codec.get(name) != size for name, size in codec.items()):
        raise PackError(f"{card.name}: its codec is not this Antiphon's; update Antiphon or get a newer pack")
    if not latent or any(voice not in VOICES for voice in card.voices):
        raise PackError(f"{card.name}: a cvae pack has a latent size and plays lead, chords, bass and drums")
    sizes: dict[str, tuple[int | None, ...]] = {
        "x": (None, STEPS, COLUMNS),
        "known": (None, BEATS, len(VOICES)),
        "wish": (None, WISHES),
        "beats": (None, BEATS, BEAT_SIZE),
        "before": (None, latent + 1),
        "context": (None, BEATS, width),
        "given": (None, STEPS, GIVEN),
        **dict.fromkeys(("noise", "read", "way", "z", "mean", "deviation"), (None, latent)),
    }
    for name, (takes, gives) in SHAPES.items():
        inputs: dict[str, tuple[tuple[int | None, ...], type]] = {each: (sizes[each], np.float32) for each in takes}
        outputs: dict[str, tuple[tuple[int | None, ...], type]] = {each: (sizes[each], np.float32) for each in gives}
        expect(card.name, name, graphs[name], inputs, outputs)
    return latent


def _describing(pack: Pack, open_graph: Callable[[str], Session], latent: int) -> Session | None:
    """The graph that says where a z lies; None for a pack whose card tells of no such place. Raises PackError."""
    size = pack.card.model.get("place", 0)
    if not size:
        return None
    session = open_graph(DESCRIBE)
    place = {"place": ((None, size), np.float32)}
    expect(pack.card.name, DESCRIBE, session, {"z": ((None, latent), np.float32)}, place)
    return session
