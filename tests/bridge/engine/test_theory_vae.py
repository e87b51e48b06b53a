from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.family import Ask, Material, Pressed, Sounded
from bridge.engine.pack import Pack
from bridge.engine.theory_vae import KNOBS, TheoryVae
from bridge.errors import EngineError, PackError
from bridge.music.chord import Chord, ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from tests.bridge.engine.shipped import C_MAJOR, TUNE, Liar, Shipped, phrase, play, tune

BAND = (Voice.LEAD, Voice.CHORDS, Voice.BASS)
SHIPPED = Shipped("theory-vae", BAND)
FOLDER, pack, session, ask = SHIPPED.folder, SHIPPED.pack, SHIPPED.session, SHIPPED.ask


def band(semitones: int = 0, heard: bool = True) -> TheoryVae:
    return play(TheoryVae(pack(), session), tune(semitones) if heard else ())


def brought(*pitches: int, **more: Any) -> Material:
    return Material(**{"phrase": phrase(*pitches), "beats": 8.0, "origin": 8.0, **more})


def lead(notes: Sequence[Note]) -> list[tuple[float, int]]:
    return [(note.beat, note.pitch) for note in notes if note.voice is Voice.LEAD]


asks = st.builds(
    lambda start, length, seed, meter, song, turns, voices, material: ask(
        start, start + length, seed, meter=meter, song=song, voices=tuple(voices), material=material,
        knobs=dict(zip(KNOBS, turns, strict=True)) | {"temperature": 1.6},
    ),
    st.floats(0, 40), st.floats(0.1, 20), st.integers(0, 2**40),
    st.sampled_from([Meter(), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4), Meter(2, 4), Meter(9, 8)]),
    st.floats(-8, 8), st.lists(st.floats(-9, 9), min_size=8, max_size=8),
    st.sets(st.sampled_from(BAND), min_size=1),
    st.sampled_from([None, brought(*TUNE), brought(60, keep=("rhythm",)), brought(*TUNE, keep=("pitch",)),
                     brought(*TUNE, beats=3.0, other=phrase(48), blend=0.4),
                     Material(phrase=(), beats=4.0, origin=0.0)]),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(asks)
def test_every_note_lies_in_its_span_in_order_and_is_one_that_was_asked_for(wanted: Ask) -> None:
    notes = list(band().respond(wanted))
    assert all(note.beat in wanted.span and note.voice in wanted.voices for note in notes)
    assert all(note.duration > 0 and 0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 for note in notes)
    assert notes == sorted(notes, key=lambda note: note.beat)


def test_the_whole_band_plays() -> None:
    assert {note.voice for seed in range(3) for note in band().respond(ask(seed=seed))} == set(BAND)


def test_it_plays_before_anything_was_heard() -> None:
    assert list(band(heard=False).respond(ask()))


def test_the_same_seed_gives_the_same_notes_and_another_gives_others() -> None:
    assert list(band().respond(ask())) == list(band().respond(ask())) != list(band().respond(ask(seed=2)))


def test_a_band_in_another_key_plays_the_same_in_that_key() -> None:
    home = list(band().respond(ask()))
    away = list(band(2).respond(ask(key=tuple((pitch + 2) % 12 for pitch in C_MAJOR))))
    assert [(note.beat, note.pitch + 2) for note in home] == [(note.beat, note.pitch) for note in away]


def test_your_phrase_comes_back_as_you_played_it_while_the_knobs_stand_in_the_middle() -> None:
    notes = list(band().respond(ask(material=brought(*TUNE))))
    assert lead(notes) == [(8.0 + n / 2, pitch) for n, pitch in enumerate(TUNE)]


def test_a_phrase_in_another_key_comes_back_in_its_key() -> None:
    away = tuple(pitch + 5 for pitch in TUNE)
    notes = list(band().respond(ask(key=(), material=brought(*away))))
    assert lead(notes) == [(8.0 + n / 2, pitch) for n, pitch in enumerate(away)]


def test_a_melody_that_is_sent_up_goes_up_and_keeps_its_rhythm() -> None:
    plain = lead(list(band().respond(ask(material=brought(*TUNE)))))
    high = lead(list(band().respond(ask(material=brought(*TUNE), knobs={"height": 1.5}))))
    assert [beat for beat, _ in high] == [beat for beat, _ in plain]
    assert np.mean([pitch for _, pitch in high]) > np.mean([pitch for _, pitch in plain]) + 3


@pytest.mark.parametrize(("knob", "voice"), [("colour", Voice.CHORDS), ("spread", Voice.CHORDS)])
def test_a_knob_of_the_harmony_leaves_the_melody_alone(knob: str, voice: Voice) -> None:
    plain = list(band().respond(ask(material=brought(*TUNE))))
    turned = list(band().respond(ask(material=brought(*TUNE), knobs={knob: 2.0})))
    assert lead(plain) == lead(turned)
    assert [n for n in plain if n.voice is voice] != [n for n in turned if n.voice is voice]


