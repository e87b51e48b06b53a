import math
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bridge.engine.family import Ask, Heard, Pressed, Released, Sounded
from bridge.engine.grid import TICKS, snap_tick
from bridge.engine.lstm import PER_BEAT, Lstm
from bridge.engine.pack import Pack
from bridge.engine.session import Session, open_session
from bridge.errors import EngineError, PackError
from bridge.music.meter import Meter
from bridge.music.note import Note, Span, Voice

FOLDER = Path(__file__).parents[3] / "models" / "lstm-melody"
C_MAJOR = (0, 2, 4, 5, 7, 9, 11)


@cache
def pack() -> Pack:
    return Pack.load(FOLDER)


@cache
def session() -> Session:
    return open_session(pack().graph("step", "cpu"), "cpu")


def tune() -> Iterator[Heard]:
    for step, pitch in enumerate((60, 62, 64, 65, 67, 67, 69, 67, 65, 64, 62, 64, 60, 60, 67)):
        yield Pressed(step * 0.5, pitch, 80)
        yield Released(step * 0.5 + 0.45, pitch)


def band(heard: Iterator[Heard] | list[Heard] | None = None) -> Lstm:
    family = Lstm(pack(), lambda _: session())
    for event in tune() if heard is None else heard:
        family.hear(event)
    return family


def ask(start: float = 8.0, end: float = 16.0, seed: int = 1, **more: Any) -> Ask:
    return Ask(**{"id": 1, "span": Span(start, end), "voices": (Voice.LEAD,), "key": C_MAJOR, "seed": seed, **more})


spans = st.tuples(st.floats(8, 40), st.floats(0.1, 20))
asks = st.builds(
    lambda span, seed, meter, song, knobs: ask(
        span[0], span[0] + span[1], seed, meter=meter, song=song, knobs=knobs, allowed=C_MAJOR if seed % 2 else ()
    ),
    spans,
    st.integers(0, 2**40),
    st.builds(Meter, st.integers(2, 9), st.sampled_from([4, 8])),
    st.floats(-9, 9),
    st.fixed_dictionaries(
        {},
        optional={
            "temperature": st.floats(0, 3),
            "density": st.floats(0, 8) | st.just(math.nan),
            "register": st.floats(40, 90) | st.just(math.nan),
        },
    ),
)


@settings(deadline=None, max_examples=40)
@given(asks)
@example(ask(8.000000000000002, 9.000000000000002, 0, meter=Meter(2, 4)))
def test_every_answer_is_a_playable_line_inside_its_span(request: Ask) -> None:
    notes = list(band().respond(request))
    for note in notes:
        assert note.voice is Voice.LEAD
        assert note.beat in request.span
        assert 0 < note.duration <= 8
        assert 0 <= note.pitch <= 127
        assert 1 <= note.velocity <= 127
        if request.allowed:
            assert note.pitch % 12 in C_MAJOR
    for first, second in pairwise(notes):
        assert first.end <= second.beat + 1e-9
    for first, last in zip(notes, notes[PER_BEAT:], strict=False):
        assert last.beat - first.beat >= 1 - 1e-9


@settings(deadline=None, max_examples=20)
@given(asks)
def test_onsets_lie_on_the_grid_of_the_song(request: Ask) -> None:
    for note in band().respond(request):
        tick = (note.beat + request.song) * TICKS
        assert abs(tick - round(tick)) < 1e-6
        assert snap_tick(round(tick)) == round(tick)


def test_the_same_ask_gives_the_same_notes_and_another_seed_gives_others() -> None:
    family = band()
    assert list(family.respond(ask())) == list(family.respond(ask())) == list(band().respond(ask()))
    assert list(family.respond(ask())) != list(family.respond(ask(seed=2)))


def test_a_new_plan_keeps_what_the_old_one_had_when_nothing_changed() -> None:
    family = band()
    plan = list(family.respond(ask(8, 24)))
    for start in np.arange(8, 22, 0.25):
        before = tuple(note for note in plan if note.beat < start)
        again = list(family.respond(ask(float(start), 24, committed=before)))
        assert again == [note for note in plan if note.beat >= start]


def test_a_plan_holds_when_its_first_notes_have_sounded() -> None:
    family = band()
    plan = list(family.respond(ask(8, 24)))
    for note in plan[:6]:
        family.hear(Sounded(note))
    assert list(family.respond(ask(plan[6].beat, 24, committed=tuple(plan[3:6])))) == plan[6:]


