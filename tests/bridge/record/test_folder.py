import os
from pathlib import Path

import pytest

from bridge.errors import SettingsError
from bridge.music.tunes import TUNES
from bridge.record.folder import CONTENTS, keep, prepare, report
from bridge.record.summary import Run
from tests.bridge.record.takes import jam

RUN = Run(mode="continue", pack="melody", provider="cpu", seed=1, ports="alsa", hit_rate=1.0)


def test_a_jam_leaves_all_its_files_and_the_screen_names_them(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "jam-out"
    summary = keep(jam(TUNES[0], full_band=False), RUN, folder)
    assert {path.name for path in folder.iterdir()} == set(CONTENTS)
    assert all(path.stat().st_size > 100 for path in folder.iterdir())
    for name in CONTENTS:
        assert str(folder / name) in report(summary, folder)


def test_a_folder_that_is_a_file_is_refused_before_the_jam(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("not a folder")
    with pytest.raises(SettingsError, match="choose another folder"):
        prepare(taken)


@pytest.mark.skipif(not Path("/dev/full").exists() or os.name == "nt", reason="needs a full disk")
def test_a_full_disk_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "jam.wav").symlink_to("/dev/full")
    with pytest.raises(SettingsError, match="cannot write to"):
        keep(jam(TUNES[0], full_band=False), RUN, tmp_path)
    assert (tmp_path / "jam.mid").exists()
