"""`antiphon listen`: renders two excerpts, plays them, asks which is better, and keeps the score."""

import random
from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.engine.catalogue import find
from bridge.errors import SettingsError
from bridge.listen import loudspeaker, score
from bridge.listen.contest import AGAIN, ANSWERS, STOP, Round, draw, vote
from bridge.listen.excerpt import Who, choices, perform
from bridge.music.tunes import TUNES
from bridge.record.audio import write_audio
from bridge.settings import Settings, pack_folders, state_folder

LETTERS = ("A", "B")


class Options(msgspec.Struct, frozen=True):
    """What the command line says."""

    rounds: int = 8
    out: Path = Path("listen-out")
    seed: int | None = None
    only_score: bool = False
    soundfont: Path | None = None


def listen(
    settings: Settings,
    options: Options,
    say: Callable[[str], object],
    ask: Callable[[str], str],
    play: loudspeaker.Play | None = None,
) -> str:
    """Hold the contest and return the score. `ask` shows a question and returns what was typed; it may raise EOFError,
    which ends the contest. Raises AntiphonError."""
    folder = find(settings.engine.pack, pack_folders(settings))
    file = state_folder() / score.FILE
    votes = score.load(file)
    if not options.only_score:
        play = play or loudspeaker.find()
        _make(options.out)
        rounds = draw(choices(TUNES), options.rounds, random.Random(options.seed))
        for number, round in enumerate(rounds, 1):
            answer = _hear(number, len(rounds), round, folder, options, say, ask, play)
            if answer == STOP:
                break
            votes.append(vote(round, answer, folder.name))
            score.keep(file, votes)
            say(f"A was the {round.a}, B the {round.b}.")
    return f"{score.report(votes, folder.name)}\nkept in {file}"


def _hear(
    number: int,
    rounds: int,
    round: Round,
    pack: Path,
    options: Options,
    say: Callable[[str], object],
    ask: Callable[[str], str],
    play: loudspeaker.Play | None,
) -> str:
    """The answer to one round: any of ANSWERS but «again»."""
    tune = round.excerpt.tune
    say(f"\n{number} of {rounds}: «{tune.name}», {round.excerpt.kind}; preparing ...")
    files = [_render(round, who, pack, options, f"{number:02}-{letter}") for who, letter in _hidden(round)]
    while True:
        for letter, file in zip(LETTERS, files, strict=True):
            say(f"{letter}: {file}")
            if play is not None and not play(file):
                say("the system's player could not play it; open the file yourself")
        answer = _answer(ask)
        if answer != AGAIN:
            return answer


def _hidden(round: Round) -> tuple[tuple[Who, str], ...]:
    return tuple(zip((round.a, round.b), LETTERS, strict=True))


def _render(round: Round, who: Who, pack: Path, options: Options, name: str) -> Path:
    file = options.out / f"{name}.wav"
    take = perform(round.excerpt, who, pack, round.seed)
    try:
        write_audio(take, file, options.soundfont)
    except OSError as error:
        raise SettingsError(f"{file} cannot be written ({error.strerror}); give another folder with --out") from None
    return file


def _answer(ask: Callable[[str], str]) -> str:
    question = ", ".join(f"{key}: {meaning}" for key, meaning in ANSWERS.items())
    while True:
        try:
            said = ask(f"{question} > ").strip().casefold()
        except EOFError:
            return STOP
        if said in ANSWERS:
            return said


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder} cannot be made ({error.strerror}); give another folder with --out") from None