def test_turning_a_knob_changes_only_what_is_asked_for_again() -> None:
    family = band()
    first = list(family.respond(ask(material=brought(*TUNE))))
    later = list(family.respond(ask(11.0, 16.0, material=brought(*TUNE), knobs={"activity": -2.0})))
    assert all(note.beat >= 11.0 for note in later)
    assert list(family.respond(ask(material=brought(*TUNE)))) == first


def test_the_ends_of_the_fader_are_the_two_phrases_and_its_steps_are_smaller_than_the_whole_way() -> None:
    one, other = TUNE, (72, 72, 71, 71, 69, 69, 67, 67, 65, 65, 64, 64, 62, 62, 60, 60)
    family = band()

    def at(blend: float) -> set[tuple[float, int]]:
        material = brought(*one, other=phrase(*other), blend=blend)
        return set(lead(list(family.respond(ask(material=material, voices=(Voice.LEAD,))))))

    path = [at(n / 16) for n in range(17)]
    assert path[0] == {(8 + n / 2, pitch) for n, pitch in enumerate(one)}
    assert path[-1] == {(8 + n / 2, pitch) for n, pitch in enumerate(other)}
    whole = len(path[0] ^ path[-1])
    assert max(len(a ^ b) for a, b in pairwise(path)) < whole / 2


def test_a_band_that_follows_your_rhythm_strikes_when_you_did() -> None:
    material = brought(60, 60, 67, 60, keep=("rhythm",))
    notes = list(band().respond(ask(material=material, voices=(Voice.CHORDS, Voice.BASS))))
    for voice in (Voice.CHORDS, Voice.BASS):
        assert {note.beat for note in notes if note.voice is voice} == {8.0, 8.5, 9.0, 9.5}


def test_a_band_that_follows_your_pitches_plays_your_degrees() -> None:
    material = brought(*[60, 64, 67, 64] * 4, keep=("pitch",))
    notes = lead(list(band().respond(ask(material=material, voices=(Voice.LEAD,)))))
    assert notes
    assert sum(pitch % 12 in (0, 4, 7) for _, pitch in notes) >= 0.8 * len(notes)


def test_chords_that_are_told_are_heard_in_what_is_played() -> None:
    chords = (ChordAt(8.0, Chord(5)),)
    told = [n for seed in range(4) for n in band().respond(ask(seed=seed, chords=chords, voices=BAND[1:]))]
    other = [n for seed in range(4) for n in band().respond(ask(seed=seed, voices=BAND[1:]))]

    def share(notes: Sequence[Note]) -> float:
        return sum(note.pitch % 12 in (5, 9, 0) for note in notes) / max(len(notes), 1)

    assert share(told) > 0.6
    assert share(told) >= share(other)


def test_what_the_band_has_just_played_is_part_of_the_next_answer() -> None:
    family = band()
    plain = list(family.respond(ask()))
    for n in range(8):
        family.hear(Sounded(Note(Voice.BASS, float(n), 0.9, 36 + 7 * (n % 2), 90)))
    assert list(family.respond(ask())) != plain


def test_going_back_in_time_forgets_what_came_after() -> None:
    family = band()
    for n in range(8):
        family.hear(Pressed(8.0 + n, 61, 90))
    family.rewind(8.0)
    assert list(family.respond(ask(16.0, 24.0))) == list(band().respond(ask(16.0, 24.0)))


@pytest.mark.parametrize("graph", ["encode", "prior", "decode"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_outputs_that_are_no_numbers_are_refused(graph: str, bad: float) -> None:
    def graphs(name: str) -> Any:
        return Liar(session(name), bad) if name == graph else session(name)

    with pytest.raises(EngineError, match="not finite"):
        list(play(TheoryVae(pack(), graphs), tune()).respond(ask()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": {**dict.fromkeys(("patterns", "pitch", "rhythm", "harmony", "structure"), 7)}},
        {"model": {}},
        {"codec": {"steps": 3}},
        {"voices": (Voice.DRUMS,)},
    ],
)
def test_a_card_that_does_not_fit_its_graphs_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PackError):
        TheoryVae(Pack(FOLDER, msgspec.structs.replace(pack().card, **wrong)), session)


@pytest.mark.parametrize(
    "wrong",
    [
        {"height_unit": "high"},
        {"height_unit": 0.0},
        {"lowest": [0.0]},
        {"range_unit": {}},
        {"highest": [float("nan")] * 7},
    ],
)
def test_a_card_that_does_not_say_how_its_knobs_are_measured_is_refused(wrong: dict[str, Any]) -> None:
    card = msgspec.structs.replace(pack().card, codec={**pack().card.codec, **wrong})
    with pytest.raises(PackError, match="card"):
        TheoryVae(Pack(FOLDER, card), session)


def test_the_pack_is_small_and_has_eight_knobs_that_say_what_they_do() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.onnx")) < 5_000_000
    knobs = {knob.name: knob for knob in pack().card.knobs}
    assert set(KNOBS) <= set(knobs)
    assert all(knob.does and knob.minimum <= knob.default <= knob.maximum for knob in knobs.values())
