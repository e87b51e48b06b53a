from pathlib import Path

import pytest

from bridge.engine import choice
from bridge.engine.choice import FILE, KEPT, best, remember


def test_the_provider_that_was_measured_to_be_the_fastest_is_the_best(tmp_path: Path) -> None:
    remember("pack", "cpu", 0.4, tmp_path)
    remember("pack", "cuda", 0.9, tmp_path)
    assert best("pack", ("cpu", "cuda"), tmp_path) == "cpu"
    remember("pack", "cuda", 0.1, tmp_path)
    assert best("pack", ("cpu", "cuda"), tmp_path) == "cuda"


def test_one_that_is_not_there_any_more_is_not_chosen(tmp_path: Path) -> None:
    for provider, p50 in (("cpu", 0.4), ("coreml", 0.3), ("cuda", 0.1)):
        remember("pack", provider, p50, tmp_path)
    assert best("pack", ("cpu", "coreml"), tmp_path) == "coreml"


def test_of_one_alone_nobody_knows_whether_it_is_the_best(tmp_path: Path) -> None:
    remember("pack", "cpu", 0.4, tmp_path)
    assert best("pack", ("cpu", "cuda"), tmp_path) is None
    assert best("another", ("cpu", "cuda"), tmp_path) is None


@pytest.mark.parametrize("what", ["machine", "runtime"])
def test_what_was_measured_elsewhere_or_with_another_runtime_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    remember("pack", "cpu", 0.4, tmp_path)
    remember("pack", "cuda", 0.1, tmp_path)
    monkeypatch.setattr(choice, what, lambda: "another")
    assert best("pack", ("cpu", "cuda"), tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"a": {"cpu": "fast"}}', "\xff"])
def test_a_damaged_file_says_nothing_and_is_written_anew(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_bytes(text.encode("latin-1"))
    assert best("pack", ("cpu", "cuda"), tmp_path) is None
    remember("pack", "cpu", 0.4, tmp_path)
    remember("pack", "cuda", 0.1, tmp_path)
    assert best("pack", ("cpu", "cuda"), tmp_path) == "cuda"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_no_folder_to_read_from_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path / "file"))
    assert best("pack", ("cpu", "cuda")) is None


def test_the_packs_measured_longest_ago_are_forgotten(tmp_path: Path) -> None:
    for number in range(KEPT + 1):
        for provider, p50 in (("cpu", 0.4), ("cuda", 0.1)):
            remember(f"pack {number}", provider, p50, tmp_path)
    assert best("pack 0", ("cpu", "cuda"), tmp_path) is None
    assert best(f"pack {KEPT}", ("cpu", "cuda"), tmp_path) == "cuda"
