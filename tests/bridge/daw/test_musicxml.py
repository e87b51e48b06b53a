"""What is written is read again by a reader of its own, from the format's documents alone."""

from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.daw.base import Clip, ClipNote
from bridge.daw.keep import Kept, keep_last
from bridge.daw.musicxml import DIVISIONS, VALUES, fifths, write_musicxml
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Voice
from bridge.record.timeline import Bar
from tests.bridge.record.takes import jam

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
Read = dict[str, list[tuple[int, int, int, int]]]


def read(page: bytes) -> Read:
    """Part name -> (onset, length, pitch, velocity), lengths in parts of a beat, tied notes put together."""
    score = ET.fromstring(page)
    names = {entry.get("id", ""): entry.findtext("part-name", "") for entry in score.iter("score-part")}
    drums = {
        sound.get("id"): int(sound.findtext("midi-unpitched", "0")) - 1
        for sound in score.iter("midi-instrument")
        if sound.find("midi-unpitched") is not None
    }
    parts: Read = {}
    for part in score.iter("part"):
        bar_at, notes, open_ones = 0, [], dict[int, list[int]]()
        for measure in part.iter("measure"):
            at = last = bar_at
            for note in measure.iter("note"):
                length = int(note.findtext("duration", "0"))
                if note.find("chord") is None:
                    last, at = at, at + length
                _check_value(note, length)
                if note.find("rest") is not None:
                    continue
                instrument = note.find("instrument")
                pitch = _pitch(note) if instrument is None else drums[instrument.get("id")]
                ties = {tie.get("type") for tie in note.iter("tie")}
                assert ties == {tied.get("type") for tied in note.iter("tied")}
                if "stop" in ties:
                    open_ones[pitch][1] += length
                else:
                    open_ones[pitch] = [last, length, round(float(note.get("dynamics", "0")) * 0.9)]
                if "start" not in ties:
                    onset, whole, velocity = open_ones.pop(pitch)
                    notes.append((onset, whole, pitch, velocity))
            bar_at = at
        assert not open_ones
        parts[names[part.get("id", "")]] = sorted(notes)
    return parts


def _pitch(note: ET.Element) -> int:
    place = note.find("pitch")
    assert place is not None
    step, alter, octave = (place.findtext(tag, "0") for tag in ("step", "alter", "octave"))
    return STEPS[step] + int(alter) + 12 * (int(octave) + 1)


def _check_value(note: ET.Element, length: int) -> None:
    """The written value is as long as the duration says."""
    kind, dots, triplet = note.findtext("type"), len(note.findall("dot")), note.find("time-modification") is not None
    assert (length, kind, dots, triplet) in VALUES


def expected(kept: Kept) -> Read:
    return {
        voice.value: sorted(
            (round(n.beat * 24), round((n.beat + n.duration) * 24) - round(n.beat * 24), n.pitch, n.velocity)
            for n in clip.notes
        )
        for voice, clip in kept.clips.items()
    }


def kept_of(notes: list[ClipNote], meter: Meter, bars: int, voice: Voice = Voice.LEAD) -> Kept:
    lines = tuple(Bar(n, n * meter.bar, (n + 1) * meter.bar, meter) for n in range(bars))
    return Kept(lines, {voice: Clip("c", tuple(notes), bars * meter.bar)}, 97.0)


def test_a_jam_reads_back_note_for_note_in_every_part() -> None:
    take = jam()
    kept = keep_last(take, 8, take.end, "kept", Key(2, "dorian"))
    on_grid = {
        voice: Clip(
            clip.name,
            tuple(
                ClipNote(round(n.beat * 24) / 24, max(1, round(n.duration * 24)) / 24, n.pitch, n.velocity)
                for n in clip.notes
            ),
            clip.beats,
        )
        for voice, clip in kept.clips.items()
    }
    kept = Kept(kept.bars, on_grid, kept.bpm, kept.key)
    assert read(write_musicxml(kept)) == expected(kept)


@st.composite
def phrases(draw: st.DrawFn) -> Kept:
    meter = draw(st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8), Meter(6, 8)]))
    bars = draw(st.integers(1, 3))
    length = round(meter.bar * bars * 24)
    notes: list[ClipNote] = []
    for pitch in draw(st.lists(st.integers(0, 127), unique=True, max_size=4)):
        at = 0
        while at < length and draw(st.booleans()):
            on = draw(st.integers(at, length - 1))
            off = draw(st.integers(on + 1, length))
            notes.append(ClipNote(on / 24, (off - on) / 24, pitch, draw(st.integers(1, 127))))
            at = off
    return kept_of(notes, meter, bars, draw(st.sampled_from([Voice.LEAD, Voice.DRUMS])))


@settings(max_examples=60, deadline=None)
@given(phrases())
def test_any_music_on_the_grid_reads_back_note_for_note(kept: Kept) -> None:
    page = write_musicxml(kept)
    assert read(page) == expected(kept)
    bar = round(kept.bars[0].meter.bar * DIVISIONS)
    for measure in ET.fromstring(page).iter("measure"):
        lengths = [int(n.findtext("duration", "0")) for n in measure.iter("note") if n.find("chord") is None]
        assert sum(lengths) == bar


def test_signatures_are_those_that_musicians_write() -> None:
    assert [fifths(key) for key in (None, Key(0), Key(7), Key(10), Key(9, "minor"), Key(0, "minor"))] == [
        0,
        0,
        1,
        -2,
        0,
        -3,
    ]
    assert fifths(Key(2, "dorian")) == 0
    assert fifths(Key(9, "harmonic minor")) == 0
    assert fifths(Key(7, "mixolydian")) == 0


def test_clefs_tempo_and_meter_are_there() -> None:
    page = ET.fromstring(write_musicxml(kept_of([], Meter(7, 8), 2, Voice.BASS)))
    assert [clef.findtext("sign") for clef in page.iter("clef")] == ["F"]
    assert [(time.findtext("beats"), time.findtext("beat-type")) for time in page.iter("time")] == [("7", "8")]
    assert [sound.get("tempo") for sound in page.iter("sound")] == ["97.000"]
