from pathlib import Path

import pytest

from bundle import limits, recipe
from bundle.contents import INSIDE, Item


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    models = tmp_path / INSIDE / "bridge" / "models"
    models.mkdir(parents=True)
    (tmp_path / "antiphon").write_bytes(b"x" * 100)
    return tmp_path


def put(folder: Path, name: str, size: int = 1) -> Item:
    path = folder / INSIDE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return Item(name, "/somewhere", "BINARY")


def test_a_small_folder_of_listed_files_is_well(folder: Path) -> None:
    assert not limits.broken(folder, [put(folder, "a.so")])


def test_a_folder_that_has_grown_too_large_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipe, "LIMIT_MB", 0.001)
    monkeypatch.setattr(recipe, "PACKS_LIMIT_MB", 0.0005)
    items = [put(folder, "bridge/models/tune/step.onnx", 2000)]
    assert [said.split(",")[0] for said in limits.broken(folder, items)] == [
        "the folder has 0 MB",
        "the packs have 0.0 MB",
    ]


@pytest.mark.parametrize(
    "name",
    ["readline", "torch.nn", "link", "symusic.core", "onnx"],
)
def test_a_module_that_may_not_be_in_it_is_told(folder: Path, name: str) -> None:
    assert limits.broken(folder, [Item(name, "/somewhere", "PYMODULE")]) == [f"the module {name} may not be in it"]


def test_an_extension_module_is_known_in_its_folder(folder: Path) -> None:
    name = "python3.11/lib-dynload/readline.cpython-311-x86_64-linux-gnu.so"
    assert limits.broken(folder, [put(folder, name)]) == [f"the module {name} may not be in it"]


def test_models_are_not_taken_for_modules(folder: Path) -> None:
    assert not limits.broken(folder, [put(folder, "bridge/models/tune/step.onnx"), put(folder, "onnxruntime/a.so")])


@pytest.mark.parametrize("name", ["libjack.so.0", "libjack-5305d520.so.0.1.0", "libasound.so.2", "libcudnn.so.9"])
def test_a_library_of_the_system_may_not_be_in_it(folder: Path, name: str) -> None:
    assert limits.broken(folder, [put(folder, name)]) == [f"{INSIDE}/{name} has to come from the system"]


def test_a_file_that_nobody_listed_is_told(folder: Path) -> None:
    put(folder, "stray.so")
    assert limits.broken(folder, []) == [f"nobody listed {INSIDE}/stray.so"]
