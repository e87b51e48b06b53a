"""Writing the groove pack: graphs, card and recipe, and the parity check before anything is kept."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import torch

from bridge.engine.gan_rows import GENRES, NOISE
from bridge.engine.kit import KIT
from bridge.engine.pack import SCHEMA, Card, File, Knob, digest
from bridge.music.note import Voice
from export.families.gan import Drummer, Judge
from export.gan.batches import Batch, whole
from export.gan.deck import Deck
from export.gan.judging import RADIUS
from export.gan.losses import score, spoilt
from export.gan.parity import Parity, compare
from export.gan.to_onnx import write
from export.gan.training import Recipe
from export.pack_files import reading, write_card, write_recipe

NAME = "groove-gan"
GRAPHS = ("generate", "critic")
COMPARED = 128
"""Held-out windows that graphs and torch are compared on."""

KNOBS = (
    Knob("temperature", 0.0, 2.0, 1.0, "", "how daring the drummer is: the radius of the noise; 0 is the plainest kit"),
    Knob("density", 0.0, 4.0, 0.0, "onsets a beat", "how much the kit plays; 0 leaves it to the model"),
    Knob("genre", 0.0, float(len(GENRES)), 0.0, "place in the list",
         "0 none, " + ", ".join(f"{n + 1} {genre}" for n, genre in enumerate(GENRES))),
    Knob("closeness", 0.0, 1.0, 1.0, "", "how closely the kit keeps to what is tapped; 0 only plays along"),
    Knob("feel", 0.0, 2.0, 1.0, "", "how far drums lie off the grid: 0 exact, 1 as drummers play, 2 twice as far"),
    Knob("dynamics", 0.0, 2.0, 1.0, "", "how far loud and soft lie apart: 0 all alike, 1 as drummers play"),
    Knob("loudness", 0.3, 1.5, 1.0, "", "how hard everything is hit"),
    Knob("variation", 0.0, 1.0, 0.3, "", "how much the groove changes from window to window; 0 stays as it is"),
    Knob("hold", 0.0, 64.0, 8.0, "bars", "for how long the kit keeps a rhythm that is tapped no more"),
)  # fmt: skip
"""The pack's knobs."""


class Trained(msgspec.Struct, frozen=True):
    """What a training run's file holds."""

    drummer: Drummer
    judge: Judge
    recipe: Recipe
    story: dict[str, Any]


def load_weights(path: Path) -> Trained:
    """The drummer that is kept, the judge and the recipe of a run. Raises PackError where the file is not one."""
    with reading(path, "groove model", "gan") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        drummer, judge = Drummer(recipe.size), Judge(recipe.size)
        drummer.load_state_dict(saved["kept"])
        judge.load_state_dict(saved["judge"])
        story = {name: saved[name] for name in ("step", "minutes", "factor")} | saved["figures"]
    return Trained(drummer.eval(), judge.eval(), recipe, story)


def write_pack(weights: Path, folder: Path, held_out: Deck, version: str = "1.0.0") -> Parity:
    """Export, compare on held-out windows, and write card and recipe. Raises PackError on a difference."""
    trained = load_weights(weights)
    every = whole(held_out)
    random = torch.Generator().manual_seed(3)
    some = every.rows(torch.randperm(len(every), generator=random)[:COMPARED])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        draft = Path(name)
        write(trained.drummer, trained.judge, draft)
        parity = compare(trained.drummer, trained.judge, draft, some)
        for graph in GRAPHS:
            shutil.move(draft / f"{graph}.onnx", folder / f"{graph}.onnx")
    middle, unit = scale(trained.judge, every)
    card = Card(
        schema=SCHEMA,
        name=NAME,
        family="gan",
        version=version,
        title="Groove GAN: a drummer who plays a kit to the rhythm that you tap",
        licence="CC-BY-4.0",
        voices=(Voice.DRUMS,),
        graphs={graph: (File(f"{graph}.onnx", digest(folder / f"{graph}.onnx")),) for graph in GRAPHS},
        knobs=KNOBS,
        codec={"kit": list(KIT), "genres": list(GENRES), "radius": RADIUS, "score_middle": middle, "score_unit": unit},
        model={"noise": NOISE, "width": trained.recipe.size.width, "blocks": trained.recipe.size.blocks},
        context_beats=16.0,
        span_beats=8.0,
    )
    write_card(folder, card)
    write_recipe(folder, COMMANDS, trained.recipe, parity, held_out=trained.story, threads=1)
    return parity


def scale(judge: Judge, every: Batch) -> tuple[float, float]:
    """The critic's score half-way between held-out human windows and spoilt ones, and the half of their distance."""
    with torch.no_grad():
        human = float(score(judge, every.kit, every).median())
        torch.manual_seed(5)
        wrong = float(score(judge, *spoilt(every)).median())
    return round((human + wrong) / 2, 4), round(max((human - wrong) / 2, 1.0e-3), 4)


COMMANDS = [
    "antiphon-export train --family gan --data BUNDLE --out build/groove-gan.pt",
    "antiphon-export export --family gan --data BUNDLE --weights build/groove-gan.pt --pack models/groove-gan",
    "antiphon-export evaluate --family gan --data BUNDLE --weights build/groove-gan.pt --pack models/groove-gan",
]
"""How the pack is made from the data bundle, in order."""
