from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.engine.family import Ask, Pressed, Released, Sounded
from bridge.engine.gan import OUTPUTS, Gan
from bridge.engine.kit import KIT
from bridge.engine.pack import Pack
from bridge.errors import EngineError, PackError
from bridge.music.meter import Meter
from bridge.music.note import Note, Voice
from bridge.taste.features import NAMES
from bridge.taste.liking import Taste
from tests.bridge.engine.shipped import Shipped

SHIPPED = Shipped("groove-gan", (Voice.DRUMS,))
FOLDER, pack, session = SHIPPED.folder, SHIPPED.pack, SHIPPED.session
TAPS = (0.0, 0.75, 1.5, 2.0, 3.0, 3.5)


def tap(family: Gan, beats: tuple[float, ...] = TAPS, bars: int = 4) -> None:
    for bar in range(bars):
        for beat in beats:
            family.hear(Pressed(4.0 * bar + beat, 60, 90))
            family.hear(Released(4.0 * bar + beat + 0.1, 60))


def drummer(beats: tuple[float, ...] = TAPS) -> Gan:
    family = Gan(pack(), session)
    tap(family, beats)
    return family


def ask(start: float = 16.0, end: float = 32.0, **more: Any) -> Ask:
    return SHIPPED.ask(start, end, **{"now": start, "key": (), **more})


def places(notes: list[Note]) -> set[int]:
    return {round(note.beat * 4) for note in notes}


@settings(deadline=None, max_examples=40)
@given(
    st.floats(0, 40),
    st.floats(0.1, 20),
    st.integers(0, 2**40),
    st.builds(Meter, st.integers(2, 9), st.sampled_from([4, 8])),
    st.floats(-9, 9),
    st.fixed_dictionaries(
        {},
        optional={name: st.floats(-1, 20) for name in ("density", "genre", "feel", "dynamics", "temperature", "hold")},
    ),
)
def test_every_answer_is_a_kit_that_can_be_played(
    start: float, length: float, seed: int, meter: Meter, song: float, knobs: dict[str, float]
) -> None:
    request = ask(start, start + length, seed=seed, meter=meter, song=song, knobs=knobs)
    notes = list(drummer().respond(request))
    assert [note.beat for note in notes] == sorted(note.beat for note in notes)
    for note in notes:
        assert note.beat in request.span
        assert note.voice is Voice.DRUMS
        assert note.pitch in KIT
        assert 1 <= note.velocity <= 127


def test_the_same_ask_gives_the_same_kit_and_another_seed_another() -> None:
    family = drummer()
    first = list(family.respond(ask()))
    assert first == list(family.respond(ask())) == list(drummer().respond(ask()))
    assert first != list(family.respond(ask(seed=2)))


def test_the_kit_is_hit_where_the_player_taps() -> None:
    for seed in range(4):
        struck = places(list(drummer().respond(ask(16.0, 24.0, seed=seed))))
        wanted = {round(4 * (16.0 + 4 * bar + beat)) for bar in range(2) for beat in TAPS}
        assert len(wanted & struck) >= 0.75 * len(wanted)


def test_another_rhythm_makes_another_kit() -> None:
    other = drummer((0.0, 0.5, 1.25, 2.75, 3.25))
    assert places(list(drummer().respond(ask()))) != places(list(other.respond(ask())))


def test_a_new_plan_keeps_what_the_old_one_had_when_nothing_changed() -> None:
    family = drummer()
    plan = list(family.respond(ask()))
    for start in (17.0, 18.5, 20.25, 24.0, 27.75):
        before = tuple(note for note in plan if note.beat < start)
        again = list(family.respond(ask(start, 32.0, now=16.5, committed=before)))
        assert again == [note for note in plan if note.beat >= start]


def test_taps_change_the_plan_once_a_beat_at_most() -> None:
    family = drummer()
    plan = list(family.respond(ask(17.0, 32.0, now=16.9)))
    family.hear(Pressed(16.5, 60, 100))
    assert list(family.respond(ask(17.0, 32.0, now=16.95))) == plan
    family.hear(Released(16.6, 60))
    assert list(family.respond(ask(17.0, 32.0, now=17.1))) != plan


def test_a_kit_goes_on_when_the_player_stops() -> None:
    assert list(drummer().respond(ask(32.0, 40.0, now=32.0)))
    assert list(drummer().respond(ask(320.0, 328.0, now=320.0)))


def test_a_drum_ahead_of_the_first_beat_is_not_lost_and_not_played_twice() -> None:
    for seed in range(6):
        family = drummer()
        plan = list(family.respond(ask(15.5, 24.0, seed=seed)))
        first = [note for note in plan if round(note.beat * 4) == 64]
        late = list(family.respond(ask(16.0, 24.0, seed=seed)))
        assert {note.pitch for note in late if round(note.beat * 4) == 64} == {note.pitch for note in first}
        for note in plan:
            if note.beat < 16.0:
                family.hear(Sounded(note))
        again = list(family.respond(ask(16.0, 24.0, seed=seed)))
        assert all(note.beat >= 16.0 for note in again)
        played = [note.pitch for note in first if note.beat < 16.0]
        assert not [note for note in again if round(note.beat * 4) == 64 and note.pitch in played]


def test_a_called_fill_changes_its_own_bar_most() -> None:
    inside = outside = 0
    for seed in range(8):
        family = drummer()
        plain, filled = (list(family.respond(ask(seed=seed, fills=fills))) for fills in ((), (28.0,)))
        changed = {(n.pitch, round(n.beat * 4)) for n in plain} ^ {(n.pitch, round(n.beat * 4)) for n in filled}
        inside += sum(place >= 28 * 4 for _, place in changed)
        outside += sum(place < 24 * 4 for _, place in changed)
    assert inside > 8
    assert outside == 0


