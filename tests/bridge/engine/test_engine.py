from collections.abc import Sequence
from pathlib import Path

import msgspec

from bridge.engine.engine import Engine
from bridge.engine.family import Ask, Pressed
from bridge.engine.pack import pack_sha
from bridge.engine.protocol import (
    Begun,
    Cancel,
    Describe,
    Described,
    Ear,
    Fault,
    FromEngine,
    Load,
    Loaded,
    PhraseEnd,
    PhraseNote,
    Request,
)
from bridge.errors import EngineError, PackError
from bridge.music.note import Note, Span, Voice
from tests.bridge.engine.parrot import Parrot, open_parrot


def opened(family: Parrot) -> tuple[Engine, list[FromEngine]]:
    said: list[FromEngine] = []
    loaded = open_parrot(Path())[1]
    engine = Engine(lambda *_: (family, loaded), said.append, lambda: 0.0)
    engine.handle(Load("parrot"))
    return engine, said


def ask(id: int, start: float = 0.0, end: float = 2.0) -> Request:
    return Request(Ask(id=id, span=Span(start, end), voices=(Voice.LEAD,)))


def work(engine: Engine) -> None:
    while engine.busy:
        engine.work()


def test_an_ask_is_answered_note_by_note_and_then_ended() -> None:
    engine, said = opened(Parrot())
    engine.handle(ask(1))
    work(engine)
    assert [type(m) for m in said] == [Loaded, Begun, *[PhraseNote] * 4, PhraseEnd]


def test_a_newer_ask_ends_the_one_under_way() -> None:
    engine, said = opened(Parrot())
    engine.handle(ask(1))
    engine.work()
    engine.handle(ask(2))
    work(engine)
    assert [m.ask for m in said if isinstance(m, PhraseNote)] == [1, 2, 2, 2, 2]
    assert [m.ask for m in said if isinstance(m, PhraseEnd)] == [2]


def test_a_cancelled_ask_says_nothing_more() -> None:
    engine, said = opened(Parrot())
    engine.handle(ask(1))
    engine.work()
    engine.handle(Cancel(1))
    assert not engine.busy
    assert [type(m) for m in said] == [Loaded, Begun, PhraseNote]


def test_what_was_heard_before_the_pack_was_loaded_is_not_lost() -> None:
    family, said = Parrot(), list[FromEngine]()
    engine = Engine(lambda *_: (family, open_parrot(Path())[1]), said.append, lambda: 0.0)
    engine.handle(Ear(1, Pressed(0.0, 60, 80)))
    engine.handle(Ear(2, Pressed(1.0, 62, 80)))
    engine.handle(Load("parrot", history=(Pressed(0.0, 60, 80),), heard=1))
    assert [e.pitch for e in family.heard if isinstance(e, Pressed)] == [60, 62]


def test_an_ear_heard_twice_counts_once() -> None:
    family = Parrot()
    engine, _ = opened(family)
    for seq, beat in ((1, 0.0), (2, 1.0), (2, 1.0), (3, 2.0)):
        engine.handle(Ear(seq, Pressed(beat, 60, 80)))
    assert [e.beat for e in family.heard] == [0.0, 1.0, 2.0]


def test_an_answer_past_its_deadline_is_cut_short() -> None:
    family, said, time = Parrot(), list[FromEngine](), [0.0]
    engine = Engine(lambda *_: (family, open_parrot(Path())[1]), said.append, lambda: time[0])
    engine.handle(Load("parrot"))
    engine.handle(Request(Ask(id=1, span=Span(0.0, 8.0), voices=(Voice.LEAD,), deadline=5.0)))
    engine.work()
    time[0] = 6.0
    engine.work()
    assert not engine.busy
    assert isinstance(said[-1], PhraseEnd)


def test_a_pack_that_breaks_in_an_unheard_of_way_is_a_fault_and_not_the_end() -> None:
    said: list[FromEngine] = []

    def broken(*_: object) -> tuple[Parrot, Loaded]:
        raise TypeError("lowest must be an integer")

    Engine(broken, said.append, lambda: 0.0).handle(Load("broken"))
    assert [f.fatal for f in said if isinstance(f, Fault)] == [True]
    assert "lowest" in said[0].text  # type: ignore[union-attr]


