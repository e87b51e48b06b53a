import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.engine.family import Ask
from bridge.errors import SettingsError
from bridge.jam.gestures import Infill
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.looper import Loop, Looper
from bridge.jam.mending import Mending
from bridge.jam.models import Models
from bridge.jam.phrase import Phrase
from bridge.jam.phrasebook import Phrasebook
from bridge.jam.plan import Plan
from bridge.jam.prompter import Prompter, Standing
from bridge.jam.seating import Seating
from bridge.jam.section import Moment, Section
from bridge.music.note import Note, Span, Voice

NOW = Moment(1.0, 0.5, TempoMap(playing=True))
PITCHES = {Voice.LEAD: 72, Voice.BASS: 40}
PHRASE = Phrase(tuple(Note(v, 4.0 * bar, 1.0, pitch, 80) for bar in range(4) for v, pitch in PITCHES.items()), 16.0)


def no_section(mode: str, pack: str) -> Section:
    raise AssertionError(f"nobody takes a seat here: {mode}, {pack}")


class Stage:
    """A loop of lead and bass, each with a pack of its own, and what is asked of whom."""

    def __init__(self) -> None:
        self.asks: list[tuple[str, Ask]] = []
        plan, listener = Plan(lambda _: None), Listener()
        self.looper = Looper(plan, lambda note: note)
        self.looper.play(Loop(PHRASE, 0.0), 0.0)
        seating = Seating(plan, no_section)
        seating.choose({Voice.LEAD: "", Voice.BASS: "trio"})
        self.models = Models()
        prompter = Prompter(plan, listener, Phrasebook(listener, plan))
        self._mending = Mending(self.looper, prompter, seating, self.models, self._send)

    def infill(self, first: int, last: int) -> None:
        self._mending.ask(Infill(first, last), 1.1, Standing(NOW, Knobs(), None, (Voice.LEAD, Voice.BASS)))

    def _send(self, ask: Ask, pack: str) -> None:
        self.asks.append((pack, ask))


def test_each_pack_is_asked_for_its_own_voices_and_told_what_stands_around_them() -> None:
    stage = Stage()
    stage.models.ready("", (Voice.LEAD,))
    stage.models.ready("trio", (Voice.BASS, Voice.DRUMS))
    stage.infill(2, 2)
    assert {(pack, ask.voices, ask.span) for pack, ask in stage.asks} == {
        ("", (Voice.LEAD,), Span(4.0, 8.0)),
        ("trio", (Voice.BASS,), Span(4.0, 8.0)),
    }
    for _, ask in stage.asks:
        assert all(note.beat < 4.0 for note in ask.committed)
        assert all(note.beat >= 8.0 for note in ask.after)
        assert {note.voice for note in ask.beside} == {Voice.LEAD, Voice.BASS} - set(ask.voices)
    assert [anew.ask for anew in stage.looper.pending] == [ask for _, ask in stage.asks]


def test_voices_whose_pack_is_not_there_are_left_as_they_stand() -> None:
    stage = Stage()
    stage.models.ready("trio", (Voice.BASS,))
    stage.infill(1, 4)
    assert [(pack, ask.voices) for pack, ask in stage.asks] == [("trio", (Voice.BASS,))]


def test_where_no_pack_is_there_the_player_is_told_and_nothing_is_asked() -> None:
    stage = Stage()
    with pytest.raises(SettingsError, match="no model that is loaded"):
        stage.infill(2, 2)
    assert not stage.asks
    assert not stage.looper.pending
