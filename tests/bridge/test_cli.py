import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

import bridge
from bridge.cli import app
from bridge.control.parameters import ParameterTable
from bridge.errors import PortError
from bridge.music.tunes import TUNES
from bridge.settings import HOME, Settings

GRAPH = b"\x08\x08"
"""An ONNX file that says its version and nothing else."""
CARD = f"""
schema = 1
name = "NAME"
family = "lstm"
version = "2.1.0"
title = "A small pack"
licence = "CC0-1.0"
voices = ["lead", "bass"]
graphs = {{ step = [{{ path = "step.onnx", sha256 = "{hashlib.sha256(GRAPH).hexdigest()}" }}] }}
"""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(HOME, str(tmp_path))
    return tmp_path


@pytest.fixture
def jams(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """The settings of each jam that would have been played."""
    settings: list[Settings] = []

    async def jam(wanted: Settings, *_: object) -> None:
        settings.append(wanted)

    monkeypatch.setattr("bridge.live.jam", jam)
    return settings


def antiphon(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def pack(home: Path, name: str, graph: bytes = GRAPH) -> None:
    folder = home / "packs" / name
    folder.mkdir(parents=True)
    (folder / "pack.toml").write_text(CARD.replace("NAME", name))
    (folder / "step.onnx").write_bytes(graph)


def configure(home: Path, text: str) -> None:
    (home / "config").mkdir()
    (home / "config" / "config.toml").write_text(text)


def test_help_names_every_command() -> None:
    result = antiphon("--help")
    assert result.exit_code == 0
    for command in ("jam", "run", "ports", "models", "version"):
        assert command in result.output


def test_the_version_is_printed() -> None:
    result = antiphon("version")
    assert (result.exit_code, result.output) == (0, f"{bridge.__version__}\n")


def test_models_are_listed_with_voices_and_licence_and_a_broken_one_with_what_to_do(home: Path) -> None:
    pack(home, "good")
    pack(home, "bad", b"bitten")
    result = antiphon("models")
    assert result.exit_code == 0
    rows = {line.split()[0]: line for line in result.output.splitlines()}
    for word in ("2.1.0", "lstm", "lead, bass", "CC0-1.0"):
        assert word in rows["good"]
    assert "broken" in rows["bad"]
    assert "step.onnx is damaged" in rows["bad"]
    assert "get the pack again" in rows["bad"]


def test_a_pack_of_a_family_that_is_not_installed_is_told_in_the_list(home: Path) -> None:
    pack(home, "alien")
    card = home / "packs" / "alien" / "pack.toml"
    card.write_text(card.read_text().replace('"lstm"', '"alien"'))
    assert "broken: this Antiphon plays no family «alien»" in antiphon("models").output


def test_ports_says_which_system_there_is() -> None:
    result = antiphon("ports", "--system", "loopback")
    assert (result.exit_code, result.output) == (0, "the built-in loopback, as asked: no other program hears it\n")


@pytest.mark.parametrize(
    "arguments",
    [
        ("jam", "--mode", "polka"),
        ("jam", "--system", "fax"),
        ("jam", "--tune", "polka"),
        ("jam", "--seed", "-1"),
        ("jam", "--seed", "2147483648"),
        ("jam", "--seed", "1.5"),
        ("jam", "--tempo", "19"),
        ("jam", "--tempo", "301"),
        ("jam", "--tempo", "nan"),
        ("jam", "--seconds", "-1"),
        ("jam", "--seconds", "nan"),
        ("jam", "--seconds", "inf"),
        ("jam", "--soundfont", "/nowhere.sf2"),
        ("run", "--system", "fax"),
        ("ports", "--system", "fax"),
        ("jam", "now"),
        ("sing",),
    ],
)
def test_wrong_usage_is_told_apart_from_failing(arguments: Sequence[str], jams: list[Settings]) -> None:
    result = antiphon(*arguments)
    assert result.exit_code == 2, result.output
    assert not jams


def test_a_jam_that_went_well_is_0(jams: list[Settings]) -> None:
    assert antiphon("jam").exit_code == 0
    assert len(jams) == 1


def test_a_jam_that_failed_is_1_and_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    async def jam(*_: object) -> None:
        raise PortError("the ports did not open")

    monkeypatch.setattr("bridge.live.jam", jam)
    result = antiphon("jam")
    assert (result.exit_code, result.output) == (1, "antiphon: the ports did not open\n")


def test_a_jam_stopped_before_it_began_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    async def jam(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("bridge.live.jam", jam)
    result = antiphon("jam")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("command", ["jam", "run", "models"])
def test_a_wrong_knob_in_the_settings_is_1_and_names_the_file(home: Path, command: str) -> None:
    configure(home, "[knobs]\nsead = 7\n")
    result = antiphon(command)
    assert result.exit_code == 1
    assert "config.toml" in result.output
    assert "did you mean «seed»" in result.output


def test_the_settings_hold_unless_the_command_line_says_otherwise(home: Path, jams: list[Settings]) -> None:
    configure(home, '[knobs]\nseed = 7\ntempo = 97\nmode = "trade"\ndensity = 2.0\n')
    antiphon("jam")
    antiphon("jam", "--seed", "0", "--tempo", "140", "--mode", "continue")
    first, second = (jam.knobs for jam in jams)
    meter = str(TUNES[0].meter)
    assert first == {"seed": 7, "tempo": 97, "mode": "trade", "density": 2.0, "meter": meter}
    assert second == {"seed": 0, "tempo": 140.0, "mode": "continue", "density": 2.0, "meter": meter}


def test_a_tune_brings_its_own_tempo_and_meter_and_none_brings_nothing(jams: list[Settings]) -> None:
    antiphon("jam", "--tune", "kettle")
    antiphon("jam", "--tune", "none")
    assert jams[0].knobs == {"tempo": 138.0, "meter": "6/8"}
    assert jams[1].knobs == {}


def test_what_is_asked_for_reaches_the_settings(jams: list[Settings]) -> None:
    antiphon("jam", "--pack", "mine", "--system", "loopback")
    assert (jams[0].engine.pack, jams[0].midi.system) == ("mine", "loopback")


def test_no_value_of_the_command_line_is_changed_to_fit(jams: list[Settings]) -> None:
    values: dict[str, tuple[Any, ...]] = {"seed": (0, 2**31 - 1), "tempo": (20.0, 300.0)}
    for name, ends in values.items():
        for value in ends:
            antiphon("jam", f"--{name}", str(value))
            assert ParameterTable().set(name, jams[-1].knobs[name]).new == value
