"""Made-up pieces, MIDI files and parts for the tests of the data pipeline."""

import io
from collections.abc import Sequence

import mido
import numpy as np
from hypothesis import strategies as st

from export.data.making import make
from export.data.piece import Piece, Role
from export.data.rows import Raw
from export.data.ruling import Mark

Note = tuple[float, float, int, int]


def raw(*notes: Note) -> Raw:
    """Notes (beat, length, pitch, velocity) as an array."""
    return np.array(notes, np.float64).reshape(-1, 4)


def hymn(bars: int = 8, cluster: str = "7", style: str = "chorale") -> Piece:
    """A piece of I-IV-V-I in C, four voices, one chord a bar in 4/4."""
    roots = [0, 5, 7, 0]
    lead, chords, bass = [], [], []
    for bar in range(bars):
        root = roots[bar % 4]
        lead += [(4.0 * bar + n, 1.0, 72 + root + (0, 2, 4, 2)[n], 80) for n in range(4)]
        chords += [(4.0 * bar, 4.0, 60 + root + step, 80) for step in (0, 4, 7)]
        bass += [(4.0 * bar, 4.0, 36 + root, 80)]
    parts = [(Role.LEAD, raw(*lead)), (Role.CHORDS, raw(*chords)), (Role.BASS, raw(*bass))]
    return make(
        f"test:{cluster}", "openhymnal", parts=parts,
        marks=[Mark(0.0, 4, 4)], cluster=cluster, style=style, tempo=100.0, nominal=False, key="C", mode="major",
    )  # fmt: skip


def groove(bars: int = 8, cluster: str = "g", tempo: float = 100.0, style: str = "rock") -> Piece:
    """A rock beat in 4/4, each stroke a little late."""
    strokes = []
    for beat in range(4 * bars):
        strokes += [(beat + 0.01, 0.1, 36 if beat % 2 == 0 else 38, 90 + beat % 5)]
        strokes += [(beat + half + 0.005, 0.1, 42, 60 + beat % 7) for half in (0.0, 0.5)]
    return make(
        f"groove:{cluster}", "groove", parts=[(Role.DRUMS, raw(*strokes))], marks=[Mark(0.0, 4, 4)], cluster=cluster,
        style=style, tempo=tempo, nominal=False, dynamics=True,
    )  # fmt: skip


def midi_file(tracks: Sequence[tuple[str, int, int, Sequence[Note]]], meter: tuple[int, int] = (4, 4)) -> bytes:
    """A MIDI file of tracks (name, program, channel, notes), at 90 beats a minute."""
    file = mido.MidiFile(ticks_per_beat=480)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(90)))
    head.append(mido.MetaMessage("time_signature", numerator=meter[0], denominator=meter[1]))
    file.tracks.append(head)
    for name, program, channel, notes in tracks:
        track = mido.MidiTrack()
        track.append(mido.MetaMessage("track_name", name=name))
        track.append(mido.Message("program_change", program=program, channel=channel))
        events = []
        for beat, length, pitch, velocity in notes:
            events.append((round(beat * 480), 1, pitch, velocity))
            events.append((round((beat + length) * 480), 0, pitch, 0))
        at = 0
        for tick, on, pitch, velocity in sorted(events):
            kind = "note_on" if on else "note_off"
            track.append(mido.Message(kind, note=pitch, velocity=velocity, channel=channel, time=tick - at))
            at = tick
        file.tracks.append(track)
    content = io.BytesIO()
    file.save(file=content)
    return content.getvalue()


@st.composite
def raws(draw: st.DrawFn, low: int = 30, high: int = 90) -> Raw:
    """Any notes, on top of each other or not."""
    notes = st.tuples(st.floats(0, 60), st.floats(0.01, 9), st.integers(low, high), st.integers(1, 127))
    return raw(*draw(st.lists(notes, min_size=16, max_size=60)))


@st.composite
def pieces(draw: st.DrawFn) -> Piece:
    """Any pieces."""
    mark = Mark(0.0, draw(st.integers(2, 7)), draw(st.sampled_from([4, 8])))
    parts = [(role, draw(raws())) for role in draw(st.sets(st.sampled_from(Role), min_size=1))]
    return make(
        "p", "lieder", parts=parts, marks=[mark], cluster=str(draw(st.integers(0, 999))), style="", tempo=90.0,
        nominal=False,
    )  # fmt: skip
