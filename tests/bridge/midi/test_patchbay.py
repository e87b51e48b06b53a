"""The patchbay on a client of our own making; the real one is driven in tests/live."""

import threading
from collections.abc import Callable, Iterator

import pytest

from bridge.midi.patchbay import Patchbay
from bridge.midi.ports import Arrival, PortNews, Written

PATIENCE = 5.0


class NoAnswerError(Exception):
    """What the client raises."""


class Port:
    """A port by its full name, on a client's own where it has cables."""

    def __init__(self, name: str, client: "Client | None" = None) -> None:
        self.name = name
        self.shortname = name.split(":")[1]
        self._client = client

    @property
    def number_of_connections(self) -> int:
        return 0 if self._client is None else len(self._client.get_all_connections(self))


class Client:
    """A JACK client with one in and one out port, whose server takes its time to lay a cable."""

    name = "Antiphon"

    def __init__(self) -> None:
        self.midi_inports = [Port("Antiphon:in", self)]
        self.midi_outports = [Port("Antiphon:lead")]
        self.outside = {"synth:ear", "keys:hand"}
        self.laid: set[tuple[str, str]] = {("Antiphon:lead", "Antiphon:in")}
        self.server = threading.Event()
        self.server.set()
        self.broken = False
        self.looks = 0
        self.tell: Callable[[], object] = lambda: None

    def get_ports(self, is_midi: bool, is_output: bool = False, is_input: bool = False) -> list[Port]:
        self.looks += not (is_output or is_input)
        if self.broken:
            raise NoAnswerError("no answer")
        hands = {name for name in self.outside if name.endswith("hand")}
        return [
            Port(name) for name in sorted(hands if is_output else self.outside - hands if is_input else self.outside)
        ]

    def get_all_connections(self, port: Port) -> list[Port]:
        pairs = [pair for pair in self.laid if port.name in pair]
        return [Port(name) for pair in pairs for name in pair if name != port.name]

    def owns(self, port: Port) -> bool:
        return port.name.startswith("Antiphon:")

    def connect(self, source: str, target: str) -> None:
        assert self.server.wait(PATIENCE)
        self.laid.add((source, target))
        self.tell()

    def appear(self, *names: str) -> None:
        self.outside |= set(names)
        self.tell()

    def vanish(self, name: str) -> None:
        self.outside.discard(name)
        self.laid = {pair for pair in self.laid if name not in pair}
        self.tell()


class Studio:
    """A patchbay, its client, and the news in order."""

    def __init__(self) -> None:
        self.client = Client()
        self.told: list[PortNews] = []
        self.news = threading.Semaphore(0)
        self.prompt = False
        ins = {"in": "the in port"}
        self.patchbay = Patchbay(self.client, NoAnswerError, self.deliver, ins, lambda: self.prompt)
        self.patchbay.open()
        self.client.tell = self.patchbay.changed

    def deliver(self, event: Arrival | Written | PortNews) -> None:
        assert isinstance(event, PortNews)
        self.told.append(event)
        self.news.release()

    @property
    def heard(self) -> list[object]:
        return list(self.patchbay.ears.heard)

    @property
    def passed(self) -> list[tuple[object, int]]:
        return list(self.patchbay.ears.passed)

    def look(self) -> None:
        """Until one is done."""
        self.patchbay.look()
        assert self.patchbay._done.wait(PATIENCE)

    def hear(self) -> PortNews:
        assert self.news.acquire(timeout=PATIENCE)
        return self.told[-1]


@pytest.fixture
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.client.server.set()
    studio.patchbay.close()


def test_a_cable_can_be_laid_both_ways_by_a_loose_name(studio: Studio) -> None:
    assert studio.patchbay.connect("lead", "Synth:ear")
    assert studio.patchbay.connect("in", "keys:hand")
    assert not studio.patchbay.connect("lead", "nobody at all")
    assert studio.patchbay.cables == {"in": ("keys:hand",), "lead": ("synth:ear",)}


def test_what_comes_back_is_plugged_in_again_while_nobody_waits_for_it(studio: Studio) -> None:
    studio.patchbay.connect("lead", "synth:ear")
    studio.client.vanish("synth:ear")
    studio.patchbay.look()
    assert studio.hear() == PortNews("lead", "lost", "synth:ear")
    studio.client.appear("synth:ear")
    studio.client.server.clear()
    for _ in range(3):
        studio.patchbay.look()  # returns, though the server lays no cable yet
    assert len(studio.told) == 1
    studio.client.server.set()
    assert studio.hear() == PortNews("lead", "found", "synth:ear")


