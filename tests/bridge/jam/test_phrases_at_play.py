"""The modes that play phrases, and what the player does with slots, on the offline clock."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from bridge.engine.family import Ask
from bridge.errors import SettingsError
from bridge.jam.gestures import Back, Capture, Clear, Fill, Infill, PlaySlot, Restock
from bridge.jam.knobs import Knobs
from bridge.music.note import BAND, Voice
from bridge.rehearsal import Rehearsal
from tests.bridge.engine.parrot import open_parrot
from tests.bridge.engine.weaver import OWN, Weaver, open_weaver
from tests.bridge.wire.cable import onsets, open_notes

TUNE = (60, 62, 64, 65, 67, 65, 64, 62)
"""A note on every beat: two bars."""
OTHER = (72, 74, 76, 77, 79, 77, 76, 74)


def jam(knobs: Knobs, voices: Sequence[Voice] = (Voice.LEAD,), open_pack: object = open_weaver) -> Rehearsal:
    """A band at 120 beats a minute that rolls from stage beat 0."""
    rehearsal = Rehearsal(open_pack, Path("weaver"), knobs)  # type: ignore[arg-type]
    rehearsal.band.choose_voices(voices)
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(0.01)
    return rehearsal


def play(rehearsal: Rehearsal, beat: float, pitches: Sequence[int] = TUNE, length: float = 0.8) -> None:
    """Let the player play a note on every beat from a song beat on."""
    start = rehearsal.band.map.time_at(beat - rehearsal.band.map.song)
    rehearsal.perform([(start + i * 0.5, length * 0.5, pitch, 80) for i, pitch in enumerate(pitches)])


def until(rehearsal: Rehearsal, beat: float) -> None:
    """Let time pass up to a song beat."""
    rehearsal.run(rehearsal.band.map.time_at(beat - rehearsal.band.map.song) - rehearsal.time.now())


def heard(rehearsal: Rehearsal, start: float, end: float, voice: str = "lead") -> list[tuple[float, int]]:
    """What the band played between two song beats: song beat, to a 16th, and pitch."""
    map = rehearsal.band.map
    notes = [(map.beat_at(time) + map.song, pitch) for time, pitch in onsets(rehearsal.out, voice)]
    return [(round(beat * 4) / 4, pitch) for beat, pitch in notes if start - 0.05 <= beat < end - 0.05]


def asks(rehearsal: Rehearsal) -> list[Ask]:
    assert rehearsal.engine is not None
    member = next(iter(rehearsal.engine._cast))
    assert isinstance(member.family, Weaver)
    return member.family.asks


def on_beats(start: float, pitches: Sequence[int]) -> list[tuple[float, int]]:
    return [(start + index, pitch) for index, pitch in enumerate(pitches)]


def test_vary_answers_with_the_players_phrase_from_a_bar_line_on() -> None:
    rehearsal = jam(Knobs(mode="vary", key_lock=False))
    play(rehearsal, 0.0)
    until(rehearsal, 28.0)
    assert heard(rehearsal, 8.0, 12.0) == []
    assert heard(rehearsal, 12.0, 28.0) == on_beats(12.0, TUNE * 2)


def test_vary_begins_with_the_upbeat_that_the_phrase_began_with() -> None:
    rehearsal = jam(Knobs(mode="vary", key_lock=False))
    play(rehearsal, 3.0, (55, 60, 62, 64, 65))
    until(rehearsal, 20.5)
    assert heard(rehearsal, 8.0, 16.0) == [(11.0, 55), *on_beats(12.0, (60, 62, 64, 65))]
    assert heard(rehearsal, 16.0, 20.0) == [(19.0, 55)]


def test_vary_gives_way_to_a_key_and_takes_up_the_new_phrase() -> None:
    rehearsal = jam(Knobs(mode="vary", key_lock=False))
    play(rehearsal, 0.0)
    until(rehearsal, 15.9)
    play(rehearsal, 16.0, OTHER)
    until(rehearsal, 32.0)
    assert heard(rehearsal, 16.5, 24.0) == []
    assert heard(rehearsal, 28.0, 32.0) == on_beats(28.0, OTHER[:4])


def test_a_pack_knob_moves_the_phrase_behind_the_commit_line_within_60_ms_and_nothing_before() -> None:
    knobs = Knobs(mode="vary", key_lock=False, pack={"": {"move": 0.0}})
    rehearsal = jam(knobs)
    play(rehearsal, 0.0)
    until(rehearsal, 17.5)
    rehearsal.band.turn_knobs(msgspec.structs.replace(knobs, pack={"": {"move": 12.0}}))
    line = rehearsal.band.beat + rehearsal.band.conductor.horizon.beats(120.0)
    rehearsal.run(0.06)
    planned = [note for _, note, _ in rehearsal.band.plan.notes if note.voice is Voice.LEAD]
    assert {note.pitch for note in planned if note.beat >= line} <= {pitch + 12 for pitch in TUNE}
    assert asks(rehearsal)[-1].span.start >= line - 0.01
    until(rehearsal, 21.0)
    assert heard(rehearsal, 18.0, 21.0) == on_beats(18.0, [pitch + 12 for pitch in (64, 62, 60)])


def test_a_band_whose_model_is_slower_than_the_hand_follows_it_all_the_same() -> None:
    knobs = Knobs(mode="vary", key_lock=False, pack={"": {"move": 0.0}})
    rehearsal = jam(knobs)
    rehearsal.note_seconds = 0.012
    play(rehearsal, 0.0)
    until(rehearsal, 16.0)
    for step in range(150):
        rehearsal.band.turn_knobs(msgspec.structs.replace(knobs, pack={"": {"move": float(step // 10)}}))
        rehearsal.run(0.02)
    moved = [pitch - TUNE[int(beat) % 8 - 4] for beat, pitch in heard(rehearsal, 17.0, 22.0)]
    assert len(moved) == 5
    assert len(set(moved)) >= 4
    assert rehearsal.band.metrics.vamped == 0


def test_follow_takes_the_players_rhythm_and_not_the_pitches() -> None:
    rehearsal = jam(Knobs(mode="follow", follow="rhythm", key_lock=False))
    rhythm = (0.0, 0.5, 1.5, 2.0, 3.0)
    start = rehearsal.band.map.time_at(-rehearsal.band.map.song)
    rehearsal.perform([(start + (8 * lap + beat) / 2, 0.2, 60 + lap, 80) for lap in range(4) for beat in rhythm])
    until(rehearsal, 32.0)
    found = heard(rehearsal, 16.0, 32.0)
    assert {pitch for _, pitch in found} == {OWN}
    assert [beat for beat, _ in found] == [16.0 + 8 * lap + beat for lap in range(2) for beat in rhythm]


def test_follow_keeps_the_factor_that_its_knob_says() -> None:
    rehearsal = jam(Knobs(mode="follow", follow="pitch", key_lock=False))
    play(rehearsal, 0.0, TUNE * 2)
    until(rehearsal, 16.0)
    materials = [ask.material for ask in asks(rehearsal) if ask.material is not None]
    assert materials
    assert {material.keep for material in materials} == {("pitch",)}
    assert all(material.beats == 8.0 for material in materials)


def between_two(blend: float) -> Rehearsal:
    rehearsal = jam(Knobs(mode="interpolate", blend=blend, key_lock=False))
    play(rehearsal, 0.0)
    until(rehearsal, 8.9)
    rehearsal.band.gesture(Capture("A"))
    play(rehearsal, 12.0, OTHER)
    until(rehearsal, 20.9)
    rehearsal.band.gesture(Capture("B"))
    return rehearsal


@pytest.mark.parametrize(("blend", "expected"), [(0.0, TUNE), (1.0, OTHER), (0.5, tuple(p + 6 for p in TUNE))])
def test_interpolate_plays_where_the_fader_stands_between_the_two_slots(
    blend: float, expected: tuple[int, ...]
) -> None:
    rehearsal = between_two(blend)
    until(rehearsal, 44.0)
    found = heard(rehearsal, 28.0, 44.0)
    assert sorted(found) == sorted(
        (beat, expected[(int(beat) - int(rehearsal_origin(rehearsal))) % 8]) for beat, _ in found
    )
    assert len(found) == 16


def rehearsal_origin(rehearsal: Rehearsal) -> float:
    material = asks(rehearsal)[-1].material
    assert material is not None
    return material.origin + rehearsal.band.map.song


def test_the_fader_is_heard_at_the_next_note() -> None:
    rehearsal = between_two(0.0)
    until(rehearsal, 30.5)
    rehearsal.band.turn_knobs(Knobs(mode="interpolate", blend=1.0, key_lock=False))
    until(rehearsal, 36.0)
    assert {pitch for _, pitch in heard(rehearsal, 28.0, 31.0)} <= set(TUNE)
    assert {pitch for _, pitch in heard(rehearsal, 31.0, 36.0)} <= set(OTHER)


def test_interpolate_says_once_what_it_lacks_and_goes_by_the_players_phrase() -> None:
    rehearsal = jam(Knobs(mode="interpolate", key_lock=False))
    play(rehearsal, 0.0)
    until(rehearsal, 20.0)
    assert len(rehearsal.told) == 1
    assert "slots A and B are empty" in rehearsal.told[0]
    assert {pitch for _, pitch in heard(rehearsal, 12.0, 20.0)} == set(TUNE)
    rehearsal.band.gesture(Capture("A"))
    rehearsal.run(1.0)
    assert len(rehearsal.told) == 2
    assert "slot B is empty" in rehearsal.told[1]


def test_with_filled_slots_interpolate_plays_without_a_player() -> None:
    slots = between_two(0.0).band.slots
    rehearsal = Rehearsal(open_weaver, Path("weaver"), Knobs(mode="interpolate", blend=0.0))
    rehearsal.band.gesture(Restock(slots))
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(8.0)
    assert {pitch for _, pitch in onsets(rehearsal.out)} == set(TUNE)


@pytest.mark.parametrize("mode", ["vary", "interpolate", "follow"])
def test_a_pack_that_makes_nothing_of_material_plays_all_the_same(mode: str) -> None:
    rehearsal = jam(Knobs(mode=mode), open_pack=open_parrot)
    play(rehearsal, 0.0)
    until(rehearsal, 24.0)
    assert len(heard(rehearsal, 12.0, 24.0)) >= 20
    assert rehearsal.band.conductor.hits.rate > 0.9


@pytest.mark.parametrize("mode", ["vary", "interpolate", "follow", "drums"])
def test_without_a_model_the_vamp_has_these_modes_too(mode: str) -> None:
    rehearsal = jam(Knobs(mode=mode), voices=BAND, open_pack=None)
    play(rehearsal, 0.0)
    until(rehearsal, 24.0)
    assert len(heard(rehearsal, 12.0, 24.0, "drums")) > 6
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_in_drums_the_drummer_is_told_of_the_last_bar_of_every_phrase() -> None:
    rehearsal = jam(Knobs(mode="drums", phrase_bars=4), voices=(Voice.DRUMS,))
    play(rehearsal, 0.0, TUNE * 5)
    until(rehearsal, 36.0)
    fills = {beat + rehearsal.band.map.song for ask in asks(rehearsal) for beat in ask.fills}
    assert fills == {12.0, 28.0}


def test_the_pad_calls_for_a_fill_in_the_next_bar() -> None:
    rehearsal = jam(Knobs(mode="drums", phrase_bars=0), voices=(Voice.DRUMS,))
    play(rehearsal, 0.0, TUNE * 3)
    until(rehearsal, 9.0)
    rehearsal.band.gesture(Fill())
    until(rehearsal, 11.9)
    assert {beat + rehearsal.band.map.song for beat in asks(rehearsal)[-1].fills} == {12.0}
    until(rehearsal, 20.0)
    assert asks(rehearsal)[-1].fills == ()


def frozen(mode: str = "accompany", at: float = 16.5) -> tuple[Rehearsal, Knobs]:
    """A band that is frozen in its fifth bar, after the player has played all the time."""
    knobs = Knobs(mode=mode, key_lock=False, phrase_bars=0)
    rehearsal = jam(knobs, open_pack=open_parrot)
    play(rehearsal, 0.0, [60 + (7 * index) % 12 for index in range(24)])
    until(rehearsal, at)
    rehearsal.band.turn_knobs(msgspec.structs.replace(knobs, freeze=True))
    return rehearsal, knobs


def test_a_frozen_band_repeats_its_last_bars_and_asks_for_nothing() -> None:
    rehearsal, _ = frozen()
    until(rehearsal, 52.0)
    bars = [
        [(beat - start, pitch) for beat, pitch in heard(rehearsal, start, start + 16.0)] for start in (4.0, 20.0, 36.0)
    ]
    assert bars[0] == bars[1] == bars[2]
    assert len(bars[0]) >= 30
    assert rehearsal.band.repeats == "band"


def test_a_band_that_is_let_go_plays_on_from_a_bar_line_without_a_hole() -> None:
    rehearsal, knobs = frozen()
    until(rehearsal, 30.0)
    rehearsal.band.turn_knobs(knobs)
    until(rehearsal, 48.0)
    assert rehearsal.band.repeats == ""
    assert heard(rehearsal, 20.0, 32.0) == [(beat + 16.0, pitch) for beat, pitch in heard(rehearsal, 4.0, 16.0)]
    beats = [beat for beat, _ in heard(rehearsal, 21.0, 48.0)]
    assert max(later - earlier for earlier, later in pairwise(beats)) <= 1.0
    assert len(beats) == len(set(beats))


def test_what_is_frozen_answers_to_level_and_transposition() -> None:
    rehearsal, knobs = frozen()
    until(rehearsal, 22.0)
    rehearsal.band.turn_knobs(msgspec.structs.replace(knobs, freeze=True, transpose={Voice.LEAD: 12}))
    until(rehearsal, 36.0)
    before = {beat: pitch for beat, pitch in heard(rehearsal, 4.0, 20.0)}
    assert all(pitch == before[beat - 16.0] + 12 for beat, pitch in heard(rehearsal, 23.0, 36.0))


def test_a_slot_is_played_from_the_next_bar_on_round_and_round() -> None:
    rehearsal = jam(Knobs(mode="continue"), open_pack=open_parrot)
    play(rehearsal, 0.0)
    until(rehearsal, 9.5)
    rehearsal.band.gesture(Capture("C"))
    rehearsal.band.gesture(PlaySlot("C"))
    assert rehearsal.band.repeats == "C"
    until(rehearsal, 28.0)
    assert heard(rehearsal, 12.0, 28.0) == on_beats(12.0, TUNE * 2)
    until(rehearsal, 28.2)
    rehearsal.stop()
    rehearsal.run(1.0)
    assert not open_notes(rehearsal.out)


def test_while_the_lead_repeats_a_slot_the_others_play_on() -> None:
    rehearsal = jam(Knobs(mode="accompany"), voices=BAND)
    play(rehearsal, 0.0, TUNE * 4)
    until(rehearsal, 9.5)
    rehearsal.band.gesture(Capture("A"))
    rehearsal.band.gesture(PlaySlot("A"))
    until(rehearsal, 32.0)
    for voice in ("chords", "bass", "drums"):
        beats = [beat for beat, _ in heard(rehearsal, 8.0, 32.0, voice)]
        assert beats == [float(beat) for beat in range(8, 32)]
    assert len(heard(rehearsal, 12.0, 32.0)) >= 18


def test_a_slot_that_is_empty_cannot_be_played_and_says_what_to_do() -> None:
    rehearsal = jam(Knobs())
    with pytest.raises(SettingsError, match="slot B is empty; capture"):
        rehearsal.band.gesture(PlaySlot("B"))
    with pytest.raises(SettingsError, match="played nothing"):
        rehearsal.band.gesture(Capture("A"))
    with pytest.raises(SettingsError, match="no slot «E»"):
        rehearsal.band.gesture(Clear("E"))


def test_bars_of_what_is_repeated_are_made_anew_between_those_that_stay() -> None:
    rehearsal = jam(Knobs(mode="continue", key_lock=False))
    play(rehearsal, 0.0, TUNE * 2)
    until(rehearsal, 17.5)
    rehearsal.band.gesture(Capture("A"))
    rehearsal.band.gesture(PlaySlot("A"))
    until(rehearsal, 21.0)
    rehearsal.band.gesture(Infill(2, 3))
    until(rehearsal, 22.0)
    ask = next(ask for ask in asks(rehearsal) if ask.after)
    song = rehearsal.band.map.song
    assert (ask.span.start + song, ask.span.end + song) == (24.0, 32.0)
    assert [note.pitch for note in ask.committed] == [*TUNE[4:], *TUNE[:4]]
    assert [note.pitch for note in ask.after] == [*TUNE[4:], *TUNE[:4]]
    until(rehearsal, 52.0)
    for lap in (20.0, 36.0):
        assert heard(rehearsal, lap, lap + 16.0) == on_beats(lap, [*TUNE[:4], *[OWN] * 8, *TUNE[4:]])


def test_going_back_brings_the_bars_that_stood_there_before() -> None:
    rehearsal = jam(Knobs(mode="continue", key_lock=False))
    play(rehearsal, 0.0)
    until(rehearsal, 9.5)
    rehearsal.band.gesture(Capture("A"))
    rehearsal.band.gesture(PlaySlot("A"))
    until(rehearsal, 13.0)
    rehearsal.band.gesture(Infill(2, 2))
    until(rehearsal, 22.0)
    rehearsal.band.gesture(Back())
    until(rehearsal, 32.0)
    assert heard(rehearsal, 16.0, 20.0) == on_beats(16.0, [OWN] * 4)
    assert heard(rehearsal, 24.0, 32.0) == on_beats(24.0, TUNE)


def test_going_back_from_what_is_frozen_repeats_the_phrase_before_it() -> None:
    rehearsal, _ = frozen(at=36.5)
    until(rehearsal, 41.0)
    rehearsal.band.gesture(Back())
    until(rehearsal, 60.0)
    earlier = [(beat - 8.0, pitch) for beat, pitch in heard(rehearsal, 8.0, 24.0)]
    assert [(beat - 44.0, pitch) for beat, pitch in heard(rehearsal, 44.0, 60.0)] == earlier


def test_bars_that_are_not_repeated_cannot_be_made_anew() -> None:
    rehearsal, _ = frozen()
    until(rehearsal, 21.0)
    with pytest.raises(SettingsError, match="repeats bars 1 to 4"):
        rehearsal.band.gesture(Infill(4, 5))
    with pytest.raises(SettingsError, match="repeats nothing"):
        jam(Knobs()).band.gesture(Infill(1, 1))


def test_a_panic_ends_what_is_repeated() -> None:
    rehearsal, _ = frozen()
    until(rehearsal, 24.3)
    rehearsal.band.panic()
    rehearsal.run(0.05)
    assert not open_notes(rehearsal.out)
    assert rehearsal.band.repeats == ""
    assert len(rehearsal.band.plan) == 0


def test_what_is_repeated_is_there_again_after_a_stop() -> None:
    rehearsal, _ = frozen()
    until(rehearsal, 26.0)
    rehearsal.stop()
    rehearsal.run(3.0)
    assert not open_notes(rehearsal.out)
    count = len(rehearsal.out)
    rehearsal.start()
    rehearsal.run(4.0)
    assert len(onsets(rehearsal.out[count:])) >= 12


def test_a_voice_that_is_switched_off_is_silent_though_it_repeats() -> None:
    rehearsal, knobs = frozen()
    until(rehearsal, 24.3)
    rehearsal.band.choose_voices(())
    rehearsal.band.turn_knobs(msgspec.structs.replace(knobs, freeze=True, off=(Voice.LEAD,)))
    rehearsal.run(0.05)
    assert not open_notes(rehearsal.out)
    until(rehearsal, 30.0)
    assert heard(rehearsal, 25.0, 30.0) == []
    rehearsal.band.choose_voices((Voice.LEAD,))
    rehearsal.band.turn_knobs(msgspec.structs.replace(knobs, freeze=True))
    until(rehearsal, 36.0)
    assert len(heard(rehearsal, 31.0, 36.0)) >= 9
