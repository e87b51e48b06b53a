"""Golden dialogues with Ardour, as one that was run here really spoke."""

from collections.abc import Iterable

import pytest

from bridge.daw.ardour import SURFACE, ArdourLane
from bridge.daw.base import Can, Clip, Ears
from bridge.errors import DawError
from bridge.osc.packet import Message
from tests.bridge.daw.program import in_a_loop, on_stage, until


class Ardour:
    """Tells its transport when a surface sets itself up, and lists its strips."""

    def __init__(self) -> None:
        self.mute = False
        self.lists = True

    def answer(self, message: Message) -> Iterable[Message]:
        if self.mute:
            return []
        if message.address == "/strip/list" and self.lists:
            return [
                Message("#reply", ("AT", "Voice", 1, 2, 0, 0, 1, 0)),
                Message("#reply", ("MT", "lead", 0, 0, 0, 0, 2, 1)),
                Message("#reply", ("B", "Reverb", 2, 2, 0, 0, 3)),
                Message("#reply", ("end_route_list", 48000, 0, 0)),
            ]
        if message.address != "/set_surface":
            return []
        lamps = [
            Message("/transport_play", (0.0,)),
            Message("/toggle_roll", (0.0,)),
            Message("/transport_stop", (1.0,)),
        ]
        return [*lamps, Message("/heartbeat", (1.0,)), Message("/position/bbt", ("003|02|0960",))]


def lane(ears: Ears, port: int) -> ArdourLane:
    return ArdourLane(ears, port, 0, patience=0.1)


@in_a_loop
async def test_bars_beats_and_ticks_and_the_lamps_of_the_transport_are_heard() -> None:
    async with on_stage(lane, Ardour()) as stage:
        await until(lambda: stage.listener.seen and stage.listener.seen[-1].beat is not None)
        assert (stage.listener.seen[-1].beat, stage.listener.seen[-1].playing) == (9.5, False)
        stage.program.say("/transport_play", 1.0)
        stage.program.say("/transport_stop", 0.0)
        await until(lambda: stage.listener.seen[-1].playing)
        stage.program.say("/transport_play", 0.0)
        stage.program.say("/transport_stop", 1.0)
        await until(lambda: not stage.listener.seen[-1].playing)


@in_a_loop
async def test_its_list_of_strips_is_read_although_its_address_is_none() -> None:
    async with on_stage(lane, Ardour()) as stage:
        tracks = await stage.lane.tracks()
        assert [(track.name, track.midi, track.armed) for track in tracks] == [
            ("Voice", False, False),
            ("lead", True, True),
        ]
        stage.lane.record("lead")
        await until(lambda: stage.program.asked("/strip/recenable") == [(2, 1)])


@in_a_loop
async def test_a_list_that_never_ends_is_told() -> None:
    script = Ardour()
    script.lists = False
    async with on_stage(lane, script) as stage:
        with pytest.raises(DawError, match="did not list its strips"):
            await stage.lane.tracks()


@in_a_loop
async def test_an_ardour_that_starts_anew_is_set_up_again() -> None:
    script = Ardour()
    async with on_stage(lane, script) as stage:
        script.mute = True
        for _ in range(4):
            stage.listener.time += 3.5
            stage.lane.poll(stage.listener.time)
        assert not stage.lane.found
        script.mute = False
        stage.listener.time += 3.0
        before = len(stage.program.asked("/set_surface"))
        stage.lane.poll(stage.listener.time)
        await until(lambda: stage.lane.found)
        assert len(stage.program.asked("/set_surface")) > before
        assert stage.program.asked("/set_surface")[-1] == SURFACE.arguments


@in_a_loop
async def test_that_it_takes_no_notes_is_said_with_what_to_do() -> None:
    async with on_stage(lane, Ardour()) as stage:
        assert Can.WRITE not in stage.lane.can
        with pytest.raises(DawError, match=r"drag the \.mid file"):
            await stage.lane.write_clip("lead", Clip("x", (), 4.0))
