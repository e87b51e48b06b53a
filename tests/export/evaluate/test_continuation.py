from bridge.engine.family import Pressed, Released
from export.evaluate.continuation import ANSWER_BARS, PROMPT_BARS, heard, prompts
from export.evaluate.musical import compare, training_grams
from tests.export.tunes import scales


def test_a_prompt_and_its_continuation_are_neighbours_in_one_tune() -> None:
    for prompt in prompts(scales(6), 6):
        assert prompt.human.start == PROMPT_BARS * 96
        assert prompt.human.length == ANSWER_BARS * 96
        assert len(prompt.played) == PROMPT_BARS * 4
        assert len(prompt.human.tones) == ANSWER_BARS * 4


def test_every_key_of_a_prompt_is_let_go_before_the_band_begins() -> None:
    prompt = prompts(scales(1), 1)[0]
    events = list(heard(prompt))
    assert [event.beat for event in events] == sorted(event.beat for event in events)
    assert sum(isinstance(event, Pressed) for event in events) == sum(isinstance(event, Released) for event in events)
    assert max(event.beat for event in events) <= PROMPT_BARS * 4


def test_a_tune_that_is_too_short_is_no_prompt() -> None:
    assert prompts(scales(3, bars=8), 3) == []


def test_who_answers_as_the_human_did_is_as_the_human() -> None:
    asked = prompts(scales(8), 8)
    found = compare(asked, lambda prompt, seed: prompt.human, training_grams(scales(8)))
    assert found.human == found.model
    assert max(found.distance.values()) < 1e-9
    assert found.copied[0] == found.copied[1] == 1.0
