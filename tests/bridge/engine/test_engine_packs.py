"""Several packs in one engine: they hear everything, each answers for itself, and one takes another's place."""

from pathlib import Path

import pytest

from bridge.engine.engine import MEMORY, Engine
from bridge.engine.family import Ask, Pressed
from bridge.engine.protocol import (
    Begun,
    Cancel,
    Ear,
    Fault,
    FromEngine,
    Load,
    Loaded,
    PhraseEnd,
    PhraseNote,
    Request,
    Unload,
    Unloaded,
)
from bridge.errors import PackError
from bridge.music.note import Span, Voice
from tests.bridge.engine.troupe import Troupe

DRUMS, BASS, LEAD = Voice.DRUMS, Voice.BASS, Voice.LEAD


class Bench:
    """An engine with a troupe. With `aside`, packs are opened when the test says so."""

    def __init__(self, *packs: str, aside: bool = False) -> None:
        self.troupe = Troupe()
        self.said: list[FromEngine] = []
        self.now = 0.0
        self.ids = iter(range(1, 1000))
        self.seq = iter(range(1, 100_000))
        self.engine = Engine(self.troupe.open, self.said.append, lambda: self.now)
        for pack in packs:
            self.load(pack)
        self.said.clear()
        if aside:
            self.engine = Engine(self.troupe.open, self.said.append, lambda: self.now, aside=self.troupe.later)
            for pack in packs:
                self.load(pack)
                self.troupe.run()
            self.said.clear()

    def load(self, pack: str, **fields: object) -> None:
        self.engine.handle(Load(f"/packs/{pack}", **fields))  # type: ignore[arg-type]

    def hear(self, *beats: float) -> None:
        for beat in beats:
            self.engine.handle(Ear(next(self.seq), Pressed(beat, 60, 80)))

    def ask(self, voice: Voice = LEAD, start: float = 0.0, end: float = 2.0, pack: str = "") -> int:
        id = next(self.ids)
        self.engine.handle(Request(Ask(id=id, span=Span(start, end), voices=(voice,)), pack))
        return id

    def work(self) -> None:
        while self.engine.busy:
            self.engine.work()

    def of(self, kind: type) -> list[FromEngine]:
        return [message for message in self.said if isinstance(message, kind)]

    def by(self) -> list[str]:
        """The packs that answered, in order."""
        return [end.pack for end in self.said if isinstance(end, PhraseEnd)]

    def heard(self, pack: str) -> list[float]:
        return [event.beat for event in self.troupe.made[pack][-1].heard]


@pytest.fixture
def bench() -> Bench:
    return Bench("one", aside=True)


def test_each_voice_is_answered_by_its_own_pack_and_all_hear_everything() -> None:
    bench = Bench("one")
    bench.load("two", default=False)
    bench.hear(0.0, 1.0)
    bench.ask(LEAD)
    bench.work()
    bench.ask(DRUMS, pack="two")
    bench.work()
    assert bench.by() == ["one", "two"]
    assert bench.heard("one") == bench.heard("two") == [0.0, 1.0]


def test_voices_asked_at_once_play_in_the_order_of_the_band_each_told_of_the_earlier_ones() -> None:
    bench = Bench("one")
    bench.load("two", default=False)
    lead, drums = bench.ask(LEAD), bench.ask(DRUMS, pack="two")
    bench.work()
    begun = [(m.ask, len(m.beside)) for m in bench.said if isinstance(m, Begun)]
    assert begun == [(drums, 0), (lead, 4)]
    assert [note.voice for note in bench.troupe.made["one"][0].asks[0].beside] == [DRUMS] * 4


def test_what_a_voice_was_told_is_said_so_that_a_replay_can_tell_it_too() -> None:
    bench = Bench("one")
    bench.ask(DRUMS)
    bench.ask(BASS)
    bench.work()
    begun = [m for m in bench.said if isinstance(m, Begun)][-1]
    assert begun.beside == bench.troupe.made["one"][0].asks[-1].beside != ()


def test_while_a_pack_is_opened_the_one_before_plays_on(bench: Bench) -> None:
    bench.load("two")
    bench.ask()
    bench.work()
    assert bench.by() == ["one"]
    bench.troupe.run()
    assert [(m.pack, m.default, m.folder) for m in bench.said if isinstance(m, Loaded)] == [("two", True, "/packs/two")]
    bench.ask()
    bench.work()
    assert bench.by() == ["one", "two"]


def test_an_answer_under_way_is_ended_by_the_pack_that_began_it(bench: Bench) -> None:
    bench.load("two")
    bench.ask()
    bench.engine.work()
    bench.troupe.run()
    bench.work()
    assert bench.by() == ["one"]
    assert len(bench.of(PhraseNote)) == 4


