from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.cvae import Cvae
from bridge.engine.cvae_controls import STYLES
from bridge.engine.family import Ask, Material, Pressed, Sounded
from bridge.engine.pack import Pack, pack_sha
from bridge.errors import EngineError, PackError
from bridge.music.chord import Chord, ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.taste.features import SIZE
from bridge.taste.liking import Taste
from tests.bridge.engine.shipped import C_MAJOR, Liar, Shipped, phrase, play, tune

BAND = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
SHIPPED = Shipped("cvae", BAND)
FOLDER, pack, session, ask = SHIPPED.folder, SHIPPED.pack, SHIPPED.session, SHIPPED.ask


def band(semitones: int = 0, heard: bool = True) -> Cvae:
    return play(Cvae(pack(), session), tune(semitones) if heard else ())


def quarters(*pitches: int) -> tuple[Note, ...]:
    return phrase(*pitches, step=1.0, length=0.9)


asks = st.builds(
    lambda start, length, seed, meter, song, style, arousal, voices: ask(
        start, start + length, seed, meter=meter, song=song, voices=tuple(voices),
        knobs={"style": style, "arousal": arousal, "creativity": 1.4, "temperature": 2.0},
    ),
    st.floats(0, 40), st.floats(0.1, 20), st.integers(0, 2**40),
    st.sampled_from([Meter(), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(5, 4), Meter(2, 4)]), st.floats(-8, 8),
    st.integers(0, len(STYLES)), st.floats(-2, 2), st.sets(st.sampled_from(BAND), min_size=1),
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


def test_the_same_seed_gives_the_same_notes_and_another_gives_others() -> None:
    assert list(band().respond(ask())) == list(band().respond(ask())) != list(band().respond(ask(seed=2)))


def test_a_band_in_another_key_plays_the_same_in_that_key() -> None:
    home = [note for note in band().respond(ask()) if note.voice is not Voice.DRUMS]
    away = [
        note for note in band(2).respond(ask(key=tuple((pitch + 2) % 12 for pitch in C_MAJOR)))
        if note.voice is not Voice.DRUMS
    ]  # fmt: skip
    assert [(note.beat, (note.pitch + 2) % 12) for note in home] == [(note.beat, note.pitch % 12) for note in away]


def test_asking_again_within_a_beat_changes_nothing_and_a_beat_later_the_player_counts() -> None:
    family = band()
    first = list(family.respond(ask(8.0, 16.0, now=8.1)))
    family.hear(Pressed(8.2, 61, 90))
    assert list(family.respond(ask(8.5, 16.0, now=8.4))) == [note for note in first if note.beat >= 8.5]
    for beat in (8.5, 8.75, 9.0):
        family.hear(Pressed(beat, 68, 90))
    later = list(family.respond(ask(10.0, 16.0, now=9.6)))
    assert later != [note for note in first if note.beat >= 10.0]


def test_imagining_changes_nothing_of_what_was_heard() -> None:
    family = band()
    first = list(family.respond(ask()))
    list(family.respond(ask(seed=9, knobs={"style": 3.0})))
    assert list(family.respond(ask())) == first


def test_a_knob_changes_what_is_played() -> None:
    calm = list(band(heard=False).respond(ask(knobs={"arousal": -2.0})))
    wild = list(band(heard=False).respond(ask(knobs={"arousal": 2.0})))
    assert len([n for n in wild if n.voice is not Voice.DRUMS]) > len([n for n in calm if n.voice is not Voice.DRUMS])


def test_chords_that_are_told_are_heard_in_what_is_played() -> None:
    chords = (ChordAt(8.0, Chord(1, "m")),)
    told = [note for seed in range(4) for note in band(heard=False).respond(ask(seed=seed, key=(), chords=chords))]
    other = [note for seed in range(4) for note in band(heard=False).respond(ask(seed=seed, key=()))]

    def share(notes: Sequence[Note]) -> float:
        pitched = [note for note in notes if note.voice is not Voice.DRUMS]
        return sum(note.pitch % 12 in (1, 4, 8) for note in pitched) / max(len(pitched), 1)

    assert share(told) > share(other)


def test_a_phrase_that_keeps_its_rhythm_begins_where_the_phrase_does() -> None:
    material = Material(phrase=quarters(60, 64, 67, 72), beats=8.0, origin=8.0, keep=("rhythm",))
    notes = list(band().respond(ask(material=material, voices=(Voice.LEAD,))))
    assert [note.beat for note in notes] == [8, 9, 10, 11]


def test_a_phrase_that_keeps_its_pitches_is_played_on_them() -> None:
    material = Material(phrase=quarters(60, 64, 67, 64), beats=8.0, origin=8.0, keep=("pitch",))
    notes = list(band().respond(ask(material=material, voices=(Voice.LEAD,))))
    assert notes
    assert sum(note.pitch % 12 in (0, 4, 7) for note in notes) >= 0.8 * len(notes)


def test_a_fader_between_two_phrases_leads_from_one_to_the_other() -> None:
    one, other = quarters(60, 62, 64, 65, 67, 65, 64, 62), quarters(72, 72, 71, 71, 69, 69, 67, 67)
    still = {"creativity": 0.0, "temperature": 0.0}

    def at(blend: float) -> set[tuple[float, int]]:
        material = Material(phrase=one, beats=8.0, origin=8.0, other=other, blend=blend)
        notes = band().respond(ask(material=material, voices=(Voice.LEAD,), knobs=still))
        return {(note.beat, note.pitch) for note in notes}

    way = [at(step / 8) for step in range(9)]
    whole = len(way[0] ^ way[-1])
    steps = [len(a ^ b) for a, b in pairwise(way)]
    assert max(steps) < whole
    assert sum(steps) / len(steps) < whole / 2


def test_what_the_band_has_just_played_is_part_of_the_next_answer() -> None:
    family = band()
    plain = list(family.respond(ask(10.0, 16.0)))
    for beat in (8.0, 8.5, 9.0, 9.5):
        family.hear(Sounded(Note(Voice.BASS, beat, 0.5, 37, 90)))
    family.rewind(100.0)
    assert list(family.respond(ask(10.0, 16.0))) != plain


def test_going_back_in_time_forgets_what_came_after() -> None:
    family = band()
    family.hear(Pressed(8.5, 61, 90))
    family.rewind(8.0)
    assert list(family.respond(ask())) == list(band().respond(ask()))


@pytest.mark.parametrize("graph", ["encode", "prior", "decode"])
@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_outputs_that_are_no_numbers_are_refused(graph: str, bad: float) -> None:
    def graphs(name: str) -> Any:
        return Liar(session(name), bad) if name == graph else session(name)

    family = play(Cvae(pack(), graphs), tune())
    with pytest.raises(EngineError, match="not finite"):
        list(family.respond(ask()))


@pytest.mark.parametrize(
    "wrong", [{"model": {"latent": 7, "width": 192}}, {"codec": {"columns": 3}}, {"voices": (Voice.CLICK,)}]
)
def test_a_card_that_does_not_fit_its_graphs_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(PackError):
        Cvae(Pack(FOLDER, msgspec.structs.replace(pack().card, **wrong)), session)


def test_the_pack_is_small_and_says_what_its_knobs_do() -> None:
    assert sum(path.stat().st_size for path in FOLDER.glob("*.onnx")) < 5_000_000
    names = {knob.name for knob in pack().card.knobs}
    assert {"arousal", "brightness", "style", "style_b", "style_blend", "creativity", "contrast", "section"} <= names
    assert all(knob.does for knob in pack().card.knobs)


def test_a_phrase_lies_where_it_lies_in_whatever_key_and_near_to_itself_with_other_words() -> None:
    family = band()
    tune = quarters(60, 64, 67, 65, 64, 62, 60, 60)
    higher = tuple(msgspec.structs.replace(note, pitch=note.pitch + 3) for note in tune)
    key = tuple((pitch + 3) % 12 for pitch in C_MAJOR)
    place = family.describe(tune, 8.0, 4.0, C_MAJOR)
    assert len(place) == pack().card.model["place"]
    assert np.allclose(place, family.describe(higher, 8.0, 4.0, key), atol=1e-4)
    assert np.allclose(place, family.describe(tune, 8.0, 4.0), atol=1e-4)

    def apart(other: Sequence[Note]) -> float:
        return float(np.linalg.norm(np.subtract(place, family.describe(other, 8.0, 4.0, C_MAJOR))))

    near = (*tune[:6], msgspec.structs.replace(tune[6], pitch=62), tune[7])
    drums = tuple(Note(Voice.DRUMS, n / 2, 0.1, 36 if n % 4 == 0 else 42, 90) for n in range(16))
    assert apart(near) < apart(drums)
    assert max(map(abs, place)) < 5


def test_of_several_candidates_the_one_whose_latents_are_liked_is_played() -> None:
    def played(weight: float, seed: int, sha: str = pack_sha(FOLDER)) -> list[Note]:
        latents = (weight, *[0.0] * pack().card.model["place"])
        wanted = ask(seed=seed, taste=Taste(1.0, (0.0,) * SIZE, latents, sha), candidates=6)
        return list(band().respond(wanted))

    def lies(notes: list[Note]) -> float:
        moved = [msgspec.structs.replace(note, beat=note.beat - 8.0) for note in notes]
        return band().describe(moved, 8.0, 4.0, C_MAJOR)[0]

    far, near = (sum(lies(played(weight, seed)) for seed in range(3)) for weight in (8.0, -8.0))
    assert far > near
    assert played(8.0, 0, "another version") == played(-8.0, 0, "another version")


def test_a_candidate_that_plays_a_window_goes_on_playing_it_and_the_first_is_what_there_would_be_alone() -> None:
    family = band()
    first = list(family.respond(ask(8.0, 16.0, now=8.1, candidates=4)))
    assert list(family.respond(ask(8.0, 16.0, now=8.1, key=(), candidates=1)))  # made anew, and of one candidate
    assert list(family.respond(ask(8.0, 16.0, now=8.1, candidates=1))) == first
    (chosen,) = family.chosen.numbers.values()
    assert (first == list(band().respond(ask(8.0, 16.0, now=8.1)))) == (chosen == 0)


def test_an_answer_of_several_candidates_can_be_left_between_two() -> None:
    pieces = band().respond_in_pieces(ask(candidates=3))
    assert [next(pieces) for _ in range(2)] == [None, None]
    assert isinstance(next(pieces), Note)


def test_to_describe_a_phrase_changes_nothing_of_what_is_played() -> None:
    family = band()
    family.describe(quarters(60, 61, 66, 70), 4.0, 3.0)
    assert list(family.respond(ask())) == list(band().respond(ask()))


def test_a_phrase_in_which_nothing_is_played_lies_nowhere() -> None:
    assert band().describe((), 8.0) == ()
    assert band().describe(quarters(60, 62), 0.0) == ()


def test_a_pack_without_places_plays_all_the_same_and_describes_nothing() -> None:
    card = msgspec.structs.replace(pack().card, model={**pack().card.model, "place": 0})
    plain = play(Cvae(Pack(FOLDER, card), session), tune())
    assert plain.describe(quarters(60, 62, 64), 8.0) == ()
    assert list(plain.respond(ask())) == list(band().respond(ask()))


def test_a_pack_whose_places_are_not_those_of_its_card_is_refused() -> None:
    card = msgspec.structs.replace(pack().card, model={**pack().card.model, "place": 5})
    with pytest.raises(PackError, match="describe"):
        Cvae(Pack(FOLDER, card), session)
