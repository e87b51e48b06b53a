import plistlib
import tomllib
from pathlib import Path

import pytest

import bridge
from bundle import mac, version, windows

ROOT = Path(version.__file__).parents[2]


def test_there_is_one_version_and_every_installer_has_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert ROOT / project["tool"]["hatch"]["version"]["path"] == Path(bridge.__file__)
    assert mac.info(version.VERSION)["CFBundleShortVersionString"] == bridge.__version__
    assert f"'ProductVersion', '{bridge.__version__}'" in windows.resource("antiphon")


@pytest.mark.parametrize(
    ("text", "numbers"), [("0.1.0", (0, 1, 0, 0)), ("1.2", (1, 2, 0, 0)), ("1.20.3rc4", (1, 20, 3, 0))]
)
def test_windows_gets_four_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert version.numbers(text) == numbers


def test_a_build_is_dated_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert version.built_at(ROOT) == 1_700_000_000


def test_the_property_lists_can_be_read_by_their_own_format(tmp_path: Path) -> None:
    mac.write_agent(tmp_path / "agent.plist")
    agent = plistlib.loads((tmp_path / "agent.plist").read_bytes())
    assert (agent["Label"], agent["ProcessType"], agent["RunAtLoad"]) == (mac.IDENTIFIER, "Interactive", True)
    info = plistlib.loads(plistlib.dumps(mac.info("1.0")))
    assert info["LSUIElement"] is True
    entitlements = plistlib.loads((ROOT / "packaging/macos/entitlements.plist").read_bytes())
    assert all(entitlements.values())


def test_the_metadata_of_a_flavour_that_is_not_installed_are_left_out() -> None:
    from importlib.metadata import PackageNotFoundError

    def copy(name: str) -> list[tuple[str, str]]:
        if name != "onnxruntime":
            raise PackageNotFoundError(name)
        return [("/there", "here")]

    assert version.metadata(copy) == [("/there", "here")]