def test_a_pack_that_comes_in_late_has_heard_everything_in_order(bench: Bench) -> None:
    bench.hear(0.0, 1.0)
    history = (Pressed(-1.0, 60, 80), Pressed(0.0, 60, 80))
    bench.load("two", history=history, heard=1)
    bench.hear(*(float(beat) for beat in range(2, 40)))
    work, then = bench.troupe.waiting.pop()
    work()
    bench.hear(40.0, 41.0)
    then()
    bench.hear(42.0)
    assert bench.heard("two") == [-1.0, 0.0, *(float(beat) for beat in range(1, 43))]


def test_a_pack_that_cannot_be_opened_leaves_the_one_before_playing_with_one_fault(bench: Bench) -> None:
    bench.troupe.bad["two"] = PackError("two: step.onnx is damaged; get the pack again")
    bench.load("two")
    bench.troupe.run()
    faults = [m for m in bench.said if isinstance(m, Fault)]
    assert [(f.fatal, f.folder) for f in faults] == [(False, "/packs/two")]
    bench.ask()
    bench.work()
    assert bench.by() == ["one"]


def test_of_two_swaps_in_a_row_the_last_one_counts_whichever_is_ready_first(bench: Bench) -> None:
    bench.load("two")
    bench.load("three")
    bench.troupe.waiting.reverse()
    bench.troupe.run()
    bench.ask()
    bench.work()
    assert bench.by() == ["three"]


def test_the_one_before_leads_until_the_one_that_is_wanted_is_there() -> None:
    bench = Bench(aside=True)
    bench.load("one")
    bench.load("two")
    work, then = bench.troupe.waiting.pop(0)
    work()
    then()
    bench.ask()
    bench.work()
    bench.troupe.run()
    bench.ask()
    bench.work()
    assert bench.by() == ["one", "two"]


def test_a_pack_that_is_loaded_already_is_there_at_once(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "pack.toml").write_text("version 1")
    bench = Bench("one")
    load = Load(str(tmp_path / "real"))
    bench.engine.handle(load)
    bench.load("one")
    bench.engine.handle(load)
    assert len(bench.troupe.made["real"]) == 1
    (tmp_path / "real" / "pack.toml").write_text("version 2")
    bench.engine.handle(load)
    assert len(bench.troupe.made["real"]) == 2
    assert [m.pack for m in bench.said if isinstance(m, Loaded)] == ["real", "one", "real", "real"]


def test_there_is_room_for_so_many_packs_and_the_one_not_asked_for_longest_goes() -> None:
    bench = Bench("one")
    for pack in ("two", "three"):
        bench.load(pack, default=False, keep=3)
    bench.ask(DRUMS, pack="two")
    bench.work()
    bench.load("four", default=False, keep=3)
    assert [m.pack for m in bench.said if isinstance(m, Unloaded)] == ["three"]
    bench.ask(BASS, pack="three")
    faults = [m for m in bench.said if isinstance(m, Fault)]
    assert [(f.text, f.fatal) for f in faults] == [("no pack «three» is loaded", False)]


def test_a_pack_that_owes_an_answer_is_not_let_go_to_make_room() -> None:
    bench = Bench("one")
    bench.load("two", default=False)
    bench.ask(DRUMS, pack="two")
    bench.load("three", default=False, keep=2)
    bench.work()
    assert bench.by() == ["two"]


def test_a_pack_that_is_let_go_answers_no_more_and_says_so_for_what_it_owes() -> None:
    bench = Bench("one")
    bench.load("two", default=False)
    owed = bench.ask(DRUMS, pack="two")
    bench.engine.handle(Unload("two"))
    assert [(m.ask, m.again) for m in bench.said if isinstance(m, Fault)] == [(owed, True)]
    assert [m.pack for m in bench.said if isinstance(m, Unloaded)] == ["two"]
    bench.engine.handle(Unload("two"))
    assert len(bench.of(Unloaded)) == 1
    bench.ask()
    bench.work()
    assert bench.by() == ["one"]


def test_an_ask_that_waits_can_be_cancelled() -> None:
    bench = Bench("one")
    bench.ask(DRUMS)
    waits = bench.ask(BASS)
    bench.engine.work()
    bench.engine.handle(Cancel(waits))
    bench.work()
    assert [m.ask for m in bench.said if isinstance(m, Begun)] == [1]


def test_what_was_heard_is_kept_for_a_while_and_not_for_ever() -> None:
    bench = Bench("one")
    bench.hear(*(float(beat) for beat in range(MEMORY + 100)))
    bench.load("two")
    assert bench.heard("two") == [float(beat) for beat in range(100, MEMORY + 100)]
