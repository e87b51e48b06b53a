from collections.abc import Iterator

import pytest

from bridge.engine.family import Ask, Heard, Pressed, Sounded
from bridge.music.note import Note, Voice
from export.diffusion.evaluation import answer, arranged, row, table, vamped, varied
from export.evaluate.accompany.trial import Trial, cut
from tests.export.ensemble.bands import band


class Echo:
    """Plays the last pitch that it heard on every beat, on every voice, and keeps what it was told."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.asks: list[tuple[Ask, int]] = []

    def hear(self, event: Heard) -> None:
        self.heard.append(event)

    def rewind(self, beat: float) -> None:
        self.heard.clear()

    def respond(self, ask: Ask) -> Iterator[Note]:
        self.asks.append((ask, len(self.heard)))
        pitch = next((event.pitch for event in reversed(self.heard) if isinstance(event, Pressed)), 60)
        for voice in ask.voices:
            yield Note(voice, ask.span.start, 0.5, pitch, 80)

    def warm_up(self) -> None:
        pass


@pytest.fixture
def trial() -> Trial:
    found = cut(band(2))
    assert found is not None
    return found


def test_a_family_hears_what_has_been_and_nothing_else(trial: Trial) -> None:
    family = Echo()
    made = answer(family, trial, chords=True)
    for ask, known in family.asks:
        assert all(event.beat < ask.span.start for event in family.heard[:known])
        assert ask.chords[0].beat <= ask.span.start
    assert sum(isinstance(event, Sounded) for event in family.heard) == len(made) - len(trial.voices)


def test_rules_play_the_voices_of_the_trial_over_the_whole_of_it(trial: Trial) -> None:
    for notes in (arranged(trial), vamped(trial)):
        assert {note.voice for note in notes} == set(trial.voices)
        assert max(note.beat for note in notes) > trial.end - trial.meter.bar
        assert all(0 <= note.beat < trial.end for note in notes)


def test_people_are_no_way_from_themselves(trial: Trial) -> None:
    rows = [row("people", [trial], [trial.human]), row("echo", [trial], [answer(Echo(), trial)])]
    assert max(rows[0].distances.values()) == 0
    assert min(rows[1].distances.values()) > 0
    assert rows[0].figures["chord-tone ratio"] > rows[1].figures["chord-tone ratio"]
    assert table(rows).count("\n") == 3


def test_the_same_answer_twice_is_not_varied() -> None:
    notes = [Note(Voice.LEAD, 0.0, 1.0, 60, 80)]
    other = [Note(Voice.LEAD, 0.0, 1.0, 61, 80)]
    assert varied([notes, notes]) == 0
    assert varied([notes, other]) == 1
