from hypothesis import given
from hypothesis import strategies as st

from bridge.osc.inbox import QUESTIONS, Inbox
from bridge.osc.packet import Message

ME, YOU = ("127.0.0.1", 5000), ("127.0.0.1", 5001)


def test_the_last_value_wins_and_comes_last() -> None:
    inbox = Inbox()
    for address, value in (("/tempo", 100), ("/mode", 1), ("/tempo", 110)):
        inbox.command(address, Message(address, (value,)), ME)
    assert [message for _, message, _ in inbox.take_commands()] == [Message("/mode", (1,)), Message("/tempo", (110,))]
    assert inbox.overtaken == 1
    assert len(inbox) == 0


def test_a_question_is_kept_once_for_each_asker() -> None:
    inbox = Inbox()
    for sender in (ME, ME, YOU):
        inbox.question("/tempo", sender)
    assert inbox.take_questions(10) == [("/tempo", ME), ("/tempo", YOU)]


def test_questions_are_taken_oldest_first_and_a_few_at_a_time() -> None:
    inbox = Inbox()
    for number in range(5):
        inbox.question(f"/{number}", ME)
    assert [address for address, _ in inbox.take_questions(2)] == ["/0", "/1"]
    assert len(inbox) == 3


@given(ports=st.lists(st.integers(1, 65535), max_size=600, unique=True))
def test_a_flood_of_questions_is_bounded_and_counted(ports: list[int]) -> None:
    inbox = Inbox()
    for port in ports:
        inbox.question("/status", ("127.0.0.1", port))
    assert len(inbox) == min(len(ports), QUESTIONS)
    assert inbox.dropped == max(len(ports) - QUESTIONS, 0)
