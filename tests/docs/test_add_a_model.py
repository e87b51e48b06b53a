"""The guide for adding a model, followed to the letter: what stands in it is run."""

import importlib
import re
import sys
import tomllib
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.engine.shelf import open_pack
from bridge.jam.knobs import Knobs
from bridge.music.note import Voice
from bridge.rehearsal import Rehearsal
from tests.bridge.wire.cable import onsets, open_notes

GUIDE = Path(__file__).parents[2] / "docs" / "add-a-model.md"
BLOCK = re.compile(r"```(?:python|toml)\n# (\S+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The files of the guide in a folder, importable and found as a package that is installed."""
    for name, text in BLOCK.findall(GUIDE.read_text("utf-8")):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    declared = tomllib.loads((tmp_path / "pyproject.toml").read_text("utf-8"))["project"]
    installed = tmp_path / "arpeggio-1.0.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: arpeggio\nVersion: 1.0.0\n")
    groups = declared["entry-points"].items()
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in rows.items()) for group, rows in groups]
    (installed / "entry_points.txt").write_text("".join(lines))
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    yield tmp_path
    for name in [name for name in sys.modules if name.split(".")[0] == "arpeggio"]:
        del sys.modules[name]


def test_the_guide_leads_from_a_torch_module_to_a_pack_that_plays(project: Path) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("onnx")
    training, export = (importlib.import_module(f"arpeggio.{name}") for name in ("training", "export"))
    folder = project / "packs" / "arpeggio"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        export.write(training.train(), folder)
    _, loaded = open_pack(folder)
    assert (loaded.pack, loaded.family) == ("arpeggio", "arpeggio")

    rehearsal = Rehearsal(open_pack, folder, Knobs(mode="continue", patience=0.5))
    rehearsal.band.choose_voices([Voice.LEAD])
    rehearsal.start()
    rehearsal.perform([(0.25 * n, 0.2, pitch, 80) for n, pitch in enumerate((62, 65, 69, 62, 65, 69))])
    rehearsal.run(8.0)
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)
    played = [pitch for _, pitch in onsets(rehearsal.out)]
    assert len(played) > 10
    in_the_chord = [pitch for pitch in played if pitch % 12 in {2, 5, 9}]
    assert len(in_the_chord) > 0.7 * len(played)
