"""Writing the pack of the conditional VAE: graphs, card and recipe, and the parity check before anything is kept."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from bridge.engine.cvae_controls import SECTIONS, STYLES
from bridge.engine.cvae_controls import SIZE as WISHES
from bridge.engine.cvae_draw import GIVEN
from bridge.engine.cvae_graphs import DESCRIBE
from bridge.engine.cvae_rolls import COLUMNS
from bridge.engine.cvae_wishes import HOUSE
from bridge.engine.pack import SCHEMA, Card, File, Knob, digest
from bridge.music.note import Voice
from export.cvae.examples import Examples
from export.cvae.parity import Parity, compare
from export.cvae.places import SIZE as PLACE
from export.cvae.places import find_places, save_places
from export.cvae.to_onnx import GRAPHS, save
from export.cvae.training import Recipe
from export.families.cvae import Conditional
from export.pack_files import reading, write_card, write_recipe

NAME = "cvae"
VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
PLACES = ", ".join(f"{n + 1} {style}" for n, style in enumerate(STYLES))
LEFT = "0 leaves it to the model"
DEVIATIONS = "standard deviations"

KNOBS = (
    Knob("arousal", -2.0, 0.8, 0.0, DEVIATIONS, "how lively: onsets a beat, above or below what you play"),
    Knob("brightness", -2.0, 1.0, 0.0, DEVIATIONS, "from dark to bright: minor or major, and height"),
    Knob("style", 0.0, float(len(STYLES)), 0.0, "place in the list", f"0 {STYLES[HOUSE]}, or a phrase's own, {PLACES}"),
    Knob("style_b", 0.0, float(len(STYLES)), 0.0, "place in the list", "a second style, from the same list"),
    Knob("style_blend", 0.0, 1.0, 0.0, "", "from the first style to the second"),
    Knob("creativity", 0.0, 1.4, 0.8, "deviations", "how far from the middle of what would be usual here"),
    Knob("contrast", 0.0, 1.0, 0.45, "", "0 repeats the two bars before, 1 keeps nothing of them"),
    Knob(
        "section", 0.0, float(len(SECTIONS)), 0.0, "place in the list",
        "0 none, " + ", ".join(f"{n + 1} {name}" for n, name in enumerate(SECTIONS)),
    ),
    Knob("temperature", 0.0, 2.0, 1.0, "", "how daring the choice of single notes is"),
    Knob("density", 0.0, 6.0, 0.0, "onsets a beat", f"how much the voices play; {LEFT}"),
    Knob("register", 0.0, 96.0, 0.0, "mean MIDI pitch", f"where the lead, or a voice asked alone, plays; {LEFT}"),
)  # fmt: skip
"""The pack's knobs: eight of its own, and three that every family has."""


def load_weights(path: Path) -> tuple[Conditional, Recipe, dict[str, Any]]:
    """Model, recipe and story of a training run's file. Raises PackError where it is not one."""
    with reading(path, "conditional VAE", "cvae") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        model = Conditional(recipe.size)
        model.load_state_dict(saved["weights"])
        story = {name: saved[name] for name in ("step", "minutes", "windows")}
    return model.eval(), recipe, {**saved["found"], **story}


def write_pack(
    weights: Path, folder: Path, valid: Examples, knobs: Sequence[Knob] = KNOBS, version: str = "1.0.0"
) -> Parity:
    """Export, compare on real windows, and write card and recipe. Raises PackError on a difference."""
    model, recipe, story = load_weights(weights)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        whole, small = Path(name) / "whole", Path(name) / "small"
        save(model, whole, small)
        parity = compare(model, whole, small, valid)
        for graph in GRAPHS:
            shutil.move(small / f"{graph}.onnx", folder / f"{graph}.onnx")
    save_places(find_places(model, valid), folder / f"{DESCRIBE}.onnx")
    card = Card(
        schema=SCHEMA,
        name=NAME,
        family="cvae",
        version=version,
        title="Conditional VAE: two bars at once, by mood and style",
        licence="CC-BY-4.0",
        voices=VOICES,
        graphs={
            graph: (File(f"{graph}.onnx", digest(folder / f"{graph}.onnx"), ("cpu",)),) for graph in (*GRAPHS, DESCRIBE)
        },
        knobs=tuple(knobs),
        codec={"columns": COLUMNS, "wishes": WISHES, "given": GIVEN},
        model={"latent": recipe.size.latent, "width": recipe.size.width, "place": PLACE},
        context_beats=32.0,
        span_beats=16.0,
    )
    write_card(folder, card)
    write_recipe(folder, COMMANDS, recipe, parity, held_out=story)
    return parity


COMMANDS = [
    "antiphon-export train --family cvae --data BUNDLE --out build/cvae.pt",
    "antiphon-export export --family cvae --data BUNDLE --weights build/cvae.pt --pack models/cvae",
    "antiphon-export evaluate --family cvae --data BUNDLE --weights build/cvae.pt --pack models/cvae",
]
"""How the pack is made from the data bundle, in order."""
