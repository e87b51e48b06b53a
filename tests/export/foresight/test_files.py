from pathlib import Path

import pytest

pytest.importorskip("torch")

from bridge.music.recurrent import unpacked
from export.foresight.__main__ import write
from export.foresight.net import Net


def test_the_same_weights_are_the_same_file_and_are_read_again(tmp_path: Path) -> None:
    import numpy as np

    arrays = Net(8, 1, 8).arrays()
    write(arrays, tmp_path / "one.npz")
    write(arrays, tmp_path / "two.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    with np.load(tmp_path / "one.npz") as found:
        network = unpacked({name: found[name].astype(np.float32) for name in found.files})
    assert len(network.layers) == 1
    assert len(network.readers) == 2
