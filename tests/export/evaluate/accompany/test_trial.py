from msgspec.structs import replace

from bridge.music.note import Voice
from export.data.piece import Piece
from export.evaluate.accompany.trial import JUDGED, SETTLING, cut, partner, trials
from tests.export.ensemble.bands import band


def test_an_excerpt_begins_on_a_bar_line_and_parts_lead_from_band() -> None:
    trial = cut(band())
    assert trial is not None
    assert trial.end == 4.0 * (SETTLING + JUDGED)
    assert trial.judged == 4.0 * SETTLING
    assert {note.voice for note in trial.player} == {Voice.GUEST}
    assert {note.voice for note in trial.human} == {Voice.CHORDS, Voice.BASS, Voice.DRUMS}
    assert trial.chords[0].beat == 0.0


def test_of_a_set_whose_band_is_by_rule_no_part_counts_as_peoples() -> None:
    trial = cut(replace(band(), set="nottingham"))
    assert trial is not None
    assert trial.human == ()
    assert set(trial.voices) == {Voice.CHORDS, Voice.BASS, Voice.DRUMS}


def test_a_piece_that_is_too_short_or_of_no_input_set_is_no_trial() -> None:
    assert cut(band(bars=8)) is None
    assert cut(replace(band(), set="groove")) is None


def test_the_sets_take_turns_and_the_choice_is_always_the_same() -> None:
    pieces: list[Piece] = [
        replace(band(n), set=name, id=f"{name}{n}") for name in ("freedoom", "nottingham") for n in range(4)
    ]
    found = trials(pieces, 4)
    assert sorted(trial.set for trial in found) == ["freedoom", "freedoom", "nottingham", "nottingham"]
    assert found == trials(pieces[::-1], 4)


def test_the_other_tune_is_in_the_same_key_and_tempo_and_not_the_same_tune() -> None:
    pieces = [band(n) for n in range(4)]
    trial = cut(pieces[0])
    assert trial is not None
    other = partner(trial, pieces)
    assert other is not None
    assert (other.tonic, other.bpm, other.meter) == (trial.tonic, trial.bpm, trial.meter)
    assert other.cluster != trial.cluster


def test_there_is_no_other_tune_in_another_mode() -> None:
    trial = cut(band())
    assert trial is not None
    assert partner(trial, [replace(band(1), mode="minor")]) is None