def test_density_is_onsets_a_beat() -> None:
    for wanted in (1.0, 2.0, 3.0):
        asks = [ask(16, 32, seed=seed, knobs={"density": wanted}) for seed in range(4)]
        onsets = sum(len(places(list(drummer().respond(each)))) for each in asks)
        assert onsets / len(asks) / 16 == pytest.approx(wanted, abs=0.6)


def test_without_feel_drums_lie_on_the_grid_and_with_it_they_do_not() -> None:
    def off(feel: float) -> float:
        notes = list(drummer().respond(ask(knobs={"feel": feel})))
        return sum(abs(note.beat * 4 - round(note.beat * 4)) for note in notes) / len(notes)

    assert off(0.0) < 1e-9 < off(1.0) < off(2.0)


def test_without_dynamics_all_is_hit_alike_and_loudness_moves_all() -> None:
    def velocities(**knobs: float) -> list[int]:
        return [note.velocity for note in drummer().respond(ask(knobs=knobs))]

    assert len(set(velocities(dynamics=0.0))) == 1
    assert max(velocities(loudness=0.5)) < max(velocities())


def test_without_variation_or_temperature_the_groove_stays() -> None:
    for knobs in ({"variation": 0.0}, {"temperature": 0.0}):
        hits = [(round(note.beat * 4), note.pitch) for note in drummer().respond(ask(16.0, 31.8, knobs=knobs))]
        first, second = ({(step - at, pitch) for step, pitch in hits if at <= step < at + 31} for at in (64, 96))
        assert first == second


def test_the_drummer_of_a_window_stays_however_many_there_are_to_choose_from() -> None:
    family = drummer()
    plan = list(family.respond(ask(candidates=4)))
    assert list(family.respond(ask(candidates=8))) == plan
    family.hear(Pressed(16.5, 60, 100))
    family.hear(Released(16.6, 60))
    later = list(family.respond(ask(17.0, 24.0, now=17.0, candidates=2)))
    before = {(round(note.beat * 4), note.pitch) for note in plan if 17.1 < note.beat < 23.9}
    after = {(round(note.beat * 4), note.pitch) for note in later if 17.1 < note.beat < 23.9}
    assert len(before & after) > 0.5 * len(before)


def test_of_several_candidates_the_players_taste_has_a_say() -> None:
    def hits(sign: float) -> float:
        taste = Taste(1.0, tuple(9.0 * sign if name == "drums density" else 0.0 for name in NAMES))
        loose = {"closeness": 0.0}
        answers = [drummer().respond(ask(seed=seed, candidates=8, taste=taste, knobs=loose)) for seed in range(4)]
        return float(np.mean([len(list(each)) for each in answers]))

    assert hits(1.0) > hits(-1.0)


def test_it_answers_no_voice_but_drums() -> None:
    assert list(drummer().respond(ask(voices=(Voice.BASS,)))) == []


def test_beside_the_band_alone_it_plays_too() -> None:
    family = Gan(pack(), session)
    for beat in range(16):
        family.hear(Sounded(Note(Voice.BASS, float(beat), 0.5, 40, 90)))
    assert list(family.respond(ask()))


class Broken:
    """The real session with its outputs spoilt."""

    def __init__(self, name: str, spoil: Callable[[list[Any]], list[Any]]) -> None:
        self.inputs, self.outputs = session(name).inputs, session(name).outputs
        self._session, self._spoil = session(name), spoil

    def run(self, names: Any, feeds: Any) -> list[Any]:
        return self._spoil(self._session.run(names, feeds))


def _not_finite(outputs: list[Any]) -> list[Any]:
    return [np.full_like(output, np.nan) for output in outputs]


def _out_of_range(outputs: list[Any]) -> list[Any]:
    return [output + 500 for output in outputs]


@pytest.mark.parametrize("spoil", [_not_finite, _out_of_range])
def test_output_that_is_no_groove_is_an_engine_error(spoil: Callable[[list[Any]], list[Any]]) -> None:
    family = Gan(pack(), lambda name: Broken(name, spoil) if name == "generate" else session(name))  # type: ignore[arg-type,return-value]
    with pytest.raises(EngineError):
        list(family.respond(ask()))


def test_a_critic_that_scores_nothing_is_an_engine_error() -> None:
    family = Gan(pack(), lambda name: Broken(name, _not_finite) if name == "critic" else session(name))  # type: ignore[arg-type,return-value]
    assert list(family.respond(ask()))
    with pytest.raises(EngineError):
        list(family.respond(ask(candidates=2, seed=2)))


@pytest.mark.parametrize("change", [{"voices": (Voice.DRUMS, Voice.BASS)}, {"codec": {}}, {"codec": {"radius": 9.0}}])
def test_a_card_that_is_not_its_graphs_is_refused_at_load(change: dict[str, Any]) -> None:
    if "radius" in change.get("codec", {}):
        change = {"codec": pack().card.codec | change["codec"]}
    wrong = Pack(FOLDER, msgspec.structs.replace(pack().card, **change))
    with pytest.raises(PackError, match="groove-gan"):
        Gan(wrong, session)


def test_graphs_that_are_taken_for_each_other_are_refused_at_load() -> None:
    other = {"generate": "critic", "critic": "generate"}
    with pytest.raises(PackError, match="groove-gan"):
        Gan(pack(), lambda name: session(other[name]))


def test_the_graph_gives_what_the_family_takes() -> None:
    assert set(OUTPUTS) <= set(session("generate").outputs)
