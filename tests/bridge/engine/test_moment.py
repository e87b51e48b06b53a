from bridge.engine.codec import Event, Part
from bridge.engine.ensemble_controls import LEFT, NEXT_KNOWN, NOW, SIZE, chord_row, wishes
from bridge.engine.features import NONE
from bridge.engine.harmony_track import HarmonyTrack
from bridge.engine.moment import REACH, Moment, Setting, Shown
from bridge.music.chord import Chord, ChordAt


def start() -> Moment:
    return Moment(None, Event(Part.START, 0, 60, 0, 0), 0, 96)


def then(before: Moment, part: Part, pitch: int, shift: int = 6) -> Moment:
    return Moment(before, Event(part, shift, pitch, 3, 8), before.tick + shift, before.bar)


def test_a_moment_knows_what_the_player_holds() -> None:
    held = then(then(start(), Part.HELD, 60), Part.HELD, 64)
    assert held.held == {60, 64}
    assert then(held, Part.RELEASE, 60).held == {64}


def test_each_part_remembers_its_last_pitch_and_a_release_changes_none() -> None:
    moment = then(then(then(start(), Part.HELD, 60), Part.BASS, 36), Part.RELEASE, 60)
    assert moment.last[Part.HELD] == 60
    assert moment.last[Part.BASS] == 36
    assert moment.last[Part.LEAD] == NONE
    assert moment.earlier == moment.last


def test_a_long_night_does_not_fill_the_memory() -> None:
    moment = start()
    for _ in range(6 * REACH):
        moment = then(moment, Part.HELD, 60)
    assert sum(1 for _ in moment.back()) <= 2 * REACH + 1


def test_chords_are_told_by_the_tick_they_sound_at() -> None:
    c, g = Chord(0), Chord(7, "7")
    track = HarmonyTrack((ChordAt(0.0, c), ChordAt(4.0, g)), lambda beat: round(beat * 24))
    moments = [then(start(), Part.HELD, 60, 48), then(start(), Part.HELD, 60, 96)]
    shown = Shown(moments, Setting(wishes(), track, NONE))
    assert shown.roots.tolist() == [[0, 7], [7, NONE]]
    assert (shown.controls[0, NOW] == chord_row(c)).all()
    assert (shown.controls[1, NOW] == chord_row(g)).all()
    assert shown.controls[0, LEFT] == 1.0
    assert shown.controls[1, NEXT_KNOWN] == 0.0
    assert shown.controls.shape == (2, SIZE)


def test_before_the_first_chord_none_is_known() -> None:
    track = HarmonyTrack((ChordAt(4.0, Chord(0)),), lambda beat: round(beat * 24))
    assert track.at(0) is None
    assert track.at(96) == Chord(0)
