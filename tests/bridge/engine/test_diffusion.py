import math
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.diffusion import Diffusion
from bridge.engine.family import Ask, Heard, Material, Pressed, Sounded
from bridge.engine.pack import Pack
from bridge.engine.session import Session
from bridge.errors import EngineError, PackError
from bridge.music.chord import Chord, ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.taste.features import NAMES
from bridge.taste.liking import Taste
from tests.bridge.engine.shipped import C_MAJOR, Shipped, phrase, play, tune

BAND = (Voice.LEAD, Voice.CHORDS, Voice.BASS, Voice.DRUMS)
BACKING = BAND[1:]
SHIPPED = Shipped("diffusion", BACKING)
FOLDER, pack, ask = SHIPPED.folder, SHIPPED.pack, SHIPPED.ask


def session(name: str = "denoise") -> Session:
    return SHIPPED.session(name)


def band(heard: Sequence[Heard] | None = None) -> Diffusion:
    return play(Diffusion(pack(), session), tune() if heard is None else heard)


def notes(family: Diffusion, wanted: Ask) -> list[Note]:
    return list(family.respond(wanted))


def likeness(one: list[Note], other: list[Note]) -> float:
    """What two phrases have in common, 0 to 1, by 16th, voice and pitch."""
    a, b = ({(round(n.beat * 4), n.voice, n.pitch) for n in phrase} for phrase in (one, other))
    return len(a & b) / max(len(a | b), 1)


def test_the_same_ask_on_the_same_memory_gives_the_same_notes_and_another_seed_others() -> None:
    assert notes(band(), ask()) == notes(band(), ask())
    assert notes(band(), ask()) != notes(band(), ask(seed=2))


@settings(max_examples=25, deadline=None)
@given(
    st.floats(-2, 20),
    st.floats(0.1, 9),
    st.sets(st.sampled_from(BAND), min_size=1),
    st.sampled_from((Meter(), Meter(3, 4), Meter(6, 8), Meter(7, 8), Meter(9, 4))),
    st.dictionaries(st.sampled_from(("steps", "guidance", "temperature", "style", "density")), st.floats(-9, 99)),
)
def test_whatever_is_asked_the_notes_can_be_played(
    start: float, length: float, voices: set[Voice], meter: Meter, knobs: dict[str, float]
) -> None:
    wanted = ask(start, start + length, voices=tuple(voices), meter=meter, song=1.5, knobs={**knobs, "steps": 2.0})
    found = notes(band(), wanted)
    assert found == sorted(found, key=lambda note: note.beat)
    for note in found:
        assert note.voice in voices
        assert note.beat in wanted.span
        assert 0 < note.duration < 100
        assert 0 <= note.pitch <= 127
        assert 1 <= note.velocity <= 127


def test_the_band_plays_all_that_it_is_asked_for() -> None:
    assert {note.voice for note in notes(band(), ask())} == set(BACKING)
    assert notes(band(), ask(voices=(Voice.LEAD,)))
    assert notes(band([]), ask(0.0, 8.0))


def test_it_follows_the_chords_that_it_is_told() -> None:
    for chord in (Chord(0), Chord(5), Chord(9, "m")):
        found = notes(band(), ask(chords=(ChordAt(0.0, chord),), voices=(Voice.CHORDS, Voice.BASS)))
        assert sum(note.pitch % 12 in chord.pitch_classes for note in found) / len(found) > 0.75


def test_another_key_is_the_same_music_elsewhere() -> None:
    here = notes(band(), ask(voices=(Voice.CHORDS,)))
    key = tuple((pitch + 3) % 12 for pitch in C_MAJOR)
    there = notes(band(tune(up=3)), ask(voices=(Voice.CHORDS,), key=key))
    assert [(n.beat, n.pitch + 3) for n in here] == [(n.beat, n.pitch) for n in there]


def test_what_is_already_played_stays_when_the_plan_is_made_anew() -> None:
    family = band()
    plan = notes(family, ask())
    for note in plan:
        if note.beat < 10.0:
            family.hear(Sounded(note))
    family.hear(Pressed(9.0, 65, 90))
    again = notes(family, ask(10.0, 16.0, now=10.0))
    assert all(note.beat >= 10.0 for note in again)
    assert again


def test_a_plan_holds_until_the_next_beat_begins() -> None:
    family = band()
    plan = notes(family, ask(now=8.0))
    family.hear(Pressed(8.25, 66, 90))
    assert notes(family, ask(8.5, 16.0, now=8.5)) == [note for note in plan if note.beat >= 8.5]
    assert notes(family, ask(9.5, 16.0, now=9.0)) != [note for note in plan if note.beat >= 9.5]


