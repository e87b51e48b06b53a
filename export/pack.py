"""Writing a pack: the graph, its card, the recipe, and the parity check before anything is kept."""

from pathlib import Path

import msgspec

from bridge.engine.codec import SIZES
from bridge.engine.grid import TICKS
from bridge.engine.pack import SCHEMA, Card, File, Knob, digest
from bridge.errors import PackError
from bridge.music.note import Voice
from export.data.layout import Rows
from export.families.lstm import Melodist
from export.pack_files import reading, write_card, write_recipe
from export.parity import Parity, compare
from export.to_onnx import write
from export.train import Recipe

TEMPERATURE = 1.0
MIN_P = 0.01
"""What is less likely than this times the likeliest class is not played; see CARD.md for how it was chosen."""
DENSITY_GAIN = 2.2
"""How much further from 1.3 onsets a beat the model is asked to go than the knob says; measured, see CARD.md."""
LOWEST, HIGHEST = 43, 96
"""MIDI pitches that the melody keeps between."""

KNOBS = (
    Knob("temperature", 0.3, 1.6, TEMPERATURE, "", "how daring the choice of notes is; 1 is as the model learnt it"),
    Knob("density", 0.0, 4.0, 0.0, "onsets a beat", "how many notes the band plays; 0 is as many as the player"),
    Knob(
        "register",
        0.0,
        96.0,
        0.0,
        "mean MIDI pitch",
        "where the band plays, best from 56 to 78; 0 leaves it to the model",
    ),
)


def load_weights(path: Path) -> tuple[Melodist, Recipe, dict[str, float]]:
    """Model, recipe and best validation from a training run's file. Raises PackError where it is not one."""
    with reading(path, "melody model") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        model = Melodist(recipe.size)
        model.load_state_dict(saved["weights"])
    return model.eval(), recipe, saved["best"]


def write_pack(weights: Path, folder: Path, real: Rows, version: str = "1.0.0") -> Parity:
    """Export, compare on real events, and write pack.toml and recipe.toml. Raises PackError on a difference."""
    model, recipe, best = load_weights(weights)
    folder.mkdir(parents=True, exist_ok=True)
    draft = folder / "step.onnx.new"
    write(model, draft)
    try:
        parity = compare(model, draft, real)
    except PackError:
        draft.unlink()
        raise
    draft.replace(folder / "step.onnx")
    card = Card(
        schema=SCHEMA,
        name="lstm-melody",
        family="lstm",
        version=version,
        title="Melody LSTM: carries on a tune, one note at a time",
        licence="CC-BY-4.0",
        voices=(Voice.LEAD,),
        graphs={"step": (File("step.onnx", digest(folder / "step.onnx")),)},
        knobs=KNOBS,
        codec={
            "ticks": TICKS,
            "sizes": list(SIZES),
            "min_p": MIN_P,
            "density_gain": DENSITY_GAIN,
            "lowest": LOWEST,
            "highest": HIGHEST,
        },
        model={"layers": recipe.size.layers, "hidden": recipe.size.hidden},
        context_beats=64.0,
        span_beats=16.0,
    )
    write_card(folder, card)
    write_recipe(folder, COMMANDS, recipe, parity, best=best, threads=1)
    return parity


COMMANDS = [
    "antiphon-export data --data BUNDLE",
    "antiphon-export train --data BUNDLE --out lstm.pt",
    "antiphon-export export --data BUNDLE --weights lstm.pt --pack models/lstm-melody",
    "antiphon-export evaluate --data BUNDLE --pack models/lstm-melody --weights lstm.pt",
]
"""How the pack is made from the data bundle, in order."""
