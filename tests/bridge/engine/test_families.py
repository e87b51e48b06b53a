import importlib
from pathlib import Path

import pytest

from bridge.engine.families import FAMILIES, is_known, maker
from bridge.engine.lstm import Lstm
from bridge.errors import PackError


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_of_the_table_is_there_and_keeps_the_contract(family: str) -> None:
    made = maker(family)
    for promise in ("hear", "rewind", "respond", "warm_up"):
        assert callable(getattr(made, promise))


def test_a_family_that_nobody_plays_is_named() -> None:
    assert not is_known("theremin")
    with pytest.raises(PackError, match="theremin"):
        maker("theremin")


def test_a_family_of_an_installed_package_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "theremin-1.0.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: theremin\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(
        "[antiphon.families]\ntheremin = bridge.engine.lstm:Lstm\nbroken = no.such.module:Thing\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    assert is_known("theremin")
    assert maker("theremin") is Lstm
    with pytest.raises(PackError, match="cannot be loaded"):
        maker("broken")
