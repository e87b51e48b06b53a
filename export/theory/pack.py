"""Writing the music-theory VAE's pack: graphs, card and recipe, parity first and knobs fitted last."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import torch

from bridge.engine.pack import SCHEMA, Card, File, Knob, Pack, digest
from bridge.engine.session import open_session
from bridge.engine.theory_model import LAYOUT
from bridge.engine.theory_vae import TheoryVae
from bridge.music.note import Voice
from export.families.theory_vae import ATTRIBUTES
from export.families.theory_vae import TheoryVae as Net
from export.pack_files import reading, write_card, write_recipe
from export.theory.examples import Example
from export.theory.form import exponents
from export.theory.judging import Grid
from export.theory.knobs import DOES, cards, fit
from export.theory.parity import Parity, compare
from export.theory.phrases import Batch
from export.theory.to_onnx import graphs, halved, save
from export.theory.training import Recipe

NAME = "theory-vae"
VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS)
GRAPHS = ("encode", "decode", "prior")
WIDE = tuple(Knob(name, -4.0, 4.0, 0.0, "deviations", does) for name, does in DOES.items())
"""Knobs before they are fitted."""
COMPARED = 24
"""Phrases that the graphs are compared with torch on."""
TRAIN = "antiphon-export train --family theory-vae --data BUNDLE --out build/theory-vae.pt"
COMMANDS = [
    TRAIN,
    "antiphon-export export --family theory-vae --data BUNDLE --weights build/theory-vae.pt --pack models/theory-vae",
    "antiphon-export evaluate --family theory-vae --data BUNDLE --weights build/theory-vae.pt --pack models/theory-vae",
]
"""How a pack is made from the data bundle, in order."""
VERSION = "1.2.0"


def commands(recipe: Recipe) -> list[str]:
    """How a pack was made, where its training had a budget of its own with that."""
    own = "" if recipe.minutes == Recipe().minutes else f" --minutes {recipe.minutes:g}"
    return [f"{TRAIN}{own}", *COMMANDS[1:]]


def load_weights(path: Path) -> tuple[Net, Recipe, dict[str, Any]]:
    """Model, recipe and story of a training run's file. Raises PackError where it is not one."""
    with reading(path, "music-theory VAE", "theory-vae") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        model = Net(recipe.size)
        model.load_state_dict(saved["weights"])
        story = {"step": saved["step"], "minutes": saved["minutes"], "phrases": saved["step"] * recipe.rows}
    return model.eval(), recipe, story


def play(folder: Path) -> TheoryVae:
    """The pack as it plays live, on one CPU thread."""
    pack = Pack.load(folder)
    return TheoryVae(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def write_pack(
    weights: Path,
    folder: Path,
    real: Batch,
    examples: Sequence[Example],
    human: tuple[Grid, Grid],
    version: str = VERSION,
) -> Parity:
    """Export, compare on real phrases, fit the knobs on held-out examples within the `human` spread, and write card and
    recipe.

    Raises PackError on a difference.
    """
    model, recipe, story = load_weights(weights)
    halved(model)
    model.exponents.copy_(exponents(model, real))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        draft = Path(name)
        save(graphs(model), draft)
        parity = compare(model, draft, real.take(torch.arange(min(len(real), COMPARED))))
        for graph in GRAPHS:
            shutil.move(draft / f"{graph}.onnx", folder / f"{graph}.onnx")
    _write_card(model, folder, WIDE, version)
    fits = fit(play(folder), examples, human)
    _write_card(model, folder, cards(fits), version)
    told = {name: msgspec.to_builtins(found) for name, found in fits.items()}
    write_recipe(folder, commands(recipe), recipe, parity, trained=story, knobs=told, threads=1)
    return parity


def _write_card(model: Net, folder: Path, knobs: Sequence[Knob], version: str) -> None:
    size = model.size
    card = Card(
        schema=SCHEMA,
        name=NAME,
        family="theory-vae",
        version=version,
        title="Theory VAE: your phrase by pitch, rhythm, harmony and form, each with its own knobs",
        licence="CC-BY-4.0",
        voices=VOICES,
        graphs={name: (File(f"{name}.onnx", digest(folder / f"{name}.onnx")),) for name in GRAPHS},
        knobs=tuple(knobs),
        codec={
            **LAYOUT,
            "height_unit": round(float(model.unit[ATTRIBUTES.index("height")]), 4),
            "range_unit": round(float(model.unit[ATTRIBUTES.index("range")]), 4),
            "range_middle": round(float(model.middle[ATTRIBUTES.index("range")]), 4),
            "lowest": [round(float(x) - 0.5, 3) for x in model.lowest],
            "highest": [round(float(x) + 0.5, 3) for x in model.highest],
        },
        model={
            "patterns": size.patterns,
            "pitch": size.pitch,
            "rhythm": size.rhythm,
            "harmony": size.harmony,
            "structure": size.structure,
        },
        context_beats=16.0,
        span_beats=8.0,
    )
    write_card(folder, card)