def test_what_the_player_plays_meanwhile_changes_the_plan() -> None:
    family = band()
    plan = list(family.respond(ask(8, 24)))
    family.hear(Pressed(7.6, 70, 100))
    assert list(family.respond(ask(8, 24))) != plan


def test_rewinding_takes_back_what_was_heard() -> None:
    family = band()
    plan = list(family.respond(ask()))
    family.hear(Pressed(7.75, 71, 100))
    family.rewind(7.75)
    assert list(family.respond(ask())) == plan


def test_an_answer_can_be_stopped_in_the_middle() -> None:
    family = band()
    first = next(iter(family.respond(ask(8, 100))))
    assert next(iter(family.respond(ask(8, 100)))) == first


def test_a_committed_note_that_still_sounds_is_not_played_over() -> None:
    held = Note(Voice.LEAD, 7.5, 3.0, 67, 80)
    notes = list(band().respond(ask(8, 16, committed=(held,))))
    assert all(note.beat >= held.end for note in notes)


def test_it_plays_from_silence_and_after_a_long_rest() -> None:
    assert any(list(band([]).respond(ask(0, 16, seed=seed))) for seed in range(3))
    assert any(list(band().respond(ask(200, 216, seed=seed))) for seed in range(3))


def test_it_answers_no_voice_but_its_own() -> None:
    assert list(band().respond(ask(voices=(Voice.BASS,)))) == []


def test_more_density_is_more_notes() -> None:
    def count(density: float) -> int:
        return sum(len(list(band().respond(ask(8, 24, seed, knobs={"density": density})))) for seed in range(8))

    assert count(0.5) < count(1.5) < count(3.0)


def test_register_moves_the_line() -> None:
    def mean(register: float) -> float:
        notes = [n for seed in range(8) for n in band().respond(ask(8, 24, seed, knobs={"register": register}))]
        return sum(note.pitch for note in notes) / len(notes)

    assert mean(55) + 8 < mean(67) + 4 < mean(79)


def test_without_the_lock_the_line_is_mostly_in_the_scale() -> None:
    notes = [note for seed in range(12) for note in band().respond(ask(8, 24, seed))]
    assert sum(note.pitch % 12 in C_MAJOR for note in notes) / len(notes) > 0.85


class Broken:
    """The real session with one output spoilt."""

    def __init__(self, spoil: Callable[[list[Any]], None]) -> None:
        self.inputs, self.outputs = session().inputs, session().outputs
        self._spoil = spoil

    def run(self, names: Any, feeds: Any) -> list[Any]:
        outputs = session().run(names, feeds)
        if len(names) == 5:
            self._spoil(outputs)
        return outputs


def _not_finite(outputs: list[Any]) -> None:
    outputs[1] = np.full_like(outputs[1], np.nan)


def _out_of_range(outputs: list[Any]) -> None:
    outputs[0] = outputs[0] + 500


@pytest.mark.parametrize("spoil", [_not_finite, _out_of_range])
def test_output_that_is_no_note_is_an_engine_error(spoil: Callable[[list[Any]], None]) -> None:
    family = Lstm(pack(), lambda _: Broken(spoil))  # type: ignore[arg-type,return-value]
    with pytest.raises(EngineError):
        list(family.respond(ask()))


@pytest.mark.parametrize(
    "change",
    [
        {"model": {"layers": 2, "hidden": 100}},
        {"model": {}},
        {"codec": {"ticks": 12, "sizes": [7, 192, 128, 26, 16]}},
        {"codec": {}},
        {"voices": (Voice.LEAD, Voice.BASS)},
    ],
)
def test_a_card_that_is_not_its_graphs_is_refused_at_load(change: dict[str, Any]) -> None:
    wrong = Pack(FOLDER, msgspec.structs.replace(pack().card, **change))
    with pytest.raises(PackError, match="lstm-melody"):
        Lstm(wrong, lambda _: session())


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 2**32), st.sampled_from([8.0, 9.0, 11.0, 12.0]))
def test_an_entry_is_kept_and_without_one_the_answer_may_rest(seed: int, start: float) -> None:
    first = next(band().respond(ask(start, start + 8.0, seed, entry=start + 0.5)))
    assert start <= first.beat <= start + 0.5


def test_loudness_moves_in_small_steps() -> None:
    notes = [note for seed in range(10) for note in band().respond(ask(seed=seed))]
    steps = [abs(later.velocity - earlier.velocity) for earlier, later in pairwise(notes)]
    assert sum(steps) / len(steps) < 16
