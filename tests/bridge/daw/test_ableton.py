"""Golden dialogues with Live, as AbletonOSC's own message handlers hold them."""

import asyncio

import pytest

from bridge.daw.ableton import WATCHED, AbletonLane, scale_called
from bridge.daw.ableton_clip import PAGE
from bridge.daw.base import Clip, ClipNote, Ears
from bridge.errors import DawError
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.osc.packet import Message, write
from tests.bridge.daw.live_set import LiveSet
from tests.bridge.daw.program import in_a_loop, on_stage, until

PHRASE = Clip("kept lead", (ClipNote(0.0, 0.5, 60, 80), ClipNote(0.5, 1.0, 127, 100)), 4.0)


def lane(ears: Ears, port: int) -> AbletonLane:
    return AbletonLane(ears, port, 0, patience=0.1)


def long_clip(notes: int) -> Clip:
    return Clip("long", tuple(ClipNote(n * 0.125, 0.1, 40 + n % 60, 90) for n in range(notes)), notes * 0.125)


@in_a_loop
async def test_found_by_its_answer_it_is_asked_for_everything_it_can_tell() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        await until(lambda: stage.listener.seen)
        asked = {message.address for message in stage.program.heard}
        assert asked >= {f"/live/song/start_listen/{name}" for name in WATCHED}
        await until(lambda: stage.lane.detail == "12.1")
        await until(lambda: stage.listener.seen[-1].meter == Meter(3, 4))
        seen = stage.listener.seen[-1]
        assert not seen.playing
        assert seen.bpm == pytest.approx(97.0)
        assert [each.beat for each in stage.listener.seen if each.beat is not None] == [8.0]


@in_a_loop
async def test_a_number_is_a_number_whether_it_is_a_switch_a_float_or_an_integer() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        for value in (True, 1, 1.0):
            stage.listener.seen.clear()
            stage.program.say("/live/song/get/is_playing", value)
            await until(lambda: stage.listener.seen and stage.listener.seen[-1].playing)
            stage.program.say("/live/song/get/is_playing", False)
            await until(lambda: not stage.listener.seen[-1].playing)


@in_a_loop
async def test_of_a_flood_after_a_menu_only_the_end_is_passed_on() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        await until(lambda: stage.listener.seen)
        stage.listener.seen.clear()
        for n in range(50):
            stage.program.say("/live/song/get/current_song_time", 10.0 + n)
        await until(lambda: stage.listener.seen and stage.listener.seen[-1].beat == 59.0)
        assert len(stage.listener.seen) < 25


@in_a_loop
async def test_the_key_of_a_new_set_is_no_news_but_one_that_is_chosen_is() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        await until(lambda: stage.listener.seen)
        assert stage.listener.keys == []
        stage.program.say("/live/song/get/root_note", 2)
        await until(lambda: stage.listener.keys == [Key(2, "major")])
        stage.program.say("/live/song/get/scale_name", "Minor Blues")
        await until(lambda: stage.listener.keys[-1] == Key(2, "blues"))
        stage.program.say("/live/song/get/scale_name", "Hirajoshi")
        await until(lambda: stage.listener.keys[-1] is None)


def test_scales_go_by_our_names_where_we_have_them() -> None:
    assert scale_called("Minor Pentatonic") == "minor pentatonic"
    assert scale_called("Major Pentatonic") == "pentatonic"
    assert scale_called("Bhairav") is None
    assert scale_called("") is None


@in_a_loop
async def test_tracks_are_found_in_one_bulk_question_with_their_first_empty_slot() -> None:
    live = LiveSet()
    live.clips[1, 0] = []
    async with on_stage(lane, live) as stage:
        tracks = await stage.lane.tracks()
        assert [(track.name, track.midi, track.free_slot) for track in tracks] == [
            ("Drums", True, 0),
            ("Antiphon lead", True, 1),
            ("Vocals", False, 0),
        ]
        assert stage.program.asked("/live/song/get/track_data") == [
            (0, 3, "track.name", "track.has_midi_input", "clip_slot.has_clip")
        ]


@in_a_loop
async def test_a_large_set_is_asked_for_in_pages_that_fit_into_a_datagram() -> None:
    live = LiveSet(*(f"track {n}" for n in range(120)))
    live.scenes = 30
    async with on_stage(lane, live) as stage:
        assert len(await stage.lane.tracks()) == 120
        assert len(stage.program.asked("/live/song/get/track_data")) == 4


@in_a_loop
async def test_a_phrase_is_made_cleared_filled_confirmed_named_and_fired() -> None:
    live = LiveSet()
    async with on_stage(lane, live) as stage:
        where = await stage.lane.write_clip("antiphon LEAD", PHRASE, fire=True)
        await until(lambda: live.fired)
        assert where == "Antiphon lead, slot 1"
        assert live.clips[1, 0] == list(PHRASE.notes)
        assert (live.titles[1, 0], live.loops[1, 0], live.fired) == ("kept lead", (0.0, 4.0), [(1, 0)])
        steps = [message.address for message in stage.program.heard if "clip" in message.address]
        order = ["create_clip", "remove/notes", "add/notes", "get/notes", "set/name", "fire"]
        found = [next(n for n, step in enumerate(steps) if step.endswith(name)) for name in order]
        assert found == sorted(found)


