from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.pack import Pack
from export.diffusion.dataset import shelve
from export.diffusion.pack import commands, write_pack
from export.diffusion.training import Recipe, Run, goes, held_out, judge, levels, pace
from export.families.diffusion import Denoiser, Size
from tests.export.ensemble.bands import band

TINY = Size(layers=1, width=64, heads=4, inner=96)


def recipe(minutes: float = 0.02) -> Recipe:
    return Recipe(size=TINY, rows=8, minutes=minutes, warm_up=2, validate_every=1.0)


def test_a_run_learns_and_goes_on_from_its_file_and_becomes_a_pack(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    train, valid = shelve([band(n) for n in range(4)]), shelve([band(5)])
    untaught = judge(Denoiser(TINY), held_out(valid, 16))["cell"]
    Run(recipe(), tmp_path / "run.pt").go(train, valid)
    again = Run(recipe(0.04), tmp_path / "run.pt")
    steps = again.step
    assert steps > 0
    found = again.go(train, valid)
    assert again.step > steps
    assert found["cell"] < untaught
    parity = write_pack(tmp_path / "run.pt", tmp_path / "pack", held_out(valid, 8))
    assert parity.whole < 1e-3
    card = Pack.load(tmp_path / "pack").card
    assert card.family == "diffusion"
    assert {knob.name for knob in card.knobs} >= {"steps", "guidance", "distance", "temperature"}


def test_the_rate_rises_stays_and_falls_to_nothing() -> None:
    known = Recipe(minutes=10.0)
    assert pace(known, 0, 0.0) < 0.05
    assert pace(known, 500, 4.0) == 1.0
    assert pace(known, 900, 10.0) == 0.0


def test_noise_levels_lean_to_the_noisy_end_and_reach_it() -> None:
    found = levels(np.random.default_rng(0), 4096)
    assert found.min() > 0
    assert found.max() == 1.0
    assert np.mean(found > 0.5) > 0.55


def test_a_run_remembers_the_budgets_of_its_goes_and_its_commands_name_them() -> None:
    assert goes({"recipe": {"minutes": 5.5}}) == [5.5]
    assert goes({"recipe": {"minutes": 12.0}, "goes": [5.5, 20.0, 12.0]}) == [5.5, 20.0, 12.0]
    made = commands({"goes": [5.5, 20.0, 12.0], "minutes": 12.01})
    assert ["--minutes 5.5" in made[0], "--minutes 20" in made[1], "--minutes 12" in made[2]] == [True] * 3
    assert ["stopped early" in line for line in made] == [False, True, False, False, False]
