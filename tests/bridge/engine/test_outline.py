from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.outline import MOST_FIELDS, External, outline
from bridge.errors import PackError
from tests.bridge.engine.protobuf import in_branch, message, model, number, tensor


def look(tmp_path: Path, data: bytes) -> tuple[list[External], int]:
    path = tmp_path / "step.onnx"
    path.write_bytes(data)
    found = outline(path)
    return list(found.external), found.largest


def test_a_graph_says_how_large_its_largest_tensor_is(tmp_path: Path) -> None:
    assert look(tmp_path, model(tensor((3,)), tensor((8, 100), kind=7), tensor((5,)))) == ([], 8 * 100 * 8)
    assert look(tmp_path, model(tensor((8, 100), kind=10, packed=True))) == ([], 8 * 100 * 2)


def test_weights_in_another_file_are_found_wherever_the_tensor_hides(tmp_path: Path) -> None:
    outside = tensor((4,), location="w.bin", offset="64", length="16")
    expected = [External("w.bin", 80)]
    assert look(tmp_path, model(outside))[0] == expected
    for depth in range(5):
        assert look(tmp_path, in_branch(outside, depth))[0] == expected
    function = message(25, message(7, message(5, message(5, outside))))
    assert look(tmp_path, model() + function)[0] == expected
    assert look(tmp_path, model() + message(20, message(2, message(5, outside))))[0] == expected
    assert look(tmp_path, number(1, 8) + message(7, message(15, message(1, outside))))[0] == expected


def test_what_is_read_of_another_file_is_at_least_what_the_tensor_holds(tmp_path: Path) -> None:
    assert look(tmp_path, model(tensor((1000,), location="w.bin")))[0] == [External("w.bin", 4000)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a graph at all",
        message(7, message(5, tensor((4,))))[:-1],
        b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\xff" * 20,
        b"\x0b",
        model(tensor((4,), location="w.bin", offset="-1")),
        model(tensor((4,), location="w.bin", offset="soon")),
        model(tensor((1,) * 65)),
        in_branch(tensor((4,)), depth=200),
        b"\x08\x08" * (MOST_FIELDS + 1),
    ],
    ids=["empty", "text", "short", "long", "ones", "group", "before", "words", "axes", "deep", "endless"],
)
def test_what_is_no_graph_or_built_to_take_for_ever_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(PackError, match=r"step\.onnx is no ONNX file"):
        look(tmp_path, data)


@given(st.binary(max_size=200))
def test_whatever_the_file_holds_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "some.onnx"
    path.write_bytes(data)
    with suppress(PackError):
        assert outline(path).largest >= 0
