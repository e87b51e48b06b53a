import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.engine.codec import Part
from bridge.engine.ensemble_controls import DENSITY, DENSITY_KNOWN, DENSITY_UNIT, VOICES
from bridge.engine.ensemble_knobs import DEFAULT_MIN_P, REACH, EnsembleKnobs, followed, least_share
from bridge.engine.family import Ask
from bridge.engine.pack import SCHEMA, Card, Knob
from bridge.music.note import Span, Voice

CARD = Card(
    schema=SCHEMA,
    name="trio",
    family="transformer",
    version="1",
    title="Trio",
    licence="CC0-1.0",
    voices=VOICES,
    graphs={},
    knobs=(Knob("temperature", 0.3, 1.6, 0.8, "", "heat"),),
)
KNOBS = EnsembleKnobs(CARD)


def ask(**knobs: float) -> Ask:
    return Ask(id=1, span=Span(0, 4), voices=VOICES, knobs=knobs)


def density(voice: Voice, theirs: float = math.nan, **knobs: Any) -> float:
    asked = ask(**knobs)
    row = KNOBS.wishes(asked, VOICES, (), KNOBS.densities(asked, VOICES, theirs))
    index = VOICES.index(voice)
    return float(row[DENSITY][index]) * DENSITY_UNIT if row[DENSITY_KNOWN][index] else math.nan


def test_a_voice_has_a_temper_of_its_own_where_its_knobs_are_turned() -> None:
    usual = KNOBS.daring(ask())
    other = KNOBS.daring(ask(temperature_bass=0.5, complexity_drums=1.0))
    assert usual[Part.BASS, 0] == pytest.approx(1 / 0.8)
    assert other[Part.BASS, 0] == 2.0
    assert other[Part.DRUMS, 1] > usual[Part.DRUMS, 1]
    assert (other[Part.CHORDS] == usual[Part.CHORDS]).all()
    assert (other[Part.HELD] == usual[Part.HELD]).all()


def test_the_card_says_which_temperature_one_stands_for() -> None:
    cooler = EnsembleKnobs(msgspec.structs.replace(CARD, codec={"cool": 0.5}))
    assert cooler.daring(ask())[Part.BASS, 0] == pytest.approx(2 * KNOBS.daring(ask())[Part.BASS, 0])
    odd = EnsembleKnobs(msgspec.structs.replace(CARD, codec={"cool": "very"}))
    assert (odd.daring(ask()) == KNOBS.daring(ask())).all()


def test_a_knob_that_is_no_number_counts_as_not_turned() -> None:
    assert (KNOBS.daring(ask(temperature_bass=math.nan)) == KNOBS.daring(ask())).all()


def test_only_a_voice_that_follows_is_told_how_much_the_player_plays() -> None:
    assert math.isnan(density(Voice.BASS, 3.0))
    assert density(Voice.BASS, 3.0, follow_bass=1.0) == 3.0
    assert math.isnan(density(Voice.LEAD, 3.0, follow_bass=1.0))
    assert math.isnan(density(Voice.BASS, math.nan, follow_bass=1.0))
    assert density(Voice.BASS, 4.0, follow_bass=0.5, density_bass=1.0) == 2.0


@given(st.floats(0.25, 6), st.floats(0.25, 6), st.floats(0, 1))
def test_a_voice_that_follows_plays_between_its_own_way_and_the_players(
    own: float, theirs: float, share: float
) -> None:
    found = followed(own, theirs, share)
    assert min(own, theirs) - 0.13 <= found <= max(own, theirs) + 0.13
    assert followed(own, theirs, 0.0) == pytest.approx(own, abs=0.13)
    assert followed(own, theirs, 1.0) == pytest.approx(theirs, abs=0.13)


def test_the_more_complex_the_less_likely_a_choice_may_be() -> None:
    assert least_share(1.0) == 0.0
    assert least_share(0.2) > least_share(0.8)
    assert least_share(0.0) == pytest.approx(DEFAULT_MIN_P)


def test_a_card_without_knobs_plays_as_the_model_learnt() -> None:
    bare = EnsembleKnobs(msgspec.structs.replace(CARD, knobs=()))
    assert bare.daring(ask())[Part.LEAD, 0] == 1.0


def test_a_voice_that_is_told_a_register_keeps_near_it() -> None:
    reach = KNOBS.reach(ask(register_bass=42.0, register_drums=50.0), VOICES)
    assert reach == {Voice.BASS: (42 - REACH, 42 + REACH)}
    assert KNOBS.reach(ask(register=60.0), (Voice.CHORDS,)) == {Voice.CHORDS: (60 - REACH, 60 + REACH)}
    assert KNOBS.reach(ask(register=60.0), (Voice.CHORDS, Voice.BASS)) == {}