def test_a_client_that_does_not_list_its_ports_is_told_and_looked_at_again(studio: Studio) -> None:
    studio.client.broken = True
    studio.patchbay.look()
    assert "no answer" in studio.hear().detail


def test_the_cables_of_before_are_laid_again_while_nobody_waits_and_what_is_not_there_is_awaited(
    studio: Studio,
) -> None:
    studio.client.server.clear()
    studio.patchbay.restore({"lead": ("synth:ear", "drums:ear"), "in": ("keys:hand",), "a port of old": ("keys:hand",)})
    assert studio.patchbay.awaited == {"lead": ("synth:ear", "drums:ear"), "in": ("keys:hand",)}
    assert not studio.told
    studio.client.server.set()
    while studio.hear() != PortNews("", "restored"):
        pass
    assert studio.told == [PortNews("lead", "lost", "drums:ear"), PortNews("", "restored")]
    assert studio.patchbay.cables == {"in": ("keys:hand",), "lead": ("synth:ear",)}
    studio.client.appear("drums:ear")
    studio.patchbay.look()
    studio.patchbay.look()
    assert studio.hear() == PortNews("lead", "found", "drums:ear")


def test_several_that_come_back_to_a_port_are_told_of_when_the_last_is_connected(studio: Studio) -> None:
    studio.client.appear("organ:ear")
    for name in ("synth:ear", "organ:ear"):
        studio.patchbay.connect("lead", name)
    studio.client.vanish("synth:ear")
    studio.client.vanish("organ:ear")
    studio.patchbay.look()
    studio.hear()
    studio.hear()
    studio.client.appear("synth:ear", "organ:ear")
    laid: list[int] = []
    told = studio.patchbay._deliver

    def deliver(event: Arrival | Written | PortNews) -> None:
        laid.append(len(studio.client.laid))
        told(event)

    studio.patchbay._deliver = deliver
    studio.patchbay.look()
    studio.hear()
    studio.hear()
    assert laid == [3, 3]


def test_whoever_asks_for_the_cables_of_before_is_answered_though_jack_does_not(studio: Studio) -> None:
    studio.client.broken = True
    studio.patchbay.restore({"lead": ("synth:ear",)})
    studio.hear()
    studio.hear()
    assert [news.what for news in studio.told] == ["restored", "complaint"]
    assert studio.patchbay.awaited == {"lead": ("synth:ear",)}


def test_an_in_port_is_listened_to_from_the_moment_that_something_may_play_to_it(studio: Studio) -> None:
    assert studio.heard == ["the in port"]
    studio.look()
    assert studio.heard == []
    assert studio.passed == [("the in port", 1)]  # our own cable only
    studio.client.connect("keys:hand", "Antiphon:in")
    assert studio.heard == ["the in port"]
    assert studio.passed == []
    studio.look()
    assert studio.heard == ["the in port"]
    studio.prompt = True
    studio.client.vanish("keys:hand")
    studio.look()
    assert studio.heard == []
    assert studio.passed == []
    assert studio.patchbay.connect("in", "keys:hand") is False
    assert studio.heard == ["the in port"]


def test_an_in_port_is_listened_to_when_a_cable_comes_in_the_middle_of_a_look(studio: Studio) -> None:
    found = studio.client.get_all_connections

    def find(port: Port) -> list[Port]:
        there = found(port)
        studio.client.laid.add(("keys:hand", "Antiphon:in"))
        studio.client.tell()
        return there

    studio.client.get_all_connections = find  # type: ignore[method-assign]
    studio.look()
    assert studio.heard == ["the in port"]
    studio.client.get_all_connections = found  # type: ignore[method-assign]
    studio.look()
    assert studio.patchbay.cables["in"] == ("keys:hand",)
    assert studio.heard == ["the in port"]


def test_while_nothing_comes_or_goes_a_look_is_taken_now_and_then_all_the_same(studio: Studio) -> None:
    for _ in range(30):
        studio.look()
    assert studio.client.looks == 6
    studio.client.outside.discard("synth:ear")
    for _ in range(5):
        studio.look()
    assert studio.client.looks == 7
