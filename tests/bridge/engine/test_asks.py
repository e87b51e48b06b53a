from bridge.engine.asks import AHEAD, FRESH, Asks, Entry
from bridge.engine.family import Ask
from bridge.music.note import Note, Span, Voice

DRUMS, BASS, CHORDS, LEAD = Voice.DRUMS, Voice.BASS, Voice.CHORDS, Voice.LEAD


def ask(id: int, *voices: Voice, start: float = 0.0, end: float = 4.0, beside: tuple[Note, ...] = ()) -> Ask:
    return Ask(id=id, span=Span(start, end), voices=voices, beside=beside)


def note(voice: Voice, beat: float) -> Note:
    return Note(voice, beat, 0.5, 60, 80)


class Stage:
    """Works the queue off: an entry gives a note of its first voice every half beat of its span."""

    def __init__(self, alone: bool = False) -> None:
        self.asks = Asks(lambda _: alone)
        self.order: list[int] = []

    def step(self) -> Entry | None:
        entry = self.asks.next()
        if entry is None:
            return None
        self.order.append(entry.ask.id)
        if entry.answer is None:
            entry.answer = object()  # type: ignore[assignment]
        beat = entry.ask.span.start + len(entry.notes) / 2
        if beat < entry.ask.span.end:
            entry.notes.append(note(entry.ask.voices[0], beat))
        else:
            self.asks.end(entry, 0.0)
        return entry

    def rest(self) -> list[int]:
        """Work off all there is; the ids in the order of their first notes."""
        while self.step():
            pass
        return list(dict.fromkeys(self.order))


def test_voices_take_their_turn_in_the_order_of_the_band_whatever_came_first() -> None:
    stage = Stage()
    for id, voice in enumerate((LEAD, CHORDS, DRUMS, BASS)):
        stage.asks.put(ask(id, voice), voice)
    assert stage.rest() == [2, 3, 1, 0]
    assert stage.order == sorted(stage.order, key=[2, 3, 1, 0].index)


def test_each_is_told_what_those_before_it_will_play() -> None:
    stage = Stage()
    drums, bass = stage.asks.put(ask(1, DRUMS), "a"), stage.asks.put(ask(2, BASS), "b")
    while stage.asks.next() is drums:
        stage.step()
    assert stage.asks.beside(bass, FRESH / 2) == tuple(note(DRUMS, beat / 2) for beat in range(8))
    assert stage.asks.beside(bass, FRESH * 2) == ()


def test_what_was_just_made_takes_the_place_of_what_the_desk_knew() -> None:
    stage = Stage()
    knew = (note(DRUMS, 0.25), note(DRUMS, 2.25), note(CHORDS, 1.0))
    stage.asks.put(ask(1, DRUMS, start=1.0, end=2.0), "a")
    bass = stage.asks.put(ask(2, BASS, beside=(*knew, note(DRUMS, 1.25))), "b")
    for _ in range(3):
        stage.step()
    told = stage.asks.beside(bass, 0.0)
    assert told == tuple(sorted((*knew, note(DRUMS, 1.0), note(DRUMS, 1.5)), key=lambda n: n.beat))


def test_what_is_needed_first_comes_first_and_a_long_answer_does_not_starve_it() -> None:
    stage = Stage()
    stage.asks.put(ask(1, DRUMS, start=8.0, end=200.0), "a")
    for _ in range(3):
        stage.step()
    stage.asks.put(ask(2, LEAD, start=4.0, end=6.0), "b")
    assert stage.rest() == [1, 2]
    assert stage.order[:8] == [1, 1, 1, 2, 2, 2, 2, 2]


def test_nobody_waits_for_a_voice_that_is_well_ahead() -> None:
    stage = Stage()
    stage.asks.put(ask(1, DRUMS, end=400.0), "a")
    stage.asks.put(ask(2, LEAD), "b")
    while stage.order[-1:] != [2]:
        stage.step()
    assert len(stage.order) <= 2 * AHEAD + 3


def test_a_newer_ask_ends_those_that_share_a_voice_with_it_and_no_other() -> None:
    stage = Stage()
    stage.asks.put(ask(1, DRUMS, BASS), "a")
    stage.asks.put(ask(2, LEAD), "b")
    stage.asks.put(ask(3, BASS, CHORDS), "a")
    assert sorted(stage.rest()) == [2, 3]


def test_cancelled_asks_are_gone_whether_they_wait_or_are_under_way_and_nobody_is_told_of_them() -> None:
    stage = Stage()
    stage.asks.put(ask(1, DRUMS, end=1.0), "a")
    waiting = stage.asks.put(ask(2, BASS), "b")
    lead = stage.asks.put(ask(3, LEAD), "c")
    for _ in range(3):
        stage.step()
    assert stage.asks.beside(lead, 0.0)
    stage.asks.cancel(1)
    stage.asks.cancel(waiting.ask.id)
    stage.asks.cancel(99)
    assert stage.asks.beside(lead, 0.0) == ()
    assert len(stage.asks) == 1


def test_a_pack_that_makes_one_answer_at_a_time_is_not_asked_for_two() -> None:
    stage = Stage(alone=True)
    stage.asks.put(ask(1, LEAD, start=8.0, end=12.0), "a")
    stage.step()
    stage.asks.put(ask(2, DRUMS, start=4.0, end=6.0), "a")
    stage.asks.put(ask(3, BASS, start=6.0, end=8.0), "b")
    assert stage.rest() == [1, 3, 2]
    assert stage.order[-5:] == [2] * 5


def test_voices_asked_for_other_beats_do_not_wait_for_each_other() -> None:
    stage = Stage()
    stage.asks.put(ask(1, DRUMS, start=0.0, end=4.0), "a")
    stage.asks.put(ask(2, LEAD, start=4.0, end=8.0), "b")
    assert stage.rest() == [1, 2]
    assert stage.asks.next() is None
