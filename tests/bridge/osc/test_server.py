import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import wraps
from typing import cast

import pytest

from bridge import __version__
from bridge.control.parameters import ParameterTable
from bridge.errors import OscError, SettingsError
from bridge.music.note import Voice
from bridge.osc.address import READINGS
from bridge.osc.packet import BUNDLE, Argument, Message, read, write
from bridge.osc.server import PACKET_MESSAGES, OscServer

WAIT = 5.0
FAR_FUTURE = b"\xff" * 8


class Band:
    """Writes down what it is told to do."""

    def __init__(self) -> None:
        self.deeds: list[str] = []
        self.looks = 0

    def start(self) -> None:
        self.deeds.append("start")

    def resume(self) -> None:
        self.deeds.append("resume")

    def stop(self) -> None:
        self.deeds.append("stop")

    def locate(self, beat: float) -> None:
        self.deeds.append(f"locate {beat:g}")

    def tap_tempo(self) -> None:
        self.deeds.append("tap")

    def panic(self) -> None:
        self.deeds.append("panic")

    def keep(self, bars: int) -> None:
        self.deeds.append(f"keep {bars}")

    @property
    def kept(self) -> str:
        return "somewhere"

    def do(self, name: str, argument: str | None = None) -> None:
        if argument == "wrong":
            raise SettingsError("there is no preset «wrong»")
        self.deeds.append(name if argument is None else f"{name} {argument}")

    def ask(self, name: str) -> tuple[str, ...]:
        return (name, "verse")

    def status(self) -> Mapping[str, object]:
        self.looks += 1
        return {"playing": True, "tempo": 97.0, "bar": 3, "beat": 2, "who": "band", "secret": 1, "key": None}


