"""Our own JACK client against a real server, with another client at the other end."""

import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bridge.errors import PortError
from bridge.midi.jack import JackPorts
from bridge.midi.ports import Arrival, PortNews, Written
from bridge.midi.system import choose, scan
from tests.live.conftest import JackServer
from tests.live.outside import Outside

pytestmark = pytest.mark.live

INS = ("in", "control")
OUTS = ("lead", "chords", "bass", "drums", "click", "guest")


def wait(reached: Callable[[], object], seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)


@pytest.fixture
def news() -> deque[Arrival | Written | PortNews]:
    return deque()


@pytest.fixture
def ports(jack_server: JackServer, news: deque[Arrival | Written | PortNews]) -> Iterator[JackPorts]:
    opened = JackPorts(jack_server.name)
    opened.open(INS, OUTS, news.append)
    yield opened
    opened.close()


@pytest.fixture
def outside(jack_server: JackServer) -> Iterator[Outside]:
    with Outside(jack_server.name) as client:
        yield client


def check_heard(sent: list[bytes], heard: list[bytes], ports: JackPorts) -> None:
    """All was heard, in order; only where the server missed cycles, which loses notes, may some be wanting."""
    if ports.xruns:
        rest = iter(sent)
        assert all(data in rest for data in heard)
        assert len(heard) >= len(sent) // 2
    else:
        assert heard == sent


def of(kind: type[Any], news: deque[Arrival | Written | PortNews]) -> list[Any]:
    return [event for event in news if isinstance(event, kind)]


