import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bridge.bench.matrix import PLAYED, Try, all_tried, modes_of, table, tried
from bridge.cli import app
from bridge.engine.catalogue import find
from bridge.errors import PackError, SettingsError
from bridge.music.note import Voice
from bridge.terminal import Terminal


def test_only_a_pack_that_has_drums_is_tried_in_the_drummers_mode() -> None:
    assert "drums" not in modes_of([Voice.LEAD])
    assert modes_of([Voice.DRUMS]) == PLAYED


def test_a_pack_is_heard_and_what_it_needed_is_told() -> None:
    row = tried(find("lstm-melody"), "trade", bars=8)
    assert row.voices == (Voice.LEAD,)
    assert row.notes_a_bar > 1
    assert row.by_model == 1.0
    assert row.hits == 1.0
    assert row.in_key is not None
    assert row.in_key > 0.5
    assert 0 < row.p50_ms <= row.p99_ms


def test_what_is_not_there_is_named() -> None:
    terminal = Terminal(io.StringIO())
    with pytest.raises(PackError, match="theremin"):
        all_tried({}, ["theremin"], (), terminal)
    with pytest.raises(SettingsError, match="sleep"):
        all_tried({}, (), ["sleep"], terminal)


def test_a_pack_that_is_broken_is_left_out_with_a_word(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("schema = 1")
    stream = io.StringIO()
    text = all_tried({"broken": tmp_path}, (), (), Terminal(stream))
    assert "broken is left out" in stream.getvalue()
    assert len(text.splitlines()) == 2


def test_a_table_has_a_row_for_each_try() -> None:
    row = Try("p", "free", (Voice.BASS,), 2.0, 1.0, None, 0.5, 1.0, 2.0)
    assert table([row]).splitlines()[-1] == "| p | free | bass | 2.0 | 1.00 | – | 0.50 | 1.0 / 2.0 |"


def test_the_command_tries_what_is_asked_for() -> None:
    result = CliRunner().invoke(app, ["models", "--try", "--pack", "lstm-melody", "--mode", "continue"])
    assert result.exit_code == 0
    assert "| lstm-melody | continue | lead |" in result.output
