from pathlib import Path

import pytest

from bridge.clock.tempo_map import TempoMap
from bridge.midi.ledger import Ledger
from bridge.midi.ports import Arrival
from bridge.music.meter import Meter
from bridge.wire.inbox import Inbox
from bridge.wire.process import serve, take_over
from bridge.wire.protocol import Bye, Closed, Map, Restore, Start, Tempo
from bridge.wire.wire import OUTS
from tests.bridge.wire.cable import open_notes
from tests.bridge.wire.frail import PatientPorts
from tests.bridge.wire.test_wire import Bench, put


def served(bench: Bench) -> None:
    """The rest of a bench's life in the loop of the process."""
    inbox = Inbox()
    bench.ports._deliver = inbox.put
    for item in bench.inbox:
        inbox.put(item)
    serve(bench.wire, inbox, bench.ports)


def in_mid_note(ledger: Ledger) -> Bench:
    """Two notes sound, on ports that write only when their time has come."""
    bench = Bench(PatientPorts, ledger)
    assert isinstance(bench.ports, PatientPorts)
    bench.run(1.0, Tempo(120.0, Meter()), Start(), put((0.5, 60), (0.5, 64)))
    bench.ports.write(bench.time.now())
    bench.run(0.0)
    assert len(ledger.sounding()) == 2
    return bench


def test_a_clean_end_in_mid_note_leaves_no_mark_and_says_of_every_note_that_it_closed(tmp_path: Path) -> None:
    bench = in_mid_note(Ledger(tmp_path / "ledger", OUTS))
    bench.inbox.append(Bye())
    served(bench)
    assert not open_notes(bench.out)
    assert {m.id for m in bench.said if isinstance(m, Closed)} == {0, 1}
    left, _ = Ledger.recover(tmp_path / "ledger")
    assert left is not None
    assert left.notes == ()


def test_a_wire_that_fails_still_closes_every_note(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = in_mid_note(Ledger(None, OUTS))
    bench.inbox.append(Tempo(120.0, Meter()))

    def fail() -> float:
        raise RuntimeError("a fault of ours")

    monkeypatch.setattr(bench.wire, "step", fail)
    with pytest.raises(RuntimeError, match="ours"):
        served(bench)
    assert not open_notes(bench.out)
    assert bench.ledger.sounding() == ()


def test_a_new_wire_says_no_beat_before_it_knows_where_the_music_is() -> None:
    bench = Bench()
    tick = Arrival("in", 0.0, b"\xf8")
    bench.inbox += [tick, tick, Restore(TempoMap(epoch=7, beat=64.0), "internal", 9), Bye()]
    served(bench)
    beats = [m.map.beat for m in bench.said if isinstance(m, Map)]
    assert beats
    assert min(beats) >= 64.0


def test_the_marks_of_a_killed_wire_outlive_the_taking_over(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    Ledger(path, OUTS).on("lead", 0, 60)
    ports = PatientPorts(lambda: 0.0)
    taken = take_over(path, ports)
    assert taken.sounding() == (("lead", 0, 60),)
    assert Ledger.recover(path)[0] is not None
    assert take_over(None, ports).sounding() == ()
