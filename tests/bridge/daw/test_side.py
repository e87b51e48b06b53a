"""The desk's side: a program's news reaches clock and table, whichever program it is, and whenever it comes."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bridge.control.parameters import ParameterTable
from bridge.daw import side as module
from bridge.daw.ableton import AbletonLane
from bridge.daw.ardour import ArdourLane
from bridge.daw.base import Clip
from bridge.daw.bitwig import BitwigLane
from bridge.daw.reaper import ReaperLane
from bridge.daw.side import DawSide
from bridge.daw.sliders import nrpn
from bridge.music.meter import Meter
from bridge.music.note import Voice
from bridge.settings import Daw
from bridge.wire.protocol import Observe
from tests.bridge.daw.fake import FakeLane
from tests.bridge.daw.live_set import LiveSet
from tests.bridge.daw.program import Program, in_a_loop, until
from tests.bridge.daw.test_reaper import Reaper
from tests.bridge.daw.test_sliders import messages


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [int(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Desk:
    """What a side talks to."""

    def __init__(self, settings: Daw) -> None:
        self.table = ParameterTable()
        self.observed: list[Observe] = []
        self.told: list[str] = []
        self.side = DawSide(settings, self.table, self.observed.append, self.told.append, Path("inbox"))


@asynccontextmanager
async def live_desk(live: LiveSet, key: bool = True, wire: bool = False) -> AsyncIterator[tuple[Desk, Program]]:
    """Live, and a desk that is set to follow it."""
    listen, port = free_ports(2)
    program = Program(live)
    program.port, program.reply_to = port, listen
    await program.open()
    desk = Desk(Daw(name="ableton", send=port, listen=listen, key=key, wire=wire))
    desk.side.start()
    try:
        yield desk, program
    finally:
        desk.side.stop()
        program.close()


@in_a_loop
async def test_tempo_meter_and_position_go_to_the_clock_and_the_key_to_the_table() -> None:
    live = LiveSet()
    live.song |= {"is_playing": True, "root_note": 2, "scale_name": "Dorian"}
    changes: list[tuple[str, str]] = []
    async with live_desk(live) as (desk, _):
        desk.table.subscribe(lambda change: changes.append((change.place.path, change.source)))
        await until(lambda: desk.observed and desk.observed[-1].meter and desk.table.get("scale") != "auto")
        seen = desk.observed[-1]
        assert (seen.source, seen.playing, seen.meter) == ("ableton", True, Meter(3, 4))
        assert seen.bpm == pytest.approx(97.0)
        assert [each.beat for each in desk.observed if each.beat is not None] == [8.0]
        assert (desk.table.get("key"), desk.table.get("scale")) == ("D", "dorian")
        assert ("key", "daw") in changes
        assert desk.side.name == "ableton"


@in_a_loop
async def test_tracks_are_wired_once_where_that_is_wanted() -> None:
    live = LiveSet()
    async with live_desk(live, wire=True) as (desk, _):
        await until(lambda: len(desk.told) == 5)
        assert desk.told[-1] == "Antiphon lead hears Antiphon (lead)"
        assert "no track «Antiphon drums»" in desk.told[1]


@in_a_loop
async def test_a_key_that_is_not_wanted_is_not_taken() -> None:
    live = LiveSet()
    live.song |= {"root_note": 2, "scale_name": "Dorian"}
    async with live_desk(live, key=False) as (desk, _):
        await until(lambda: desk.observed)
        await asyncio.sleep(0.02)
        assert desk.table.get("key") == "auto"


@in_a_loop
async def test_a_key_that_the_player_sets_stays_until_live_tells_another() -> None:
    live = LiveSet()
    live.song |= {"root_note": 2, "scale_name": "Dorian"}
    async with live_desk(live) as (desk, program):
        await until(lambda: desk.table.get("key") == "D")
        desk.table.set("key", "A")
        program.say("/live/song/get/root_note", 2)
        program.say("/live/song/get/tempo", 90.0)
        await until(lambda: desk.observed and desk.observed[-1].bpm == 90.0)
        assert desk.table.get("key") == "A"
        program.say("/live/song/get/root_note", 4)
        await until(lambda: desk.table.get("key") == "E")


@in_a_loop
async def test_where_any_will_do_reaper_is_found_behind_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = free_ports(6)
    for number, lane in enumerate((AbletonLane, ArdourLane, BitwigLane)):
        monkeypatch.setattr(lane, "ports", (ports[number], ports[4]))
    monkeypatch.setattr(ReaperLane, "ports", (ports[2], ports[4]))
    monkeypatch.setattr(module, "PROBE", 0.05)
    monkeypatch.setattr(module, "POLL", 0.01)
    program = Program(Reaper())
    program.port, program.reply_to = ports[2], ports[4]
    await program.open()
    desk = Desk(Daw(name="auto"))
    desk.side.start()
    try:
        await until(lambda: desk.side.name == "reaper" and desk.observed)
    finally:
        desk.side.stop()
        program.close()


@in_a_loop
async def test_a_port_that_is_taken_is_told_once_and_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN", 0.01)
    monkeypatch.setattr(module, "POLL", 0.01)
    send, listen = free_ports(2)
    holder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    holder.bind(("127.0.0.1", listen))
    desk = Desk(Daw(name="ableton", send=send, listen=listen))
    desk.side.start()
    try:
        await until(lambda: desk.told)
        await asyncio.sleep(0.05)
        assert len(desk.told) == 1
        holder.close()
        program = Program(LiveSet())
        program.port, program.reply_to = send, listen
        await program.open()
        await until(lambda: desk.side.name == "ableton")
        program.close()
    finally:
        holder.close()
        desk.side.stop()


@in_a_loop
async def test_each_voice_goes_to_its_track_and_one_without_costs_no_other() -> None:
    desk = Desk(Daw(name="ableton", tracks={"bass": "My Bass"}))
    fake = FakeLane("Antiphon lead", "My Bass")
    desk.side.lane = fake
    clips = {voice: Clip(voice.value, (), 4.0) for voice in (Voice.LEAD, Voice.DRUMS, Voice.BASS)}
    told = await desk.side.write(clips)
    assert set(fake.clips) == {("Antiphon lead", 0), ("My Bass", 0)}
    assert "no track «Antiphon drums»" in told[1]
    fake.close()
    assert await desk.side.write(clips) == []


def test_sliders_reach_the_table_signed_as_the_programs() -> None:
    desk = Desk(Daw(name="reaper"))
    sources: list[str] = []
    desk.table.subscribe(lambda change: sources.append(change.source))
    for data in messages(nrpn("tempo"), 16_383):
        desk.side.hear_control(data)
    assert desk.table.get("tempo") == pytest.approx(300.0)
    assert sources == ["daw"]
