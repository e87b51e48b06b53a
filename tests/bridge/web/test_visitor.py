import msgspec
import pytest

from bridge.errors import WebError
from bridge.midi.messages import NoteOff, NoteOn, decode
from bridge.web.visitor import WORDS, Visitor
from tests.bridge.web.home import Home


def say(visitor: Visitor, **word: object) -> None:
    visitor.hear(msgspec.json.encode(word))


@pytest.fixture
def home() -> Home:
    return Home()


@pytest.fixture
def visitor(home: Home) -> Visitor:
    return Visitor(home, lambda: home.time)


def test_a_knob_turned_on_the_page_is_turned_in_the_table(home: Home, visitor: Visitor) -> None:
    say(visitor, type="set", path="voice/bass/level", value=0.25)
    assert home.table.get("voice/bass/level") == 0.25


def test_a_value_that_cannot_be_is_explained_to_the_page(home: Home, visitor: Visitor) -> None:
    say(visitor, type="set", path="mode", value="polka")
    (answer,) = visitor.outbox._messages.values()
    assert "polka" in msgspec.json.decode(answer)["text"]


def test_a_key_of_the_page_is_a_note_of_the_player(home: Home, visitor: Visitor) -> None:
    say(visitor, type="key", pitch=60, velocity=90)
    say(visitor, type="key", pitch=60, velocity=0)
    assert [decode(data) for data in home.pressed] == [NoteOn(0, 60, 90), NoteOff(0, 60)]


def test_keys_that_a_page_held_when_it_went_are_let_go(home: Home, visitor: Visitor) -> None:
    say(visitor, type="key", pitch=60, velocity=90)
    say(visitor, type="key", pitch=64, velocity=90)
    visitor.leave()
    visitor.leave()
    assert [data[1] for data in home.pressed[2:]] == [60, 64]
    assert all(data[0] == 0x80 for data in home.pressed[2:])


def test_a_key_that_was_not_down_is_not_let_go(home: Home, visitor: Visitor) -> None:
    say(visitor, type="key", pitch=60, velocity=0)
    assert not home.pressed


def test_actions_are_done_by_their_names(home: Home, visitor: Visitor) -> None:
    say(visitor, type="do", name="panic")
    say(visitor, type="do", name="learn", argument="tempo")
    say(visitor, type="do", name="locate", argument=16)
    assert home.done == [("panic", None), ("learn", "tempo"), ("locate", 16.0)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"type": "key", "pitch": 128, "velocity": 1}',
        '{"type": "key", "pitch": 60, "velocity": -1}',
        '{"type": "do", "name": "__init__"}',
        '{"type": "do", "name": "locate", "argument": "far"}',
        '{"type": "shout"}',
        '{"type": "ping", "at": 1, "more": 2}',
        b"\xff\xff",
    ],
)
def test_what_no_page_of_ours_would_say_ends_the_conversation(text: str | bytes, visitor: Visitor) -> None:
    with pytest.raises(WebError):
        visitor.hear(text)


def test_a_page_that_says_more_than_a_hand_can_is_shown_the_door(visitor: Visitor) -> None:
    for _ in range(int(WORDS[1])):
        say(visitor, type="ping", at=0)
    with pytest.raises(WebError, match="more than a hand"):
        say(visitor, type="ping", at=0)
