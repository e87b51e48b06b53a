import numpy as np

from export.data.drummer import CHANCE, GENRES, USUAL_CHANCE, Drummer
from export.data.piece import MADE, Column, Piece, Role, is_held_out
from tests.export.data.makings import groove, hymn

TRAIN = next(str(n) for n in range(99) if not is_held_out(str(n)))
HELD = next(str(n) for n in range(99) if is_held_out(str(n)))


def joined(performances: list[Piece], count: int = 40) -> list[Piece]:
    drummer = Drummer(performances)
    made = [hymn(8, cluster=str(n), style="rock") for n in range(count) if not is_held_out(str(n))]
    return [piece for piece in (drummer.join(piece) for piece in made) if Role.DRUMS in piece.roles]


def test_a_groove_is_laid_under_most_rock_pieces_as_it_was_played() -> None:
    performance = groove(8, cluster=TRAIN)
    found = joined([performance])
    assert len(found) > 0.4 * USUAL_CHANCE * 40
    drums = found[0].notes[:, Column.ROLE] == Role.DRUMS
    assert (found[0].notes[drums, Column.SOURCE] == MADE).all()
    assert found[0].drum_dynamics
    assert np.abs(found[0].micro[drums]).max() > 0
    strokes = set((found[0].notes[drums, Column.TICK] % 96).tolist())
    assert strokes == set((performance.notes[:, Column.TICK] % 96).tolist())


def test_the_drummers_of_the_validation_split_play_there_only() -> None:
    assert joined([groove(8, cluster=HELD)]) == []


def test_a_groove_of_a_far_tempo_does_not_fit() -> None:
    assert joined([groove(8, cluster=TRAIN, tempo=165)]) == []


def test_a_groove_at_half_the_tempo_is_stretched() -> None:
    found = joined([groove(8, cluster=TRAIN, tempo=50)])
    kicks = found[0].part(Role.DRUMS)
    kicks = kicks[kicks[:, Column.PITCH] == 36]
    assert set(np.diff(kicks[:, Column.TICK]).tolist()) == {96}


def test_styles_without_drums_and_drummers_of_their_own_are_left_alone() -> None:
    drummer = Drummer([groove(8, cluster=TRAIN)])
    assert drummer.join(hymn(8, style="chorale")).roles == {Role.LEAD, Role.CHORDS, Role.BASS}
    played = groove(8, cluster=TRAIN)
    assert drummer.join(played) is played
    assert set(CHANCE) <= set(GENRES)
