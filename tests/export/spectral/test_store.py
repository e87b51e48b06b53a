from pathlib import Path

import numpy as np
import pytest

from bridge.errors import DataError
from export.spectral import store
from tests.export.spectral.clips import ringing


def test_clips_come_back_as_they_were_stored(tmp_path: Path) -> None:
    clips = [ringing(20, "a"), ringing(40, "b", held_out=True)]
    file = tmp_path / "clips.npz"
    store.write(file, clips)
    again = store.read(file)
    for before, after in zip(clips, again, strict=True):
        assert (before.name, before.kind, before.held_out) == (after.name, after.kind, after.held_out)
        assert (before.frames == after.frames).all()
        assert (before.told == after.told).all()
        assert np.shape(after.seed)[0] == 0
    train, held = store.split(again)
    assert [clip.name for clip in train] == ["a"]
    assert [clip.name for clip in held] == ["b"]


def test_a_file_of_anything_else_is_told(tmp_path: Path) -> None:
    (tmp_path / "clips.npz").write_bytes(b"nothing of the kind")
    with pytest.raises(DataError, match="delete it"):
        store.read(tmp_path / "clips.npz")
