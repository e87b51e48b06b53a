import math

from bridge.clock.tempo_map import TempoMap
from bridge.jam.floor import Floor, Scene
from bridge.jam.floors import CONTEXT, Floors
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.phrasebook import Phrasebook
from bridge.jam.plan import Plan
from bridge.music.note import Span
from bridge.music.turn import Who

ROLLING, STANDING = TempoMap(playing=True), TempoMap()


class Stage:
    """Floors, and a player whose every key is up again."""

    def __init__(self) -> None:
        self.listener = Listener()
        self.floors = Floors(self.listener, Phrasebook(self.listener, Plan(lambda _: None)))

    def play(self, *beats: float) -> None:
        for beat in beats:
            self.listener.press(beat, 0, 60, 80)
            self.floors.press(beat)
            self.listener.release(beat + 0.25, 0, 60)

    def scene(self, now: float, map: TempoMap = ROLLING) -> Scene:
        return self.floors.scene(now, map, Knobs(), now + 0.1, stocked=False)


def test_every_mode_has_a_floor_of_its_own_and_says_when_its_turn_is_another() -> None:
    stage = Stage()
    stage.play(0.0, 0.5, 1.0, 1.5)
    assert stage.floors.decide(("continue", "accompany"), stage.scene(2.5)) == {
        "continue": Floor(),
        "accompany": Floor(),
    }
    assert stage.floors.turn("continue") == Span(3.0, math.inf)
    assert stage.floors.of("accompany").who is not Who.NOBODY
    assert stage.floors.decide(("continue", "accompany"), stage.scene(2.6)) == {}
    assert stage.floors.of("trade") == Floor()


def test_a_mode_that_nobody_plays_in_any_more_has_no_floor_to_come_back_to() -> None:
    stage = Stage()
    stage.play(0.0, 0.5, 1.0, 1.5)
    stage.floors.decide(("continue",), stage.scene(2.5))
    stage.floors.decide(("free",), stage.scene(2.6))
    assert stage.floors.of("continue") == Floor()


def test_where_the_music_stands_nobody_has_the_floor() -> None:
    stage = Stage()
    stage.play(0.0, 0.5, 1.0, 1.5)
    stage.floors.decide(("continue",), stage.scene(2.5))
    before = stage.floors.of("continue")
    assert stage.floors.decide(("continue",), stage.scene(2.6, STANDING)) == {"continue": before}
    assert stage.floors.turn("continue") is None


def test_a_rest_takes_the_beginning_of_the_turn_and_a_jump_ends_it() -> None:
    stage = Stage()
    stage.floors.decide(("free",), stage.scene(0.0))
    stage.floors.rest(8.0)
    assert stage.floors.turn("free") == Span(8.0, math.inf)
    stage.floors.jump(2.0, going_on=False)
    assert stage.floors.turn("free") is None
    stage.floors.decide(("free",), stage.scene(2.0))
    turn = stage.floors.turn("free")
    assert turn is not None
    assert turn.start < 8.0


def test_after_a_jump_in_mid_play_the_player_is_still_there_and_else_has_yet_to_begin() -> None:
    stage = Stage()
    stage.floors.jump(1.0, going_on=True)
    assert stage.scene(1.0).first is None
    stage.play(2.0)
    assert stage.scene(2.5).first == 2.0
    stage.floors.jump(16.0, going_on=True)
    assert stage.scene(16.0).first == 16.0
    stage.floors.jump(0.0, going_on=False)
    assert stage.scene(0.0).first is None


def test_some_notes_of_the_player_are_enough_for_a_model_to_go_on() -> None:
    stage = Stage()
    stage.play(*(float(beat) for beat in range(CONTEXT - 1)))
    assert not stage.floors.informed
    stage.play(float(CONTEXT))
    assert stage.floors.informed
    assert stage.floors.pressed == CONTEXT
