import hashlib
import os
import sys
from pathlib import Path

import pytest

from bridge.engine.pack import LIMIT_CARD, Pack, pack_sha, read_card
from bridge.errors import PackError
from tests.bridge.engine.protobuf import model, tensor

GRAPH = b"\x08\x08"
"""An ONNX file that says its version and nothing else."""


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


DIGEST = sha(GRAPH)


def write(folder: Path, graph: bytes = GRAPH, /, **changes: str) -> Path:
    """A small sound pack, with lines of its card replaced."""
    folder.mkdir(exist_ok=True)
    (folder / "step.onnx").write_bytes(graph)
    lines = {
        "schema": "1",
        "name": '"small"',
        "family": '"lstm"',
        "version": '"1.0.0"',
        "title": '"A small pack"',
        "licence": '"CC0-1.0"',
        "voices": '["lead"]',
        "graphs": f'{{ step = [{{ path = "step.onnx", sha256 = "{sha(graph)}" }}] }}',
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
        ({"name": '"a\\u001b[2J"'}, "control characters"),
        ({"name": '"' + "a" * 65 + '"'}, "too long"),
        ({"title": '""'}, "empty"),
        ({"voices": '["lead", "lead"]'}, "one of them twice"),
        ({"voices": "[]"}, "no voices"),
        ({"model": "{ hidden = 1000000000 }"}, "a model size that is not within"),
        ({"model": "{ layers = -1 }"}, "a model size that is not within"),
        ({"span_beats": "inf"}, "span that is not within"),
        ({"context_beats": "nan"}, "span that is not within"),
        ({"knobs": '[{name="a",minimum=0.0,maximum=nan,default=0.0,unit="",does=""}]'}, "«a» has no sound range"),
        ({"knobs": '[{name="a",minimum=0.0,maximum=1.0,default=2.0,unit="",does=""}]'}, "«a» has no sound range"),
        ({"codec": "[" * 5000 + "]" * 5000}, "pack.toml"),
        ({"title": '"' + "a" * LIMIT_CARD + '"'}, f"more than {LIMIT_CARD} bytes"),
        ({"graphs": '{ step = [{ path = ".", sha256 = "0" }] }'}, "is no plain file"),
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


def test_of_several_files_for_a_provider_the_one_made_for_the_fewest_is_taken(tmp_path: Path) -> None:
    (tmp_path / "half.onnx").write_bytes(GRAPH)
    graphs = ", ".join(
        f'{{ path = "{name}", sha256 = "{DIGEST}", providers = {providers} }}'
        for name, providers in (("step.onnx", '["cpu", "cuda"]'), ("half.onnx", '["cuda"]'))
    )
    pack = Pack.load(write(tmp_path, graphs=f"{{ step = [{graphs}] }}"))
    assert pack.graph("step", "cuda").name == "half.onnx"
    assert pack.graph("step", "cpu").name == "step.onnx"


def test_a_pack_is_told_from_another_by_its_card(tmp_path: Path) -> None:
    one, other = write(tmp_path / "one"), write(tmp_path / "other", version='"1.0.1"')
    assert pack_sha(one) == sha((one / "pack.toml").read_bytes()) != pack_sha(other)
    assert pack_sha(tmp_path / "none") == ""


def drawing(folder: Path, location: str, listed: str = "w.bin", size: int = 16) -> Path:
    """A pack whose graph draws 16 bytes from a file, and that lists one of `size` bytes."""
    folder.mkdir()
    weights = b"\0" * size
    (folder / "w.bin").write_bytes(weights)
    graph = model(tensor((4,), location=location))
    file = f'{{ path = "{listed}", sha256 = "{sha(weights)}" }}'
    graphs = f'{{ step = [{{ path = "step.onnx", sha256 = "{sha(graph)}", weights = [{file}] }}] }}'
    return write(folder, graph, graphs=graphs)


def test_weights_in_a_file_beside_the_graph_are_listed_with_their_hash(tmp_path: Path) -> None:
    assert Pack.load(drawing(tmp_path / "sound", "w.bin"))
    damaged = drawing(tmp_path / "damaged", "w.bin")
    (damaged / "w.bin").write_bytes(b"\1" * 16)
    with pytest.raises(PackError, match=r"w\.bin is damaged"):
        Pack.load(damaged)


@pytest.mark.parametrize("location", ["/etc/passwd", "../w.bin", "other.bin", "w.bin/../../x", ""])
def test_a_graph_that_draws_on_a_file_that_is_not_listed_is_refused(tmp_path: Path, location: str) -> None:
    with pytest.raises(PackError, match="which its card does not list; do not use this pack"):
        Pack.load(drawing(tmp_path / "pack", location))


def test_weights_that_are_shorter_than_the_graph_needs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"w\.bin is shorter than step\.onnx needs"):
        Pack.load(drawing(tmp_path / "pack", "w.bin", size=15))


def test_weights_outside_the_pack_are_refused_even_where_they_are_listed(tmp_path: Path) -> None:
    (tmp_path / "w.bin").write_bytes(b"\0" * 16)
    with pytest.raises(PackError, match="lies outside the pack"):
        Pack.load(drawing(tmp_path / "pack", "../w.bin", listed="../w.bin"))
    linked = drawing(tmp_path / "linked", "w.bin")
    (linked / "w.bin").unlink()
    (linked / "w.bin").symlink_to(tmp_path / "w.bin")
    with pytest.raises(PackError, match="lies outside the pack"):
        Pack.load(linked)


def test_a_graph_that_claims_ten_gigabytes_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"claims a tensor of 10\.0 GB.*not a pack of ours"):
        Pack.load(write(tmp_path, model(tensor((5, 1 << 29)))))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such pipes")
def test_a_pipe_in_the_place_of_a_graph_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "step.onnx").unlink()
    os.mkfifo(tmp_path / "step.onnx")
    with pytest.raises(PackError, match="is no plain file"):
        Pack.load(tmp_path)
