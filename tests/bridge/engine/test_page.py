import numpy as np

from bridge.engine.codec import POSITIONS, SHIFTS, Event, Part
from bridge.engine.ensemble_controls import wishes
from bridge.engine.features import NONE
from bridge.engine.harmony_track import HarmonyTrack
from bridge.engine.kv import HIDDEN
from bridge.engine.moment import Moment, Setting, Shown
from bridge.engine.page import landings
from bridge.music.chord import Chord, ChordAt
from tests.bridge.engine.test_dice import Still, chain, page

TRACK = HarmonyTrack((ChordAt(0.0, Chord(2)), ChordAt(2.0, Chord(7))), lambda beat: round(beat * 24))


def moment() -> Moment:
    return chain(Event(Part.HELD, 12, 62, 0, 9), Event(Part.BASS, 18, 38, 8, 8))


def test_a_page_shows_a_moment_as_a_chunk_does() -> None:
    setting = Setting(wishes((2, 4, 6, 7, 9, 11, 1)), TRACK, 2)
    sheet, last = page(), moment()
    sheet.show(0, last, setting)
    shown = Shown([last], setting)
    for name in ("columns", "controls"):
        assert (getattr(sheet, name)[0] == getattr(shown, name)).all()
    for name in ("cos", "sin"):
        assert (getattr(sheet, name) == getattr(shown, name)).all()
    assert sheet.here.tolist() == [[30, POSITIONS + 65]]


def test_the_next_chord_counts_from_the_shift_that_reaches_it() -> None:
    sheet = page()
    sheet.show(0, moment(), Setting(wishes(), TRACK, NONE))
    assert np.flatnonzero(sheet.landing[0, :, 3]).tolist() == list(range(18, SHIFTS))
    assert sheet.references[0, 0, 2] != sheet.references[0, 1, 2]
    assert (sheet.chords[0, 0, :12] == sheet.controls[0, 0, 25:37]).all()


def test_another_setting_is_shown_anew() -> None:
    sheet, last = page(), moment()
    sheet.show(0, last, Setting(wishes(), TRACK, NONE))
    sheet.show(0, last, Setting(wishes(), HarmonyTrack(), NONE))
    assert not sheet.controls[0, 0, 25:103].any()
    assert not sheet.landing[0, :, 3].any()


def test_a_candidate_sees_its_own_line_and_no_other() -> None:
    sheet = page(2)
    seen = np.zeros(80, np.bool_)
    seen[:3] = True
    sheet._cache.make_room(4)
    wide = type(sheet)(Still(), sheet._cache, 2, 2)  # type: ignore[arg-type]
    wide.look(1, seen, [2])
    mask = wide._mask[1]
    assert np.flatnonzero(mask[0] == 0).tolist() == [0, 1, 2, 82, wide.seen + 1]
    assert (mask[0] == mask[1]).all()
    assert mask.min() == HIDDEN


def test_where_a_shift_lands_goes_round_with_the_bars() -> None:
    table = landings(72)
    assert table[71].tolist() == [SHIFTS + 71, SHIFTS + POSITIONS]
    assert (table[72:144] == table[:72]).all()