def test_in_haste_it_takes_fewer_steps_but_not_so_few_that_it_plays_little_unless_it_is_told_to() -> None:
    def steps(patience: float, **knobs: float) -> int:
        pieces = band().respond_in_pieces(ask(patience=patience, knobs=knobs))
        return 1 + sum(1 for _ in takewhile(lambda piece: piece is None, pieces))

    assert [steps(patience, steps=8.0) for patience in (1.0, 0.5, 0.25, 0.0)] == [8, 4, 3, 3]
    assert steps(0.25, steps=1.0) == 1


def rows(codec: dict[str, object], guidance: float) -> set[int]:
    """How many rolls the graph is asked of at a time by a pack whose card says so much more."""
    card = msgspec.structs.replace(pack().card, codec={**pack().card.codec, **codec})
    real, seen = session(), set[int]()

    class Watched:
        inputs, outputs = real.inputs, real.outputs

        def run(self, names: Sequence[str], feeds: dict[str, Any]) -> list[Any]:
            seen.add(len(feeds["x"]))
            return real.run(names, feeds)

    family = Diffusion(Pack(FOLDER, card), lambda _: Watched())  # type: ignore[arg-type, return-value]
    assert notes(play(family, tune()), ask(knobs={"steps": 2.0, "guidance": guidance}))
    return seen


def test_a_model_that_counts_what_it_is_told_by_itself_is_asked_once_a_step_as_long_as_no_more_is_wanted() -> None:
    assert rows({"guided": 1.5}, 1.5) == {1}
    assert rows({"guided": 1.5}, 2.5) == {2}
    assert rows({"guided": 1.0}, 1.0) == {1}
    assert rows({"guided": 1.0}, 1.5) == {2}


@pytest.mark.parametrize("codec", [{"guided": 0.0}, {"guided": math.nan}, {"guided": "much"}])
def test_a_card_that_says_what_cannot_be_is_refused(codec: dict[str, object]) -> None:
    with pytest.raises(PackError, match="no number from"):
        rows(codec, 1.5)


def test_a_plan_made_at_leisure_is_not_made_anew_in_haste() -> None:
    family = band()
    assert notes(family, ask()) == notes(family, ask(patience=0.25))


def test_an_answer_says_that_it_is_at_work_and_can_be_left_between_two_steps() -> None:
    family = band()
    steps = family.respond_in_pieces(ask(knobs={"steps": 6.0}))
    assert [next(steps) for _ in range(5)] == [None] * 5
    assert isinstance(next(steps), Note)
    left = family.respond_in_pieces(ask(seed=3))
    next(left)
    left.close()  # type: ignore[attr-defined]
    assert notes(family, ask()) == notes(band(), ask())


def test_fewer_steps_are_fewer_calls() -> None:
    for count in (1, 4, 12):
        pieces = list(band().respond_in_pieces(ask(knobs={"steps": float(count)})))
        assert pieces.count(None) == count - 1


def test_only_allowed_pitch_classes_sound() -> None:
    found = notes(band(), ask(voices=BAND, allowed=(0, 2, 7)))
    assert {note.pitch % 12 for note in found if note.voice is not Voice.DRUMS} <= {0, 2, 7}


PHRASE = phrase(60, 64, 67, 72, 71, 67, 64, 62, 60, 65, 69, 72, 71, 67, 65, 62)
OTHER = phrase(72, 72, 71, 71, 69, 69, 67, 67, 65, 65, 64, 64, 62, 62, 60, 60)


def varied(distance: float, seed: int = 1, **more: Any) -> list[Note]:
    material = Material(phrase=PHRASE, beats=8.0, origin=8.0, **more)
    return notes(band([]), ask(voices=(Voice.LEAD,), seed=seed, material=material, knobs={"distance": distance}))


def test_a_variation_is_the_further_from_the_phrase_the_more_noise_it_is_put_under() -> None:
    laid = [msgspec.structs.replace(note, beat=note.beat + 8.0) for note in PHRASE]
    alike = [np.mean([likeness(varied(far, seed), laid) for seed in range(4)]) for far in (0.1, 0.6, 1.0)]
    assert alike[0] > 0.75
    assert alike[0] > alike[1] > alike[2]


def test_two_phrases_meet_in_the_middle() -> None:
    one, other = ([msgspec.structs.replace(n, beat=n.beat + 8.0) for n in each] for each in (PHRASE, OTHER))
    ends = [varied(0.1, other=OTHER, blend=blend) for blend in (0.0, 1.0)]
    assert likeness(ends[0], one) > 0.75
    assert likeness(ends[1], other) > 0.75
    middle = varied(0.1, other=OTHER, blend=0.5)
    assert middle
    assert likeness(middle, one) < likeness(ends[0], one)


