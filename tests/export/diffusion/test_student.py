from pathlib import Path

import msgspec
import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.diffusion_aim import TEMPERED
from bridge.engine.diffusion_condition import HERE
from bridge.engine.diffusion_condition import untold as untold_rows
from bridge.engine.diffusion_roll import LOGITS
from bridge.engine.pack import Pack
from bridge.engine.window import STEPS
from export.diffusion.batches import Batch, batch
from export.diffusion.dataset import shelve
from export.diffusion.losses import expected, losses, soft_losses
from export.diffusion.pack import commands, student_file, write_pack
from export.diffusion.student import Lesson, guided, judge, teach, untold
from export.diffusion.training import Recipe, Run, held_out
from export.families.diffusion import Denoiser, Size
from tests.bridge.engine.rolls import certain
from tests.export.ensemble.bands import band

TINY = Size(layers=1, width=64, heads=4, inner=96)
LESSON = Lesson(rows=8, minutes=0.05, warm_up=2)


def windows(count: int = 8) -> Batch:
    return batch(shelve([band(0), band(3)]), np.arange(count), np.random.default_rng(0))


def test_who_expects_what_came_about_loses_as_much_as_by_the_music_itself() -> None:
    known = windows()
    sure = torch.from_numpy(np.stack([certain(table) for table in known.table.numpy().astype(np.int16)]))
    other = torch.randn(len(sure), STEPS, LOGITS)
    soft, hard = soft_losses(other, expected(sure), known), losses(other, known)
    assert torch.allclose(soft, hard, rtol=0.02, atol=0.05)
    assert not soft[~known.made[:, HERE]].any()


def test_nobody_foretells_a_model_better_than_itself() -> None:
    known, logits = windows(), 2 * torch.randn(8, STEPS, LOGITS)
    own = soft_losses(logits, expected(logits), known).sum()
    for seed in range(3):
        other = logits + 0.3 * torch.randn(logits.shape, generator=torch.Generator().manual_seed(seed))
        assert own < soft_losses(other, expected(logits), known).sum()


def test_guidance_makes_of_two_answers_what_the_sampler_makes_of_them() -> None:
    teacher, rows = Denoiser(TINY).eval(), windows()
    level, noise = torch.full((len(rows.clean),), 0.7), torch.randn(rows.clean.shape)
    plain, told, more = (guided(teacher, rows, level, noise, None, weight) for weight in (0.0, 1.0, 1.5))
    choices = torch.from_numpy(TEMPERED)
    assert torch.allclose(more[..., choices], (plain + 1.5 * (told - plain))[..., choices], atol=1e-4)
    assert torch.equal(more[..., ~choices], told[..., ~choices])
    assert judge(teacher, teacher, rows, 1.0) < 0.01


def test_what_is_left_untold_is_what_the_engine_leaves_untold() -> None:
    rows = windows()
    steps, whole = untold_rows(rows.steps.numpy(), rows.whole.numpy())
    found = untold(rows)
    assert np.array_equal(found.steps.numpy(), steps)
    assert np.array_equal(found.whole.numpy(), whole)


def test_a_student_learns_guidance_by_heart_and_becomes_a_pack(tmp_path: Path) -> None:
    torch.set_num_threads(1)
    train, valid = shelve([band(n) for n in range(4)]), shelve([band(5)])
    run, place = tmp_path / "run.pt", student_file(tmp_path / "run.pt")
    Run(Recipe(size=TINY, rows=8, minutes=0.04, warm_up=2, validate_every=1.0), run).go(train, valid)
    teach(run, train, valid, LESSON, place)
    story = torch.load(place, weights_only=True)["student"]
    assert story["after"] < story["before"]
    assert story["step"] > 0
    write_pack(place, tmp_path / "pack", held_out(valid, 8))
    codec = Pack.load(tmp_path / "pack").card.codec
    assert codec["guided"] == LESSON.guidance


def test_the_commands_of_a_student_name_its_teacher() -> None:
    story = {"goes": [20.0], "minutes": 20.0, "student": msgspec.to_builtins(LESSON)}
    made = commands(story)
    assert len(made) == 4
    assert "--preset student --minutes 0.05 --out build/diffusion.pt" in made[1]
    assert all("build/diffusion-student.pt" in line for line in made[2:])
    assert not any("student" in line for line in commands({**story, "student": {}}))
