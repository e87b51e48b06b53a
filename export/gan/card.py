"""CARD.md of the groove GAN: what it is, how it was trained, how it plays beside humans and baselines, how fast."""

import time
from pathlib import Path

import numpy as np
import torch

from bridge.engine.catalogue import find
from bridge.engine.family import Ask, Pressed, Released
from bridge.engine.gan import INPUTS, OUTPUTS, Gan
from bridge.engine.gan_rows import layout
from bridge.engine.pack import Pack
from bridge.engine.session import open_session
from bridge.errors import PackError
from bridge.music.note import Span, Voice
from export.data import sources
from export.data.bundle import Bundle
from export.evaluate.markdown import filled
from export.gan import judging
from export.gan.card_text import TAIL, TEMPLATE
from export.gan.choosing import ANSWERS, choose
from export.gan.deck import Deck
from export.gan.pack import COMMANDS, load_weights
from export.gan.to_onnx import example
from export.gan.training import count

OTHER = "ensemble"
"""The pack whose drums the critic chooses among."""
CALLS = 400
ASKED = (0.5, 1.0, 2.0, 3.0, 4.0)
"""Densities that the knob is tried at."""


def play(folder: Path) -> Gan:
    """The pack as it plays live, on one CPU thread."""
    pack = Pack.load(folder)
    return Gan(pack, lambda name: open_session(pack.graph(name, "cpu"), "cpu"))


def write_card(bundle: Bundle, train: Deck, held_out: Deck, weights: Path, folder: Path) -> str:
    """Measure and write CARD.md; returns it. Raises PackError where always the same groove is as near to humans."""
    torch.set_num_threads(1)
    trained = load_weights(weights)
    drummer, judge, story = trained.drummer, trained.judge, trained.story
    players = judging.judge_players(drummer, train, held_out)
    ours, same = players["GAN"], players["always the same groove"]
    if ours.carried <= same.carried or ours.late >= same.late:
        raise PackError("the drummer is no nearer to humans than one groove for all; train it longer")
    family = play(folder)
    generate, window, several = speed(family)
    toms = judging.toms(drummer, held_out)
    choice = choose(folder, find(OTHER), train, held_out)
    text = TEMPLATE.format(
        drummer=count(drummer), judge=count(judge), kilobytes=kilobytes(folder),
        size=f"{trained.recipe.size.blocks} blocks, width {trained.recipe.size.width}",
        windows=len(train.source), beside=int((train.side >= 0).sum()), performances=len(set(train.source)),
        held=len(held_out.source), held_performances=len(set(held_out.source)), fills=int(train.fills.any(1).sum()),
        steps=story["step"], minutes=story["minutes"], share=trained.recipe.weights.game,
        alone=trained.recipe.alone, tune=trained.recipe.tune,
        factor=story["factor"], radius=judging.RADIUS,
        players=player_table(players), pieces=piece_table(judging.by_piece(drummer, held_out)),
        diversity=plain_table(judging.diversity(drummer, train, held_out), "difference"),
        telling=telling_table(judging.telling(judge, drummer, train, held_out)),
        generate=np.percentile(generate, 50), generate99=np.percentile(generate, 99), window=np.percentile(window, 50),
        several=np.percentile(several, 50), density=density_table(family),
        other=choice.pack, taps=choice.taps, above=choice.above, area=choice.area, answers=ANSWERS,
        nearest=" / ".join(f"{value:.3f}" for value in choice.nearest),
        fits=" / ".join(f"{value:.3f}" for value in choice.carried),
        beat_human=toms["beat"][0], beat=toms["beat"][1], fill_human=toms["fill"][0], fill=toms["fill"][1],
    )  # fmt: skip
    text = filled(text) + TAIL.format(
        layout=layout(), sources=sources.table(bundle, sources.BAND_SOURCES), commands="\n".join(COMMANDS)
    )
    (folder / "CARD.md").write_text(text, "utf-8")
    return text


