from typing import Any

import numpy as np
import pytest

from bridge.engine.diffusion_condition import HERE, ROOT, TOLD
from bridge.engine.diffusion_scene import Scene, Tonality, heard_until, scene
from bridge.engine.diffusion_table import CHORDS, LEAD, ONSET, VOICES
from bridge.engine.family import Ask, Material, Pressed, Released, Sounded
from bridge.engine.memory import Memory
from bridge.engine.window import STEPS, Window
from bridge.music.chord import Chord, ChordAt
from bridge.music.note import Note, Span, Voice

HERE_WINDOW = Window(8.0, number=1)
BACKING = (Voice.CHORDS, Voice.BASS, Voice.DRUMS)
LEAD_AT, BASS_AT, CHORDS_AT, DRUMS_AT = range(4)
D_MAJOR = (2, 4, 6, 7, 9, 11, 1)


def memory(until: float = 10.0) -> Memory:
    """A scale in quarter notes."""
    found = Memory()
    for beat in range(round(until)):
        found.hear(Pressed(float(beat), 62 + beat, 80))
        found.hear(Released(beat + 0.9, 62 + beat))
    return found


def ask(start: float = 10.0, end: float = 12.0, voices: tuple[Voice, ...] = BACKING, **more: Any) -> Ask:
    return Ask(**{"id": 1, "span": Span(start, end), "voices": voices, "key": D_MAJOR, **more})


def shown(wanted: Ask, heard: Memory | None = None, before: tuple[Note, ...] = ()) -> Scene:
    return scene(HERE_WINDOW, wanted, wanted.voices, heard or memory(), before, 0, {})


def test_the_players_tune_is_given_up_to_now_and_what_comes_of_it_is_left_open() -> None:
    found = shown(ask())
    assert found.given[:STEPS, LEAD_AT].all()
    assert found.given[HERE, LEAD_AT].tolist() == [True] * 8 + [False] * 24
    assert not found.made[HERE, LEAD_AT].any()
    assert found.made[HERE, CHORDS_AT].all()
    assert (found.table[HERE][:8, LEAD.column] == ONSET).sum() == 2


def test_the_key_is_taken_to_c() -> None:
    found = shown(ask())
    assert found.up == -2
    assert found.table[0, LEAD.column + 1] == 60


def test_without_a_key_the_tune_speaks_for_one() -> None:
    wanted = ask(key=())
    tonality = Tonality.of(wanted, memory())
    assert 0 in tonality.scale
    assert Tonality.of(wanted, Memory()) == Tonality()


def test_what_a_voice_has_played_in_the_window_stays_and_goes_on() -> None:
    heard = memory()
    heard.hear(Sounded(Note(Voice.BASS, 8.0, 2.0, 38, 80)))
    found = shown(ask(), heard)
    assert found.given[HERE, BASS_AT].tolist() == [True] * 8 + [False] * 24
    assert found.made[HERE, BASS_AT].tolist() == [False] * 8 + [True] * 24


def test_what_other_voices_will_play_is_given() -> None:
    found = shown(ask(voices=(Voice.BASS,), beside=(Note(Voice.CHORDS, 11.0, 1.0, 62, 80),)))
    assert found.given[HERE, CHORDS_AT].all()
    assert not found.made[HERE, CHORDS_AT].any()
    assert found.table[HERE][12, CHORDS.column] == ONSET


def test_a_voice_that_nobody_plays_is_neither_given_nor_made() -> None:
    found = shown(ask(voices=(Voice.BASS,)))
    assert not found.given[:, DRUMS_AT].any()
    assert not found.made[:, DRUMS_AT].any()


def test_a_gap_is_filled_between_what_stands_on_both_sides() -> None:
    after = (Note(Voice.BASS, 12.0, 1.0, 40, 80), Note(Voice.BASS, 17.0, 1.0, 45, 80))
    found = shown(ask(8.0, 12.0, (Voice.BASS,), after=after))
    assert found.made[HERE, BASS_AT].tolist() == [True] * 16 + [False] * 16
    assert found.given[HERE, BASS_AT].tolist() == [False] * 16 + [True] * 16
    assert found.given[HERE.stop :, BASS_AT].all()
    assert found.table[HERE.stop + 4, 3] == ONSET


def test_known_chords_are_told_from_the_first_on() -> None:
    found = shown(ask(chords=(ChordAt(10.0, Chord(9)), ChordAt(12.0, Chord(2)))))
    assert not found.steps[HERE][:8, TOLD].any()
    assert found.steps[HERE][8:, TOLD].all()
    assert found.steps[HERE][8, ROOT].argmax() == 7
    assert found.steps[HERE][16, ROOT].argmax() == 0


def test_a_phrase_is_laid_where_its_repetitions_fall() -> None:
    phrase = (Note(Voice.GUEST, 0.0, 1.0, 62, 80), Note(Voice.GUEST, 3.0, 1.0, 66, 80))
    material = Material(phrase=phrase, beats=4.0, origin=4.0)
    found = shown(ask(8.0, 16.0, (Voice.LEAD,), material=material), Memory())
    assert found.phrased == (Voice.LEAD,)
    assert found.phrase is not None
    assert np.flatnonzero(found.phrase[:, LEAD.column] == ONSET).tolist() == [0, 12, 16, 28]
    assert found.phrase[0, LEAD.column + 1] == 60


@pytest.mark.parametrize(
    ("voices", "now", "until"), [(BACKING, 9.8, 9.0), ((Voice.LEAD,), 9.8, 9.75), (BACKING, None, 10.0)]
)
def test_the_player_counts_up_to_the_last_beat_or_for_the_lead_to_the_last_sixteenth(
    voices: tuple[Voice, ...], now: float | None, until: float
) -> None:
    assert heard_until(HERE_WINDOW, ask(now=now), voices) == until


def test_all_cells_are_one_thing_at_most() -> None:
    for wanted in (ask(), ask(voices=VOICES), ask(voices=(Voice.LEAD,))):
        found = shown(wanted)
        assert not (found.given & found.made).any()
