from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bridge.errors import PackError
from bridge.sound.bands import BANDS, FRAME
from bridge.sound.told import HOLD, STRUCK, TOLD
from export.families.spectral import CHARACTER, Size, Texturist
from export.spectral.figures import judge, mean_frame
from export.spectral.pack import load_weights
from export.spectral.training import Recipe, draw, stretches, train
from tests.export.spectral.clips import ringing

pytestmark = pytest.mark.train

SMALL = Recipe(size=Size(hidden=8, strikes=4, shared=4, reader=8), minutes=1.0, batch=2, frames=24, learning_rate=1e-2)


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """So small a model is slower on several threads, and much slower on a busy machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def model() -> Texturist:
    torch.manual_seed(1)
    made = Texturist(SMALL.size)
    made.eval()
    return made


def ticking(steps: int) -> Iterator[float]:
    """Seconds such that so many steps fit into the recipe's minute."""
    number = 0
    while True:
        yield number * 30.0 / steps
        number += 1


def test_hearing_all_frames_at_once_is_hearing_them_one_by_one(model: Texturist) -> None:
    rows = draw([ringing(20), ringing(45)], SMALL, np.random.default_rng(2))
    frames, told, alone = rows.frames[:, :-1], rows.told[:, 1:], torch.zeros(2, 24, dtype=torch.bool)
    with torch.no_grad():
        character = model.read(rows.excerpts)
        at_once = model.hear(frames, told, character)[0]
        one_by_one = model.go_on(frames, told, character, alone, torch.zeros(2, 1))[0]
    assert torch.allclose(at_once, one_by_one, atol=1e-5)


def test_it_begins_as_a_resonator_that_rises_at_the_struck_key_and_its_octave(model: Texturist) -> None:
    frame, hidden, told = torch.zeros(1, FRAME), model.rest(1), torch.zeros(1, TOLD)
    with torch.no_grad():
        for step in range(60):
            told[0, STRUCK.start + 20] = 0.8 if step < HOLD else 0.0
            frame, _, hidden = model(frame, hidden, told, torch.zeros(1, CHARACTER))
            if step == HOLD:
                struck = frame.clone()
        assert struck[0, 20] > 0.3
        assert struck[0, 32] > 0.2
        assert struck[0, 20] > struck[0, 23] + 0.2
        assert frame[0, 20] < struck[0, 20]
        assert ((frame >= 0) & (frame <= 1)).all()


def test_frames_stay_within_bounds_whatever_comes_in(model: Texturist) -> None:
    frame, hidden = torch.rand(3, FRAME), model.rest(3)
    with torch.no_grad():
        for _ in range(200):
            frame, doubt, hidden = model(frame, hidden, torch.rand(3, TOLD), torch.randn(3, CHARACTER))
    assert ((frame >= 0) & (frame <= 1)).all()
    assert torch.isfinite(doubt).all()
    assert hidden.shape == (3, BANDS, SMALL.size.hidden)


def test_own_frames_come_in_stretches_and_in_their_share() -> None:
    torch.manual_seed(0)
    found = stretches(64, 200, 0.7)
    assert found.float().mean().item() == pytest.approx(0.7, abs=0.08)
    changes = (found[:, 1:] != found[:, :-1]).float().mean().item()
    assert changes < 0.06


def test_training_makes_it_better_keeps_its_story_and_is_taken_up_again(tmp_path: Path) -> None:
    clips, file = [ringing(20), ringing(33), ringing(45)], tmp_path / "w.pt"
    torch.manual_seed(SMALL.seed)
    average = mean_frame(clips)
    before = judge(Texturist(SMALL.size).eval(), clips, average)
    clock = ticking(24)
    story = train(clips, SMALL, file, lambda: next(clock))
    assert story["step"] >= 12
    model, recipe, told = load_weights(file)
    after = judge(model, clips, average)
    assert after[1].model < before[1].model
    assert recipe == SMALL
    assert told["steps"] == story["step"]
    assert train(clips, SMALL, file, lambda: next(clock))["step"] == story["step"]


def test_a_file_that_holds_no_weights_is_told(tmp_path: Path) -> None:
    (tmp_path / "w.pt").write_bytes(b"no weights")
    with pytest.raises(PackError, match="antiphon-export train --family spectral"):
        load_weights(tmp_path / "w.pt")
