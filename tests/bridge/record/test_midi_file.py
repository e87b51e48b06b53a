from collections import defaultdict
from pathlib import Path
from tempfile import TemporaryDirectory

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.record.midi_file import DRUM_CHANNEL, PARTS, PLAYER, TICKS, write_midi
from bridge.record.take import Take
from tests.bridge.record.takes import jam

Read = dict[str, list[tuple[int, int, int, int]]]
"""Track name -> (onset, end, pitch, velocity) in ticks."""

LINES = st.dictionaries(
    st.integers(0, 127),
    st.lists(st.tuples(st.floats(0.01, 3), st.floats(0.01, 3), st.integers(1, 127)), max_size=4),
    max_size=5,
)
"""Pitch -> rests and durations in turn: notes that a keyboard can really play."""


def written(take: Take) -> mido.MidiFile:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "jam.mid"
        write_midi(take, path)
        return mido.MidiFile(path, charset="utf-8")


def notes_of(file: mido.MidiFile) -> Read:
    read: Read = {}
    for track in file.tracks[1:]:
        tick = 0
        down: dict[int, tuple[int, int]] = {}
        notes = read.setdefault(track.name, [])
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity > 0:
                assert message.note not in down
                down[message.note] = (tick, message.velocity)
            elif message.type in ("note_off", "note_on"):
                onset, velocity = down.pop(message.note)
                notes.append((onset, tick, message.note, velocity))
        assert not down
    return read


def messages(track: mido.MidiTrack, kind: str) -> list[tuple[int, mido.Message]]:
    tick, found = 0, []
    for message in track:
        tick += message.time
        if message.type == kind:
            found.append((tick, message))
    return found


@given(player=LINES, lead=LINES)
@settings(max_examples=60, deadline=None)
def test_the_file_holds_the_notes_of_the_take_to_one_tick(
    player: dict[int, list[tuple[float, float, int]]], lead: dict[int, list[tuple[float, float, int]]]
) -> None:
    take = Take()
    meant: dict[str, list[tuple[float, float, int, int]]] = defaultdict(list)
    for name, lines in (("player", player), ("lead", lead)):
        for pitch, strokes in lines.items():
            beat = 0.0
            for rest, duration, velocity in strokes:
                beat += rest
                if name == "player":
                    take.player_on(beat, pitch, velocity)
                    take.player_off(beat + duration, pitch)
                else:
                    take.band(Note(Voice.LEAD, beat, duration, pitch, velocity))
                meant[name].append((beat, beat + duration, pitch, velocity))
                beat += duration
    read = notes_of(written(take))
    for name in ("player", "lead"):
        found = sorted(read.get(name, []), key=lambda note: (note[2], note[0]))
        expected = sorted(meant[name], key=lambda note: (note[2], note[0]))
        assert [note[2:] for note in found] == [note[2:] for note in expected]
        for (on, off, *_), (start, end, *_) in zip(found, expected, strict=True):
            assert abs(on - (start - take.start) * TICKS) <= 1
            assert abs(off - (end - take.start) * TICKS) <= 1


def test_everyone_has_a_track_a_channel_and_an_instrument() -> None:
    file = written(jam())
    assert file.type == 1
    assert file.ticks_per_beat == 480
    assert [track.name for track in file.tracks] == ["Antiphon", "player", "lead", "chords", "bass", "drums"]
    for track, part in zip(file.tracks[1:], (PLAYER, *PARTS.values()), strict=False):
        assert {message.channel for message in track if not message.is_meta} == {part.channel}
        assert [message.program for _, message in messages(track, "program_change")] == [part.program]
    assert {message.channel for message in file.tracks[-1] if not message.is_meta} == {DRUM_CHANNEL}


def test_tempo_changes_lie_at_their_beats() -> None:
    take = Take()
    for beat, bpm in ((0.0, 140.0), (4.0, 140.02), (8.0, 110.0)):
        take.tempo(TempoMap(beat=beat, bpm=bpm, playing=True))
    take.close(12.0)
    tempos = messages(written(take).tracks[0], "set_tempo")
    assert [tick for tick, _ in tempos] == [0, 8 * TICKS]
    assert [round(mido.tempo2bpm(message.tempo), 2) for _, message in tempos] == [140.0, 110.0]


def test_a_meter_is_written_where_it_begins() -> None:
    take = Take()
    take.tempo(TempoMap(meter=Meter(6, 8), playing=True))
    take.tempo(TempoMap(beat=6.0, meter=Meter(3, 4), playing=True))
    take.close(12.0)
    meters = messages(written(take).tracks[0], "time_signature")
    assert [(tick, m.numerator, m.denominator) for tick, m in meters] == [(0, 6, 8), (6 * TICKS, 3, 4)]


def test_a_take_that_began_late_begins_at_its_own_bar_line() -> None:
    take = Take()
    take.tempo(TempoMap(beat=101.0, song=-1.0, playing=True))
    take.player_on(102.0, 60, 80)
    take.close(104.0)
    assert notes_of(written(take))["player"] == [(TICKS, 3 * TICKS, 60, 80)]


def test_the_pedal_is_in_the_player_s_track() -> None:
    take = Take()
    take.pedal(1.0, 127)
    take.pedal(2.0, 0)
    pedals = messages(written(take).tracks[1], "control_change")
    assert [(tick, message.control, message.value) for tick, message in pedals] == [(480, 64, 127), (960, 64, 0)]


def test_a_key_struck_again_before_it_was_let_go_is_let_go_first() -> None:
    take = Take()
    take.band(Note(Voice.BASS, 0.0, 4.0, 40, 80))
    take.band(Note(Voice.BASS, 1.0, 1.0, 40, 90))
    assert notes_of(written(take))["bass"] == [(0, 480, 40, 80), (480, 960, 40, 90)]


def test_names_in_any_script_can_be_marked() -> None:
    take = Take()
    take.marker(0.0, "тихо ♪")
    assert messages(written(take).tracks[0], "marker")[0][1].text == "тихо ♪"


def test_an_empty_take_is_an_empty_file() -> None:
    assert notes_of(written(Take())) == {"player": []}


def test_a_jam_read_back_lasts_as_long_as_it_was() -> None:
    take = jam()
    assert written(take).length == pytest.approx(take.seconds, abs=1.0)
