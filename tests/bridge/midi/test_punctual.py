"""Ports in real time; each test takes a few milliseconds of it."""

import time

from bridge.midi.loopback import LoopbackPorts
from bridge.midi.ports import Arrival, PortNews, Written
from bridge.midi.punctual import PATIENCE, PREPARED, punctual


def opened() -> tuple[LoopbackPorts, list[Arrival | Written | PortNews], list[float]]:
    inner = LoopbackPorts()
    news: list[Arrival | Written | PortNews] = []
    times: list[float] = []
    inner.listen("lead", lambda time, _: times.append(time))
    return inner, news, times


def test_a_message_handed_over_early_leaves_when_it_is_due() -> None:
    inner, news, times = opened()
    ports = punctual(inner)
    ports.open(("in",), ("lead",), news.append)
    assert ports.horizon == PREPARED
    due = ports.now() + 0.002
    ports.send("lead", due, b"\x90\x3c\x40", 1)
    assert times[0] >= due
    assert [type(event) for event in news] == [Written]


def test_a_late_message_leaves_at_once_and_one_due_much_later_holds_nobody_up() -> None:
    inner, news, times = opened()
    ports = punctual(inner)
    ports.open(("in",), ("lead",), news.append)
    ports.send("lead", ports.now() - 1.0, b"\x90\x3c\x40", 1)
    assert isinstance(news[0], Written)
    assert news[0].late >= 1.0
    before = time.perf_counter()
    ports.send("lead", ports.now() + 60.0, b"\x90\x3c\x40")
    assert PATIENCE <= time.perf_counter() - before < 30.0
    assert len(times) == 2


def test_everything_else_is_as_it_was() -> None:
    inner, news, _ = opened()
    ports = punctual(inner)
    ports.open(("in",), ("lead", "guest"), news.append)
    assert (ports.system, ports.detour) == ("loopback", 0.0)
    ports.restore({"lead": ("in",)})
    assert ports.connections() == {"lead": ("in",)}
    assert news == [PortNews("", "restored")]
    ports.close()


def test_ports_that_take_messages_early_are_left_alone() -> None:
    class Early(LoopbackPorts):
        horizon = 0.010

    early = Early()
    assert punctual(early) is early
