from pathlib import Path

import pytest

from bundle.contents import Item
from bundle.notices import Share, notices, refuse_copyleft, shares
from bundle.owners import Owner, Owners, Text, UnknownOwnerError
from tests.packaging.shelf import distribution

MIT = Owner("some", "1.0", "pypi", "MIT", "https://some.thing", (Text("LICENSE", "do what you like"),))
GPL = Owner("readline", "8", "deb", "GPL-3.0-or-later", "", (Text("copyright", "the GPL"),))


def test_gpl_code_ends_the_build_and_is_named() -> None:
    with pytest.raises(UnknownOwnerError, match=r"readline \(GPL-3.0-or-later\)"):
        refuse_copyleft([Share(MIT, 1), Share(GPL, 1)])
    refuse_copyleft([Share(MIT, 1)])


def test_the_notices_hold_every_owner_with_its_licence_text_and_the_models() -> None:
    text = notices([Share(MIT, 3)], [])
    assert "some 1.0" in text
    assert "https://some.thing" in text
    assert "do what you like" in text
    assert "Models" in text


def test_everybodys_files_are_counted_once_each(tmp_path: Path) -> None:
    made = distribution(
        tmp_path, "some", "License-Expression: MIT\n", {"some/a.py": "", "some/b.py": "", "some/LICENSE": "words"}
    )
    items = [Item(f"some.{name}", str(tmp_path / f"some/{name}.py"), "PYMODULE") for name in "ab"]
    found = shares(items, Owners([made], lambda _: None), [GPL])
    assert [(share.owner.name, share.files) for share in found] == [("readline", 1), ("some", 2)]
