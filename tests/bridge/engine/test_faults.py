import pytest

from bridge.engine.faults import KINDS, Told, words
from bridge.engine.setbacks import GOOD
from bridge.errors import EngineError, PackError


def test_a_fault_is_told_once_until_it_has_not_happened_for_a_good_while() -> None:
    told = Told()
    assert not told.again("one", "it failed", 0.0)
    assert told.again("one", "it failed", GOOD - 1)
    assert told.again("one", "it failed", 2 * GOOD - 2)
    assert not told.again("two", "it failed", 2 * GOOD)
    assert not told.again("one", "it failed", 4 * GOOD)


def test_only_so_many_faults_are_remembered() -> None:
    told = Told()
    for number in range(KINDS + 1):
        told.again("one", str(number), 0.0)
    assert not told.again("one", "0", 0.0)
    assert told.again("one", str(KINDS), 0.0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PackError("one: step.onnx is damaged; get the pack again"), "one: step.onnx is damaged; get the pack again"),
        (EngineError("cuda is gone"), "one: cuda is gone"),
        (MemoryError(), "one: out of memory; choose a smaller pack"),
        (ValueError("a\nb"), "one: the model failed (a); choose another pack, or get this one again"),
        (ValueError(), "one: the model failed (ValueError); choose another pack, or get this one again"),
    ],
)
def test_a_fault_names_the_pack_and_takes_one_line(error: Exception, said: str) -> None:
    assert words(error, "one") == said
