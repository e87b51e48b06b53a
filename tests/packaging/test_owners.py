from pathlib import Path

import pytest

from bundle.contents import Item
from bundle.owners import Owners, System, Text, UnknownOwnerError, pyinstaller
from tests.packaging.shelf import distribution

SSL = System("libssl3", "3.0.1-1", Text("copyright", "the Apache License"))


def nobody(_: Path) -> System | None:
    return None


def item(path: Path, kind: str = "BINARY") -> Item:
    return Item(path.name, str(path), kind)


def test_a_file_is_of_the_distribution_that_recorded_it(tmp_path: Path) -> None:
    made = distribution(
        tmp_path,
        "some-thing",
        "License-Expression: MIT\nProject-URL: Homepage, https://some.thing\n",
        {"some/a.py": "", "some_thing-1.0.dist-info/licenses/LICENSE": "do what you like"},
    )
    owner = Owners([made], nobody).of(item(tmp_path / "some/a.py", "PYMODULE"))
    assert owner is not None
    assert (owner.name, owner.version, owner.licence, owner.home) == ("some-thing", "1.0", "MIT", "https://some.thing")
    assert [text.text for text in owner.texts] == ["do what you like"]


def test_a_licence_text_in_the_metadata_is_found_where_there_is_no_file(tmp_path: Path) -> None:
    words = "very free " * 30
    made = distribution(tmp_path, "python-osc", f"License: {words}\n", {"pythonosc/a.py": ""})
    owner = Owners([made], nobody).of(item(tmp_path / "pythonosc/a.py"))
    assert owner is not None
    assert owner.licence == "Unlicense"
    assert owner.texts[0].text.startswith("very free")


def test_code_that_is_called_like_a_licence_is_no_licence(tmp_path: Path) -> None:
    made = distribution(tmp_path, "some", "License-Expression: MIT\n", {"some/licence.py": "x = 1", "some/a.py": ""})
    with pytest.raises(UnknownOwnerError, match="no licence text"):
        Owners([made], nobody).of(item(tmp_path / "some/a.py"))


def test_a_distribution_without_a_licence_ends_the_build(tmp_path: Path) -> None:
    made = distribution(tmp_path, "some", "", {"some/a.py": "", "some/LICENSE": "words"})
    with pytest.raises(UnknownOwnerError, match=r"some 1\.0 has no licence in its metadata: add it to PACKAGES"):
        Owners([made], nobody).of(item(tmp_path / "some/a.py"))


def test_a_library_inside_a_wheel_is_its_authors_and_not_the_wheels(tmp_path: Path) -> None:
    files = {"numpy.libs/libquadmath-12345678.so.0": "", "numpy/LICENSE": "words"}
    made = distribution(tmp_path, "numpy", "License-Expression: BSD-3-Clause\n", files)
    owner = Owners([made], nobody).of(item(tmp_path / "numpy.libs/libquadmath-12345678.so.0"))
    assert owner is not None
    assert (owner.licence, owner.within) == ("LGPL-2.1-or-later", "numpy")


def test_our_own_files_have_no_other_owner(tmp_path: Path) -> None:
    made = distribution(tmp_path, "antiphon", "License-Expression: Apache-2.0\n", {"bridge/a.py": ""})
    assert Owners([made], nobody).of(item(tmp_path / "bridge/a.py")) is None


def test_a_library_of_the_system_comes_with_its_packages_copyright_file(tmp_path: Path) -> None:
    (tmp_path / "libssl.so.3").touch()
    owner = Owners([], lambda _: SSL).of(item(tmp_path / "libssl.so.3"))
    assert owner is not None
    assert (owner.name, owner.version, owner.licence, owner.kind) == ("libssl3", "3.0.1-1", "Apache-2.0", "deb")
    assert owner.texts == (SSL.text,)


def test_a_system_package_that_nobody_has_read_ends_the_build(tmp_path: Path) -> None:
    readline = System("libreadline8", "8.2", Text("copyright", "GPL"))
    with pytest.raises(UnknownOwnerError, match="libreadline8: read its licence"):
        Owners([], lambda _: readline).of(item(tmp_path / "libreadline.so.8"))


def test_a_file_of_nobody_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(UnknownOwnerError, match="nobody knows whose"):
        Owners([], nobody).of(item(tmp_path / "stray.so"))


def test_pythons_own_modules_are_pythons() -> None:
    import json

    owner = Owners([], nobody).of(Item("json", str(json.__file__), "PYMODULE"))
    assert owner is not None
    assert (owner.name, owner.licence) == ("CPython", "PSF-2.0")
    assert owner.texts


def test_the_binary_itself_begins_with_pyinstallers_own_code(tmp_path: Path) -> None:
    made = distribution(tmp_path, "pyinstaller", "", {"PyInstaller/COPYING.txt": "GPL with an exception"}, "6.22.3")
    assert pyinstaller([made]).licence == "GPL-2.0-or-later WITH Bootloader-exception"
    with pytest.raises(UnknownOwnerError):
        pyinstaller([])
