from pathlib import Path

import pytest

from bridge.listen import command, score
from bridge.listen.command import Options, listen
from bridge.listen.excerpt import Excerpt, Who, perform
from bridge.record.take import Take
from bridge.settings import Settings


@pytest.fixture
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place of its own for the score, and the vamp in the place of a pack that would take long."""
    monkeypatch.setenv("ANTIPHON_HOME", str(tmp_path))

    def by_rule(excerpt: Excerpt, who: Who, pack: Path, seed: int) -> Take:
        return perform(excerpt, Who.VAMP if who is Who.PACK else who, pack, seed)

    monkeypatch.setattr(command, "perform", by_rule)


@pytest.mark.usefixtures("_home")
def test_two_rounds_are_heard_answered_and_kept(tmp_path: Path) -> None:
    said: list[str] = []
    played: list[Path] = []
    answers = iter(("x", "r", "a", "="))

    def play(file: Path) -> bool:
        played.append(file)
        return True

    options = Options(rounds=2, out=tmp_path / "out", seed=1)
    text = listen(Settings(), options, said.append, lambda _: next(answers), play)
    assert [file.name for file in played] == ["01-A.wav", "01-B.wav"] * 2 + ["02-A.wav", "02-B.wav"]
    votes = score.load(tmp_path / "state" / score.FILE)
    assert [vote.drawn for vote in votes] == [False, True]
    assert "kept in" in text


@pytest.mark.usefixtures("_home")
def test_who_played_is_told_only_after_the_answer(tmp_path: Path) -> None:
    said: list[str] = []
    before: list[str] = []

    def ask(_: str) -> str:
        before.extend(said)
        return "b"

    listen(Settings(), Options(rounds=1, out=tmp_path / "out", seed=2), said.append, ask, lambda _: True)
    assert not any(who in line for line in before for who in ("pack", "vamp", "human"))
    assert "A was the" in said[-1]


@pytest.mark.usefixtures("_home")
def test_leaving_keeps_what_was_answered(tmp_path: Path) -> None:
    def ask(_: str) -> str:
        raise EOFError

    text = listen(Settings(), Options(rounds=1, out=tmp_path / "out", seed=1), lambda _: None, ask, lambda _: True)
    assert "nobody has listened" in text
