"""Writing the accompanist's pack: graphs, weights, card and recipe, and the parity check before anything is kept."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from bridge.engine.codec import SIZES as FIELD_SIZES
from bridge.engine.ensemble_controls import SIZE as CONTROLS
from bridge.engine.ensemble_controls import STYLES
from bridge.engine.features import HEAD, ROWS
from bridge.engine.grid import TICKS
from bridge.engine.pack import SCHEMA, Card, File, Knob, Weights, digest
from bridge.engine.transformer import GRAPHS
from bridge.music.note import Voice
from export.ensemble.graphs import graphs
from export.ensemble.parity import Parity, compare
from export.ensemble.to_onnx import WEIGHTS, save
from export.ensemble.training import Recipe
from export.families.transformer import Accompanist, Sheet
from export.pack_files import reading, write_card, write_recipe

NAME = "ensemble"
RANGES = {"lead": [45, 96], "chords": [36, 91], "bass": [24, 62]}
"""MIDI pitches that the voices keep between."""
DRUMS = [35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 59, 69, 70, 75]
"""Drums of General MIDI that the training data has."""
NAMES = ("step", "score")
"""The graphs."""
VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
DENSITY = {Voice.CHORDS: 1.25, Voice.BASS: 0.9, Voice.DRUMS: 2.5}
"""Onsets a beat that the voices begin with: left to itself the band plays ever more, and ever higher."""
REGISTER = {Voice.CHORDS: 60.0, Voice.BASS: 42.0}
"""Mean MIDI pitch that they begin with."""
COOL = 0.8
"""Temperature that the band plays at: its figures beside held-out accompaniments are better than at 1."""
LEFT = "0 leaves it to the model"
KNOBS = (
    Knob("temperature", 0.3, 1.6, 1.0, "", "how daring the choice of notes is; 1 is the band's own way"),
    Knob("complexity", 0.0, 1.0, 0.0, "", "how unlikely a choice may be, from 0.01 (hardly) to 1 (any); 0 is usual"),
    Knob("density", 0.0, 6.0, 0.0, "onsets a beat", f"how much a voice plays that is asked alone; {LEFT}"),
    Knob("register", 0.0, 96.0, 0.0, "mean MIDI pitch", f"where a voice plays that is asked alone; {LEFT}"),
    *(
        Knob(f"density_{voice}", 0.0, 6.0, DENSITY.get(voice, 0.0), "onsets a beat",
             f"how much the {voice} plays; {LEFT}")
        for voice in VOICES
    ),
    *(
        Knob(f"register_{voice}", 0.0, 96.0, REGISTER.get(voice, 0.0), "mean MIDI pitch",
             f"where the {voice} plays; {LEFT}")
        for voice in VOICES[:3]
    ),
    *(
        Knob(f"temperature_{voice}", 0.0, 1.6, 0.0, "", f"how daring the {voice} is; 0 as all are")
        for voice in VOICES
    ),
    *(
        Knob(f"complexity_{voice}", 0.0, 1.0, 0.0, "", f"how unlikely a choice of the {voice} may be; 0 as for all")
        for voice in VOICES
    ),
    *(
        Knob(f"follow_{voice}", 0.0, 1.0, 0.0, "", f"how far the {voice} plays as much or as little as you")
        for voice in VOICES
    ),
    Knob(
        "style", 0.0, float(len(STYLES)), 0.0, "place in the list",
        "0 none, " + ", ".join(f"{n + 1} {style}" for n, style in enumerate(STYLES)),
    ),
)  # fmt: skip
"""The pack's knobs."""


def load_weights(path: Path) -> tuple[Accompanist, Recipe, dict[str, Any]]:
    """Model, recipe and last validation of a training run's file. Raises PackError where it is not one."""
    with reading(path, "accompanist", "transformer") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        model = Accompanist(recipe.size)
        model.load_state_dict(saved["weights"])
    story = {name: saved[name] for name in ("step", "minutes", "tokens")}
    return model.eval(), recipe, {**saved["best"], **story}


def write_pack(weights: Path, folder: Path, real: Sheet, version: str = "1.0.0") -> Parity:
    """Export, compare on real events (one stream), and write card and recipe. Raises PackError on a difference."""
    model, recipe, story = load_weights(weights)
    parity = write_graphs(model, folder, real)
    card = Card(
        schema=SCHEMA,
        name=NAME,
        family="transformer",
        version=version,
        title="Ensemble: a band of lead, chords, bass and drums that plays along",
        licence="CC-BY-4.0",
        voices=VOICES,
        graphs=graph_files(folder),
        knobs=KNOBS,
        codec={
            "ticks": TICKS,
            "sizes": list(FIELD_SIZES),
            "rows": ROWS,
            "controls": CONTROLS,
            "head": HEAD,
            "graphs": GRAPHS,
            **RANGES,
            "drums": DRUMS,
            "cool": COOL,
        },
        model={
            "layers": recipe.size.layers,
            "width": recipe.size.width,
            "heads": recipe.size.heads,
            "context": recipe.length,
        },
        context_beats=48.0,
        span_beats=16.0,
    )
    write_card(folder, card)
    write_recipe(folder, COMMANDS, recipe, parity, held_out=story)
    return parity


def write_graphs(model: Accompanist, folder: Path, real: Sheet) -> Parity:
    """Write the graphs and their weights into a pack's folder, after comparing them with torch. Raises PackError."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        draft, whole = Path(name) / "draft", Path(name) / "whole"
        save(graphs(model), draft)
        save(graphs(model, whole=True), whole)
        parity = compare(model, whole, draft, real)
        for file in (WEIGHTS, *(f"{graph}.onnx" for graph in NAMES)):
            shutil.move(draft / file, folder / file)
    return parity


def graph_files(folder: Path) -> dict[str, tuple[File, ...]]:
    """The card's entries of the graphs in a folder, with their hashes."""
    shared = (Weights(WEIGHTS, digest(folder / WEIGHTS)),)
    return {name: (File(f"{name}.onnx", digest(folder / f"{name}.onnx"), ("cpu",), shared),) for name in NAMES}


COMMANDS = [
    "antiphon-export train --family transformer --data BUNDLE --out build/ensemble.pt",
    "antiphon-export export --family transformer --data BUNDLE --weights build/ensemble.pt --pack models/ensemble",
]
"""How the pack is made from the data bundle, in order."""
