"""A trial for the tests: four bars of C, F, G, C with a tune of chord tones, two of them judged."""

from bridge.music.chord import Chord, ChordAt
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from export.evaluate.accompany.trial import Trial

ROOTS = (0, 5, 7, 0)
CHORDS = tuple(ChordAt(4.0 * bar, Chord(root)) for bar, root in enumerate(ROOTS))


def played(*rows: tuple[float, float, int], voice: Voice = Voice.CHORDS) -> tuple[Note, ...]:
    """Notes from (beat, beats, pitch)."""
    return tuple(Note(voice, beat, length, pitch, 80) for beat, length, pitch in rows)


def comping(late: float = 0.0) -> tuple[Note, ...]:
    """The triad of every bar, so many beats late."""
    return played(
        *((4.0 * bar + late, 4.0, 48 + (root + step) % 12) for bar, root in enumerate(ROOTS) for step in (0, 4, 7))
    )


TRIAL = Trial(
    id="a",
    set="openhymnal",
    kind="written",
    cluster="a",
    bpm=120.0,
    meter=Meter(),
    tonic=0,
    mode="major",
    player=played(
        *(
            (4.0 * bar + n, 1.0, 72 + (root + step) % 12)
            for bar, root in enumerate(ROOTS)
            for n, step in enumerate((0, 4, 7, 4))
        ),
        voice=Voice.GUEST,
    ),
    human=comping(),
    chords=CHORDS,
    judged=8.0,
    end=16.0,
)
