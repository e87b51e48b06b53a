"""What the knobs of moods do, measured on the pack as it plays and written into its card."""

from pathlib import Path

import msgspec
import numpy as np

from bridge.engine.cvae import Cvae
from bridge.engine.pack import Knob, Pack
from bridge.engine.session import open_session
from export.cvae.examples import Examples
from export.cvae.figures import MOODS, Sweep, sweep
from export.cvae.stage import Stage
from export.toml import dumps

TURNS = 9
"""Places of a knob that is turned."""
SEEDS = 12


def play(folder: Path) -> Cvae:
    """The pack as it plays live, on one CPU thread."""
    pack = Pack.load(folder)
    return Cvae(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def turns(knob: Knob) -> tuple[float, ...]:
    """Places of a knob from end to end."""
    return tuple(float(value) for value in np.linspace(knob.minimum, knob.maximum, TURNS))


def write_effects(folder: Path, valid: Examples, seeds: int = SEEDS) -> list[Sweep]:
    """Turn the moods' knobs from end to end, and say in pack.toml what was measured."""
    family = play(folder)
    card, stage = family.card, Stage(family)
    found = {knob.name: sweep(stage, knob.name, turns(knob), valid, seeds) for knob in card.knobs if knob.name in MOODS}
    knobs = tuple(_told(knob, found[knob.name]) if knob.name in found else knob for knob in card.knobs)
    text = dumps(msgspec.to_builtins(msgspec.structs.replace(card, knobs=knobs)))
    (folder / "pack.toml").write_text(text, "utf-8")
    return list(found.values())


def _told(knob: Knob, found: Sweep) -> Knob:
    does = knob.does.partition("; measured")[0]
    words = f"; measured {found.means[0]:.1f} to {found.means[-1]:.1f}, {found.span:.1f} deviations of held-out music"
    return msgspec.structs.replace(knob, does=does + words)
