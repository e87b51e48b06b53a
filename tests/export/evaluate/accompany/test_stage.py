from pathlib import Path

from msgspec.structs import replace

from bridge.music.chord import Chord, ChordAt
from bridge.music.note import Voice
from export.evaluate.accompany.sounding import chord_at
from export.evaluate.accompany.stage import Stage, chart, swapped
from tests.bridge.engine.parrot import open_parrot
from tests.export.evaluate.accompany.stages import TRIAL

LEAD_TOO = replace(TRIAL, human=tuple(replace(note, voice=Voice.LEAD) for note in TRIAL.human))


def test_the_vamp_plays_the_trials_voices_within_its_bars() -> None:
    found = Stage(None).play(TRIAL)
    assert {note.voice for note in found.notes} == {Voice.CHORDS}
    assert all(0 <= note.beat < note.end <= TRIAL.end + 1e-6 for note in found.notes)
    assert found.by_rule == 1.0
    assert found.isr is None


def test_a_pack_plays_live_keeps_up_and_does_the_same_again() -> None:
    one, other = (Stage(Path("parrot"), opens=open_parrot).play(TRIAL) for _ in range(2))
    assert one.notes == other.notes
    assert one.isr is not None
    assert one.isr > 0.9
    assert one.by_rule < 0.5


def test_what_the_player_plays_later_changes_nothing_before() -> None:
    halfway = replace(TRIAL, player=tuple(note for note in TRIAL.player if note.beat < 8.0))
    one, other = (Stage(Path("parrot"), opens=open_parrot).play(trial).notes for trial in (TRIAL, halfway))
    assert [note for note in one if note.end < 8.0] == [note for note in other if note.end < 8.0]


def test_a_band_that_listens_plays_otherwise_to_another_tune() -> None:
    other = replace(TRIAL, player=tuple(replace(note, pitch=note.pitch + 1) for note in TRIAL.player))
    stage = Stage(Path("parrot"), opens=open_parrot)
    assert stage.play(swapped(TRIAL, other)).notes != stage.play(TRIAL).notes


def test_alone_the_band_plays_in_the_pieces_key_and_hears_nobody() -> None:
    stage = Stage(Path("parrot"), "free", opens=open_parrot)
    found = stage.play(TRIAL)
    assert stage.alone
    assert found.notes
    assert found.take is not None
    assert not found.take.player_notes


def test_harmony_under_the_finger_begins_with_the_players_keys() -> None:
    found = Stage(None, "harmonise").play(TRIAL)
    onsets = {note.beat for note in TRIAL.player if note.beat >= TRIAL.judged}
    under = {note.beat for note in found.notes if note.voice is Voice.CHORDS and note.beat >= TRIAL.judged}
    assert len(under) >= len(onsets) / 2
    assert all(min(abs(beat - onset) for onset in onsets) < 0.05 for beat in under)


def test_a_band_that_is_told_the_chords_plays_on_them() -> None:
    told = replace(TRIAL, chords=(ChordAt(0.0, Chord(1)), ChordAt(6.5, Chord(6, "m"))))
    found = chart(told)
    for beat in (0.0, 6.0, 6.5, TRIAL.end - 0.5):
        assert found.at(beat, TRIAL.meter) == chord_at(told, beat)
    notes = [note for note in Stage(None).play(told, charted=True).notes if note.beat >= 8.0]
    assert notes
    assert {note.pitch % 12 for note in notes} <= {6, 9, 1}
