from bridge.music.note import Note, Voice
from bridge.wire.flight import Ended, Flight, Struck, Swept

KEY = ("lead", 0, 60)
NOTE = Note(Voice.LEAD, 0.0, 1.0, 60, 80)


def test_each_message_is_settled_once() -> None:
    flight = Flight()
    token = flight.add(Swept(KEY))
    assert flight.take(token) == Swept(KEY)
    assert flight.take(token) is None
    assert len(flight) == 0


def test_a_note_is_closing_while_its_off_is_on_its_way_and_not_while_its_on_is() -> None:
    flight = Flight()
    flight.add(Struck(1, NOTE, KEY, True))
    assert flight.closing() == set()
    off = flight.add(Ended(1, KEY, 1.0))
    assert flight.closing() == {KEY}
    flight.take(off)
    assert flight.closing() == set()


def test_the_end_of_a_note_that_never_sounded_can_be_forgotten() -> None:
    flight = Flight()
    token = flight.add(Ended(1, KEY, 1.0))
    other = flight.add(Ended(2, KEY, 1.0))
    flight.forget_end(1)
    assert flight.take(token) is None
    assert flight.take(other) is not None


def test_of_one_note_too_it_is_known_whether_it_is_closing() -> None:
    flight = Flight()
    flight.add(Struck(1, NOTE, KEY, True))
    assert not flight.closes(KEY)
    off = flight.add(Ended(1, KEY, 1.0))
    assert flight.closes(KEY)
    assert not flight.closes(("lead", 0, 61))
    flight.take(off)
    assert not flight.closes(KEY)
