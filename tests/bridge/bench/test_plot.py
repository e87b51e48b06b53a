from pathlib import Path

import pytest
from PIL import Image

from bridge.bench.plot import WIDTH, write_plot
from bridge.bench.report import Report
from bridge.errors import SettingsError
from tests.bridge.bench.reports import MACHINE, REPORT


def test_the_picture_has_a_line_for_every_goal(tmp_path: Path) -> None:
    write_plot(REPORT, tmp_path / "bench.png")
    write_plot(Report(machine=MACHINE), tmp_path / "empty.png")
    with Image.open(tmp_path / "bench.png") as full, Image.open(tmp_path / "empty.png") as empty:
        assert full.width == empty.width == WIDTH
        assert full.height > empty.height
        assert len(full.getcolors(1 << 20) or ()) > 20


def test_a_picture_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be written"):
        write_plot(REPORT, tmp_path / "no such folder" / "bench.png")