def test_what_is_heard_without_a_pack_does_not_grow_without_end() -> None:
    family = Parrot()
    engine = Engine(lambda *_: (family, open_parrot(Path())[1]), lambda _: None, lambda: 0.0)
    for seq in range(5000):
        engine.handle(Ear(seq + 1, Pressed(float(seq), 60, 80)))
    engine.handle(Load("parrot"))
    assert 100 <= len(family.heard) <= 1000


def test_a_model_that_fails_ends_its_answer_with_one_fault_and_lives_on() -> None:
    engine, said = opened(Parrot(fails_after=2))
    engine.handle(ask(1))
    work(engine)
    faults = [m for m in said if isinstance(m, Fault)]
    assert [(f.ask, f.fatal) for f in faults] == [(1, False)]
    engine.handle(ask(2))
    assert engine.busy


def test_a_pack_that_cannot_be_loaded_is_one_fatal_fault_and_asks_are_refused() -> None:
    said: list[FromEngine] = []

    def broken(*_: object) -> tuple[Parrot, Loaded]:
        raise PackError("step.onnx is damaged; get the pack again")

    engine = Engine(broken, said.append, lambda: 0.0)
    engine.handle(Load("broken"))
    engine.handle(ask(1))
    assert [(f.fatal, f.ask) for f in said if isinstance(f, Fault)] == [(True, -1), (True, 1)]


class Poet(Parrot):
    """A parrot that also says where a phrase lies."""

    def describe(
        self, notes: Sequence[Note], beats: float, bar: float = 4.0, key: Sequence[int] = ()
    ) -> Sequence[float]:
        if not notes:
            raise EngineError("there is nothing to describe")
        return (float(len(notes)), beats, bar, float(len(key)))


NOTE = Note(Voice.LEAD, 0.0, 1.0, 60, 80)


def test_a_pack_that_can_says_where_a_phrase_lies() -> None:
    engine, said = opened(Poet())
    engine.handle(Describe("phrase:a", (NOTE,), 6.0, bar=3.0, key=(0, 2, 4, 5, 7, 9, 11)))
    assert said[-1] == Described("phrase:a", "parrot", (1.0, 6.0, 3.0, 7.0))


def test_a_description_tells_which_version_of_the_pack_it_is_by(tmp_path: Path) -> None:
    (tmp_path / "pack.toml").write_text("schema = 1")
    said: list[FromEngine] = []
    engine = Engine(lambda *_: (Poet(), open_parrot(Path())[1]), said.append, lambda: 0.0)
    engine.handle(Load(str(tmp_path)))
    engine.handle(Describe("phrase:a", (NOTE,), 4.0))
    assert isinstance(said[-1], Described)
    assert said[-1].sha == pack_sha(tmp_path) != ""


def test_a_phrase_by_a_pack_that_cannot_describe_is_described_by_another_that_can() -> None:
    said: list[FromEngine] = []
    loaded = open_parrot(Path())[1]
    families = {"parrot": Parrot(), "poet": Poet()}
    engine = Engine(
        lambda folder, *_: (families[folder.name], msgspec.structs.replace(loaded, pack=folder.name)),
        said.append, lambda: 0.0,
    )  # fmt: skip
    for name in ("parrot", "poet"):
        engine.handle(Load(name, default=name == "parrot"))
    engine.handle(Describe("phrase:a", (NOTE,), 4.0, "parrot"))
    assert isinstance(said[-1], Described)
    assert said[-1].pack == "poet"


def test_no_note_waits_for_a_description() -> None:
    engine, said = opened(Poet())
    engine.handle(ask(1))
    engine.handle(Describe("phrase:a", (NOTE,), 4.0))
    assert not any(isinstance(message, Described) for message in said)
    work(engine)
    engine.handle(Ear(1, Pressed(0.0, 60, 80)))
    assert isinstance(said[-1], Described)


def test_a_pack_that_cannot_describe_or_fails_at_it_says_nothing_and_plays_on() -> None:
    for family, notes in ((Parrot(), (NOTE,)), (Poet(), ())):
        engine, said = opened(family)
        engine.handle(Describe("phrase:a", notes, 4.0))
        engine.handle(Describe("phrase:a", notes, 4.0, "another"))
        assert [type(message) for message in said] == [Loaded]
        engine.handle(ask(1))
        work(engine)
        assert isinstance(said[-1], PhraseEnd)
