from bridge.osc.inbox import Inbox
from bridge.osc.packet import Message

ME = ("127.0.0.1", 5000)


def test_the_last_value_wins_and_comes_last() -> None:
    inbox = Inbox()
    for address, value in (("/tempo", 100), ("/mode", 1), ("/tempo", 110)):
        inbox.command(address, Message(address, (value,)), ME)
    assert [message for _, message, _ in inbox.take_commands()] == [Message("/mode", (1,)), Message("/tempo", (110,))]
    assert inbox.overtaken == 1
    assert len(inbox) == 0
