from collections.abc import Sequence

from export.data.parts import Part, Track, band, choir, guessed, polyphony, score, song
from export.data.piece import Role
from tests.export.data.makings import raw


def line(*pitches: int, length: float = 1.0, times: int = 4) -> list[tuple[float, float, int, int]]:
    return [(n * length, length, pitch, 80) for n, pitch in enumerate(pitches * times)]


def track(name: str, notes: list[tuple[float, float, int, int]], program: int = 0, drum: bool = False) -> Track:
    return Track(name, program, drum, raw(*notes))


def pitches(parts: Sequence[Part], role: Role) -> set[int]:
    return {int(pitch) for part, notes in parts if part is role for pitch in notes[:, 2]}


CHORD = [(n * 1.0, 1.0, pitch, 80) for n in range(12) for pitch in (60, 64, 67)]


def test_a_song_has_its_voice_its_right_hand_and_its_left_hand_taken_asunder() -> None:
    left = [(n * 1.0, 1.0, pitch, 80) for n in range(12) for pitch in (41, 53)]
    parts = song("", [track("Voice", line(72, 74)), track("Piano RH", CHORD), track("Piano LH", left)])
    assert pitches(parts, Role.LEAD) == {72, 74}
    assert pitches(parts, Role.CHORDS) == {60, 64, 67, 53}
    assert pitches(parts, Role.BASS) == {41}


def test_four_voices_are_lead_chords_and_bass() -> None:
    voices = [track(name, line(pitch, pitch + 2)) for name, pitch in (("S", 72), ("A", 65), ("T", 57), ("B", 45))]
    parts = choir("", voices)
    assert pitches(parts, Role.LEAD) == {72, 74}
    assert pitches(parts, Role.CHORDS) == {65, 67, 57, 59}
    assert pitches(parts, Role.BASS) == {45, 47}


def test_the_upper_line_of_a_piano_alone_leads() -> None:
    parts = score("", [track("upper:", CHORD), track("lower:", line(36, 43))])
    assert pitches(parts, Role.LEAD) == {67}
    assert pitches(parts, Role.CHORDS) == {60, 64}
    assert pitches(parts, Role.BASS) == {36, 43}


def test_a_voice_over_a_piano_leads() -> None:
    parts = score("", [track("\\new:mel", line(76, 77)), track("upper:", CHORD), track("lower:", line(36, 43))])
    assert pitches(parts, Role.LEAD) == {76, 77}
    assert pitches(parts, Role.CHORDS) == {60, 64, 67}


def test_a_band_is_known_by_its_programs() -> None:
    tracks = [
        track("a", line(36, 38), 33), track("b", CHORD, 24), track("c", line(79, 81), 80),
        track("d", line(36, 42, 38, 42, length=0.5), 0, True),
    ]  # fmt: skip
    parts = band("", tracks)
    assert pitches(parts, Role.BASS) == {36, 38}
    assert pitches(parts, Role.LEAD) == {79, 81}
    assert pitches(parts, Role.CHORDS) == {60, 64, 67}
    assert pitches(parts, Role.DRUMS) == {36, 38, 42}


def test_drums_alone_are_a_band_too() -> None:
    assert pitches(band("", [track("kit", line(36, 38), 0, True)]), Role.DRUMS) == {36, 38}


def test_guessed_roles_are_taken_and_noises_left_out() -> None:
    assign = guessed({"x.mid": [{"i": 0, "role": "pad"}, {"i": 1, "role": "perc_fx"}, {"i": 9, "role": "lead"}]})
    parts = assign("x.mid", [track("a", CHORD), track("b", line(50))])
    assert {role for role, _ in parts} == {Role.CHORDS}


def test_polyphony_counts_what_sounds_together() -> None:
    assert polyphony(raw(*line(60, 62, 64))) == 1.0 or abs(polyphony(raw(*line(60, 62))) - 1) < 0.02
    assert abs(polyphony(raw(*CHORD)) - 3) < 0.05
