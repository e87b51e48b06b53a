from pathlib import Path

import pytest

from bridge.engine import cuda


def nothing(file: str) -> object:
    raise OSError(file)


class Runtime:
    cuda_version = "13.0"

    def __init__(self) -> None:
        self.preloaded = 0

    def preload_dlls(self) -> None:
        self.preloaded += 1
        print("Failed to load libcublasLt.so.13")


class Broken(Runtime):
    def preload_dlls(self) -> None:
        raise RuntimeError("no such directory")


@pytest.mark.parametrize(("version", "number"), [("13.0", 13), ("12.8", 12), ("", 13), ("99.1", 13), ("new", 13)])
def test_the_cuda_an_onnx_runtime_was_built_for_is_known(version: str, number: int) -> None:
    assert cuda.major(version) == number


def test_a_library_in_the_users_folder_comes_before_the_systems(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libcudart.so.13").touch()
    assert cuda.find("libcudart.so.13", [tmp_path], lambda _: None) == str(tmp_path / "lib" / "libcudart.so.13")
    assert cuda.find("libcudnn.so.9", [tmp_path], lambda _: None) == "libcudnn.so.9"
    assert cuda.find("libcudnn.so.9", [tmp_path], nothing) == ""


def test_what_a_library_needs_is_loaded_before_it() -> None:
    for version in cuda.LIBRARIES:
        files = [file for _, file in cuda.libraries(version, "linux")]
        assert files.index(f"libcublasLt.so.{version}") < files.index(f"libcublas.so.{version}")
        assert files.index("libcudnn.so.9") == len(files) - 1


def test_libraries_are_called_otherwise_on_windows() -> None:
    assert all(file.endswith(".dll") for _, file in cuda.libraries(13, "win32"))


def test_preloading_says_nothing_and_raises_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv(cuda.FOLDER, str(tmp_path))
    runtime = Runtime()
    cuda.preload(runtime, nothing)
    cuda.preload(Broken(), nothing)
    cuda.preload(object(), nothing)
    assert runtime.preloaded == 1
    assert capfd.readouterr().out == ""


def test_the_users_folder_is_loaded_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv(cuda.FOLDER, str(tmp_path))
    (tmp_path / "libcudart.so.13").touch()
    loaded: list[str] = []

    def load(file: str) -> None:
        if "/" not in file:
            raise OSError(file)
        loaded.append(file)

    cuda.preload(Runtime(), load)
    assert loaded == [str(tmp_path / "libcudart.so.13")]
