import os
from pathlib import Path

import pytest

from bridge.errors import SettingsError
from bridge.settings import HOME, Settings, load, pack_folders, state_folder


def test_without_a_file_everything_has_a_default(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(HOME, str(tmp_path))
    assert load() == Settings()
    assert state_folder().is_dir()
    assert pack_folders(Settings())[-1] == tmp_path / "packs"


def test_a_file_is_read_and_its_mistakes_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('[engine]\npack = "mine"\n[knobs]\ntempo = 97\n')
    settings = load(path)
    assert settings.engine.pack == "mine"
    assert settings.knobs == {"tempo": 97}
    for text, said in (("[osc]\nport = 99999\n", "65535"), ("[engin]\n", "engin"), ("x = ", "a.toml")):
        path.write_text(text)
        with pytest.raises(SettingsError, match=said):
            load(path)
    with pytest.raises(SettingsError, match="there is no file"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("tempoo = 97", "«tempoo»; did you mean «tempo»"),
        ("level = 1.0", "voice/drums/level"),
        ('mode = "trad"', "did you mean «trade»"),
        ("tempo = nan", "20 to 300 BPM"),
        ("tempo = 301", "tempo cannot be 301: it is 20 to 300 BPM"),
        ('tempo = "301"', "20 to 300 BPM"),
        ("seed = -1", "0 to 2147483647"),
        ("trade_bars = 2.5", "1 to 16 bars"),
        ("density = 0.1", "0, or 0.25 to 6 onsets a beat"),
        ("key_lock = 2", "on | off"),
    ],
)
def test_a_knob_that_would_be_changed_to_fit_is_refused_with_the_file_and_what_it_can_be(
    tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f"[knobs]\n{line}\n")
    with pytest.raises(SettingsError, match=r"mine\.toml") as caught:
        load(path)
    assert said in str(caught.value)


def test_knobs_are_taken_in_every_form_that_means_them(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        '[knobs]\ntempo = "97.5"\nmode = 1\nkey = "Db"\nkey_lock = "off"\ncount_in = 2.0\n"voice/bass/level" = 0.5\n'
    )
    assert load(path).knobs["voice/bass/level"] == 0.5


@pytest.mark.skipif(os.name != "posix", reason="folders under a file")
def test_a_home_that_cannot_be_made_is_told_with_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv(HOME, str(tmp_path / "file" / "home"))
    assert load() == Settings()
    with pytest.raises(SettingsError, match=f"set {HOME} to a folder of yours"):
        state_folder()
