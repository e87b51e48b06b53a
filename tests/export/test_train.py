from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.codec import Part
from bridge.engine.lstm import Lstm
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.errors import PackError
from export.evaluate.continuation import answer, prompts
from export.families.lstm import Melodist, Size
from export.pack import load_weights, write_pack
from export.train import Recipe, blocks, epoch, held_out, train, validate
from tests.export.tunes import scales

pytestmark = pytest.mark.train
TINY = Size(hidden=24, embedding=16, voice_head=8, shift_head=16, pitch_head=24, duration_head=12, velocity_head=8)
RECIPE = Recipe(size=TINY, batch=4, length=48, steps=60, warm_up=5, rate=1e-2, dropout=0.0, validate_every=30)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.set_num_threads(1)
    path: Path = tmp_path_factory.mktemp("run") / "lstm.pt"
    train(scales(16), scales(4), RECIPE, path)
    return path


def test_training_learns_the_scales(trained: Path) -> None:
    model, recipe, best = load_weights(trained)
    torch.manual_seed(0)
    untrained = validate(Melodist(TINY), held_out(scales(4)), batch=2)
    assert best["note"] < untrained["note"] / 2
    assert validate(model, held_out(scales(4)), batch=24)["note"] == pytest.approx(best["note"], abs=1e-3)
    assert recipe == RECIPE


def test_a_trained_model_becomes_a_pack_that_plays(trained: Path, tmp_path: Path) -> None:
    parity = write_pack(trained, tmp_path, held_out(scales(20)))
    assert parity.events_differ == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["pack.toml", "recipe.toml", "step.onnx"]
    pack = Pack.load(tmp_path)
    family = Lstm(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))
    prompt = prompts(scales(3), 1)[0]
    phrase = answer(family, prompt, 1)
    assert phrase == answer(family, prompt, 1)
    assert all(prompt.human.start <= tone.tick < prompt.human.start + prompt.human.length for tone in phrase.tones)


def test_a_file_that_is_no_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.pt").write_bytes(b"nothing")
    with pytest.raises(PackError, match="antiphon-export train"):
        load_weights(tmp_path / "x.pt")


def test_an_epoch_depends_on_its_seed_alone() -> None:
    one, same, other = (epoch(scales(5), RECIPE, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert np.array_equal(one.events, same.events)
    assert not np.array_equal(one.events, other.events)
    assert (one.events[:, 0] == Part.START).sum() == 10


def test_folding_a_stream_loses_only_its_end() -> None:
    rows = epoch(scales(5), RECIPE, np.random.default_rng(1))
    events = blocks(rows, 4)[0]
    assert np.array_equal(events.reshape(-1, 5).numpy(), rows.events[: events.shape[0] * events.shape[1]])


def test_validation_is_the_same_every_time() -> None:
    assert np.array_equal(held_out(scales(3)).events, held_out(scales(3)).events)
