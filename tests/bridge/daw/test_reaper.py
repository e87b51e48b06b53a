"""Golden dialogues with REAPER's OSC, and with the script that takes phrases in."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

from bridge.daw.base import Clip, ClipNote
from bridge.daw.reaper import ANSWERED, JOB, ReaperLane
from bridge.errors import DawError
from bridge.music.meter import Meter
from bridge.osc.packet import Message
from tests.bridge.daw.program import in_a_loop, on_stage, until

PHRASE = Clip("kept lead", (ClipNote(0.0, 0.5, 60, 80), ClipNote(0.5, 1.0, 127, 100)), 4.0, song=12.0)


class Reaper:
    """Tells everything when its surfaces are refreshed, and nothing else by itself."""

    def __init__(self) -> None:
        self.mute = False
        self.count = 8
        self.names = ["Drums", "Antiphon lead", *[f"t{n}" for n in range(3, 20)]]

    def answer(self, message: Message) -> Iterable[Message]:
        if self.mute:
            return []
        if message.address == "/device/track/count":
            self.count = int(message.arguments[0])
        if message != Message("/action", (41743,)):
            return []
        names = [Message(f"/track/{n}/name", (name,)) for n, name in enumerate(self.names[: self.count], 1)]
        state = [Message("/tempo/raw", (97.5,)), Message("/play", (0.0,)), Message("/beat/str", ("3.2.50",))]
        return [*state, *names, Message("/track/2/recarm", (1.0,))]


def lane(inbox: Path | None = None, patience: float = 0.1):  # type: ignore[no-untyped-def]
    return lambda ears, port: ReaperLane(ears, port, 0, patience, inbox)


@in_a_loop
async def test_tempo_position_and_transport_are_heard_in_our_meter() -> None:
    async with on_stage(lane(), Reaper()) as stage:
        await until(lambda: stage.listener.seen and stage.listener.seen[-1].beat is not None)
        stage.listener.meter = Meter(3, 4)
        stage.program.say("/beat/str", "3.2.50")
        await until(lambda: stage.listener.seen[-1].beat == pytest.approx(2 * 3 + 1.5))
        assert stage.listener.seen[-1].bpm == pytest.approx(97.5)
        stage.program.say("/play", 1.0)
        await until(lambda: stage.listener.seen[-1].playing)


@in_a_loop
async def test_more_than_the_usual_eight_tracks_are_asked_for() -> None:
    async with on_stage(lane(), Reaper()) as stage:
        await until(lambda: stage.program.asked("/device/track/count") == [(64,)])
        tracks = await stage.lane.tracks()
        assert len(tracks) == 19
        assert (tracks[1].name, tracks[1].armed) == ("Antiphon lead", True)


@in_a_loop
async def test_bitwig_on_the_same_port_is_not_taken_for_reaper() -> None:
    async with on_stage(lane(), Reaper(), found=False) as stage:
        await until(lambda: stage.lane.found)
        stage.lane.hear(Message("/update", (1,)))
        stage.lane.found = False
        stage.program.say("/tempo/raw", 120.0)
        stage.program.say("/play", 1)
        await asyncio.sleep(0.01)
        assert not stage.lane.found


@in_a_loop
async def test_a_reaper_that_starts_anew_is_told_again_how_many_tracks_we_want() -> None:
    script = Reaper()
    async with on_stage(lane(), script) as stage:
        script.mute = True
        stage.listener.time += 30.0
        stage.lane.poll(stage.listener.time)
        assert not stage.lane.found
        script.mute, script.count = False, 8
        stage.listener.time += 30.0
        stage.lane.poll(stage.listener.time)
        await until(lambda: stage.lane.found and script.count == 64)


@in_a_loop
async def test_a_phrase_is_left_whole_and_counts_once_the_script_has_answered(tmp_path: Path) -> None:
    async with on_stage(lane(tmp_path), Reaper()) as stage:
        writing = asyncio.create_task(stage.lane.write_clip("Antiphon lead", PHRASE))
        job = tmp_path / f"kept-lead{JOB}"
        await until(job.exists)
        text = job.read_text("utf-8").splitlines()
        assert text[:4] == ["antiphon-phrase 1", "track Antiphon lead", "name kept lead", "at 12.000000 4.000000"]
        assert text[-1] == "end 2"
        job.unlink()
        job.with_suffix(ANSWERED).write_text("ok 2\n")
        assert await writing == "Antiphon lead, beat 13"
        assert not list(tmp_path.iterdir())


@in_a_loop
async def test_a_script_that_refuses_or_does_not_run_is_told(tmp_path: Path) -> None:
    async with on_stage(lane(tmp_path), Reaper()) as stage:
        with pytest.raises(DawError, match=r"run the script antiphon_phrases\.lua"):
            await stage.lane.write_clip("Antiphon lead", PHRASE)
        assert not list(tmp_path.iterdir())
        writing = asyncio.create_task(stage.lane.write_clip("Antiphon lead", PHRASE))
        await until((tmp_path / f"kept-lead{JOB}").exists)
        (tmp_path / f"kept-lead{ANSWERED}").write_text("REAPER made no item\n")
        with pytest.raises(DawError, match="REAPER made no item"):
            await writing


@in_a_loop
async def test_a_name_cannot_smuggle_lines_into_a_phrase(tmp_path: Path) -> None:
    async with on_stage(lane(tmp_path), Reaper()) as stage:
        with pytest.raises(DawError, match="one line"):
            await stage.lane.write_clip("a\nnote 0 1 60 1", PHRASE)
