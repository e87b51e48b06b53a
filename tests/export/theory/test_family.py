import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import torch
from torch import Tensor

from bridge.engine.theory_layout import CHORDS, LEAD, LEAD_SIZE, ONSET
from export.families.theory_vae import TheoryVae
from export.theory.attributes import attributes, hard
from export.theory.blocks import Size
from export.theory.losses import likeliest
from export.theory.phrases import Batch
from export.theory.training import scale
from export.theory.written import decided, sounding
from tests.export.theory.phrases import batch
from tests.export.theory.test_training import TINY, shelf

pytestmark = pytest.mark.train
torch.set_num_threads(1)


def model() -> TheoryVae:
    torch.manual_seed(4)
    found = TheoryVae(TINY.size)
    scale(found, shelf(), 1)
    return found


def measured(net: TheoryVae, found: tuple[Tensor, ...], some: Batch) -> Tensor:
    onset = (decided(found[0], none(some)) == ONSET).float()
    line = torch.nn.functional.one_hot(found[1].argmax(-1), LEAD_SIZE).float()
    return (attributes(onset, line, sounding(found[2]), some.bar) - net.middle) / net.unit


def none(some: Batch) -> Tensor:
    return torch.full_like(some.states, -1)


def test_what_a_voice_is_like_that_is_known_is_measured_and_of_others_guessed() -> None:
    net, some = model(), batch(4)
    expected = (hard(some.states, some.lead, some.chords, some.bar) - net.middle) / net.unit
    with torch.no_grad():
        assert torch.allclose(net.encode(some).mean["marks"], expected, atol=1e-5)
        some.known[:, LEAD] = 0.0
        unseen = net.encode(some).mean["marks"]
    assert torch.allclose(unseen[:, 4:], expected[:, 4:], atol=1e-5)
    assert not torch.allclose(unseen[:, :4], expected[:, :4], atol=1e-2)


def test_what_is_written_again_is_no_farther_from_what_it_should_be_like() -> None:
    net, some = model(), batch(6)
    with torch.no_grad():
        latents = likeliest(net.encode(some))
        again = net.decode(latents, some.bar, none(some))
        onset = (decided(again[0], none(some)) == ONSET).float()
        first = again[0], net.leads(latents, some.bar, onset[:, LEAD]), net.voicings(latents, some.bar, onset[:, 1:])[0]
    for part in (slice(0, 2), slice(5, 7)):  # pitch and harmony, under the rhythm that was decided on
        misses = [
            (measured(net, found, some) - latents.marks)[:, part].nan_to_num().abs().sum(-1) for found in (again, first)
        ]
        assert (misses[0] <= misses[1] + 1e-5).all()


def test_a_rhythm_that_is_told_is_not_written_anew() -> None:
    net, some = model(), batch(2)
    with torch.no_grad():
        latents = likeliest(net.encode(some))
        whole = net.decode(latents, some.bar, some.states)
        onset = (some.states == ONSET).float()
        assert torch.equal(decided(whole[0], some.states), some.states)
        told = attributes(onset, torch.softmax(whole[1], -1), sounding(whole[2]), some.bar)
    assert torch.allclose(told[:, 2], hard(some.states, some.lead, some.chords, some.bar)[:, 2])


def test_as_many_notes_sound_as_are_to_be_expected_one_at_least() -> None:
    odds = torch.full((1, 56), -9.0)
    assert sounding(odds).sum() >= 1
    odds[0, [3, 7, 20]] = 9.0
    assert sounding(odds).nonzero()[:, 1].tolist() == [3, 7, 20]


def test_chords_that_were_heard_are_given_back_before_anything_is_learnt() -> None:
    torch.manual_seed(4)
    net, some = TheoryVae(Size()), batch(6)
    scale(net, shelf(), 1)
    with torch.no_grad():
        found = net.decode(likeliest(net.encode(some)), some.bar, some.states)
    struck = (some.states[:, CHORDS] == ONSET).unsqueeze(-1)
    assert torch.equal(sounding(found[2]) * struck, some.chords * struck)


def test_a_harmony_that_was_heard_is_measured_and_one_that_was_not_is_guessed() -> None:
    net, some = model(), batch(4)
    count = sum(net.parts[:2])
    with torch.no_grad():
        seen = net.encode(some).mean["harmony"]
        some.known[:, LEAD] = 0.0
        assert torch.equal(net.encode(some).mean["harmony"][..., :count], seen[..., :count])
        some.known[:, 1:] = 0.0
        assert not torch.allclose(net.encode(some).mean["harmony"], seen, atol=1e-2)
