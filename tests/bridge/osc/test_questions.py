from collections.abc import Iterator
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from bridge.osc.packet import Message
from bridge.osc.questions import MOST, Questions

ME, YOU = ("127.0.0.1", 5000), ("127.0.0.1", 5001)


def questions() -> Questions:
    """Of which "/long" has a hundred lines, "/none" none, and every other one."""

    def answer(address: str) -> Iterator[Message]:
        for number in range({"/long": 100, "/none": 0}.get(address, 1)):
            yield Message(address, (number,))

    return Questions(answer, lambda address: int(address == "/long"), 2)


def test_a_question_is_answered_once_to_each_asker() -> None:
    asked = questions()
    for sender in (ME, ME, YOU):
        asked.put("/tempo", sender)
    assert [(message.address, sender) for message, sender in asked.lines()] == [("/tempo", ME), ("/tempo", YOU)]
    assert len(asked) == 0


def test_a_long_answer_goes_on_where_it_was_left_and_a_short_one_does_not_wait_for_it() -> None:
    asked = questions()
    asked.put("/long", ME)
    first = [message.arguments[0] for message, _ in islice(asked.lines(), 30)]
    asked.put("/none", YOU)
    asked.put("/tempo", YOU)
    rest = list(asked.lines())
    assert rest[0] == (Message("/tempo", (0,)), YOU)
    assert first + [message.arguments[0] for message, _ in rest[1:]] == list(range(100))


def test_what_is_forgotten_is_not_answered() -> None:
    asked = questions()
    asked.put("/long", ME)
    next(asked.lines())
    asked.clear()
    assert list(asked.lines()) == []


@given(ports=st.lists(st.integers(1, 65535), max_size=600, unique=True))
def test_a_flood_of_questions_is_bounded_and_counted(ports: list[int]) -> None:
    asked = questions()
    kept = [asked.put("/status", ("127.0.0.1", port)) for port in ports]
    assert len(asked) == sum(kept) == min(len(ports), MOST)
    assert asked.dropped == max(len(ports) - MOST, 0)