def kilobytes(folder: Path) -> float:
    """Size of the pack's graphs."""
    return sum(path.stat().st_size for path in folder.glob("*.onnx")) / 1e3


def speed(family: Gan) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of a core for the `generate` graph, for a window as it is played, and for the best of four."""
    family.warm_up()
    tap(family, 4)
    graph, window, several = list[float](), list[float](), list[float]()
    feeds = {name: array[:1].numpy() for name, array in example().items() if name in INPUTS}
    for n in range(CALLS):
        began = time.thread_time()
        family.generate.run(OUTPUTS, feeds)
        graph.append((time.thread_time() - began) * 1000)
        for candidates, times in ((1, window), (4, several)):
            seed = CALLS * candidates + n  # a window of its own: what is made once is kept
            ask = Ask(id=n, span=Span(8.0, 16.0), voices=(Voice.DRUMS,), seed=seed, candidates=candidates, now=8.0)
            began = time.thread_time()
            list(family.respond(ask))
            times.append((time.thread_time() - began) * 1000)
    return graph, window, several


def tap(family: Gan, bars: int) -> None:
    """Tap bars of a rhythm on one key."""
    for bar in range(bars):
        for place in (0.0, 0.75, 1.5, 2.0, 3.0, 3.5):
            family.hear(Pressed(bar * 4 + place, 60, 90 if place % 2 == 0 else 60))
            family.hear(Released(bar * 4 + place + 0.1, 60))


def density_table(family: Gan) -> str:
    """What the density knob asks for and what is played, in onsets a beat."""
    family.rewind(-1.0)
    tap(family, 2)
    lines = ["| density asked | played |", "|---:|---:|"]
    for asked in ASKED:
        found = []
        for seed in range(40):
            ask = Ask(id=1, span=Span(8.0, 16.0), voices=(Voice.DRUMS,), seed=seed, now=8.0, knobs={"density": asked})
            steps = {round(note.beat * 4) for note in family.respond(ask)}
            found.append(len(steps - {64}) / 8)  # what is ahead of the next bar line belongs to that
        lines.append(f"| {asked:.1f} | {np.mean(found):.2f} |")
    return "\n".join(lines)


def player_table(players: dict[str, judging.Player]) -> str:
    """Who plays, in figures."""
    lines = [
        "| | taps hit | F1 of skins and taps | hits | step rates off | velocity W1 | bits | lateness W1 | bits |",
        f"|---|{'---:|' * 8}",
    ]
    for name, row in players.items():
        follows = ("", "") if name.startswith("humans") else (f"{row.followed:.3f}", f"{row.carried:.3f}")
        lines.append(
            f"| {name} | {follows[0]} | {follows[1]} | {row.hits:.2f} | {row.rates:.4f} | {row.velocity:.2f} | "
            f"{row.velocity_bits:.4f} | {row.late:.5f} | {row.late_bits:.4f} |"
        )
    return "\n".join(lines)


def piece_table(rows: list[tuple[str, float, float, float, float]]) -> str:
    """Piece by piece."""
    lines = ["| piece | humans hit | GAN hits | velocity W1 | lateness W1 (beats) |", "|---|---:|---:|---:|---:|"]
    lines += [f"| {name} | {a:.3f} | {b:.3f} | {c:.1f} | {d:.4f} |" for name, a, b, c, d in rows]
    return "\n".join(lines)


def telling_table(rows: dict[str, tuple[float, float]]) -> str:
    """What the critic tells from human windows."""
    lines = ["| human window against | AUC | scored above, for the same tap |", "|---|---:|---:|"]
    lines += [f"| {name} | {whole:.3f} | {pair:.3f} |" for name, (whole, pair) in rows.items()]
    return "\n".join(lines)


def plain_table(rows: dict[str, float], of: str) -> str:
    """One figure for each name."""
    return "\n".join([f"| | {of} |", "|---|---:|", *(f"| {name} | {value:.3f} |" for name, value in rows.items())])
