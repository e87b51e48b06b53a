from pathlib import Path

import pytest
from typer.testing import CliRunner

from export.cli import app, main


def test_the_vocabulary_can_be_printed() -> None:
    result = CliRunner().invoke(app, ["codec"])
    assert result.exit_code == 0
    assert "duration" in result.output


def test_a_missing_bundle_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["antiphon-export", "data", "--data", str(tmp_path)])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 1
    assert capsys.readouterr().err.count("\n") == 1
