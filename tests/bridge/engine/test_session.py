from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bridge.engine.session import best_provider, open_session, running
from bridge.errors import PackError, ProviderError

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


def graph(*providers: str) -> Any:
    """What an opener gives: a session that says it runs on these providers."""
    tensor = SimpleNamespace(name="x", shape=["batch", 3], type="tensor(float)")
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
        ((CUDA, CPU), "linux", "cuda"),
        ((CPU,), "linux", "cpu"),
        ((CPU,), "darwin", "cpu"),
        ((CUDA, CPU), "win32", "cuda"),
    ],
)
def test_auto_tries_cuda_where_that_flavour_is_installed(
    available: tuple[str, ...], platform: str, chosen: str
) -> None:
    assert best_provider(available, platform) == chosen


def test_a_session_with_no_provider_known_to_us_counts_as_cpu() -> None:
    assert running(["AzureExecutionProvider"]) == "cpu"
