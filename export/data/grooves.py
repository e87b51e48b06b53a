"""Human drumming: a performance as a piece of drums alone."""

from bridge.errors import DataError
from export.data.making import make
from export.data.midi_file import read_song
from export.data.piece import Piece, Role
from export.data.ruling import Mark, named


def performance(content: bytes, row: dict[str, str]) -> Piece:
    """A groove of a MIDI file and its row of `pieces.csv`; a bar begins at beat 0, as the drummers had a click.

    Raises DataError where there is too little.
    """
    raw = read_song(content).tracks[0].raw
    if not len(raw):
        raise DataError("it has no notes")
    beats, _, unit = row["metre"].partition("-")
    mark = Mark(0.0, int(beats), int(unit))
    lines = list(range(0, round(float(raw[:, 0].max()) * 24) + mark.bar + 1, mark.bar))
    return make(
        row["id"], "groove", parts=[(Role.DRUMS, raw)], marks=[mark], cluster=row["cluster"],
        style=row["style"].partition("/")[0], tempo=float(row["bpm"]), nominal=False, dynamics=True,
        ruling=named(lines, [mark]),
    )  # fmt: skip
