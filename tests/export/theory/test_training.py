from pathlib import Path

import msgspec
import numpy as np
import pytest

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.errors import PackError
from export.families.theory_vae import TheoryVae
from export.theory.attributes import alike
from export.theory.blocks import Size
from export.theory.form import exponents
from export.theory.losses import drawn, likeliest, likely, onsets
from export.theory.pack import load_weights
from export.theory.phrases import Batch, Shelf
from export.theory.training import Recipe, Run, hide, losses, scale
from tests.export.theory.phrases import batch, page

pytestmark = pytest.mark.train
torch.set_num_threads(1)

TINY = Recipe(
    size=Size(width=16, code=16, patterns=4, pitch=2, rhythm=2, harmony=2, structure=2, reading=1, writing=1),
    rows=4,
    minutes=0.01,
)


def shelf() -> Shelf:
    pages = [page(number) for number in range(6)]
    columns = [np.array(column, np.uint8) for column in list(zip(*pages, strict=True))[:8]]
    columns[2] = np.packbits(columns[2], axis=-1)
    states, lead, chords, bass, symbols, known, bar, mode = columns
    return Shelf(states, lead, chords, bass, symbols, known.astype(np.bool_), bar, mode, np.full(6, 1 / 6))


def test_what_is_shelved_comes_back_as_it_was() -> None:
    found, expected = shelf().batch(np.arange(6)), batch(6)
    for name in Batch.__struct_fields__:
        assert torch.equal(getattr(found, name), getattr(expected, name))


def test_every_term_is_a_number_and_moves_the_weights() -> None:
    torch.manual_seed(1)
    model = TheoryVae(TINY.size)
    found = losses(model, batch(6), TINY)
    assert all(torch.isfinite(value) for value in found.values())
    found["total"].backward()
    still = [name for name, weight in model.named_parameters() if weight.grad is None]
    assert not still


def test_a_few_steps_bring_a_phrase_nearer() -> None:
    torch.manual_seed(1)
    model = TheoryVae(TINY.size)
    scale(model, shelf(), 1)
    optimiser = torch.optim.Adam(model.parameters(), 0.01)
    totals = []
    for _ in range(20):
        loss = losses(model, batch(6), TINY, 0.0)["total"]
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        totals.append(float(loss.detach()))
    assert totals[-1] < 0.8 * totals[0]


def test_a_run_is_taken_up_where_it_was_left(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    Run(TINY, path).go(shelf())
    longer = Run(msgspec.structs.replace(TINY, minutes=0.02), path)
    before = longer.step
    assert before > 0
    assert longer.minutes >= TINY.minutes
    longer.go(shelf())
    model, recipe, story = load_weights(path)
    assert story["step"] > before
    assert recipe.size == TINY.size
    assert float(model.unit.min()) > 0


def test_a_run_of_another_design_is_not_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    Run(TINY, path).go(shelf())
    saved = torch.load(path, weights_only=True)
    saved["design"] -= 1
    torch.save(saved, path)
    with pytest.raises(PackError, match="another design"):
        Run(TINY, path)


def test_a_file_that_is_no_run_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.pt"
    torch.save({"weights": {}}, path)
    with pytest.raises(PackError, match="no trained music-theory VAE"):
        load_weights(path)


def test_at_least_one_voice_is_always_shown() -> None:
    torch.manual_seed(1)
    for _ in range(30):
        assert (hide(batch(6)).known.sum(-1) > 0).all()


def test_a_draw_has_one_category_and_the_middle_is_the_same_every_time() -> None:
    torch.manual_seed(1)
    posterior = TheoryVae(TINY.size).encode(batch(3))
    assert torch.allclose(drawn(posterior).degree.sum(-1), torch.ones(3, 64))
    assert torch.equal(likeliest(posterior).degree, likeliest(posterior).degree)


def test_bars_are_most_like_those_that_they_repeat() -> None:
    some = batch(3)
    found = alike(onsets(some), some.lead, some.chords, some.bass, some.bar)
    assert found.shape == (3, 3, 3, 4)
    assert (found[:, 0, :, 1:] == 0).all()
    assert torch.isfinite(likely(some)).all()


def test_what_is_known_of_form_tells_what_repeats() -> None:
    torch.manual_seed(1)
    model = TheoryVae(TINY.size)
    assert ((exponents(model, batch(6)) >= 0.5) & (exponents(model, batch(6)) <= 8)).all()
