from collections.abc import Collection, Iterator
from math import ceil
from pathlib import Path

from bridge.engine.family import Ask
from bridge.engine.protocol import Loaded
from bridge.jam.harmony import Harmony
from bridge.jam.knobs import Knobs
from bridge.midi.messages import NoteOff, decode
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Note, Voice
from bridge.rehearsal import Rehearsal
from tests.bridge.engine.trio import Trio
from tests.bridge.wire.cable import open_notes

C, AM, G = Chord(0), Chord(9, "m"), Chord(7)


class Stage:
    """Harmony, and what it let go of."""

    def __init__(self) -> None:
        self.gone: list[tuple[set[Voice], set[int]]] = []
        self.harmony = Harmony(self._let_go)

    def _let_go(self, voices: Collection[Voice], classes: Collection[int]) -> None:
        self.gone.append((set(voices), set(classes)))


def test_where_the_chord_is_another_one_what_only_the_one_before_had_is_let_go() -> None:
    stage = Stage()
    stage.harmony.turn((Voice.CHORDS,), C)
    stage.harmony.turn((Voice.CHORDS,), C)
    assert not stage.gone
    stage.harmony.turn((Voice.CHORDS,), AM)
    assert stage.gone == [({Voice.CHORDS}, {7})]


def test_each_voice_goes_by_what_it_was_told_itself_and_drums_and_lead_by_nothing() -> None:
    stage = Stage()
    stage.harmony.turn((Voice.CHORDS, Voice.DRUMS, Voice.LEAD), C)
    stage.harmony.turn((Voice.BASS, Voice.DRUMS, Voice.LEAD), G)
    assert not stage.gone
    stage.harmony.turn((Voice.BASS,), C)
    assert stage.gone == [({Voice.BASS}, {2, 11})]


def test_where_nobody_knows_the_chord_or_the_music_jumped_what_sounds_is_let_be() -> None:
    stage = Stage()
    stage.harmony.turn((Voice.CHORDS,), C)
    stage.harmony.turn((Voice.CHORDS,), None)
    stage.harmony.turn((Voice.CHORDS,), G)
    stage.harmony.forget()
    stage.harmony.turn((Voice.CHORDS,), C)
    assert not stage.gone


class Pad(Trio):
    """A C major chord at every bar, for a bar."""

    def respond(self, ask: Ask) -> Iterator[Note]:
        for bar in range(ceil(ask.span.start / 4 - 1e-9), ceil(ask.span.end / 4 - 1e-9)):
            for pitch in (60, 64, 67):
                yield Note(Voice.CHORDS, bar * 4.0, 3.9, pitch, 80)


def test_a_band_lets_go_of_a_chord_that_turns_out_to_be_another_one() -> None:
    def opened(*_: object) -> tuple[Pad, Loaded]:
        return Pad(), Loaded("pad", "pad", (Voice.CHORDS,), "cpu", "cpu", 1.0, 1.0)

    rehearsal = Rehearsal(opened, Path("pad"), Knobs(mode="accompany", key=Key(0)))
    rehearsal.band.choose_voices((Voice.CHORDS,))
    rehearsal.run(0.1)
    rehearsal.start()
    rehearsal.run(0.01)
    zero = rehearsal.band.map.time_at(-rehearsal.band.map.song)
    tonic = [(zero + beat * 0.5, 0.45, pitch, 80) for beat in range(17) for pitch in (48, 60, 64, 67)]
    struck = zero + 17 * 0.5
    rehearsal.perform([*tonic, *((struck, 1.2, pitch, 80) for pitch in (43, 59, 62, 65, 67))])
    rehearsal.run(struck + 1.0 - rehearsal.time.now())
    ends = {
        message.pitch: time
        for time, port, data in rehearsal.out
        if port == "chords" and isinstance(message := decode(data), NoteOff) and time > struck
    }
    assert set(ends) == {60, 64}, "what G has not is let go, and G itself sounds on"
    assert max(ends.values()) < struck + 0.5
    rehearsal.stop()
    rehearsal.run(0.5)
    assert not open_notes(rehearsal.out)
