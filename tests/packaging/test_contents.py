from pathlib import Path

from bundle import contents
from bundle.contents import Item


class Made:
    pure = (("bridge.app", "/s/bridge/app.py", "PYMODULE"), ("google", "-", "PYMODULE"))
    binaries = (("liba.so", "/s/liba.so", "BINARY"), ("liba.so.1", "liba.so", "SYMLINK"))
    datas = (("bridge/models/x/pack.toml", "/s/pack.toml", "DATA"),)
    scripts = (("launcher", "/s/launcher.py", "PYSOURCE"),)


def test_what_went_in_is_kept_without_links_and_namespaces(tmp_path: Path) -> None:
    contents.write(Made(), tmp_path / "list.json")
    assert contents.read(tmp_path / "list.json") == [
        Item("liba.so", "/s/liba.so", "BINARY"),
        Item("bridge/models/x/pack.toml", "/s/pack.toml", "DATA"),
        Item("bridge.app", "/s/bridge/app.py", "PYMODULE"),
        Item("launcher", "/s/launcher.py", "PYSOURCE"),
    ]


def test_files_that_were_not_listed_are_found_and_ours_beside_them_are_not(tmp_path: Path) -> None:
    (tmp_path / contents.INSIDE).mkdir()
    for name in ("antiphon", "THIRD-PARTY.txt", f"{contents.INSIDE}/liba.so", f"{contents.INSIDE}/stray"):
        (tmp_path / name).touch()
    (tmp_path / contents.INSIDE / "liba.so.1").symlink_to("liba.so")
    assert contents.unlisted(tmp_path, contents.items(Made())) == [f"{contents.INSIDE}/stray"]
