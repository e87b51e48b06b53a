"""A factor's decoder reads its own latents alone: what holds by the way the model is built."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.theory_layout import BARS, HALVES
from export.families.theory_vae import TheoryVae
from export.theory.blocks import Latents, Size, by_step
from export.theory.losses import likeliest
from tests.export.theory.phrases import batch

pytestmark = pytest.mark.train
torch.set_num_threads(1)

SIZE = Size(width=16, code=16, patterns=4, pitch=2, rhythm=2, harmony=2, structure=2, reading=1, writing=1)


@pytest.fixture(scope="module")
def model() -> TheoryVae:
    torch.manual_seed(3)
    model = TheoryVae(SIZE)
    model.eval()
    return model


def sounded(model: TheoryVae, latents: Latents, told: torch.Tensor | None = None) -> tuple[torch.Tensor, ...]:
    some = batch(4)
    told = torch.full_like(some.states, -1) if told is None else told
    with torch.no_grad():
        return model.decode(latents, some.bar, torch.zeros(4, HALVES), told)


def middle(model: TheoryVae) -> Latents:
    with torch.no_grad():
        return likeliest(model.encode(batch(4)))


def marked(latents: Latents, place: int) -> Latents:
    marks = latents.marks.clone()
    marks[:, place] += 2.0
    return latents._replace(marks=marks)


def test_harmony_changes_neither_rhythm_nor_melody(model: TheoryVae) -> None:
    plain = middle(model)
    other = marked(plain._replace(harmony=plain.harmony + 1, chord=plain.chord.flip(-1)), 5)
    before, after = sounded(model, plain), sounded(model, other)
    assert torch.equal(before[0], after[0])
    assert torch.equal(before[1], after[1])
    assert not torch.equal(before[2], after[2])


def test_pitch_changes_neither_rhythm_nor_harmony(model: TheoryVae) -> None:
    plain = middle(model)
    other = marked(plain._replace(pitch=plain.pitch + 1, degree=plain.degree.flip(-1)), 0)
    before, after = sounded(model, plain), sounded(model, other)
    assert [torch.equal(a, b) for a, b in zip(before, after, strict=True)] == [True, False, True, True]


def test_rhythm_changes_no_pitch_while_the_notes_begin_where_they_did(model: TheoryVae) -> None:
    plain, told = middle(model), batch(4).states
    other = marked(plain._replace(rhythm=plain.rhythm + 1, pattern=plain.pattern.flip(-1)), 2)
    before, after = sounded(model, plain, told), sounded(model, other, told)
    assert [torch.equal(a, b) for a, b in zip(before, after, strict=True)] == [False, True, True, True]


def test_more_repetition_opens_every_gate(model: TheoryVae) -> None:
    structure = torch.zeros(1, SIZE.structure)
    more = structure + torch.eye(SIZE.structure)[:1] * 4
    raw = model.gate(structure)[:, :9].detach()
    model.gate[-1].weight.data.zero_()
    assert (model.form_of(more)[0] > model.form_of(structure)[0]).all()
    assert raw.shape == (1, 9)


def test_a_bar_whose_gate_is_open_is_the_bar_it_looks_at(model: TheoryVae) -> None:
    plain = middle(model)
    open_ = plain._replace(structure=torch.full_like(plain.structure, 40.0))
    shaped = model.shape(open_, torch.zeros(4, HALVES))
    assert torch.allclose(shaped.rhythm[:, 1], shaped.rhythm[:, 0], atol=1e-3)
    assert shaped.degree.shape == plain.degree.shape


def test_a_chord_that_is_told_is_not_repeated_away(model: TheoryVae) -> None:
    plain = middle(model)
    open_ = plain._replace(structure=torch.full_like(plain.structure, 40.0))
    assert torch.equal(model.shape(open_, torch.ones(4, HALVES)).chord, plain.chord)


def test_half_bars_lie_over_their_own_steps() -> None:
    halves = torch.arange(HALVES).float().reshape(1, HALVES, 1)
    laid = by_step(halves, torch.tensor([12]))[0, :, 0].reshape(BARS, -1)
    assert laid[1].tolist() == [2.0] * 6 + [3.0] * 10
