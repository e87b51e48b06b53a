from pathlib import Path

import msgspec
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.gan import Gan
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.errors import PackError
from export import workshop
from export.families.gan import Drummer, Judge, Size, struck
from export.gan import judging
from export.gan.batches import draw, whole
from export.gan.card import player_table, telling_table
from export.gan.losses import Weights, judge_loss, made, noise, playing, rebuilding, score, spoilt
from export.gan.pack import load_weights, write_pack
from export.gan.parity import compare
from export.gan.to_onnx import write
from export.gan.training import Phase, Recipe, Run, pace, phase
from tests.export.gan.grooves import windows

pytestmark = pytest.mark.train
TINY = Size(width=16, inner=24, across=8, blocks=1, judge_width=12, judge_inner=16, judge_blocks=1)
RECIPE = Recipe(size=TINY, batch=8, minutes=0.02, warm_up=4, join=3, watch_every=0.01)


def test_a_stroke_is_whole_and_its_slope_is_that_of_its_chance() -> None:
    logits = torch.tensor([-2.0, 3.0], requires_grad=True)
    strokes = struck(logits)
    assert strokes.tolist() == pytest.approx([0.0, 1.0], abs=1e-6)
    strokes.sum().backward()
    assert (logits.grad > 0).all()


def test_both_sides_learn_from_the_game() -> None:
    drummer, judge, reader = Drummer(TINY), Judge(TINY), Judge(TINY, 48)
    batch = draw(windows(), 8, np.random.default_rng(1))
    fake = made(drummer, batch, *noise(8))
    (playing(judge, batch, fake) + rebuilding(reader, drummer, batch, Weights())[0]).backward()
    assert all(weight.grad is not None for weight in drummer.parameters())
    judge_loss(judge, batch, fake.detach(), Weights(), penalise=True).backward()
    assert all(weight.grad is not None for weight in judge.parameters())


def test_what_is_spoilt_is_human_but_does_not_fit() -> None:
    batch = whole(windows())
    kits, told = spoilt(batch)
    third = len(batch) // 3
    assert torch.equal(kits[:third], batch.kit[:third])
    assert torch.equal(told.tap[third:], batch.tap[third:])
    assert kits[third : 2 * third].sum() == pytest.approx(float(batch.kit[third : 2 * third].sum()), rel=1e-4)
    assert 0.0 < float((kits[2 * third :] != batch.kit[2 * third :]).float().mean()) < 0.2


def test_drummer_and_judge_take_turns_within_the_budget() -> None:
    alone, game, tune = (phase(Recipe(minutes=10.0), minutes) for minutes in (0.5, 5.0, 9.5))
    assert (alone, game, tune) == (Phase.ALONE, Phase.GAME, Phase.TUNE)


def test_the_pace_rises_and_falls() -> None:
    assert pace(RECIPE, 0, 0.0) < pace(RECIPE, 10, 0.0) == 1.0
    assert pace(RECIPE, 10, 0.016) < 0.3


def test_a_run_goes_on_where_it_was_left_and_becomes_a_pack(tmp_path: Path) -> None:
    path = tmp_path / "gan.pt"
    deck = windows(2)
    first = Run(RECIPE, path)
    figures = first.go(deck, deck)
    assert {"nats", "followed"} <= figures.keys()
    again = Run(msgspec.structs.replace(RECIPE, minutes=first.minutes + 0.02), path)
    assert again.step == first.step > 0
    again.go(deck, deck)
    assert again.step > first.step
    parity = write_pack(path, tmp_path / "groove-gan", deck)
    assert parity.windows > 0
    pack = Pack.load(tmp_path / "groove-gan")
    Gan(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu")).warm_up()
    trained = load_weights(path)
    players = judging.judge_players(trained.drummer, deck, deck)
    assert "GAN" in player_table(players)
    assert "AUC" in telling_table(judging.telling(trained.judge, trained.drummer, deck, deck))
    assert judging.toms(trained.drummer, deck).keys() == {"beat", "fill"}
    assert len(judging.by_piece(trained.drummer, deck)) == 9
    assert "GAN, any two" in judging.diversity(trained.drummer, deck, deck)


def test_a_graph_that_differs_from_its_model_is_no_pack(tmp_path: Path) -> None:
    batch = whole(windows(1))
    write(Drummer(TINY), Judge(TINY), tmp_path)
    with pytest.raises(PackError, match="not the model"):
        compare(Drummer(TINY), Judge(TINY), tmp_path, batch)


def test_a_file_that_is_no_run_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "odd.pt"
    file.write_bytes(b"odd")
    with pytest.raises(PackError, match=r"odd\.pt holds no trained groove model"):
        load_weights(file)


def test_the_family_can_be_trained_by_name() -> None:
    assert workshop.find("gan").pack == Path("models/groove-gan")


def test_scores_are_one_number_a_window() -> None:
    batch = whole(windows(1))
    assert score(Judge(TINY), batch.kit, batch).shape == (len(batch),)