@in_a_loop
async def test_a_clip_and_notes_that_live_forgets_are_sent_again() -> None:
    live = LiveSet()
    live.forgets_clips = 2
    live.forgets_pages = 1
    clip = long_clip(250)
    async with on_stage(lane, live) as stage:
        await stage.lane.write_clip("Antiphon lead", clip)
    there = sorted(live.clips[1, 0], key=lambda note: note.beat)
    assert [(note.beat, note.pitch, note.velocity) for note in there] == [
        (note.beat, note.pitch, note.velocity) for note in clip.notes
    ]
    assert live.longest == PAGE


@in_a_loop
async def test_notes_that_never_arrive_are_said_to_be_missing_with_lives_own_reason() -> None:
    live = LiveSet()
    live.forgets_pages = 99
    async with on_stage(lane, live) as stage:
        stage.program.say("/live/error", "NoneType has no attribute")
        with pytest.raises(DawError, match="2 of 2 notes did not arrive in track 2, slot 1"):
            await stage.lane.write_clip("Antiphon lead", PHRASE)


@in_a_loop
async def test_an_audio_track_and_one_that_is_not_there_are_refused_by_name() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        with pytest.raises(DawError, match="«Vocals» of Ableton Live takes no MIDI"):
            await stage.lane.write_clip("Vocals", PHRASE)
        with pytest.raises(DawError, match=r"no track «Bass» .there are: Drums, Antiphon lead, Vocals"):
            await stage.lane.write_clip("Bass", PHRASE)


@in_a_loop
async def test_a_track_that_has_moved_is_found_by_its_name() -> None:
    live = LiveSet()
    async with on_stage(lane, live) as stage:
        await stage.lane.write_clip("Antiphon lead", PHRASE)
        live.names.insert(0, "new one")
        live.clips.clear()
        await stage.lane.write_clip("Antiphon lead", PHRASE)
        assert live.clips[2, 0]


@in_a_loop
async def test_a_track_is_wired_to_our_port_and_sounds() -> None:
    live = LiveSet()
    async with on_stage(lane, live) as stage:
        assert await stage.lane.wire("Antiphon lead", "lead") == "Antiphon lead hears Antiphon (lead)"
        await until(lambda: live.wired == [(1, "Antiphon (lead)"), (1, 0)])
        with pytest.raises(DawError, match="Live offers no input «Antiphon drums»: switch it on"):
            await stage.lane.wire("Drums", "drums")


@in_a_loop
async def test_a_clip_is_read_page_by_page_as_a_prompt() -> None:
    live = LiveSet()
    clip = long_clip(300)
    live.clips[1, 2], live.loops[1, 2], live.titles[1, 2] = list(clip.notes), (0.0, clip.beats), "mine"
    async with on_stage(lane, live) as stage:
        read = await stage.lane.read_clip("Antiphon lead", 2)
        assert (read.name, read.beats, len(read.notes)) == ("mine", clip.beats, 300)
        assert [(note.beat, note.pitch) for note in read.notes] == [(note.beat, note.pitch) for note in clip.notes]
        with pytest.raises(DawError, match="there is no clip in track 2, slot 4"):
            await stage.lane.read_clip("Antiphon lead", 3)


@in_a_loop
async def test_of_a_clip_that_loops_a_part_of_itself_the_part_is_read_from_its_own_beginning() -> None:
    live = LiveSet()
    live.clips[1, 0] = [ClipNote(float(beat), 6.0 if beat == 2 else 1.0, 60 + beat, 90) for beat in range(12)]
    live.loops[1, 0] = (4.0, 8.0)
    async with on_stage(lane, live) as stage:
        read = await stage.lane.read_clip("Antiphon lead", 0)
    assert read.beats == 4.0
    assert [(note.beat, note.pitch) for note in read.notes] == [(0.0, 64), (1.0, 65), (2.0, 66), (3.0, 67)]


@in_a_loop
async def test_a_note_that_outlasts_the_loop_ends_with_it() -> None:
    live = LiveSet()
    live.clips[1, 0], live.loops[1, 0] = [ClipNote(3.0, 9.0, 60, 90)], (0.0, 4.0)
    async with on_stage(lane, live) as stage:
        read = await stage.lane.read_clip("Antiphon lead", 0)
    assert read.notes == (ClipNote(3.0, 1.0, 60, 90),)


