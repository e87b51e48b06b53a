"""Clips of a music program as phrases, and as what the player has just said."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from bridge.control.parameters import ParameterTable
from bridge.daw.base import Clip, ClipNote
from bridge.daw.prompt import Prompts, phrase_of, place, strokes
from bridge.daw.side import DawSide
from bridge.engine.catalogue import find
from bridge.engine.shelf import open_pack
from bridge.errors import DawError, SettingsError
from bridge.jam.knobs import Knobs
from bridge.midi.messages import NoteOff, NoteOn, decode
from bridge.music.note import BAND, Note, Voice
from bridge.record.session import Header
from bridge.record.session_engine import identity
from bridge.record.session_file import SessionFile
from bridge.record.session_reading import Session
from bridge.rehearsal import Rehearsal
from bridge.replay import Replay
from bridge.settings import Daw
from tests.bridge.daw.fake import FakeLane
from tests.bridge.daw.program import in_a_loop, until

PACK = find("lstm-melody")
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)
TUNE = Clip("tune", tuple(ClipNote(float(n), 0.9, pitch, 90) for n, pitch in enumerate(SCALE)), 8.0)


def a_program(*tracks: str, clip: Clip = TUNE) -> DawSide:
    side = DawSide(Daw(name="ableton"), ParameterTable(), lambda _: None, lambda _: None, Path())
    fake = FakeLane(*tracks)
    fake.clips = {(track, 2): clip for track in tracks}
    side.lane = fake
    return side


def on_stage(side: DawSide | None, keep: Callable[..., object] | None = None) -> tuple[Rehearsal, Prompts, list[str]]:
    stage = Rehearsal(open_pack, PACK, Knobs(seed=3), keep=keep, identity=identity(PACK))
    told: list[str] = []
    stage.run(0.1)
    return stage, Prompts(side, stage.band, stage.to_wire, told.append), told


@in_a_loop
async def test_a_clip_goes_into_a_slot_as_the_phrase_that_it_is() -> None:
    stage, prompts, told = on_stage(a_program("Keys", "Antiphon bass"))
    prompts.named["slot/B/from_daw"]("Keys 3")
    prompts.named["slot/C/from_daw"]("Antiphon bass 3")
    await until(lambda: len(told) == 2)
    assert told[0] == "slot B holds «tune», 2 bars"
    assert stage.band.slots["C"].voices == (Voice.BASS,)
    phrase = stage.band.slots["B"]
    assert [(note.voice, note.beat, note.pitch) for note in phrase.notes] == [
        (Voice.LEAD, float(n), pitch) for n, pitch in enumerate(SCALE)
    ]


def test_a_clip_of_a_voices_own_track_is_that_voices() -> None:
    side = a_program("Keys")
    assert side.voice("antiphon BASS") is Voice.BASS
    assert side.voice("Keys") is Voice.LEAD


def test_a_clip_that_ends_within_a_bar_has_that_bar_too() -> None:
    phrase = phrase_of(Clip("odd", (ClipNote(0.0, 9.0, 60, 90), ClipNote(5.0, 1.0, 62, 90)), 5.5), 4.0, Voice.LEAD)
    assert (phrase.beats, phrase.bars) == (8.0, 2)
    assert phrase.notes[0].duration == 8.0
    assert phrase_of(Clip("exact", TUNE.notes, 8.0004), 4.0, Voice.LEAD).bars == 2


def test_an_empty_clip_and_one_without_end_are_refused() -> None:
    with pytest.raises(DawError, match="«none» has no notes"):
        phrase_of(Clip("none", (), 4.0), 4.0, Voice.LEAD)
    with pytest.raises(DawError, match="2000 beats long; a phrase has 512 at most"):
        phrase_of(Clip("all night", TUNE.notes, 2000.0), 4.0, Voice.LEAD)


def test_a_track_may_have_spaces_in_its_name_and_slots_count_from_one() -> None:
    assert place("Antiphon lead 3") == ("Antiphon lead", 3)
    assert place(" Keys  2.0 ") == ("Keys", 2)
    for text in ("", "Keys", "3", "Keys 0", "Keys 1.5", "Keys nan", "Keys inf", "Keys -1"):
        with pytest.raises(SettingsError, match="a track and the number of its clip slot"):
            place(text)


def test_a_key_is_let_go_before_it_is_struck_again_and_every_key_in_the_end() -> None:
    notes = [Note(Voice.LEAD, 0.0, 3.0, 60, 90), Note(Voice.LEAD, 1.0, 1.0, 60, 80), Note(Voice.LEAD, 1.0, 1.0, 60, 80)]
    heard = [(round(beat, 3), decode(data)) for beat, data in strokes(notes, 8.0)]
    kinds = [(beat, type(message)) for beat, message in heard]
    assert kinds == [(8.0, NoteOn), (9.0, NoteOff), (9.0, NoteOn), (10.0, NoteOff)]


@in_a_loop
async def test_without_a_program_or_a_clip_it_is_said_what_is_missing() -> None:
    _, prompts, _ = on_stage(None)
    with pytest.raises(SettingsError, match="no music program to read a clip from"):
        prompts.named["prompt"]("Keys 1")
    _, prompts, told = on_stage(a_program("Keys"))
    prompts.named["prompt"]("Keys 1")
    await until(lambda: told)
    assert told == ["there is no clip"]


@in_a_loop
async def test_a_prompt_needs_music_that_plays_and_a_player_who_rests() -> None:
    stage, prompts, told = on_stage(a_program("Keys"))
    prompts.named["prompt"]("Keys 3")
    await until(lambda: told)
    assert "start the music first" in told[0]
    stage.start()
    stage.run(4.3)
    stage.perform([(stage.time.now(), 0.1, 60, 90)])
    stage.run(0.5)
    prompts.named["prompt"]("Keys 3")
    await until(lambda: len(told) == 2)
    assert "rest for as long" in told[1]


@in_a_loop
async def test_what_was_said_by_a_clip_is_answered_and_played_again_to_the_same_notes(tmp_path: Path) -> None:
    path = tmp_path / "session.jsonl"
    log = SessionFile(path, Header(began="2026-07-03", knobs=msgspec.to_builtins(Knobs(seed=3))))
    stage, prompts, told = on_stage(a_program("Keys"), keep=log.add)
    stage.start()
    stage.run(6.3)  # beat 12.6: the last bar line is 12
    assert stage.band.metrics.notes == 0
    prompts.named["prompt"]("Keys 3")
    await until(lambda: told)
    assert told == ["«tune» counts as what you have just played: 8 notes"]
    stage.run(0.1)
    heard, song = stage.band.listener.played, stage.band.map.song
    assert [played.pitch for played in heard] == list(SCALE)
    assert [played.beat + song for played in heard] == pytest.approx([4.0 + n for n in range(8)])
    assert not stage.band.listener.busy
    prompts.named["slot/D/from_daw"]("Keys 3")
    await until(lambda: len(told) == 2)
    stage.run(14.0)
    stage.stop()
    stage.run(1.0)
    log.close()
    band = [sent for sent in stage.band.take.band_notes if sent.note.voice in BAND]
    assert band
    assert min(sent.note.beat for sent in band) < 20.0
    again = Replay(Session(path), open_pack, find)
    result = again.run()
    assert result.difference == ""
    assert result.same == result.notes == len(band)
    assert again.band.slots == stage.band.slots