def test_a_rhythm_or_the_pitches_of_a_phrase_can_be_kept() -> None:
    beats = [8.0 + note.beat for note in PHRASE]
    assert [note.beat for note in varied(1.0, keep=("rhythm",))] == beats
    pitches = {note.pitch for note in PHRASE}
    assert {note.pitch for note in varied(1.0, keep=("pitch",))} <= pitches


def test_a_gap_is_filled_and_what_stands_around_it_is_heard() -> None:
    family = band()
    before = tuple(notes(family, ask(8.0, 12.0)))
    after = tuple(Note(Voice.BASS, 14.0 + n, 1.0, 36, 80) for n in range(4))
    found = notes(family, ask(12.0, 14.0, committed=before, after=after))
    assert found
    assert all(12.0 <= note.beat < 14.0 for note in found)


def register(found: list[Note]) -> float:
    return float(np.mean([note.pitch for note in found if note.voice is Voice.LEAD]))


LOW_LIKED, HIGH_LIKED = (
    Taste(1.0, tuple(sign * 3.0 if name == "lead register" else 0.0 for name in NAMES)) for sign in (-1.0, 1.0)
)


def test_of_several_candidates_the_one_is_played_that_the_player_likes() -> None:
    high, low = (
        [register(notes(band(), ask(voices=(Voice.LEAD,), seed=seed, candidates=6, taste=taste))) for seed in range(3)]
        for taste in (HIGH_LIKED, LOW_LIKED)
    )
    assert np.mean(high) > np.mean(low)


def test_the_first_of_several_candidates_is_the_one_that_there_would_be_alone() -> None:
    family = band()
    notes(family, ask(candidates=4))
    (chosen,) = family.chosen.numbers.values()
    family.rewind(99.0)
    alone = notes(family, ask())
    assert (alone == notes(band(), ask(candidates=4))) == (chosen == 0)


def test_the_candidate_that_plays_a_window_goes_on_playing_it() -> None:
    family = band()
    plan = notes(family, ask(candidates=5))
    for note in plan:
        if note.beat < 10.0:
            family.hear(Sounded(note))
    assert len(family.chosen.numbers) == 1
    chosen = dict(family.chosen.numbers)
    family.hear(Pressed(9.0, 65, 90))
    notes(family, ask(10.0, 16.0, now=10.0, candidates=1))
    assert family.chosen.numbers == chosen


def test_candidates_are_drawn_side_by_side_in_as_many_calls_as_one() -> None:
    for count in (1, 5):
        pieces = list(band().respond_in_pieces(ask(knobs={"steps": 4.0}, candidates=count)))
        assert pieces.count(None) == 3


def test_a_bar_that_is_to_be_a_fill_is_not_the_one_that_it_would_be() -> None:
    family = band()
    usual = notes(family, ask(voices=(Voice.DRUMS,)))
    filled = notes(family, ask(voices=(Voice.DRUMS,), fills=(12.0,)))
    assert filled == notes(band(), ask(voices=(Voice.DRUMS,), fills=(12.0,)))
    assert usual == notes(family, ask(voices=(Voice.DRUMS,), fills=(16.0,)))


class Broken:
    """The real session with its output spoilt."""

    def __init__(self, spoil: Callable[[Any], None]) -> None:
        self.inputs, self.outputs = session().inputs, session().outputs
        self._spoil = spoil

    def run(self, names: Any, feeds: Any) -> list[Any]:
        outputs = session().run(names, feeds)
        self._spoil(outputs[0])
        return outputs


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -1e30])
def test_a_model_whose_output_is_not_finite_is_refused(wrong: float) -> None:
    def spoil(logits: Any) -> None:
        logits[0, 3, 7] = wrong

    family = Diffusion(pack(), lambda _: Broken(spoil))  # type: ignore[arg-type,return-value]
    with pytest.raises(EngineError, match="not finite"):
        list(family.respond(ask()))


def test_a_card_of_another_codec_or_a_graph_of_other_shapes_is_refused() -> None:
    card = msgspec.structs.replace(pack().card, codec={**pack().card.codec, "channels": 65})
    with pytest.raises(PackError, match="codec"):
        Diffusion(Pack(FOLDER, card), session)

    narrow = Broken(lambda _: None)
    narrow.inputs = {name: tensor for name, tensor in session().inputs.items() if name != "mask"}
    with pytest.raises(PackError, match="mask"):
        Diffusion(pack(), lambda _: narrow)  # type: ignore[arg-type,return-value]
