from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
pytest.importorskip("onnx")

from bridge.engine.codec import DURATIONS, PARTS, PITCHES, SHIFTS, SIZES, VELOCITIES, Part
from bridge.engine.session import Session, open_session
from bridge.errors import PackError
from export.data.layout import Rows
from export.families.lstm import Melodist, Size
from export.parity import compare
from export.to_onnx import INPUTS, OUTPUTS, Step, example, write

pytestmark = pytest.mark.train
TINY = Size(hidden=24, embedding=16, voice_head=8, shift_head=16, pitch_head=16, duration_head=12, velocity_head=8)


@pytest.fixture(scope="module")
def model() -> Melodist:
    torch.set_num_threads(1)
    torch.manual_seed(3)
    model: Melodist = Melodist(TINY).eval()
    return model


@pytest.fixture(scope="module")
def path(model: Melodist, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path: Path = tmp_path_factory.mktemp("graph") / "step.onnx"
    write(model, path)
    return path


@pytest.fixture(scope="module")
def session(path: Path) -> Session:
    return open_session(path, "cpu")


def stream(length: int = 400) -> Rows:
    """Random events that are in the vocabulary, as a stand-in for music."""
    random = np.random.default_rng(4)
    sizes = (3, 96, PITCHES, len(DURATIONS), VELOCITIES)
    events = np.stack([random.integers(0, size, length) for size in sizes], 1)
    into = random.integers(0, 96, length)
    controls = (random.random((length, 17)) < 0.5).astype(np.float32)
    onsets = np.where(events[:, 0] != Part.RELEASE, np.arange(length), 0)
    before = events[np.maximum.accumulate(np.concatenate([[0], onsets[:-1]])), 2]
    return Rows(events, np.stack([into, 95 - into], 1), before, controls, np.zeros(length, np.bool_))


def test_the_graph_does_what_torch_does(model: Melodist, path: Path) -> None:
    found = compare(model, path, stream(), steps=60, batch=3)
    assert found.events_differ == 0
    assert found.log_prob < 1e-4


def test_a_graph_of_another_model_is_refused(path: Path) -> None:
    torch.manual_seed(8)
    with pytest.raises(PackError, match="not the model"):
        compare(Melodist(TINY).eval(), path, stream(), steps=20, batch=2)


def test_weights_are_inside_the_one_file(path: Path) -> None:
    assert [file.name for file in path.parent.iterdir()] == ["step.onnx"]


def test_stepping_foretells_what_the_trained_sequence_foretells(model: Melodist) -> None:
    rows = stream(12)
    events, places, before, controls = (torch.from_numpy(a)[None] for a in rows[:4])
    step = Step(model).eval()
    feeds = dict(zip(INPUTS, example(model, 1), strict=True)) | {"last": before[:, 0]}
    for n in range(11):
        into, left = rows.places[n].tolist()
        feeds |= {"event": events[:, n], "position": torch.tensor([[into, into + left + 1]])}
        feeds |= {"controls": controls[:, n + 1], "noise": torch.full((1, 5), 0.07 * (n + 1))}
        with torch.no_grad():
            chosen, log_prob, h, c, last = step(*(feeds[name] for name in INPUTS))
            then = (into + int(chosen[0, 1])) % (into + left + 1)
            landing = torch.tensor([[[then, into + left - then]]])
            told = (
                torch.cat([events[:, : n + 1], chosen[:, None]], 1),
                torch.cat([places[:, : n + 1], landing], 1),
                torch.cat([before[:, : n + 1], last[:, None]], 1),
                controls[:, : n + 2],
            )
            logits, _ = model(told)
        expected = [float(torch.log_softmax(logit[0, n], -1)[chosen[0, k]]) for k, logit in enumerate(logits)]
        assert log_prob[0].tolist() == pytest.approx(expected, abs=1e-4)
        feeds |= {"h": h, "c": c, "last": last}


def run(session: Session, **changed: np.ndarray) -> list[np.ndarray]:
    model = Melodist(TINY)
    feeds = {name: tensor.numpy() for name, tensor in zip(INPUTS, example(model, 1), strict=True)}
    return session.run(OUTPUTS, feeds | changed)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.floats(0, 1), min_size=5, max_size=5),
    st.floats(0.05, 3),
    st.floats(0, 1),
    st.sets(st.integers(0, PITCHES - 1), min_size=1),
    st.sampled_from([Part.HELD, Part.LEAD, Part.DRUMS]),
    st.integers(0, SHIFTS - 1),
    st.integers(0, SHIFTS - 1),
)
def test_whatever_the_noise_what_is_masked_is_never_played(
    session: Session,
    noise: list[float],
    temperature: float,
    min_p: float,
    pitches: set[int],
    part: Part,
    first: int,
    second: int,
) -> None:
    mask, voice = np.zeros((1, PITCHES), np.bool_), np.zeros((1, PARTS), np.bool_)
    mask[0, list(pitches)], voice[0, part] = True, True
    least, most = sorted((first, second))
    chosen, log_prob, *_ = run(
        session,
        noise=np.array([noise], np.float32),
        temperature=np.array([temperature], np.float32),
        min_p=np.array([min_p], np.float32),
        pitch_mask=mask,
        voice_mask=voice,
        shift_min=np.array([least]),
        shift_max=np.array([most]),
    )
    assert chosen[0, 0] == part
    assert least <= chosen[0, 1] <= most
    assert chosen[0, 2] in pitches
    assert (chosen[0] < np.array(SIZES)).all()
    assert (log_prob > -1e6).all()


def test_even_noise_draws_each_class_as_often_as_the_model_says(model: Melodist, session: Session) -> None:
    even = (np.arange(2000) + 0.5) / 2000
    draws = [run(session, noise=np.array([[0.5, 0.5, 0.5, 0.5, u]], np.float32)) for u in even[::10]]
    found = np.bincount([int(chosen[0, 4]) for chosen, *_ in draws], minlength=VELOCITIES) / len(draws)
    stated = np.zeros(VELOCITIES)
    for chosen, log_prob, *_ in draws:
        stated[chosen[0, 4]] = np.exp(log_prob[0, 4])
    assert np.abs(found - stated).max() < 0.02


def test_coldest_is_always_the_likeliest(session: Session) -> None:
    cold = np.array([0.001], np.float32)
    answers = {
        tuple(run(session, temperature=cold, voice_mask=LEAD, noise=np.full((1, 5), u, np.float32))[0][0].tolist())
        for u in (0.01, 0.3, 0.6, 0.99)
    }
    assert len(answers) == 1


LEAD = np.zeros((1, PARTS), np.bool_)
LEAD[0, Part.LEAD] = True
