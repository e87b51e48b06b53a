from pathlib import Path

import pytest

from bridge.engine.engine import Engine
from bridge.engine.family import Ask, Pressed
from bridge.engine.protocol import Begun, Cancel, Ear, FromEngine, Load, Loaded, PhraseNote, Request
from bridge.errors import PackError, SessionError
from bridge.music.note import Note, Span, Voice
from bridge.record.session import Introduced, PackId
from bridge.record.session_engine import Told, Understudy, identity
from tests.bridge.engine.parrot import open_parrot

PACK = Path(__file__).parents[3] / "models" / "lstm-melody"
LOADED = open_parrot(Path())[1]


def ear(seq: int, pitch: int = 60) -> Ear:
    return Ear(seq, Pressed(seq / 4, pitch, 80))


def understudy(heard: int = 0) -> Understudy:
    """One whose parrot is loaded, from a folder that holds a real pack."""
    player = Understudy(open_parrot, lambda _: PACK)
    player.told(Told(Introduced(0.0, 0, "there", identity(PACK)), (), heard))
    player.load(Loaded("parrot", "parrot", (Voice.LEAD,), "auto", "cpu", 1.0, 1.0, folder="there"))
    return player


def answer(player: Understudy, begun: Begun, pack: str = "") -> list[Note]:
    player.begin(begun, Ask(id=begun.ask, span=Span(8.0, 10.0), voices=(Voice.LEAD,)), pack)
    notes = []
    while player.knows(begun.ask) and (note := player.note(begun.ask)) is not None:
        notes.append(note)
    return notes


def test_it_answers_with_what_was_heard_when_the_answer_was_begun() -> None:
    player = understudy()
    for seq, pitch in enumerate((60, 64, 67, 71, 72), 1):
        player.hear(ear(seq, pitch))
    assert {note.pitch for note in answer(player, Begun(1, 2, 2))} == {60, 64}
    assert {note.pitch for note in answer(player, Begun(2, 4, 4))} == {60, 64, 67, 71}
    assert player.missed == 0


def test_what_never_reached_the_engine_is_left_out_and_counted() -> None:
    player = understudy()
    for seq, pitch in enumerate((60, 64, 67), 1):
        player.hear(ear(seq, pitch))
    assert {note.pitch for note in answer(player, Begun(1, 3, 1))} == {67}
    assert player.missed == 2


def test_what_a_new_wire_played_before_the_engine_was_on_its_line_is_left_out() -> None:
    player = understudy()
    for seq, pitch in ((1, 60), (2, 62), (1003, 64), (1004, 65)):
        player.hear(ear(seq, pitch))
    player.meet_wire(2)
    assert {note.pitch for note in answer(player, Begun(1, 1004, 3))} == {60, 62, 65}


def test_a_pack_that_failed_is_taken_up_where_its_copy_was() -> None:
    player = understudy()
    for seq in range(1, 9):
        player.hear(ear(seq, 50 + seq))
    assert len(answer(player, Begun(1, 4, 4))) == 4
    player.load(Loaded("parrot", "parrot", (Voice.LEAD,), "auto", "cpu", 1.0, 1.0, folder="there"))
    assert {note.pitch for note in answer(player, Begun(2, 8, 2))} <= {50 + seq for seq in range(1, 9)}
    assert player.missed == 0


def test_an_ask_of_a_pack_that_is_not_here_is_not_answered() -> None:
    assert answer(understudy(), Begun(1, 0, 0), "another") == []
    player = understudy()
    player.lost()
    assert answer(player, Begun(1, 0, 0)) == []


def test_another_pack_of_the_same_name_is_refused_with_both_their_hashes() -> None:
    player = Understudy(open_parrot, lambda _: PACK)
    player.told(Told(Introduced(0.0, 0, "there", PackId("lstm-melody", "0.0.1", "0" * 64)), (), 0))
    with pytest.raises(SessionError, match=r"lstm-melody 0\.0\.1, SHA-256 000000000000.*holds version"):
        player.load(Loaded("lstm-melody", "lstm", (Voice.LEAD,), "auto", "cpu", 1.0, 1.0, folder="there"))


def test_a_pack_in_no_folder_of_packs_is_found_where_it_lay() -> None:
    def nowhere(name: str) -> Path:
        raise PackError(f"no pack «{name}»")

    player = Understudy(open_parrot, nowhere)
    player.told(Told(Introduced(0.0, 0, str(PACK), identity(PACK)), (), 0))
    player.load(Loaded("parrot", "parrot", (Voice.LEAD,), "auto", "cpu", 1.0, 1.0, folder=str(PACK)))
    assert answer(player, Begun(1, 0, 0), "parrot")


def test_a_folder_without_a_pack_is_none(tmp_path: Path) -> None:
    assert identity(tmp_path) is None
    assert identity(PACK) is not None


def test_the_engine_tells_all_that_it_needs() -> None:
    said: list[FromEngine] = []
    engine = Engine(open_parrot, said.append, lambda: 0.0)
    engine.handle(Load("there"))
    player = understudy()
    for id, seqs in enumerate(([1, 2], [3], [4, 5, 6], []), 1):
        for seq in seqs:
            engine.handle(ear(seq, 60 + seq))
            player.hear(ear(seq, 60 + seq))
        ask = Ask(id=id, span=Span(4.0 * id, 4.0 * id + 4.0), voices=(Voice.LEAD,))
        engine.handle(Request(ask))
        for _ in range(3 if id == 2 else 20):
            engine.work()
        engine.handle(Cancel(id))
        (begun,) = (message for message in said if isinstance(message, Begun) and message.ask == id)
        player.begin(begun, ask, "")
        for message in said:
            if isinstance(message, PhraseNote) and message.ask == id:
                assert player.note(id) == message.note
