import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine import ensemble_controls as told
from bridge.engine.codec import PARTS, SIZES, Event, Part
from bridge.engine.features import NONE, row
from bridge.engine.harmony_track import HarmonyTrack
from bridge.engine.moment import Moment, Setting, Shown
from bridge.music.chord import Chord, ChordAt
from export.data.piece import MADE, NO_CHORD, Column, Role
from export.ensemble.chances import CHARTED, LIVE, PLAIN, Chances
from export.ensemble.layout import Lines, lay_out
from tests.export.ensemble.bands import band

seeds = st.integers(0, 2**32)


def laid(seed: int = 0, chances: Chances = LIVE, length: int = 200, number: int = 0) -> Lines:
    return lay_out(band(number), length, np.random.default_rng(seed), chances)


def parts(lines: Lines) -> set[int]:
    return set(lines.events[:, 0].tolist())


@settings(deadline=None)
@given(seeds, st.integers(2, 300))
def test_every_layout_is_in_the_order_of_time_and_within_the_vocabulary(seed: int, length: int) -> None:
    lines = laid(seed, length=length)
    assert len(lines.events) <= length
    assert lines.events[0, 0] == Part.START
    assert (np.diff(lines.ticks) >= 0).all()
    assert (lines.events >= 0).all()
    assert (lines.events < np.array(SIZES)).all()
    assert (lines.places >= 0).all()


@settings(deadline=None)
@given(seeds)
def test_a_key_goes_up_only_after_it_went_down(seed: int) -> None:
    held: list[int] = []
    for voice, _, pitch, *_ in laid(seed, length=400).events.tolist():
        if voice == Part.HELD:
            held.append(pitch)
        elif voice == Part.RELEASE:
            assert pitch in held
            held.remove(pitch)


@settings(deadline=None)
@given(seeds)
def test_what_training_shows_is_what_playing_shows(seed: int) -> None:
    """The columns and the references of a layout are those of a chain of moments."""
    lines = laid(seed, msgspec.structs.replace(CHARTED, tell_bass=0.0, transpose=True))
    moment = Moment(None, _event(lines, 0), int(lines.ticks[0]), 96)
    for n in range(1, len(lines.events)):
        moment = Moment(moment, _event(lines, n), int(lines.ticks[n]), 96)
        assert lines.references[n, 0] == moment.earlier[Part.HELD]
        assert lines.references[n, 1] == moment.earlier[Part.BASS]
        place = (int(lines.places[n, 0]), int(lines.places[n, 1]))
        root, tonic = int(lines.references[n, 2]), int(lines.references[n, 3])
        assert row(moment.event, place, moment.earlier, root, tonic) == lines.columns[n].tolist()


def test_the_chords_of_training_are_those_of_a_chord_track() -> None:
    lines = laid(3, CHARTED)
    piece = band()
    known = [ChordAt(int(tick) / 24, Chord(int(root))) for tick, root, _ in piece.chords]
    track = HarmonyTrack(known, lambda beat: round(beat * 24))
    moments = [Moment(None, _event(lines, n), int(lines.ticks[n]), 96) for n in range(len(lines.events))]
    shown = Shown(moments, Setting(told.wishes(), track, NONE))
    chords = slice(told.NOW.start, told.ASKED.start)
    np.testing.assert_allclose(lines.controls[:, chords], shown.controls[:, chords])
    assert lines.references[:, 2].tolist() == shown.roots[:, 0].tolist()


def test_the_player_who_plays_the_lead_has_all_the_others_in_the_band() -> None:
    assert parts(laid(0, PLAIN)) == set(range(PARTS)) - {Part.LEAD}
    assert laid(0, PLAIN).controls[0, told.ASKED].tolist() == [0, 1, 1, 1]


def test_every_voice_is_the_players_and_the_bands_now_and_then() -> None:
    seen: set[frozenset[int]] = {frozenset(parts(laid(seed)) & {2, 3, 4, 5}) for seed in range(60)}
    assert any(Part.LEAD in each for each in seen)
    assert any(Part.BASS not in each for each in seen)
    assert frozenset({2, 3, 4, 5}) in seen


def test_a_voice_that_is_switched_off_is_not_asked_and_not_heard() -> None:
    chances = msgspec.structs.replace(PLAIN, resting=1.0)
    lines = laid(5, chances, length=400)
    asked = lines.controls[:-1, told.ASKED]
    off = np.flatnonzero(asked.min(0) < asked.max(0))
    assert len(off) == 1
    part = Part.LEAD + int(off[0])
    silent = asked[:, off[0]] == 0
    assert not (lines.events[1:, 0][silent] == part).any()


def test_a_lead_made_by_rule_is_never_the_bands() -> None:
    piece = band()
    notes = piece.notes.copy()
    notes[notes[:, Column.ROLE] == Role.LEAD, Column.SOURCE] = MADE
    piece = msgspec.structs.replace(piece, notes=notes)
    for seed in range(40):
        assert Part.LEAD not in parts(lay_out(piece, 200, np.random.default_rng(seed)))


def test_where_no_chord_sounds_no_root_is_told() -> None:
    piece = band()
    chords = piece.chords.copy()
    chords[:, 1] = NO_CHORD
    lines = lay_out(msgspec.structs.replace(piece, chords=chords), 100, np.random.default_rng(0), CHARTED)
    assert (lines.references[:, 2] == NONE).all()


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_velocities_are_learnt_from_people_only(steps: int) -> None:
    lines = laid(steps)
    drums = lines.events[:, 0] == Part.DRUMS
    assert lines.dynamics[drums].all()
    assert not lines.dynamics[~drums].any()


def _event(lines: Lines, n: int) -> Event:
    return Event(*lines.events[n].tolist())