@pytest.mark.parametrize("jack_server", [64, 256], indirect=True)
def test_every_note_of_a_stream_leaves_at_its_exact_frame(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("lead", "outside:ear")
    first = round((ports.now() + 0.1) * ports.rate)
    count, step = 400, 241
    sent = [bytes((0x90, number % 128, 1 + number // 128)) for number in range(count)]
    for number in range(count):
        due = (first + number * step) / ports.rate
        while ports.now() < due - ports.horizon:
            time.sleep(0.001)
        ports.send("lead", due, sent[number], number)
    wait(lambda: len(of(Written, news)) == count)
    time.sleep(0.1)
    heard = outside.heard()
    check_heard(sent, [data for _, data in heard], ports)
    late = {written.token: written.late for written in of(Written, news)}
    exact = [number for number in range(count) if late[number] == 0.0]
    frames = {data: frame for frame, data in heard}
    errors = {frames[sent[number]] - (first + number * step) for number in exact if sent[number] in frames}
    assert errors == {0}
    # A cycle that the machine missed makes late what was due in it; without one, nothing is late.
    assert len(exact) == count or ports.xruns


def test_what_comes_in_is_stamped_with_its_frame_and_our_answer_reaches_the_player(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("in", "outside:hand")
    assert ports.connect("lead", "outside:ear")
    (played,) = outside.play(b"\x90\x3c\x40")
    wait(lambda: of(Arrival, news))
    (arrival,) = of(Arrival, news)
    assert (arrival.port, arrival.data) == ("in", b"\x90\x3c\x40")
    assert round(arrival.time * ports.rate) - played in (0, ports.period)
    ports.send("lead", ports.now(), arrival.data)
    wait(outside.messages)
    assert outside.messages()[0] == b"\x90\x3c\x40"


@pytest.mark.parametrize("jack_server", [64, 256], indirect=True)
def test_the_first_note_through_a_new_cable_is_heard_though_nobody_was_listened_to(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    sent = [bytes((0x90, number, 64)) for number in range(20)]
    for message in sent:
        ports.poll()
        outside.join("Antiphon:in", message)
        time.sleep(0.05)
        outside.part("Antiphon:in")
    check_heard(sent, [arrival.data for arrival in of(Arrival, news)], ports)


def test_a_late_message_is_written_all_the_same_and_says_by_how_much(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("bass", "outside:ear")
    ports.send("bass", ports.now() - 0.5, b"\x80\x30\x40", 7)
    wait(lambda: outside.messages() and of(Written, news))
    assert outside.messages()[0] == b"\x80\x30\x40"
    # The dummy driver's frames lag behind JACK's estimate of them when the machine is late.
    assert 0.4 < of(Written, news)[0].late < 0.6


def test_messages_of_one_frame_keep_their_order(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("lead", "outside:ear")
    due = ports.now() + 0.05
    sent = [bytes((0x90, 60, number)) for number in range(1, 60)]
    for token, data in enumerate(sent):
        ports.send("lead", due, data, token)
    wait(lambda: len(news) == len(sent))
    time.sleep(0.1)
    check_heard(sent, outside.messages(), ports)


def test_a_burst_that_no_buffer_holds_loses_nothing(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("drums", "outside:ear")
    sent = [bytes((0x90 | number % 16, number % 128, 1 + number // 128)) for number in range(3000)]
    due = ports.now() + 0.1
    for token, data in enumerate(sent):
        ports.send("drums", due, data, token)
    wait(lambda: len(news) == len(sent))
    time.sleep(0.1)
    check_heard(sent, outside.messages(), ports)


def test_a_long_sysex_passes_both_ways(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("in", "outside:hand")
    assert ports.connect("lead", "outside:ear")
    dump = b"\xf0" + bytes(number % 128 for number in range(8000)) + b"\xf7"
    outside.play(dump)
    ports.send("lead", ports.now(), dump)
    wait(lambda: of(Arrival, news) and outside.messages())
    assert of(Arrival, news)[0].data == dump
    assert outside.messages()[0] == dump


def test_a_message_too_long_for_the_port_is_refused_aloud_and_the_next_one_plays(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("lead", "outside:ear")
    ports.send("lead", ports.now(), b"\xf0" + bytes(200_000) + b"\xf7")
    ports.send("lead", ports.now(), b"\x90\x3c\x40")
    wait(outside.messages)
    assert outside.messages()[0] == b"\x90\x3c\x40"
    assert "too long" in of(PortNews, news)[0].detail


def test_garbage_from_another_client_disturbs_nothing(
    ports: JackPorts, outside: Outside, news: deque[Arrival | Written | PortNews]
) -> None:
    assert ports.connect("in", "outside:hand")
    outside.play(*(b"\x00", b"\x3c\x40", b"\xf4", b"\x90\x3c", b"\xf0\x01", b"\x90\x3d\x40"))
    wait(lambda: of(Arrival, news))
    assert [arrival.data for arrival in of(Arrival, news)] == [b"\x90\x3d\x40"]


def test_the_built_in_player_comes_in_through_the_real_input(
    ports: JackPorts, news: deque[Arrival | Written | PortNews]
) -> None:
    frame = round((ports.now() + 0.05) * ports.rate)
    ports.send("guest", frame / ports.rate, b"\x90\x40\x50", 1)
    wait(lambda: of(Arrival, news) and of(Written, news))
    arrival, written = of(Arrival, news)[0], of(Written, news)[0]
    assert (arrival.port, arrival.data) == ("in", b"\x90\x40\x50")
    delay = round(arrival.time * ports.rate) - frame - round(written.late * ports.rate)
    assert 0 <= delay <= 2 * ports.period
    assert ports.connections()["guest"] == ()


def test_a_program_that_comes_back_is_connected_again(
    ports: JackPorts, jack_server: JackServer, news: deque[Arrival | Written | PortNews]
) -> None:
    first = Outside(jack_server.name, "synth")
    assert ports.connect("chords", "synth:ear")
    ports.poll()
    first.close()
    ports.poll()
    assert PortNews("chords", "lost", "synth:ear") in news
    with Outside(jack_server.name, "Synth"):
        ports.poll()
        wait(lambda: PortNews("chords", "found", "synth:ear") in news)
        wait(lambda: ports.connections()["chords"] == ("Synth:ear",))


@pytest.mark.parametrize("jack_server", [1024], indirect=True)
def test_cables_that_come_back_do_not_hold_the_wire_up_and_what_is_sent_a_horizon_later_is_heard(
    ports: JackPorts, jack_server: JackServer, news: deque[Arrival | Written | PortNews]
) -> None:
    voices = OUTS[:4]
    with Outside(jack_server.name, "synth"):
        for voice in voices:
            assert ports.connect(voice, "synth:ear")
        ports.poll()
    ports.poll()
    with Outside(jack_server.name, "synth") as synth:
        took = 0.0
        while len([event for event in of(PortNews, news) if event.what == "found"]) < len(voices):
            before = time.perf_counter()
            ports.poll()
            took = max(took, time.perf_counter() - before)
            time.sleep(0.02)
        assert took < ports.period / ports.rate
        for number, voice in enumerate(voices):
            ports.send(voice, ports.now() + ports.horizon, bytes((0x80, 60 + number, 64)))
        wait(lambda: len(synth.messages()) == len(voices))


def test_what_a_dead_server_will_never_write_is_answered_for(
    own_jack_server: JackServer, news: deque[Arrival | Written | PortNews]
) -> None:
    ports = JackPorts(own_jack_server.name)
    ports.open(INS, OUTS, news.append)
    ports.send("lead", ports.now() + 60.0, b"\x80\x3c\x40", 1)
    own_jack_server.kill()
    wait(lambda: of(PortNews, news), 10)
    ports.send("lead", ports.now(), b"\x80\x3e\x40", 2)
    ports.close()
    assert {written.token for written in of(Written, news) if written.lost} == {1, 2}


def test_a_cable_pulled_by_the_user_stays_pulled(
    ports: JackPorts,
    outside: Outside,
    jack_server: JackServer,
    news: deque[Arrival | Written | PortNews],
) -> None:
    assert ports.connect("bass", "outside:ear")
    ports.poll()
    subprocess.run(["jack_disconnect", "Antiphon:bass", "outside:ear"], env=jack_server.env, check=True, timeout=10)
    ports.poll()
    ports.poll()
    assert ports.connections()["bass"] == ()
    assert not of(PortNews, news)


def test_closing_lets_the_last_message_out_and_leaves_no_port(jack_server: JackServer, outside: Outside) -> None:
    ports = JackPorts(jack_server.name)
    ports.open(INS, OUTS, lambda _: None)
    assert ports.connect("lead", "outside:ear")
    ports.send("lead", ports.now() + 0.01, b"\x80\x3c\x40")
    ports.close()
    ports.close()
    assert outside.messages() == [b"\x80\x3c\x40"]
    assert not [line for line in jack_server.lsp() if line.startswith("Antiphon")]


def test_a_server_called_like_us_is_not_harmed(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = JackServer(name="Antiphon")
    if server.lsp():
        pytest.skip("a server called Antiphon is already running")
    server.start(tmp_path_factory.mktemp("jack") / "jackd.log")
    try:
        for _ in range(2):
            ports = JackPorts(server.name)
            ports.open(INS, OUTS, lambda _: None)
            ports.close()
        assert server.lsp()
    finally:
        server.stop()


def test_the_death_of_the_server_is_told_once_and_time_goes_on(
    own_jack_server: JackServer, news: deque[Arrival | Written | PortNews]
) -> None:
    ports = JackPorts(own_jack_server.name)
    ports.open(INS, OUTS, news.append)
    before = ports.now()
    own_jack_server.kill()
    wait(lambda: of(PortNews, news), 10)
    ports.send("lead", ports.now(), b"\x90\x3c\x40")
    ports.poll()
    assert ports.connections() == {}
    assert not ports.connect("lead", "outside:ear")
    assert ports.now() >= before
    ports.close()
    assert [event.what for event in of(PortNews, news)] == ["system-lost"]


def test_without_a_server_the_error_says_so_and_none_is_started() -> None:
    with pytest.raises(PortError, match="no JACK server called antiphon-nobody is running"):
        JackPorts("antiphon-nobody")


def test_the_running_server_is_chosen_and_its_ports_are_listed(
    jack_server: JackServer, ports: JackPorts, outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    choice = choose()
    assert choice.ports.system == "jack"
    assert f"{jack_server.period} frames" in choice.why
    choice.ports.close()
    listed = {info.name: info for info in scan()}
    assert listed["Antiphon:in"].ours
    assert listed["Antiphon:in"].connected == ("Antiphon:guest",)
    assert listed["outside:hand"].direction == "in"
    assert not listed["outside:hand"].ours


def test_python_rtmidi_can_stand_in_on_jack(jack_server: JackServer) -> None:
    script = """
import time
from bridge.midi.rtmidi import RtMidiPorts
news = []
ports = RtMidiPorts("jack")
ports.open(("in", "control"), ("lead", "guest"), news.append)
ports.send("guest", ports.now(), bytes((0x90, 60, 64)), 3)
time.sleep(0.3)
print([info.name for info in ports.scan() if info.ours])
ports.close()
print([event for event in news])
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=jack_server.env,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Antiphon-in:in" in done.stdout
    assert "Arrival(port='in'" in done.stdout
    assert "Written(token=3" in done.stdout
    assert "jack server is not running" not in done.stderr
    assert not [line for line in jack_server.lsp() if line.startswith("Antiphon")]


def test_our_client_loads_no_numpy_and_loads_fast(jack_server: JackServer) -> None:
    script = """
import sys, time
start = time.perf_counter()
from bridge.midi.system import choose
ports = choose("jack").ports
ports.open(("in", "control"), ("lead", "chords", "bass", "drums", "click", "guest"), print)
took = time.perf_counter() - start
ports.close()
assert "numpy" not in sys.modules
print(took)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=jack_server.env,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert float(done.stdout) < 1.0
    assert done.stderr == ""
