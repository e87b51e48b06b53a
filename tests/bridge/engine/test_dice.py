from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bridge.engine.codec import PARTS, PITCHES, SHIFTS, Event, Part
from bridge.engine.dice import WIDEST, Dice, daring
from bridge.engine.kv import HIDDEN, Cache
from bridge.engine.moment import Moment
from bridge.engine.page import Page
from bridge.engine.stream import Frame
from bridge.engine.urge import calm
from bridge.engine.writer import PLAYER, Row, Task
from bridge.errors import EngineError


class Still:
    """A graph that does nothing."""

    def bind(self, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Callable[[], None]:
        return lambda: None


def page(rows: int = 1) -> Page:
    return Page(Still(), Cache(2, 16), rows, 2)  # type: ignore[arg-type]


def urge(nats: float = 0.0) -> NDArray[np.float32]:
    """Of the bass alone."""
    found = calm()
    found[Part.BASS] = nats
    return found


def task(seed: int = 1, candidates: int = 1) -> Task:
    pitches = np.ones((PARTS, PITCHES), np.bool_)
    pitches[Part.BASS] = False
    pitches[Part.BASS, 30:40] = True
    opens = ((0, PLAYER), (24, frozenset((Part.BASS,))))
    return Task(Frame(), 0.0, 96, opens, (), pitches, np.ones((PARTS, 2), np.float32), urge(), seed, candidates)


def chain(*events: Event) -> Moment:
    moment = Moment(None, Event(Part.START, 0, 60, 0, 0), 0, 96)
    for event in events:
        moment = Moment(moment, event, moment.tick + event.shift, 96)
    return moment


def thrown(moment: Moment, stage: int = 0, seed: int = 1) -> Page:
    sheet, plan = page(), task(seed)
    row = Row(0, moment, plan)
    row.stage = stage
    row.floor = 30
    Dice(plan, sheet).throw(0, row)
    return sheet


def may(sheet: Page) -> set[Part]:
    return {Part(part) for part in np.flatnonzero(sheet.voice_noise[0] > HIDDEN / 2).tolist()}


def test_a_voice_plays_only_once_it_opens_and_a_key_is_let_go_only_while_one_is_held() -> None:
    held = chain(Event(Part.HELD, 6, 60, 0, 8))
    assert may(thrown(chain())) == {Part.HELD}
    assert may(thrown(held)) == {Part.HELD, Part.RELEASE}
    assert may(thrown(held, stage=1)) == {Part.HELD, Part.RELEASE, Part.BASS}


def test_a_key_that_is_down_cannot_go_down_and_only_such_a_key_can_be_let_go() -> None:
    sheet = thrown(chain(Event(Part.HELD, 6, 60, 0, 8)))
    assert np.flatnonzero(sheet.pitch_mask[0, Part.RELEASE] == 0).tolist() == [60]
    assert np.flatnonzero(sheet.pitch_mask[0, Part.HELD] != 0).tolist() == [60]
    assert np.flatnonzero(sheet.pitch_mask[0, Part.BASS] == 0).tolist() == list(range(30, 40))


def test_nothing_is_drawn_before_its_time() -> None:
    sheet = thrown(chain(Event(Part.HELD, 6, 60, 0, 8)))
    assert np.flatnonzero(sheet.shift_mask[0] == 0).tolist() == list(range(24, SHIFTS))


@given(st.integers(0, 2**50), st.integers(0, 2**50))
def test_the_same_seed_throws_the_same_dice_and_another_others(one: int, other: int) -> None:
    first, again, third = (thrown(chain(), seed=seed) for seed in (one, one, other))
    assert (first.shift_noise == again.shift_noise).all()
    assert (one == other) == bool((first.pitch_noise == third.pitch_noise).all())
    assert 0.3 <= first.quantile[0, 0] <= 0.7


def test_a_cool_head_stays_near_what_is_likeliest() -> None:
    assert daring(0.5, 0.1) == pytest.approx((2.0, -np.log(0.1)))
    assert daring(1.0, 0.0) == (1.0, WIDEST)


@pytest.mark.parametrize(
    ("chosen", "log_prob"),
    [((4, 200, 30, 1, 1), -1.0), ((4, 30, 30, 1, 1), -2e8), ((4, 30, 30, 1, 1), np.nan), ((5, 30, 30, 1, 1), -1.0)],
)
def test_an_event_that_cannot_be_is_refused(chosen: tuple[int, ...], log_prob: float) -> None:
    sheet = thrown(chain(Event(Part.HELD, 6, 60, 0, 8)), stage=1)
    sheet.chosen[0] = chosen
    sheet.log_prob[:] = log_prob
    with pytest.raises(EngineError, match="get the pack again"):
        sheet.event(0)


def test_an_event_that_can_be_is_taken() -> None:
    sheet = thrown(chain(Event(Part.HELD, 6, 60, 0, 8)), stage=1)
    sheet.chosen[0] = (4, 30, 30, 1, 1)
    sheet.log_prob[0, 30] = -1.5
    assert sheet.event(0) == (Event(4, 30, 30, 1, 1), -1.5)


def test_a_voice_with_an_urge_to_play_is_likelier_to_be_next() -> None:
    sheet, plan = page(), msgspec.structs.replace(task(), urges=urge(2.0))
    row = Row(0, chain(), plan)
    row.stage = 1
    Dice(plan, sheet).throw(0, row)
    urged = sheet.voice_noise[0].copy()
    Dice(task(), sheet).throw(0, row)
    assert urged[Part.BASS] == pytest.approx(sheet.voice_noise[0, Part.BASS] + 2.0)
    assert (np.delete(urged, Part.BASS) == np.delete(sheet.voice_noise[0], Part.BASS)).all()
