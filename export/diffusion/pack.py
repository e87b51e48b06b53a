"""Writing the pack: graph, card and recipe, and the parity check before anything is kept."""

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from bridge.engine.diffusion import CODEC
from bridge.engine.ensemble_controls import STYLES
from bridge.engine.pack import SCHEMA, Card, File, Knob, digest
from bridge.music.note import Voice
from export.diffusion.batches import Batch
from export.diffusion.parity import Parity, compare
from export.diffusion.to_onnx import save, whole
from export.diffusion.training import Recipe, goes
from export.ensemble.to_onnx import quantise
from export.families.diffusion import Denoiser
from export.pack_files import reading, write_card, write_recipe

NAME = "diffusion"
GRAPH = "denoise.onnx"
VOICES = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
STEPS = 4
"""Of the sampler, unless the knob says otherwise: more of them gain nothing that a comparison with people shows."""
LEFT = "0 leaves it to the model"
KNOBS = (
    Knob("steps", 1.0, 16.0, float(STEPS), "steps", "steps from noise to music: fewer are sooner ready"),
    Knob("guidance", 0.0, 4.0, 1.5, "", "how much chords, key, style and density count; 1 as in the music it learnt"),
    Knob("temperature", 0.3, 1.6, 1.0, "", "how undecided each step is; lower is plainer"),
    Knob("variety", 0.0, 1.5, 1.0, "", "how much noise the music is drawn out of; 0 is always the likeliest"),
    Knob("distance", 0.05, 1.0, 0.5, "", "how far from your phrase a variation goes: the noise it is put under"),
    Knob("density", 0.0, 6.0, 0.0, "onsets a beat", f"how much a voice plays that is asked alone; {LEFT}"),
    *(
        Knob(f"density_{voice}", 0.0, 6.0, 0.0, "onsets a beat", f"how much the {voice} plays; {LEFT}")
        for voice in VOICES
    ),
    Knob(
        "style", 0.0, float(len(STYLES)), 0.0, "place in the list",
        "0 none, " + ", ".join(f"{n + 1} {style}" for n, style in enumerate(STYLES)),
    ),
)  # fmt: skip
"""The pack's knobs."""


def load_weights(path: Path) -> tuple[Denoiser, Recipe, dict[str, Any]]:
    """Model, recipe and last validation of a training run's file. Raises PackError where it is not one."""
    with reading(path, "denoiser", "diffusion") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        model = Denoiser(recipe.size)
        model.load_state_dict(saved["weights"])
        story = {**saved["best"], "step": saved["step"], "minutes": saved["minutes"], "goes": goes(saved)}
        story["student"] = saved.get("student", {})
    return model.eval(), recipe, story


def student_file(teacher: Path) -> Path:
    """Where the student of a run's file goes."""
    return teacher.with_name(f"{teacher.stem}-student{teacher.suffix}")


def write_pack(weights: Path, folder: Path, real: Batch, version: str = "1.0.0") -> Parity:
    """Export, compare on real windows, and write card and recipe. Raises PackError on a difference."""
    model, recipe, story = load_weights(weights)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        exact, small = Path(name) / "whole.onnx", Path(name) / GRAPH
        graph = whole(model)
        save(graph, exact)
        save(quantise(graph), small)
        parity = compare(model, exact, small, real)
        shutil.move(small, folder / GRAPH)
    card = Card(
        schema=SCHEMA,
        name=NAME,
        family="diffusion",
        version=version,
        title="Diffusion: bars of a whole band, drawn out of noise around what is there",
        licence="CC-BY-4.0",
        voices=VOICES,
        graphs={"denoise": (File(GRAPH, digest(folder / GRAPH), ("cpu",)),)},
        knobs=KNOBS,
        codec=CODEC | ({"guided": story["student"]["guidance"]} if story["student"] else {}),
        model={"layers": recipe.size.layers, "width": recipe.size.width},
        context_beats=16.0,
        span_beats=16.0,
    )
    write_card(folder, card)
    write_recipe(folder, commands(story), recipe, parity, held_out=story)
    return parity


def commands(story: Mapping[str, Any]) -> list[str]:
    """How the pack is made from the data bundle, in order: each go of its training, of which one may have been stopped
    before its budget was spent, and what a student was taught."""
    begin, weights = "--family diffusion --data BUNDLE", Path("build/diffusion.pt")
    taught = []
    if story.get("student"):
        minutes = story["student"]["minutes"]
        taught = [f"antiphon-export train {begin} --preset student --minutes {minutes:g} --out {weights}"]
        weights = student_file(weights)
    return [
        *(
            f"antiphon-export train --family diffusion --data BUNDLE --minutes {minutes:g} --out build/diffusion.pt"
            + ("  # stopped early" if minutes > story["minutes"] + 1.0 else "")
            for minutes in story["goes"]
        ),
        *taught,
        f"antiphon-export export {begin} --weights {weights} --pack models/diffusion",
        f"antiphon-export evaluate {begin} --weights {weights}",
    ]
