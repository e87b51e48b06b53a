import pytest

torch = pytest.importorskip("torch")

import numpy as np

from bridge.music.foresight import STATES, chances, network, place
from export.foresight.beats import TICKS, Beats, beats, heard
from export.foresight.judging import judge
from export.foresight.net import Batch, Net, loss
from export.foresight.training import Recipe, Stretches, train
from tests.export.ensemble.bands import band

QUICK = Recipe(minutes=0.2, rows=6, length=48, rate=0.01, warm_up=5, misheard=0.0)


def made() -> list[Beats]:
    return [each for number in range(6) if (each := beats(band(number))) is not None]


def test_what_plays_computes_what_was_trained() -> None:
    torch.manual_seed(1)
    net, piece = Net(24, 2, 20).eval(), made()[0]
    count = len(piece.states)
    whole, part = (heard(piece.melody, piece.tonic, np.full(count, ticks)) for ticks in (TICKS, 12))
    read = [torch.from_numpy(place(each, piece.strengths, piece.mode))[None] for each in (whole, part)]
    batch = Batch(read[0], read[1], torch.full((1, count, 1), 0.5), torch.from_numpy(piece.states)[None])
    for name, array in net.arrays().items():  # as exact as what is shipped
        net.state_dict()[name].copy_(torch.from_numpy(array.astype(np.float32)))
    with torch.no_grad():
        wanted = torch.softmax(net(batch), -1)[0].numpy()
    played = net.network()
    assert whole[0].any()
    state = played.silence()
    for number in range(min(count, 24)):
        now = place(part[number], int(piece.strengths[number]), piece.mode)
        np.testing.assert_allclose(chances(played, state, now, 0.5), wanted[number], atol=2e-5)
        then = place(whole[number], int(piece.strengths[number]), piece.mode)
        state = played.onward(state, then)


def test_a_batch_is_stretches_with_the_chords_that_belong_to_them() -> None:
    batch = Stretches(made(), QUICK).batch()
    assert batch.whole.shape == batch.part.shape
    assert batch.states.shape == (QUICK.rows, QUICK.length)
    assert int(batch.states.max()) < STATES
    full = batch.through[..., 0] == 1.0
    assert torch.equal(batch.part[full], batch.whole[full])
    assert (batch.part[..., :24] <= batch.whole[..., :24] + 1e-6).all()


def test_what_has_learnt_knows_more_than_what_has_not() -> None:
    pieces = made()
    batch = Stretches(pieces, QUICK).batch()
    fresh, learnt = Net().eval(), train(pieces, QUICK)
    with torch.no_grad():
        before, after = (float(loss(net(batch), batch.states, 0.0)) for net in (fresh, learnt))
    assert after < before - 1.0


def test_foretelling_is_judged_for_each_set_on_the_code_that_plays() -> None:
    marks = judge(network(), made())
    assert marks
    for mark in marks.values():
        assert mark.after > mark.tonic
        assert all(0 <= each <= 1 for each in (mark.far, mark.before, mark.half, mark.after))
