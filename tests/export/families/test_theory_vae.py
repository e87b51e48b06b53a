"""A factor's decoder reads its own latents alone: what holds by the way the model is built."""

import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch

from bridge.engine.theory_layout import BARS, HALVES
from export.families.theory_vae import TheoryVae
from export.theory.blocks import Latents, Size, by_step
from export.theory.losses import likeliest
from export.theory.written import levelled
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
        return model.decode(latents, some.bar, told)


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


def test_more_repetition_opens_every_gate_and_turns_no_look(model: TheoryVae) -> None:
    structure = torch.zeros(1, SIZE.structure)
    more = structure + torch.eye(SIZE.structure)[:1] * 4
    (gates, looks), (opened, turned) = model.form_of(structure), model.form_of(more)
    assert (opened > gates).all()
    assert torch.equal(looks, turned)


def test_a_bar_looks_at_none_but_those_before_it(model: TheoryVae) -> None:
    looks = torch.softmax(model.form_of(torch.randn(5, SIZE.structure))[1], -1)
    assert torch.allclose(looks, torch.tril(looks))
    assert torch.allclose(looks.sum(-1), torch.ones(5, 3))


def test_structure_says_nothing_to_a_decoder(model: TheoryVae) -> None:
    plain = middle(model)
    other = plain._replace(structure=plain.structure + 3)
    assert all(torch.equal(a, b) for a, b in zip(sounded(model, plain), sounded(model, other), strict=True))


def test_a_line_is_as_high_and_as_wide_as_its_marks_say_where_it_has_notes(model: TheoryVae) -> None:
    line, onsets = torch.randn(3, 64) * 4, (torch.rand(3, 64) < 0.3).float()
    found = levelled(line, onsets)
    mean = (found * onsets).sum(-1) / onsets.sum(-1)
    assert mean.abs().max() < 1e-4
    assert ((found * onsets).square().sum(-1) / onsets.sum(-1)).sqrt().allclose(torch.ones(3), atol=0.01)


def test_half_bars_lie_over_their_own_steps() -> None:
    halves = torch.arange(HALVES).float().reshape(1, HALVES, 1)
    laid = by_step(halves, torch.tensor([12]))[0, :, 0].reshape(BARS, -1)
    assert laid[1].tolist() == [2.0] * 6 + [3.0] * 10
