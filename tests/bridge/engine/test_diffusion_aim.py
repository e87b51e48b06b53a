import numpy as np
import pytest

from bridge.engine.diffusion_aim import CERTAIN, MIDWAY, TEMPERED, Aim, aim, forbid
from bridge.engine.diffusion_roll import LOGITS
from bridge.engine.diffusion_scene import scene
from bridge.engine.diffusion_table import BASS, CHORDS, LEAD
from bridge.engine.family import Ask, Material
from bridge.engine.memory import Memory
from bridge.engine.window import STEPS, Window
from bridge.music.note import Note, Span, Voice

C_MAJOR = (0, 2, 4, 5, 7, 9, 11)
PHRASE = (Note(Voice.LEAD, 0.0, 1.0, 60, 80), Note(Voice.LEAD, 2.0, 1.0, 67, 80))
OTHER = (Note(Voice.LEAD, 1.0, 1.0, 72, 80),)


def aimed(distance: float = 0.3, voices: tuple[Voice, ...] = (Voice.LEAD,), **more: object) -> Aim:
    material = Material(**{"phrase": PHRASE, "beats": 8.0, "origin": 0.0, **more})  # type: ignore[arg-type]
    ask = Ask(id=1, span=Span(0.0, 8.0), voices=voices, key=C_MAJOR, material=material)
    return aim(scene(Window(0.0), ask, voices, Memory(), (), 0, {}), material, distance)


def test_without_a_phrase_all_comes_out_of_noise() -> None:
    ask = Ask(id=1, span=Span(0.0, 8.0), voices=(Voice.LEAD,), key=C_MAJOR)
    found = aim(scene(Window(0.0), ask, ask.voices, Memory(), (), 0, {}), None, 0.3)
    assert found.level == 1.0
    assert not found.cells.any()
    assert np.isnan(found.settled).all()


def test_only_the_voices_of_the_phrase_start_from_it() -> None:
    found = aimed(voices=(Voice.LEAD, Voice.BASS))
    assert found.cells[:, : BASS.channel].all()
    assert not found.cells[:, BASS.channel :].any()
    assert found.level == 0.3


@pytest.mark.parametrize(("blend", "level"), [(0.0, 0.3), (0.5, MIDWAY), (1.0, 0.3)])
def test_the_middle_between_two_phrases_is_the_furthest_from_both(blend: float, level: float) -> None:
    assert aimed(other=OTHER, blend=blend).level == pytest.approx(level)


def test_what_is_kept_is_settled_and_the_rest_is_not() -> None:
    rhythm, pitch = aimed(keep=("rhythm",)).settled, aimed(keep=("pitch",)).settled
    assert rhythm[0, LEAD.logit + 1] == CERTAIN
    assert np.isnan(rhythm[:, LEAD.logit + 3 :]).all()
    assert np.isnan(pitch[:, LEAD.logit : LEAD.logit + 3]).all()
    assert pitch[5, LEAD.logit + 3 : LEAD.logit + 15].argmax() == 0
    assert pitch[20, LEAD.logit + 3 : LEAD.logit + 15].argmax() == 7


def test_what_is_forbidden_cannot_be_the_likeliest() -> None:
    logits = np.random.default_rng(0).normal(0, 3, (STEPS, LOGITS)).astype(np.float32)
    forbid(logits, (2, 6, 9), -2)
    for part in (LEAD, BASS, CHORDS):
        tones = logits[:, part.logit + 3 : part.logit + 15]
        assert set(tones.argmax(-1).tolist()) <= {0, 4, 7}


def test_heights_and_velocities_are_no_choices() -> None:
    assert not TEMPERED[LEAD.logit + 20]
    assert not TEMPERED[CHORDS.logit + 15 : CHORDS.logit + 18].any()
    assert TEMPERED.sum() == LOGITS - 2 - 3 - 9
