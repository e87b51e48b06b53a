from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.music.arranger import ALL, START, Bar, Hands, Hints, arrange
from bridge.music.arranger_styles import FILLS, KIT, STYLES, groups, steps
from bridge.music.chord import KINDS, Chord, ChordAt, parse
from bridge.music.key import Key
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice

unhurried = settings(max_examples=60, deadline=None)
meters = st.builds(Meter, st.integers(1, 13), st.sampled_from([2, 4, 8]))
chords = st.builds(Chord, st.integers(0, 11), st.sampled_from(sorted(KINDS)))
hints = st.builds(Hints, st.sampled_from(sorted(STYLES)), st.floats(0, 1), st.integers(62, 84))
C_MAJOR = Key(0, "major")
COMMON = Meter(4, 4)


@st.composite
def bars(draw: st.DrawFn) -> Bar:
    meter = draw(meters)
    changes = [ChordAt(0.0, draw(chords))]
    if meter.bar >= 2 and draw(st.booleans()):
        changes.append(ChordAt(meter.bar / 2, draw(chords)))
    return Bar(draw(st.integers(0, 40)), meter, C_MAJOR, tuple(changes), draw(st.none() | chords))


def song(symbols: str, style: str = "rock", meter: Meter = COMMON, density: float = 0.5) -> list[list[Note]]:
    line = [parse(symbol) for symbol in symbols.split()]
    hands, played = START, []
    for number, chord in enumerate(line):
        then = line[(number + 1) % len(line)]
        bar = Bar(number, meter, C_MAJOR, (ChordAt(0.0, chord),), then)
        notes, hands = arrange(bar, Hints(style, density), hands, 1)
        played.append(notes)
    return played


@unhurried
@given(bars(), hints, st.integers(0, 99))
def test_a_bar_asked_for_again_is_the_same(bar: Bar, how: Hints, seed: int) -> None:
    assert arrange(bar, how, START, seed) == arrange(bar, how, START, seed)


@unhurried
@given(bars(), hints, st.integers(0, 99))
def test_every_note_begins_in_its_bar_and_can_be_played(bar: Bar, how: Hints, seed: int) -> None:
    notes, _ = arrange(bar, how, START, seed)
    for note in notes:
        assert 0 <= note.beat < bar.meter.bar
        assert note.duration > 0
        assert 20 <= note.pitch <= 84
        assert 1 <= note.velocity <= 127
    assert [note.beat for note in notes] == sorted(note.beat for note in notes)


@unhurried
@given(bars(), hints, st.integers(0, 99))
def test_the_chords_voice_plays_only_notes_of_the_chord_that_sounds(bar: Bar, how: Hints, seed: int) -> None:
    notes, _ = arrange(bar, how, START, seed, (Voice.CHORDS,))
    for note in notes:
        chord = [change.chord for change in bar.chords if change.beat <= note.beat + 1e-6][-1]
        assert chord is not None
        assert note.pitch % 12 in chord.pitch_classes
        assert note.pitch <= max(how.ceiling, 62)


@unhurried
@given(bars(), hints, st.integers(0, 99))
def test_the_bass_has_the_root_where_the_chord_changes(bar: Bar, how: Hints, seed: int) -> None:
    notes, _ = arrange(bar, how, START, seed, (Voice.BASS,))
    for change in bar.chords:
        here = [note.pitch for note in notes if abs(note.beat - change.beat) < 1e-6]
        assert change.chord is not None
        assert all(pitch % 12 == change.chord.lowest for pitch in here)
        assert here or change.beat > 0


def test_nothing_pitched_sounds_without_a_chord() -> None:
    bar = Bar(0, Meter(), C_MAJOR, (ChordAt(0.0, None), ChordAt(2.0, parse("G"))))
    notes, _ = arrange(bar, Hints(), START, 0, (Voice.CHORDS, Voice.BASS))
    assert notes
    assert all(note.beat >= 2 for note in notes)


def test_a_slash_chord_has_its_bass() -> None:
    bar = Bar(0, Meter(), C_MAJOR, (ChordAt(0.0, parse("C/E")),))
    notes, _ = arrange(bar, Hints(), START, 0, (Voice.BASS,))
    assert notes[0].pitch % 12 == 4


