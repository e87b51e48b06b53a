"""Golden dialogues with Bitwig Studio, through DrivenByMoss's Open Sound Control."""

from collections.abc import Iterable
from pathlib import Path

import mido
import pytest

from bridge.daw.base import Clip, ClipNote, Ears
from bridge.daw.bitwig import BitwigLane
from bridge.errors import DawError
from bridge.music.meter import Meter
from bridge.osc.packet import Message
from tests.bridge.daw.program import in_a_loop, on_stage, until

PHRASE = Clip("kept lead", (ClipNote(0.0, 0.5, 60, 80), ClipNote(0.5, 1.0, 62, 100)), 4.0)


class Bitwig:
    """A bank of two tracks with two slots each; takes files."""

    def __init__(self) -> None:
        self.full = {(2, 1)}
        self.inserted: list[str] = []
        self.launched: list[str] = []
        self.deaf = False

    def answer(self, message: Message) -> Iterable[Message]:
        if message.address.endswith("/insertFile") and not self.deaf:
            _, _, track, _, slot, _ = message.address.split("/")
            self.full.add((int(track), int(slot)))
            self.inserted.append(str(message.arguments[0]))
            return self.frame([Message(f"/track/{track}/clip/{slot}/hasContent", (1,))])
        if message.address.endswith("/launch"):
            self.launched.append(message.address)
        return self.frame(self.everything()) if message.address == "/refresh" else []

    def everything(self) -> list[Message]:
        told = [
            Message("/play", (0,)),
            Message("/tempo/raw", (97.0,)),
            Message("/time/signature", ("7 / 8",)),
            Message("/beat/str", ("2.1.2.50",)),
        ]
        for track, name in ((1, "Drums"), (2, "Antiphon lead"), (3, "")):
            told += [Message(f"/track/{track}/exists", (int(bool(name)),)), Message(f"/track/{track}/name", (name,))]
            told += [Message(f"/track/{track}/canHoldNotes", (1,))]
            told += [
                Message(f"/track/{track}/clip/{slot}/hasContent", (int((track, slot) in self.full),)) for slot in (1, 2)
            ]
        return told

    def frame(self, told: list[Message]) -> list[Message]:
        return [Message("/update", (1,)), *told, Message("/update", (0,))]


def lane(inbox: Path | None = None):  # type: ignore[no-untyped-def]
    def make(ears: Ears, port: int) -> BitwigLane:
        return BitwigLane(ears, port, 0, 0.2, inbox)

    return make


@in_a_loop
async def test_its_own_meter_counts_its_bars_to_the_sixteenth_and_beyond() -> None:
    async with on_stage(lane(), Bitwig()) as stage:
        await until(lambda: stage.listener.seen and stage.listener.seen[-1].beat is not None)
        seen = stage.listener.seen[-1]
        assert seen.meter == Meter(7, 8)
        assert seen.beat == pytest.approx(3.5 + 0.25 + 0.125)
        assert seen.bpm == pytest.approx(97.0)


@in_a_loop
async def test_what_speaks_alike_but_without_its_frames_is_not_bitwig() -> None:
    bitwig = Bitwig()
    bitwig.frame = lambda told: told  # type: ignore[method-assign]
    async with on_stage(lane(), bitwig, found=False) as stage:
        stage.program.say("/play", 1)
        stage.program.say("/tempo/raw", 120.0)
        await until(lambda: stage.program.asked("/refresh"))
        assert not stage.lane.found


@in_a_loop
async def test_the_bank_is_told_without_the_places_where_no_track_is() -> None:
    async with on_stage(lane(), Bitwig()) as stage:
        tracks = await stage.lane.tracks()
        assert [(track.index, track.name, track.free_slot) for track in tracks] == [
            (1, "Drums", 0),
            (2, "Antiphon lead", 1),
        ]


@in_a_loop
async def test_a_phrase_goes_in_as_a_file_and_the_slot_is_seen_to_be_full(tmp_path: Path) -> None:
    bitwig = Bitwig()
    async with on_stage(lane(tmp_path), bitwig) as stage:
        assert await stage.lane.write_clip("Antiphon lead", PHRASE, fire=True) == "Antiphon lead, slot 2"
        await until(lambda: bitwig.launched)
    file = mido.MidiFile(bitwig.inserted[0])
    assert [message.note for message in file if message.type == "note_on"] == [60, 62]


@in_a_loop
async def test_a_slot_that_stays_empty_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    bitwig = Bitwig()
    bitwig.deaf = True
    async with on_stage(lane(tmp_path), bitwig) as stage:
        with pytest.raises(DawError, match=r"drag .*kept lead\.mid there"):
            await stage.lane.write_clip("Antiphon lead", PHRASE)
