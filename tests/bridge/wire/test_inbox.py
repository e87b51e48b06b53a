import time

from bridge.midi.ports import Arrival, PortNews, Written
from bridge.wire.inbox import LEAST, MOST, Inbox
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


def test_an_exact_wait_gets_up_earlier_where_the_system_wakes_it_late_and_later_again_where_it_does_not() -> None:
    inbox = Inbox()
    for _ in range(20):
        inbox._learn(0.010)
    assert inbox.early == MOST
    for _ in range(1000):
        inbox._learn(0.0)
    assert inbox.early == LEAST


def test_a_wait_that_ends_with_nothing_due_watches_no_clock() -> None:
    inbox = Inbox()
    early = inbox.early
    assert inbox.wait(0.001) is None
    assert inbox.early == early