def test_voices_move_little_from_chord_to_chord() -> None:
    played = song("C Am F G C Dm7 G7 C", "hymn", density=0.0)
    voicings = [sorted(n.pitch for n in notes if n.voice is Voice.CHORDS and n.beat == 0) for notes in played]
    for before, after in pairwise(voicings):
        assert len(after) == 3
        assert sum(abs(a - b) for a, b in zip(before, after, strict=True)) <= 7
        assert abs(before[-1] - after[-1]) <= 5


def test_a_waltz_has_its_bass_on_one_and_its_chords_on_two_and_three() -> None:
    for notes in song("C C G7 C", "waltz", Meter(3, 4)):
        assert [n.beat for n in notes if n.voice is Voice.BASS] == [0.0]
        assert {n.beat for n in notes if n.voice is Voice.CHORDS} <= {1.0, 2.0}


def test_the_bass_of_a_dance_takes_the_fifth_when_the_chord_stays() -> None:
    basses = [
        next(n.pitch % 12 for n in notes if n.voice is Voice.BASS) for notes in song("C C G G", "waltz", Meter(3, 4))
    ]
    assert basses == [0, 7, 7, 2]


def test_a_walking_bass_steps_into_the_next_root() -> None:
    played = song("Dm7 G7 Cmaj7 A7", "swing", density=0.6)
    for notes, following in zip(played, [*played[1:], played[0]], strict=True):
        line = [note.pitch for note in notes if note.voice is Voice.BASS]
        root = next(note.pitch for note in following if note.voice is Voice.BASS)
        assert len(line) >= 4
        assert min(abs(line[-1] - root) % 12, 12 - abs(line[-1] - root) % 12) <= 2


def test_the_rock_drummer_plays_the_back_beat_and_fills_into_the_next_phrase() -> None:
    played = song(" ".join(["C"] * 9))
    for notes in played[:7]:
        assert {1.0, 3.0} <= {n.beat for n in notes if n.pitch == KIT["snare"]}
    assert not [n for n in played[7] if n.pitch == KIT["hat"] and n.beat >= 3]
    assert [n for n in played[8] if n.pitch == KIT["crash"]]


def test_more_density_is_more_notes() -> None:
    sparse, dense = (sum(map(len, song("C F G C", density=density))) for density in (0.0, 1.0))
    assert dense > 1.5 * sparse


@unhurried
@given(bars(), hints)
def test_only_the_voices_asked_for_play(bar: Bar, how: Hints) -> None:
    for voice in ALL:
        notes, _ = arrange(bar, how, START, 0, (voice,))
        assert {note.voice for note in notes} <= {voice}


@unhurried
@given(meters)
def test_every_meter_is_put_together_from_bars_that_have_figures(meter: Meter) -> None:
    parts = groups(meter)
    assert abs(sum(length for _, length in parts) - meter.bar) < 1e-9
    for style in STYLES.values():
        for kind, _ in parts:
            assert style.figures[kind.rstrip("/")]


@pytest.mark.parametrize("name", sorted(STYLES))
def test_the_figures_of_a_style_are_well_written(name: str) -> None:
    for kind, figures in STYLES[name].figures.items():
        for figure in figures:
            rows = {"C c1234-.": figure.chords, "RrFfTtOoBbAa-.": figure.bass}
            rows |= {f"Xxo-.{piece}": row for piece, row in figure.drums.items()}
            for signs, row in rows.items():
                plain = steps(row, kind)
                assert set(plain) <= set(signs)
                assert len(plain) % {"4": 4, "3": 3, "2": 2, "6": 6}[kind] == 0
            assert set(figure.drums) <= set(KIT)
    assert all(set(fill) <= set(KIT) for fills in FILLS.values() for fill in fills)


def test_hands_go_on_from_where_they_were() -> None:
    bar = Bar(3, Meter(), C_MAJOR, (ChordAt(0.0, parse("F")),))
    low, _ = arrange(bar, Hints("hymn", 0.0), Hands((53, 57, 60), 41), 0, (Voice.CHORDS,))
    high, _ = arrange(bar, Hints("hymn", 0.0), Hands((65, 69, 72), 41), 0, (Voice.CHORDS,))
    assert max(note.pitch for note in low) < max(note.pitch for note in high)
