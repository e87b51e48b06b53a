"""What is liked reaches the notes: by the knobs, the asks, the critic, and again by a replay."""

from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest

from bridge.engine.critic import Critic, Scene
from bridge.engine.family import Ask
from bridge.engine.protocol import Request
from bridge.jam.knobs import Knobs
from bridge.music.note import Note
from bridge.record.session import Line, Taken, Turned
from bridge.record.session_band import SessionBand, take_again
from bridge.rehearsal import Rehearsal
from bridge.taste.features import NAMES, SIZE, Frame, features
from bridge.taste.liking import Latents, Liking, Taste
from tests.bridge.engine.parrot import Parrot, open_parrot
from tests.bridge.engine.test_transformer import ask, band, notes

MUCH = tuple(2.0 if name.endswith("density") else 0.0 for name in NAMES)
LIKING = Liking(MUCH, {"": Latents((0.5, -0.25), "a1")})


def session(kept: list[Taken]) -> SessionBand:
    return SessionBand(lambda _: None, lambda _: None, lambda: 0.0, lambda _: None, keep=kept.append)


def test_a_like_is_in_the_log_and_comes_back_from_it() -> None:
    kept: list[Taken] = []
    session(kept).turn_knobs(Knobs(taste=0.7, liking=LIKING))
    line = msgspec.json.decode(msgspec.json.encode(kept[-1]), type=Line)
    assert isinstance(line, Turned)
    assert set(line.changes) == {"taste", "liking"}
    again = session([])
    take_again(again, line)
    assert again.conductor.knobs == Knobs(taste=0.7, liking=LIKING)


def asked(knobs: Knobs) -> list[Taste | None]:
    """What the asks of a short jam were told."""
    family = Parrot()
    stage = Rehearsal(lambda *_: (family, open_parrot(Path())[1]), knobs=knobs)
    stage.run(0.1)
    stage.start()
    stage.perform([(0.5 + 0.25 * step, 0.2, 60 + step, 80) for step in range(8)])
    stage.run(8.0)
    assert family.asks
    return [one.taste for one in family.asks]


def test_every_ask_is_told_what_the_player_likes_and_how_much_it_counts() -> None:
    assert set(asked(Knobs(taste=0.7, liking=LIKING))) == {Taste(0.7, MUCH, (0.5, -0.25), "a1")}


def test_nothing_is_told_where_nothing_is_known_or_it_is_not_to_count() -> None:
    assert set(asked(Knobs())) == {None}
    assert set(asked(Knobs(taste=0.0, liking=LIKING))) == {None}


def test_a_new_like_leaves_the_plan_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    told = SessionBand(sent.append, sent.append, lambda: 0.0, lambda _: None)
    told.turn_knobs(Knobs())
    stale: list[float] = []
    monkeypatch.setattr(told.conductor, "replan", stale.append)
    told.turn_knobs(Knobs(liking=LIKING))
    assert stale == []
    told.turn_knobs(Knobs(liking=LIKING, taste=0.9))
    assert len(stale) == 1
    assert not any(isinstance(message, Request) for message in sent)


def test_among_answers_the_rules_find_alike_the_one_that_is_liked_is_played() -> None:
    seen: list[Sequence[Note]] = []

    def indifferent(answer: Sequence[Note], scene: Scene) -> float:
        seen.append(answer)
        return 0.5

    wanted = ask(8, 12, candidates=4)
    density = [float(np.dot(MUCH, features(each, Frame(8.0, 4.0)))) for each in _candidates(seen, indifferent, wanted)]
    dense = notes(band(critic=indifferent), msgspec.structs.replace(wanted, taste=Taste(1.0, MUCH)))
    sparse = notes(band(critic=indifferent), msgspec.structs.replace(wanted, taste=Taste(1.0, _turned(MUCH))))
    assert np.dot(MUCH, features(dense, Frame(8.0, 4.0))) == max(density)
    assert np.dot(MUCH, features(sparse, Frame(8.0, 4.0))) == min(density)
    again = notes(band(critic=indifferent), msgspec.structs.replace(wanted, taste=Taste(1.0, MUCH)))
    assert again == dense


def _candidates(seen: list[Sequence[Note]], critic: Critic, wanted: Ask) -> list[Sequence[Note]]:
    notes(band(critic=critic), wanted)
    assert len({tuple(each) for each in seen}) > 1
    return list(seen)


def _turned(weights: Sequence[float]) -> tuple[float, ...]:
    assert len(weights) == SIZE
    return tuple(-weight for weight in weights)
