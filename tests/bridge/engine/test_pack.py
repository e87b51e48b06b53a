import hashlib
from pathlib import Path

import pytest

from bridge.engine.pack import Pack, read_card
from bridge.errors import PackError

GRAPH = b"not really a graph, but its hash is right"
DIGEST = hashlib.sha256(GRAPH).hexdigest()


def write(folder: Path, **changes: str) -> Path:
    """A small sound pack, with lines of its card replaced."""
    folder.mkdir(exist_ok=True)
    (folder / "step.onnx").write_bytes(GRAPH)
    lines = {
        "schema": "1",
        "name": '"small"',
        "family": '"lstm"',
        "version": '"1.0.0"',
        "title": '"A small pack"',
        "licence": '"CC0-1.0"',
        "voices": '["lead"]',
        "graphs": f'{{ step = [{{ path = "step.onnx", sha256 = "{DIGEST}" }}] }}',
    } | changes
    (folder / "pack.toml").write_text("\n".join(f"{key} = {value}" for key, value in lines.items()))
    return folder


def test_a_sound_pack_gives_its_graph_for_every_provider(tmp_path: Path) -> None:
    pack = Pack.load(write(tmp_path))
    assert pack.graph("step", "cpu") == pack.graph("step", "cuda") == tmp_path / "step.onnx"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": "99"}, "schema 99"),
        ({"voices": '["kazoo"]'}, "kazoo"),
        ({"surprise": "1"}, "surprise"),
        ({"name": "12"}, "name"),
        ({"graphs": "{ step = [] }"}, "names no file"),
        ({"graphs": '{ step = [{ path = "gone.onnx", sha256 = "0" }] }'}, "gone.onnx is missing"),
        ({"graphs": '{ step = [{ path = "step.onnx", sha256 = "0" }] }'}, "damaged"),
        ({"graphs": '{ step = [{ path = "../../etc/passwd", sha256 = "0" }] }'}, "outside the pack"),
        ({"title": '"unfinished'}, "pack.toml"),
    ],
)
def test_a_bad_pack_is_refused_with_what_is_wrong(tmp_path: Path, changes: dict[str, str], said: str) -> None:
    with pytest.raises(PackError, match=said.replace(".", r"\.")):
        Pack.load(write(tmp_path / "pack", **changes))


def test_a_folder_without_a_card_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"no pack in .*`antiphon models`"):
        read_card(tmp_path)


def test_a_graph_for_another_provider_is_not_taken(tmp_path: Path) -> None:
    graphs = f'{{ step = [{{ path = "step.onnx", sha256 = "{DIGEST}", providers = ["cuda"] }}] }}'
    pack = Pack.load(write(tmp_path, graphs=graphs))
    with pytest.raises(PackError, match="no «step» graph for cpu"):
        pack.graph("step", "cpu")
