import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.codec import Part
from bridge.engine.session import open_session
from bridge.errors import DataError, PackError
from export import workshop
from export.ensemble.baseline import Counts, Known
from export.ensemble.batches import Deck, fold, row
from export.ensemble.chances import PLAIN
from export.ensemble.layout import lay_out
from export.ensemble.losses import foretell, judge, losses, weigh
from export.ensemble.muon import orthogonal
from export.ensemble.pack import load_weights, write_pack
from export.ensemble.parity import read
from export.ensemble.training import Recipe, Run, held_out, pace
from export.families.transformer import Accompanist, Sheet, Size, at_once, blockwise
from tests.export.ensemble.bands import band

pytestmark = pytest.mark.train
TINY = Size(layers=1, width=96, heads=2, inner=128, voice_head=16, shift_head=32, pitch_head=48, duration_head=16,
            velocity_head=16)  # fmt: skip
RECIPE = Recipe(size=TINY, rows=2, length=128, minutes=0.06, warm_up=5, validate_every=0.05)
PIECES = [band(number) for number in range(4)]


def sheet(rows: int = 2, length: int = 160) -> Sheet:
    random = np.random.default_rng(1)
    return fold([row(Deck(PIECES), length, random) for _ in range(rows)])


def test_rows_are_full_and_streams_follow_one_another() -> None:
    folded = sheet(3, 700)
    assert folded.events.shape == (3, 700, 5)
    starts = folded.events[..., 0] == Part.START
    assert starts[:, 0].all()
    assert int(starts.sum()) == int(folded.stream.amax(1).sum()) + 3


def test_a_stream_knows_nothing_of_the_one_before_it() -> None:
    model = Accompanist(TINY).eval()
    random = np.random.default_rng(2)
    first, second, other = (lay_out(PIECES[n], 90, random) for n in (0, 1, 2))
    with torch.no_grad():
        one = model.think(fold([[first, second]]))[0, len(first.events) :]
        two = model.think(fold([[other, second]]))[0, len(other.events) :]
    torch.testing.assert_close(one, two, atol=1e-4, rtol=1e-4)


def test_nothing_is_known_of_the_future() -> None:
    model = Accompanist(TINY).eval()
    whole = sheet(1)
    changed = Sheet(*(getattr(whole, name).clone() for name in whole.__struct_fields__))
    changed.columns[:, 100:] = 0
    with torch.no_grad():
        torch.testing.assert_close(model.think(whole)[:, :100], model.think(changed)[:, :100])


def test_both_ways_of_attending_agree() -> None:
    torch.manual_seed(1)
    queries, keys, values = torch.randn(2, 3, 200, 64), torch.randn(2, 200, 64), torch.randn(2, 200, 64)
    mask = torch.zeros(2, 1, 200, 200).masked_fill(~torch.ones(200, 200, dtype=torch.bool).tril(), -1e4)
    torch.testing.assert_close(blockwise(queries, keys, values, mask), at_once(queries, keys, values, mask))


def test_a_release_teaches_less_than_a_note_of_the_band() -> None:
    then = fold([[lay_out(PIECES[0], 100, np.random.default_rng(0), PLAIN)]])
    flat = Sheet(*(getattr(then, name)[0] for name in then.__struct_fields__))
    release = flat.events[:, 0] == Part.RELEASE
    parts = [torch.zeros(100) for _ in range(5)]
    parts[1][release] = 1.0
    band_parts = [torch.zeros(100) for _ in range(5)]
    band_parts[1][flat.events[:, 0] == Part.BASS] = 1.0
    per_release = weigh(parts, flat) / release.sum()
    assert per_release < weigh(band_parts, flat) / (flat.events[:, 0] == Part.BASS).sum()


def test_an_orthogonalised_step_moves_all_directions_alike() -> None:
    torch.manual_seed(0)
    values = torch.linalg.svdvals(orthogonal(torch.randn(40, 60)).float())
    assert values.min() > 0.5
    assert values.max() < 1.4


def test_the_pace_rises_stays_and_falls_to_nothing() -> None:
    recipe = Recipe(minutes=10, warm_up=10, fall=0.4)
    assert pace(recipe, 0, 0) == pytest.approx(0.1)
    assert pace(recipe, 50, 5) == 1.0
    assert pace(recipe, 50, 8) == pytest.approx(0.5)
    assert pace(recipe, 50, 10) == 0.0


def test_counting_learns_what_comes_after_what() -> None:
    streams = [lay_out(piece, 200, np.random.default_rng(0), PLAIN) for piece in PIECES]
    known = [Known(lines.events, lines.places, lines.own, lines.references) for lines in streams]
    counts = Counts()
    before = counts.judge(known)["note"]
    counts.learn(known)
    assert counts.judge(known)["note"] < before / 2


def test_held_out_streams_are_the_same_every_time() -> None:
    first, second = held_out(PIECES, 100, PLAIN), held_out(PIECES, 100, PLAIN)
    assert all(torch.equal(a.events, b.events) for a, b in zip(first, second, strict=True))


@pytest.mark.timeout(600)
def test_a_run_learns_can_be_taken_up_again_and_becomes_a_pack(tmp_path: Path) -> None:
    file = tmp_path / "run.pt"
    torch.set_num_threads(1)
    untrained = judge(Accompanist(TINY), held_out(PIECES, 128, PLAIN))["note"]
    Run(RECIPE, file).go(PIECES, PIECES)
    again = Run(RECIPE, file)
    assert again.step > 0
    assert again.minutes >= RECIPE.minutes
    model, recipe, story = load_weights(file)
    assert recipe.size == TINY
    assert story["note"] < untrained
    real = fold([[lay_out(PIECES[0], 128, np.random.default_rng(0), PLAIN)]])
    folder = tmp_path / "ensemble"
    parity = write_pack(file, folder, real)
    assert parity.score < 1e-3
    assert parity.step < 1e-3
    assert sorted(path.name for path in folder.iterdir()) == [
        "pack.toml", "recipe.toml", "score.onnx", "step.onnx", "weights.bin",
    ]  # fmt: skip
    with torch.no_grad():
        logits, then, _ = foretell(model, real)
    expected = sum(float(nll.mean()) for nll in losses(logits, then.events))
    found, _ = read(open_session(folder / "score.onnx", "cpu"), TINY, real)
    assert math.isclose(-float(found.sum(1).mean()), expected, rel_tol=0.05)


def test_a_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "other.pt"
    torch.save({"weights": {}}, file)
    with pytest.raises(PackError, match="no trained accompanist"):
        load_weights(file)


def test_a_family_that_cannot_be_trained_is_refused_by_name() -> None:
    with pytest.raises(DataError, match="lstm or transformer"):
        workshop.find("organ")


def test_a_device_or_preset_that_is_not_there_is_refused(tmp_path: Path) -> None:
    bench = workshop.find("transformer").open()
    with pytest.raises(DataError, match="preset"):
        bench.train(workshop.Job(weights=tmp_path / "a.pt", pack=tmp_path, preset="huge"))
    if not torch.cuda.is_available():
        with pytest.raises(DataError, match="CUDA"):
            bench.train(workshop.Job(weights=tmp_path / "a.pt", pack=tmp_path, device="cuda"))
