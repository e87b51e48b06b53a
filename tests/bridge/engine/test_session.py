from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bridge.engine.session import OPTIONS, Session, available, best_provider, open_session, running
from bridge.errors import EngineError, PackError, ProviderError, ProviderLostError

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def graph(*providers: str, shape: tuple[object, ...] = ("batch", 3)) -> Any:
    """What an opener gives: a session that says it runs on these providers."""
    tensor = SimpleNamespace(name="x", shape=shape, type="tensor(float)")
    return SimpleNamespace(
        get_providers=lambda: list(providers),
        get_inputs=lambda: [tensor],
        get_outputs=lambda: [tensor],
        run=lambda names, feeds: [feeds["x"] + 1.0],
    )


def test_what_runs_is_read_from_the_session_not_from_what_was_asked() -> None:
    session = open_session(Path("g"), "cuda", opener=lambda *_: graph(CPU))
    assert session.provider == "cpu"
    assert session.inputs["x"].shape == (None, 3)
    assert session.run(["x"], {"x": np.zeros((1, 3), np.float32)})[0].sum() == 3.0


def judging() -> Session:
    """A real graph on the processor."""
    return open_session(Path(__file__).parents[3] / "models" / "ensemble" / "score.onnx", "cpu")


def arrays(session: Session, rows: int = 2) -> dict[str, Any]:
    sizes = {"rows": rows, "cached": 64, "looks": 6 * rows, "seen": 64 + rows}
    raw = {each.name: each for each in session._raw.get_inputs()}
    shapes = {name: [sizes.get(axis, axis) for axis in each.shape] for name, each in raw.items()}
    found: dict[str, Any] = {name: np.zeros(shape, session.inputs[name].dtype) for name, shape in shapes.items()}
    found["past"][:] = (64, rows)
    return found


def test_a_bound_run_reads_its_arrays_as_they_are_then_and_fills_its_outputs() -> None:
    session = judging()
    inputs, outputs = arrays(session), {"log_prob": np.zeros((2, 5), np.float32)}
    rest = {
        "likeliest": np.zeros(2, np.float32),
        "new_keys": np.zeros((1, 2, 256), np.float32),
        "new_values": np.zeros((1, 2, 256), np.float32),
    }
    run = session.bind(inputs, outputs | rest)
    run()
    first = outputs["log_prob"].copy()
    assert (first == session.run(["log_prob"], inputs)[0]).all()
    inputs["then"][:] = 3
    run()
    assert (outputs["log_prob"] == session.run(["log_prob"], inputs)[0]).all()
    assert (outputs["log_prob"] != first).any()


def test_a_graph_with_other_inputs_than_are_bound_is_refused() -> None:
    session = judging()
    inputs = arrays(session)
    with pytest.raises(PackError, match="other inputs or outputs"):
        session.bind({**inputs, "surprise": inputs["then"]}, {})
    del inputs["then"]
    with pytest.raises(PackError, match="then"):
        session.bind(inputs, {})


def test_strict_refuses_a_silent_fall_back() -> None:
    with pytest.raises(ProviderError, match="cuda was asked for and cpu runs instead"):
        open_session(Path("g"), "cuda", strict=True, opener=lambda *_: graph(CPU))
    assert open_session(Path("g"), "cuda", strict=True, opener=lambda *_: graph(CUDA, CPU)).provider == "cuda"


def test_an_unknown_provider_is_named_with_those_there_are() -> None:
    with pytest.raises(ProviderError, match="no provider «tpu»; choose auto, cpu, cuda, coreml"):
        open_session(Path("g"), "tpu", opener=lambda *_: graph(CPU))


def test_a_provider_that_is_not_installed_is_an_error_with_the_fix(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="no coreml; it comes with ONNX Runtime on macOS"):
        open_session(tmp_path / "g.onnx", "coreml", strict=True)


def test_a_file_that_is_no_graph_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "step.onnx"
    path.write_bytes(b"\x00" * 100)
    with pytest.raises(PackError, match=r"step\.onnx cannot be loaded"):
        open_session(path, "cpu")