class Client(asyncio.DatagramProtocol):
    """A control surface: sends, and keeps what comes back."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        for message in read(data):
            self.answers.put_nowait(message)

    def send(self, address: str, *arguments: Argument) -> None:
        self.raw(write(Message(address, arguments)))

    def raw(self, data: bytes) -> None:
        self.transport.sendto(data)

    async def answer(self) -> Message:
        return await asyncio.wait_for(self.answers.get(), WAIT)

    async def ask(self, address: str) -> tuple[Argument, ...]:
        self.send(address)
        answer = await self.answer()
        assert answer.address == address
        return answer.arguments


class Surface:
    """A server on a port of its own, with a client."""

    def __init__(self) -> None:
        self.table = ParameterTable()
        self.band = Band()
        self.reports: list[str] = []
        self.server = OscServer(self.table, self.band, self.reports.append, port=0)
        self.client = Client()


@asynccontextmanager
async def surface() -> AsyncIterator[Surface]:
    setup = Surface()
    await setup.server.start()
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(lambda: setup.client, remote_addr=setup.server.address)
    try:
        yield setup
    finally:
        setup.client.transport.close()
        setup.server.stop()
        await asyncio.sleep(0)


def on_stage(test: Callable[[Surface], Awaitable[None]]) -> Callable[[], None]:
    """Run a test with a surface in a loop of its own."""

    @wraps(test)
    def run() -> None:
        async def play() -> None:
            async with surface() as setup:
                await test(setup)

        asyncio.run(play())

    del run.__dict__["__wrapped__"]
    return run


@on_stage
async def test_what_can_be_set_can_be_asked(setup: Surface) -> None:
    setup.client.send("/antiphon/tempo", 97.5)
    assert await setup.client.ask("/antiphon/tempo") == (97.5,)
    assert setup.table.get("tempo") == 97.5


@on_stage
async def test_floats_are_taken_for_every_number_and_switch(setup: Surface) -> None:
    setup.client.send("/antiphon/trade_bars", 4.0)
    setup.client.send("/antiphon/key_lock", 0.0)
    setup.client.send("/antiphon/mode", 1.0)
    assert await setup.client.ask("/antiphon/trade_bars") == (4,)
    assert await setup.client.ask("/antiphon/key_lock") == (0,)
    assert await setup.client.ask("/antiphon/mode") == ("trade",)


@on_stage
async def test_true_and_false_are_taken_for_switches(setup: Surface) -> None:
    setup.client.raw(b"/antiphon/voice/bass/on\0,F\0\0")
    assert await setup.client.ask("/antiphon/voice/bass/on") == (0,)
    assert setup.table.get("on", Voice.BASS) is False


@on_stage
async def test_the_transport_is_played_like_buttons(setup: Surface) -> None:
    setup.client.send("/antiphon/play", 1.0)
    setup.client.send("/antiphon/play", 0.0)
    setup.client.send("/antiphon/locate", 16)
    setup.client.send("/antiphon/tap")
    setup.client.send("/antiphon/panic")
    await setup.client.ask("/antiphon/ping")
    assert setup.band.deeds == ["start", "locate 16", "tap", "panic"]


@on_stage
async def test_two_numbers_come_as_two_or_as_a_text(setup: Surface) -> None:
    setup.client.send("/antiphon/xy", 0.25, 0.5)
    await setup.client.ask("/antiphon/ping")
    setup.client.send("/antiphon/infill", "2 3")
    await setup.client.ask("/antiphon/ping")
    assert setup.band.deeds == ["xy 0.25 0.5", "infill 2 3"]


@on_stage
async def test_the_place_in_the_song_can_be_asked(setup: Surface) -> None:
    assert await setup.client.ask("/antiphon/locate") == (3, 2)


@on_stage
async def test_what_just_happened_is_kept_and_its_folder_can_be_asked(setup: Surface) -> None:
    setup.client.send("/antiphon/keep", 4.0)
    assert await setup.client.ask("/antiphon/keep") == ("somewhere",)
    assert setup.band.deeds == ["keep 4"]


@on_stage
async def test_ping_is_answered_with_name_and_version(setup: Surface) -> None:
    assert await setup.client.ask("/antiphon/ping") == ("antiphon", __version__)


@on_stage
async def test_status_is_answered_line_by_line_and_closed_with_their_number(setup: Surface) -> None:
    setup.client.send("/antiphon/status")
    told = {}
    while (answer := await setup.client.answer()).address != "/antiphon/status":
        told[answer.address.removeprefix("/antiphon/status/")] = answer.arguments[0]
    assert told == {"playing": 1, "tempo": 97.0, "bar": 3, "beat": 2, "who": "band"}
    assert answer.arguments == (5,)
    assert set(told) <= {row.name for row in READINGS}


@on_stage
async def test_one_line_of_the_status_can_be_asked(setup: Surface) -> None:
    assert await setup.client.ask("/antiphon/status/who") == ("band",)


@on_stage
async def test_refresh_tells_everything(setup: Surface) -> None:
    setup.client.send("/antiphon/refresh")
    told = set()
    while (answer := await setup.client.answer()).address != "/antiphon/status":
        told.add(answer.address)
    assert {place.address for place in setup.table} <= told


@on_stage
async def test_a_bundle_for_next_century_is_played_now(setup: Surface) -> None:
    messages = [write(Message("/antiphon/tempo", (88.0,))), write(Message("/antiphon/density", (2.0,)))]
    inner = BUNDLE + FAR_FUTURE + struct.pack(">i", len(messages[1])) + messages[1]
    outer = BUNDLE + FAR_FUTURE + struct.pack(">i", len(messages[0])) + messages[0]
    setup.client.raw(outer + struct.pack(">i", len(inner)) + inner)
    assert await setup.client.ask("/antiphon/density") == (2.0,)
    assert setup.table.get("tempo") == 88.0


@on_stage
async def test_a_wrong_address_is_answered_with_the_right_one(setup: Surface) -> None:
    setup.client.send("/antiphon/tempoo", 97.0)
    answer = await setup.client.answer()
    assert answer.address == "/antiphon/error"
    assert answer.arguments == ("there is no address /antiphon/tempoo; did you mean /antiphon/tempo?",)
    assert "OSC from 127.0.0.1" in setup.reports[0]


@pytest.mark.parametrize(
    ("address", "arguments", "text"),
    [
        ("/antiphon/mode", ("polka",), "continue, trade"),
        ("/antiphon/tempo", (float("nan"),), "20 to 300 BPM"),
        ("/antiphon/tempo", (90.0, 91.0), "one value, not 2"),
        ("/antiphon/locate", ("chorus",), "a number from 0"),
        ("/antiphon/keep", (65,), "a number of bars, from 1 to 64"),
        ("/antiphon/keep", ("all",), "a number of bars"),
        ("/antiphon/locate", (-1e30,), "a number from 0 to 1000000"),
        ("/antiphon/locate", (-0.001,), "a number from 0 to 1000000"),
        ("/antiphon/locate", (1e30,), "a number from 0 to 1000000"),
        ("/antiphon/locate", (2**62,), "a number from 0 to 1000000"),
        ("/antiphon/locate", (float("nan"),), "a number from 0 to 1000000"),
        ("/antiphon/locate", (float("inf"),), "a number from 0 to 1000000"),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_right(address: str, arguments: tuple[Argument, ...], text: str) -> None:
    @on_stage
    async def send(setup: Surface) -> None:
        before = setup.table.snapshot()
        setup.client.send(address, *arguments)
        answer = await setup.client.answer()
        assert answer.address == "/antiphon/error"
        assert text in str(answer.arguments[0])
        assert setup.table.snapshot() == before
        assert setup.band.deeds == []

    send()


@on_stage
async def test_garbage_is_reported_once_and_the_next_message_is_heard(setup: Surface) -> None:
    for _ in range(200):
        setup.client.raw(b"\xde\xad\xbe\xef")
    await setup.client.answer()
    assert await setup.client.ask("/antiphon/tempo") == (120.0,)
    assert setup.server.broken == 200
    assert len(setup.reports) == 1


@on_stage
async def test_in_a_flood_the_last_value_wins_and_the_loop_lives(setup: Surface) -> None:
    changes = 0

    def count(_: object) -> None:
        nonlocal changes
        changes += 1

    setup.table.subscribe(count)
    for number in range(2000):
        setup.client.send("/antiphon/tempo", 100.0 + number / 100)
        await asyncio.sleep(0)
    for _ in range(100):
        await asyncio.sleep(0)
    setup.client.send("/antiphon/tempo", 200.0)
    assert await setup.client.ask("/antiphon/tempo") == (200.0,)
    assert changes + setup.server.inbox.overtaken == 2001
    assert setup.server.inbox.overtaken > 0


@on_stage
async def test_a_bundle_without_end_is_cut(setup: Surface) -> None:
    one = write(Message("/antiphon/tempo", (99.0,)))
    element = struct.pack(">i", len(one)) + one
    setup.client.raw(BUNDLE + FAR_FUTURE + element * (PACKET_MESSAGES + 1))
    answer = await setup.client.answer()
    assert str(PACKET_MESSAGES) in str(answer.arguments[0])
    assert await setup.client.ask("/antiphon/tempo") == (99.0,)


@on_stage
async def test_however_many_ask_at_once_the_band_is_looked_at_once(setup: Surface) -> None:
    addresses = [f"/antiphon/status/{name}" for name in ("playing", "tempo", "bar", "who")] + ["/antiphon/locate"]
    messages = [write(Message(address)) for address in addresses]
    setup.client.raw(BUNDLE + FAR_FUTURE + b"".join(struct.pack(">i", len(one)) + one for one in messages))
    for _ in messages:
        await setup.client.answer()
    assert setup.band.looks == 1
    assert await setup.client.ask("/antiphon/status/who") == ("band",)
    assert setup.band.looks == 2


@on_stage
async def test_a_port_that_is_taken_is_told_with_its_holder(setup: Surface) -> None:
    second = OscServer(setup.table, setup.band, setup.reports.append, port=setup.server.address[1])
    with pytest.raises(OscError, match=r"is held by .*another `port` under \[osc\]"):
        await second.start()
    second.stop()


def test_a_host_that_is_not_ours_is_told() -> None:
    server = OscServer(ParameterTable(), Band(), print, host="192.0.2.1")
    with pytest.raises(OscError, match=r"192\.0\.2\.1:9270"):
        asyncio.run(server.start())


@on_stage
async def test_what_the_console_can_do_has_an_address(setup: Surface) -> None:
    setup.client.send("/antiphon/preset/save", "verse")
    setup.client.send("/antiphon/snapshot/A/store")
    setup.client.send("/antiphon/undo", 1)
    setup.client.send("/antiphon/learn", "voice/bass/level")
    assert await setup.client.ask("/antiphon/presets") == ("presets", "verse")
    assert await setup.client.ask("/antiphon/learn") == ("learn", "verse")
    assert setup.band.deeds == ["preset/save verse", "snapshot/A/store", "undo", "learn voice/bass/level"]
    setup.client.send("/antiphon/preset/load", "wrong")
    answer = await setup.client.answer()
    assert answer == Message("/antiphon/error", ("/antiphon/preset/load: there is no preset «wrong»",))
