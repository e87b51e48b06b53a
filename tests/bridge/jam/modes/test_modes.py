import math

from hypothesis import given
from hypothesis import strategies as st

from bridge.clock.tempo_map import TempoMap
from bridge.jam.floor import Floor, Scene
from bridge.jam.modes import MODES
from bridge.music.meter import Meter
from bridge.music.note import Span
from bridge.music.turn import Who

ROLLING = TempoMap(playing=True)


def scene(now: float, last: float, *, busy: bool = False, first: float | None = 0.0, **more: object) -> Scene:
    values: dict[str, object] = {
        "map": ROLLING,
        "pressed": last,
        "ready": now + 0.1,
        "expected": None,
        "patience": 1.0,
        "trade_bars": 2,
    } | more
    return Scene(now=now, busy=busy, first=first, last=last, **values)  # type: ignore[arg-type]


def test_nobody_has_the_floor_before_the_player_has_played_but_in_free() -> None:
    assert MODES["free"].decide(scene(3.0, -math.inf, first=None), Floor()).band == Span(4.0, math.inf)
    for mode in (mode for name, mode in MODES.items() if name != "free"):
        assert mode.decide(scene(3.0, -math.inf, first=None), Floor()) == Floor()


def test_continue_announces_the_turn_while_the_silence_lasts_and_takes_it_on_the_beat() -> None:
    mode = MODES["continue"]
    waiting = mode.decide(scene(3.5, 3.4), Floor())
    assert waiting == Floor(Who.PLAYER, Span(5.0, math.inf))
    assert mode.decide(scene(5.0, 3.4), waiting).who is Who.BAND


def test_continue_yields_to_a_key_at_once() -> None:
    mode = MODES["continue"]
    playing = Floor(Who.BAND, Span(5.0, math.inf))
    assert mode.decide(scene(9.3, 9.3, busy=True), playing) == Floor(Who.PLAYER)


def test_a_turn_once_announced_does_not_move() -> None:
    mode = MODES["continue"]
    floor = mode.decide(scene(3.5, 3.4), Floor())
    for step in range(100):
        floor = mode.decide(scene(3.5 + step * 0.1, 3.4), floor)
        assert floor.band == Span(5.0, math.inf)


@given(st.floats(0, 200), st.integers(1, 8), st.sampled_from([Meter(4, 4), Meter(3, 4), Meter(7, 8)]))
def test_trade_gives_both_sides_the_same_bars_in_turn(first: float, bars: int, meter: Meter) -> None:
    map = TempoMap(playing=True, meter=meter)
    length = bars * meter.bar
    mode = MODES["trade"]
    turns = []
    anchor = map.next_bar(first)
    anchor -= meter.bar if anchor - first > 1.0 else 0.0
    for half in range(6):
        now = anchor + half * length + length / 2
        asked = scene(now, first, first=first, pressed=first, map=map, trade_bars=bars)
        turns.append(mode.decide(asked, Floor()).who)
    assert turns == [Who.PLAYER, Who.BAND] * 3


def test_a_pickup_before_the_bar_line_belongs_to_the_next_bar() -> None:
    mode = MODES["trade"]
    floor = mode.decide(scene(3.5, 3.5, first=3.5), Floor())
    assert floor == Floor(Who.PLAYER, Span(12.0, 20.0))


def test_in_trade_a_tail_may_ring_over_but_a_new_phrase_takes_the_floor() -> None:
    mode = MODES["trade"]
    assert mode.decide(scene(9.5, 8.3), Floor()).who is Who.BAND
    assert mode.decide(scene(10.5, 10.4, pressed=10.4), Floor()) == Floor(Who.PLAYER)
    assert mode.decide(scene(24.5, 10.4, pressed=10.4), Floor()).who is Who.BAND


def test_continue_leaves_room_where_the_player_is_expected_and_goes_on_if_nobody_comes() -> None:
    mode = MODES["continue"]
    floor = mode.decide(scene(3.5, 3.4, expected=16.0), Floor())
    assert floor.band == Span(5.0, 16.0)
    floor = mode.decide(scene(16.0, 3.4, expected=16.0), floor)
    assert floor == Floor(Who.PLAYER, Span(17.0, math.inf))
    assert mode.decide(scene(17.0, 3.4), floor).who is Who.BAND