@in_a_loop
async def test_a_clip_of_another_length_and_place_is_written_over_from_the_top() -> None:
    for loop in ((4.0, 8.0), (-8.0, -4.0), (0.0, 64.0)):
        live = LiveSet()
        live.clips[1, 2], live.loops[1, 2] = [ClipNote(5.0, 1.0, 50, 90)], loop
        async with on_stage(lane, live) as stage:
            await stage.lane.write_clip("Antiphon lead", PHRASE, slot=2)
        assert live.clips[1, 2] == list(PHRASE.notes)
        assert (live.loops[1, 2], live.markers[1, 2]) == ((0.0, 4.0), 0.0)


@in_a_loop
async def test_audio_and_a_slot_that_is_not_there_are_refused_at_once() -> None:
    live = LiveSet()
    live.clips[1, 1], live.loops[1, 1] = [], (0.0, 4.0)
    live.sound.add((1, 1))
    async with on_stage(lane, live) as stage:
        for deed in (stage.lane.read_clip("Antiphon lead", 1), stage.lane.write_clip("Antiphon lead", PHRASE, 1)):
            with pytest.raises(DawError, match="the clip in track 2, slot 2 of Ableton Live is audio"):
                await deed
        with pytest.raises(DawError, match="«Antiphon lead» of Ableton Live has slots 1 to 4, not 9"):
            await stage.lane.read_clip("Antiphon lead", 8)


@in_a_loop
async def test_what_an_old_abletonosc_does_not_tell_is_said_once_and_is_no_reason_for_anything_else() -> None:
    live = LiveSet()
    del live.song["scale_name"]
    live.forgets_pages = 99
    async with on_stage(lane, live) as stage:
        await until(lambda: any("scale_name" in line for line in stage.listener.told))
        stage.program.say("/live/startup")
        with pytest.raises(DawError) as refused:
            await stage.lane.write_clip("Antiphon lead", PHRASE)
        assert "Live says" not in str(refused.value)
        assert sum("scale_name" in line for line in stage.listener.told) == 1


@in_a_loop
async def test_a_question_that_abletonosc_does_not_know_is_given_up_at_once() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        waiting = asyncio.create_task(stage.lane.tracks())
        await asyncio.sleep(0)
        stage.program.say("/live/error", "Unknown OSC address: /live/song/get/num_tracks")
        with pytest.raises(DawError, match="does not know /live/song/get/num_tracks; install a newer one"):
            await waiting


@in_a_loop
async def test_looking_whether_live_is_there_writes_nothing_into_its_status_bar() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        await until(lambda: stage.listener.seen)
        assert not stage.program.asked("/live/test")


@in_a_loop
async def test_a_live_that_starts_anew_is_subscribed_to_again() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        await until(lambda: stage.listener.seen)
        before = len(stage.program.asked("/live/song/start_listen/tempo"))
        stage.program.say("/live/startup")
        await until(lambda: len(stage.program.asked("/live/song/start_listen/tempo")) == before + 1)


@in_a_loop
async def test_a_live_that_goes_and_comes_back_without_a_word_is_noticed_both_times() -> None:
    live = LiveSet()
    async with on_stage(lane, live) as stage:
        await until(lambda: stage.listener.seen)
        live.mute = True
        stage.listener.time += 20.0
        stage.lane.poll(stage.listener.time)
        assert not stage.lane.found
        assert "answers no more" in stage.listener.told[-1]
        live.mute = False
        stage.listener.seen.clear()
        stage.listener.time += 20.0
        stage.lane.poll(stage.listener.time)
        await until(lambda: stage.lane.found and stage.listener.seen)
        assert len(stage.program.asked("/live/song/start_listen/tempo")) == 2


@in_a_loop
async def test_hostile_packets_change_nothing() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        await until(lambda: stage.listener.seen)
        nan = float("nan")
        for junk in (
            b"",
            b"\0" * 40,
            b"#bundle\0" + b"\xff" * 30,
            b"/live/song/get/tempo\0\0\0\0,f\0\0",
            write(Message("/live/song/get/tempo", (nan,))),
            write(Message("/live/song/get/tempo", ("fast",))),
            write(Message("/live/song/get/tempo")),
            write(Message("/live/song/get/signature_denominator", (0,))),
            write(Message("/live/song/get/root_note", (nan,))),
            write(Message("/somebody/else", (1,))),
        ):
            stage.program.raw(junk)
        stage.program.say("/live/song/get/current_song_time", 21.0)
        await until(lambda: stage.listener.seen[-1].beat == 21.0)
        assert stage.listener.seen[-1].bpm == pytest.approx(97.0)
        assert stage.listener.seen[-1].meter == Meter(3, 4)


@in_a_loop
async def test_a_port_that_is_held_is_told_with_its_holder() -> None:
    async with on_stage(lane, LiveSet()) as stage:
        second = AbletonLane(stage.listener.ears, 1, stage.lane.datagrams.listen_port)
        with pytest.raises(DawError, match=r"UDP port \d+, on which Ableton Live answers, is held by python"):
            await second.connect()
