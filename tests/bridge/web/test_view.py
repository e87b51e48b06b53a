from bridge.clock.tempo_map import TempoMap
from bridge.control.parameter import Kind, Parameter
from bridge.music.note import Note, Voice
from bridge.web.view import EVENTS, View
from bridge.wire.protocol import Closed, Input, Map, Sent, Unplugged
from tests.bridge.web.home import Home

NOTE = Note(Voice.LEAD, 4.0, 1.0, 72, 90)


def test_where_nothing_happens_there_is_no_news() -> None:
    view = View(Home())
    assert view.news() == {}
    assert view.news(whole=True) == {}


def test_a_page_that_comes_late_is_told_what_was_played() -> None:
    home = Home()
    home.says(Input(1, 0.0, "in", b"\x90\x3c\x5a"))
    home.says(Input(2, 1.0, "in", b"\x80\x3c\x00"))
    home.says(Sent(3, 1, NOTE, 0.0))
    past = View(home).everything(0.0)["past"]
    assert past == [["on", 0.0, 60, 90], ["off", 1.0, 60], ["sent", 0, "lead", 4.0, 1.0, 72, 90, 0.0]]


def test_the_plan_is_told_as_it_grows_and_as_it_is_taken_back() -> None:
    home = Home()
    view = View(home)
    home.band.plan.add(NOTE)
    assert view.news()["plan"] == [[1, "lead", 4.0, 1.0, 72, 90, 0]]
    assert view.news() == {}
    home.band.plan.withdraw(Voice.LEAD, 0.0)
    assert view.news()["gone"] == [1]


def test_the_click_is_no_music_to_be_shown() -> None:
    home = Home()
    view = View(home)
    home.band.plan.add(Note(Voice.CLICK, 4.0, 1.0, 72, 90))
    assert not view.news()["plan"]
    view.saw(Sent(1, 1, Note(Voice.CLICK, 4.0, 1.0, 72, 90), 0.0))
    assert view.news() == {}


def test_notes_are_told_in_their_order_with_how_late_they_were() -> None:
    view = View(Home())
    for message in (
        Sent(1, 7, NOTE, 0.0012),
        Closed(7, 5.0),
        Sent(2, 8, NOTE, 0.2, dropped=True),
        Unplugged("in", 6.0),
    ):
        view.saw(message)
    assert view.news()["events"] == [
        ["sent", 7, "lead", 4.0, 1.0, 72, 90, 1.2],
        ["closed", 7, 5.0],
        ["dropped", 8],
        ["lifted", 6.0],
    ]


def test_of_many_turns_of_a_knob_only_the_last_is_told() -> None:
    home = Home()
    view = View(home)
    for value in range(100):
        home.table.set("tempo", 100 + value)
    assert view.news() == {"values": {"tempo": 199.0}}


def test_a_clock_that_moves_and_a_line_for_the_user_are_news() -> None:
    home = Home()
    view = View(home)
    home.says(Map(TempoMap(bpm=97.0, playing=True), "midi"))
    home.notices.tell("the port is gone; plug it in again")
    news = view.news(whole=True)
    assert news["map"]["bpm"] == 97.0
    assert news["log"] == ["the port is gone; plug it in again"]
    assert news["status"]["clock"] == "midi"


def test_knobs_of_a_pack_come_and_go() -> None:
    home = Home()
    view = View(home)
    home.table.join([Parameter(name="lilt", kind=Kind.FLOAT, default=0.5, description="Late.", group="a pack")])
    assert "lilt" in [row["path"] for row in view.news(whole=True)["table"]]
    home.table.leave(["lilt"])
    assert "lilt" not in [row["path"] for row in view.news(whole=True)["table"]]


def test_what_is_being_learnt_is_shown() -> None:
    home = Home()
    view = View(home)
    home.learning = "tempo"
    assert view.news(whole=True)["hands"]["learn"] == ("tempo",)


def test_a_flood_of_notes_does_not_grow_without_bound() -> None:
    view = View(Home())
    for seq in range(3 * EVENTS):
        view.saw(Closed(seq, 0.0))
    assert len(view.news()["events"]) == EVENTS
