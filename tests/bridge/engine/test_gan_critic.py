import msgspec
import pytest

from bridge.engine.critic import Scene, theory
from bridge.engine.family import Pressed
from bridge.engine.gan_critic import GrooveCritic, grooving
from bridge.engine.gan_rhythm import rhythm_of
from bridge.engine.pack import Pack
from bridge.engine.window import Window
from bridge.errors import PackError
from bridge.music.note import Note, Span, Voice
from tests.bridge.engine.shipped import Shipped

SHIPPED = Shipped("groove-gan", (Voice.DRUMS,))
FOLDER, pack, session = SHIPPED.folder, SHIPPED.pack, SHIPPED.session


def critic() -> GrooveCritic:
    return GrooveCritic(pack(), session)


def hit(beat: float, pitch: int, velocity: int) -> Note:
    return Note(Voice.DRUMS, beat, 0.1, pitch, velocity)


def rock(start: float, shift: float = 0.0) -> list[Note]:
    """Two bars of a plain beat, a little late, with its backbeat moved by some beats."""
    notes = []
    for bar in (0.0, 4.0):
        notes += [hit(start + bar + beat, 36, 100) for beat in (0.0, 2.0, 2.5)]
        notes += [hit(start + bar + (beat + shift) % 4, 38, 105) for beat in (1.01, 3.01)]
        notes += [hit(start + bar + 0.5 * n, 42, 80 - 25 * (n % 2)) for n in range(8)]
    return sorted(notes, key=lambda note: note.beat)


TAPS = tuple(Pressed(beat + bar, 60, 100) for bar in (0.0, 4.0) for beat in (0.0, 1.0, 2.0, 2.5, 3.0))
SCENE = Scene(Span(8.0, 16.0), heard=TAPS)


def test_a_score_lies_between_bad_and_good() -> None:
    found = critic().rule(rock(8.0), SCENE)
    assert found is not None
    assert 0.0 <= found <= 1.0


def test_a_beat_that_meets_the_taps_is_better_than_one_that_is_strewn_about() -> None:
    scores = critic()
    good = scores.rule(rock(8.0), SCENE)
    strewn = [msgspec.structs.replace(note, beat=8.0 + (note.beat * 7.3) % 8.0) for note in rock(8.0)]
    bad = scores.rule(strewn, SCENE)
    assert good is not None
    assert bad is not None
    assert good > bad


def test_an_answer_without_drums_is_not_judged_nor_one_that_has_hardly_begun() -> None:
    assert critic().rule([Note(Voice.BASS, 8.0, 1.0, 40, 80)], SCENE) is None
    assert critic().rule([hit(8.0, 36, 90)], msgspec.structs.replace(SCENE, span=Span(8.0, 9.0))) is None


def test_what_the_band_has_played_in_the_window_counts() -> None:
    half = [note for note in rock(8.0) if note.beat >= 12.0]
    before = tuple(note for note in rock(8.0) if note.beat < 12.0)
    later = msgspec.structs.replace(SCENE, span=Span(12.0, 16.0), band=before)
    assert critic().rule(half, later) != critic().rule(half, msgspec.structs.replace(later, band=()))


def test_several_answers_are_scored_at_once() -> None:
    window = Window(8.0, number=1)
    rhythm = rhythm_of(rock(8.0), window, window.beats)
    one, two = critic().scores([rock(8.0), rock(8.0, 0.5)], window, rhythm)
    assert one != two


def test_a_card_without_the_critics_scale_is_refused() -> None:
    with pytest.raises(PackError, match="groove-gan"):
        GrooveCritic(Pack(FOLDER, msgspec.structs.replace(pack().card, codec={})), session)


def test_a_critic_that_minds_the_groove_is_the_same_without_drums() -> None:
    bass = [Note(Voice.BASS, 8.0, 1.0, 40, 80)]
    both = grooving(theory, critic().rule)
    assert both(bass, SCENE) == theory(bass, SCENE)
    assert both(rock(8.0), SCENE) > theory(rock(8.0), SCENE)


def test_a_pack_in_a_folder_is_enough() -> None:
    assert GrooveCritic.open(FOLDER).rule(rock(8.0), SCENE) == critic().rule(rock(8.0), SCENE)