@pytest.mark.parametrize(
    ("available", "platform", "chosen"),
    [
        (("cpu", "cuda"), "linux", "cuda"),
        (("cpu",), "linux", "cpu"),
        (("cpu", "coreml"), "darwin", "cpu"),
        (("cpu", "cuda"), "win32", "cuda"),
    ],
)
def test_auto_tries_cuda_where_that_flavour_is_installed(
    available: tuple[str, ...], platform: str, chosen: str
) -> None:
    assert best_provider(available, platform) == chosen


def test_a_session_with_no_provider_known_to_us_counts_as_cpu() -> None:
    assert running(["AzureExecutionProvider"]) == "cpu"


FEEDS = {"x": np.zeros((1, 3), np.float32)}


def failing(provider: str, error: Exception) -> Session:
    """A session on a provider that fails when it runs."""

    def fail(*_: object) -> None:
        raise error

    raw = graph(provider)
    raw.run = fail
    return Session(raw, Path("pack/step.onnx"))


EPFail = type("EPFail", (Exception,), {})
"""What ONNX Runtime raises where a device fails."""
InvalidArgument = type("InvalidArgument", (Exception,), {})
"""What it raises where it was called wrongly."""


def test_a_device_that_fails_in_mid_play_is_told_from_a_pack_that_does() -> None:
    lost = EPFail("CUDA failure 719: unspecified launch failure\nstack trace")
    with pytest.raises(ProviderLostError, match=r"CUDA failure 719: unspecified launch failure\)$"):
        failing(CUDA, lost).run(["x"], FEEDS)
    with pytest.raises(EngineError, match=r"pack: step\.onnx failed .no such input") as found:
        failing(CUDA, InvalidArgument("no such input")).run(["x"], FEEDS)
    assert not isinstance(found.value, ProviderLostError)


def test_on_the_processor_there_is_no_device_to_lose() -> None:
    with pytest.raises(EngineError, match="get the pack again or choose another") as found:
        failing(CPU, EPFail("illegal instruction")).run(["x"], FEEDS)
    assert not isinstance(found.value, ProviderLostError)


@pytest.mark.parametrize("text", ["std::bad_alloc", "Failed to allocate memory for requested buffer of size 400"])
def test_memory_that_has_run_out_is_named_so(text: str) -> None:
    with pytest.raises(MemoryError):
        failing(CPU, RuntimeError(text)).run(["x"], FEEDS)


def moving(strict: bool) -> Session:
    """A session that says cuda when it is made, and after the first run what it really ran on."""
    raw = graph(CUDA, CPU)

    def run(_: object, feeds: dict[str, Any]) -> list[Any]:
        raw.get_providers = lambda: [CPU]
        return [feeds["x"]]

    raw.run = run
    return open_session(Path("g"), "cuda", strict, opener=lambda *_: raw)


def test_what_runs_is_looked_at_once_more_after_the_first_run() -> None:
    session = moving(strict=False)
    assert session.provider == "cuda"
    session.run(["x"], FEEDS)
    assert session.provider == "cpu"
    with pytest.raises(ProviderError, match="cuda was asked for and cpu runs instead"):
        moving(strict=True).run(["x"], FEEDS)


def test_a_graph_that_claims_gigabytes_for_an_input_is_refused_before_they_are_allocated() -> None:
    with pytest.raises(PackError, match=r"claims 37\.3 GB for «x»; not a pack of ours"):
        open_session(Path("p/g.onnx"), "cpu", opener=lambda *_: graph(CPU, shape=("batch", 100_000, 100_000)))


def test_a_gpu_is_shared_with_others() -> None:
    assert int(OPTIONS["cuda"]["gpu_mem_limit"]) <= 4 * 2**30
    assert OPTIONS["cuda"]["arena_extend_strategy"] == "kSameAsRequested"


def test_the_processor_is_always_there() -> None:
    assert "cpu" in available()
