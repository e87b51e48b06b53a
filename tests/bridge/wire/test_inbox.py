import time

from bridge.midi.ports import Arrival, PortNews, Written
from bridge.wire.inbox import Inbox
from bridge.wire.protocol import Panic, Stop


def test_the_desks_first_word_comes_before_all_that_happened_and_the_rest_keeps_its_order() -> None:
    inbox = Inbox()
    tick, written, news = Arrival("in", 0.0, b"\xf8"), Written(1, 0.0), PortNews("in", "lost")
    for item in (tick, written, news, Stop(), tick, Panic()):
        inbox.put(item)
    assert inbox.opening() == [Stop(), tick, written, news]
    assert inbox.rest() == [tick, Panic()]


def test_what_is_there_is_taken_without_waiting() -> None:
    inbox = Inbox()
    inbox.put(Stop())
    assert inbox.wait(60.0, exact=True) == Stop()
    assert inbox.next() is None


def test_an_exact_wait_never_ends_early() -> None:
    inbox = Inbox()
    for seconds in (0.0, 0.0005, 0.003):
        before = time.perf_counter()
        assert inbox.wait(seconds, exact=True) is None
        assert time.perf_counter() - before >= seconds
