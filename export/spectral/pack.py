"""Writing the texture's pack: graphs, sounds, card and recipe, and the parity check before anything is kept."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch

from bridge.engine.pack import SCHEMA, Card, File, digest
from bridge.sound.bands import HOP
from bridge.sound.spectral import FAMILY, LAYOUT, Spectral
from bridge.sound.told import BRIGHTNESS
from export.families.spectral import CHARACTER, Texturist
from export.pack_files import reading, write_card, write_recipe
from export.spectral.clip import Clip
from export.spectral.following import rendered, scene
from export.spectral.parity import Parity, compare
from export.spectral.to_onnx import write
from export.spectral.training import Recipe

NAME = "spectral-texture"
TONES = ("pad", "strings", "breath", "organ", "reed", "bells", "electric piano", "plucked bass")
SOUNDS = ("drum_cymbal_soft", "tabla_na_o", "perc_swash", "bass_voxy_hit_c", "drum_tom_mid_soft", "bd_boom")
"""What the pack's sounds are taken from: instruments, and one-shots."""
LOUDNESS = 0.09
"""Root of the mean square that the pack's first sound is brought to at level 1 (-21 dB of full scale)."""
DRAWS = 24
"""Excerpts that an instrument's character is the mean of."""

COMMANDS = [
    "antiphon-export train --family spectral --data BUNDLE --out build/spectral.pt",
    "antiphon-export export --family spectral --data BUNDLE --weights build/spectral.pt --pack models/spectral-texture",
    "antiphon-export evaluate --family spectral --data BUNDLE --weights build/spectral.pt",
]
"""How the pack is made from the data bundle, in order."""


def load_weights(path: Path) -> tuple[Texturist, Recipe, dict[str, Any]]:
    """Model, recipe and story of a training run's file. Raises PackError where it is not one."""
    with reading(path, "texture", "spectral") as saved:
        recipe = msgspec.convert(saved["recipe"], Recipe)
        model = Texturist(recipe.size)
        model.load_state_dict(saved["weights"])
    return model.eval(), recipe, {"steps": saved["step"], "minutes": saved["minutes"]}


def write_pack(weights: Path, folder: Path, train: list[Clip], held: list[Clip], version: str = "1.0.0") -> Parity:
    """Export, compare on held-out sounds, and write card and recipe. Raises PackError on a difference."""
    model, recipe, story = load_weights(weights)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as name:
        draft = Path(name)
        write(model, draft)
        parity = compare(model, draft, held[::4])
        for graph in ("step", "read"):
            shutil.move(draft / f"{graph}.onnx", folder / f"{graph}.onnx")
    found = characters(model, train)
    card = Card(
        schema=SCHEMA,
        name=NAME,
        family=FAMILY,
        version=version,
        title="Texture: sound that follows the chord, density and brightness of the jam",
        licence="CC-BY-4.0",
        voices=(),
        graphs={graph: (File(f"{graph}.onnx", digest(folder / f"{graph}.onnx")),) for graph in ("step", "read")},
        codec={
            **LAYOUT,
            "hop": HOP,
            "brightness": [round(edge, 3) for edge in _brightness(train)],
            "gain": 1.0,
            "sounds": list(found),
            "characters": [_rounded(numbers) for numbers in found.values()],
        },
        model={"hidden": recipe.size.hidden, "character": CHARACTER},
        context_beats=16.0,
        span_beats=1.0,
    )
    write_card(folder, card)
    wave = rendered_loudness(folder)
    card.codec["gain"] = round(LOUDNESS / max(wave, 1e-4), 3)
    write_card(folder, card)
    write_recipe(folder, COMMANDS, recipe, parity, story=story)
    return parity


def characters(model: Texturist, clips: list[Clip]) -> dict[str, np.ndarray[Any, np.dtype[np.float32]]]:
    """The sounds of the pack by name, each the mean of what the model reads out of excerpts of it."""
    random = np.random.default_rng(9)
    found = {}
    for name in (*TONES, *SOUNDS):
        here = [
            clip for clip in clips if clip.name == name or (clip.kind == "chords" and clip.name.endswith(f": {name}"))
        ]
        if not here:
            continue
        excerpts = np.stack([here[number % len(here)].excerpt(random) for number in range(DRAWS)])
        with torch.no_grad():
            found[name.replace("_", " ")] = model.read(torch.from_numpy(excerpts)).mean(0).numpy()
    return found


def rendered_loudness(folder: Path) -> float:
    """Root of the mean square of the pack's first sound over two chords."""
    from bridge.music.chart import read_chart
    from bridge.sound.texture import Texture

    wave = rendered(Texture(Spectral.open(folder), 32_000), read_chart("C | Am"), scene(density=1.5), 4)
    return float(np.sqrt((wave**2).mean()))


def _brightness(clips: list[Clip]) -> tuple[float, float]:
    told = np.concatenate([clip.told[:, BRIGHTNESS] for clip in clips if clip.kind != "sound"]).astype(np.float32)
    low, high = np.quantile(told[told > 0], (0.08, 0.92))
    return float(low), float(high)


def _rounded(numbers: np.ndarray[Any, np.dtype[np.float32]]) -> list[float]:
    return [round(float(number), 4) for number in numbers]
