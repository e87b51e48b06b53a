import hashlib
from pathlib import Path

import pytest

from bridge.errors import DataError
from export.data.bundle import SUMS, find
from export.data.corpus import is_held_out, split
from export.data.melody import Melody


def test_no_tune_is_in_both_splits() -> None:
    melodies = [Melody(f"{n}", "s", str(n % 400), [], [0], 0, "major", False) for n in range(2000)]
    train, valid = split(melodies)
    assert not {m.cluster for m in train} & {m.cluster for m in valid}
    assert len(train) + len(valid) == 2000
    assert 0.04 < len(valid) / 2000 < 0.14


def test_the_split_never_changes() -> None:
    assert [n for n in range(60) if is_held_out(str(n))] == [49, 57]


def test_a_damaged_bundle_names_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    good = hashlib.sha256(b"a").hexdigest()
    (tmp_path / SUMS).write_text(f"{good}  ./a.txt\n")
    assert find(tmp_path).verify(["a.txt"]) == []
    (tmp_path / "a.txt").write_text("b")
    assert find(tmp_path).verify([]) == ["a.txt"]
    for needed in ("a.txt", "b.txt"):
        with pytest.raises(DataError, match=needed):
            find(tmp_path).verify([needed])


def test_a_folder_that_is_no_bundle_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTIPHON_DATA", raising=False)
    with pytest.raises(DataError, match="--data"):
        find(tmp_path)
    with pytest.raises(DataError, match="--data"):
        find(None)
