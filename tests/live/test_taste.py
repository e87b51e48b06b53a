"""A player's likes in the running daemon: kept with where the pack has them, and heeded by what the band plays next."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from statistics import mean

import msgspec
import pytest

from bridge.engine import cvae
from bridge.engine.catalogue import find
from bridge.engine.critic import Critic, Describe, liked
from bridge.engine.family import Ask
from bridge.engine.memory import Memory
from bridge.engine.pack import pack_sha
from bridge.engine.shelf import open_pack
from bridge.engine.window import Window
from bridge.engine.window_choice import best, scene_of
from bridge.music.note import Note, Voice
from bridge.record.session_reading import Session
from bridge.replay import Replay
from bridge.taste.describing import open_describer, place_of
from bridge.taste.features import SIZE
from bridge.taste.item import phrase_of
from bridge.taste.liking import Taste
from bridge.taste.store import Store
from tests.live.conftest import JackServer
from tests.live.daemon import ROOT, Daemon
from tests.live.osc import Osc
from tests.live.peer import Peer
from tests.live.resident import resident
from tests.live.test_jam import MS
from tests.live.test_knob_sweeps import TUNE

pytestmark = [pytest.mark.live, pytest.mark.parametrize("jack_server", [256], indirect=True)]

PACK = "cvae"
BPM = 160.0
BEATS = 45
"""Beats that the player plays for."""
SAID = ((11.9, "dislike"), (15.9, "dislike"), (23.9, "like"), (27.9, "like"), (31.9, "like"), (35.9, "like"))
"""At which beats something is said of the last two bars. With the last dislike a knob is turned."""


class Picked(msgspec.Struct, frozen=True):
    """A choice among candidates: what it was told, which one was taken, which the rules alone would have taken, and how
    likely each is to be liked."""

    taste: Taste | None
    taken: int
    by_rule: int
    liked: tuple[float, ...]


@pytest.fixture
def peer(jack_server: JackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    client = Peer(("chords", "bass", "drums"))
    yield client
    client.close()


@pytest.fixture
def stage(jack_server: JackServer, tmp_path: Path) -> Iterator[tuple[Daemon, Osc]]:
    """A resident daemon whose band plays along, keeps a session log, and minds what is liked as much as it can."""
    settings = (
        f"[engine]\npack = '{PACK}'\n[knobs]\nmode = 'accompany'\nkey = 'C'\nchords = 'C | Am | F | G'\ntaste = 1.0\n"
    )
    log = str(tmp_path / "logs")
    with resident(tmp_path / "home", jack_server.env, settings, "--log", log, seconds=60.0) as both:
        yield both


def taste(daemon: Daemon, *words: str) -> str:
    """What `antiphon taste` says beside the running daemon."""
    command = [sys.executable, "-m", "bridge", "taste", *words]
    env = {**os.environ, "ANTIPHON_HOME": str(daemon.home)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout


def wait_until_said(osc: Osc, likes: int, dislikes: int, seconds: float) -> None:
    """Wait until the daemon has so many likes and dislikes."""
    until = time.monotonic() + seconds
    while (found := osc.ask_all("likes")[:2]) != [str(likes), str(dislikes)]:
        assert time.monotonic() < until, found
        time.sleep(0.1)


def replayed(log: Path, monkeypatch: pytest.MonkeyPatch) -> list[Picked]:
    """Every choice among candidates in a run, made again from its log, which must give the same notes."""
    found: list[Picked] = []

    def watched(
        candidates: Sequence[Sequence[Note]],
        window: Window,
        ask: Ask,
        voices: tuple[Voice, ...],
        memory: Memory,
        critic: Critic,
        describe: Describe | None = None,
    ) -> int:
        taken = best(candidates, window, ask, voices, memory, critic, describe)
        plain = msgspec.structs.replace(ask, taste=None)
        by_rule = best(candidates, window, plain, voices, memory, critic, describe)
        scene = scene_of(window, ask, voices, memory)
        weighed: tuple[float, ...] = ()
        if ask.taste is not None:
            assert describe is not None, "the pack's own latents have no say"
            inside = [[note for note in notes if note.beat in scene.span] for notes in candidates]
            weighed = tuple(liked(notes, scene, ask.taste, describe) for notes in inside)
        found.append(Picked(ask.taste, taken, by_rule, weighed))
        return taken

    monkeypatch.setattr(cvae, "best", watched)
    done = Replay(Session(log), open_pack, find).run()
    assert not done.difference, done.difference
    assert done.same == done.notes > 50
    return found


def test_what_is_liked_is_kept_with_where_the_pack_has_it_and_weighs_what_the_band_plays_until_it_is_forgotten(
    stage: tuple[Daemon, Osc], peer: Peer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon, osc = stage
    peer.connect()
    until = time.monotonic() + 60
    while osc.ask("status/provider") == "none":
        assert time.monotonic() < until, daemon.said
        time.sleep(0.1)
    osc.tell("arousal", -2.0)
    start = peer.roll(peer.now + MS * 200, [(BPM, BEATS)])[0]
    beat = peer.rate * 60 / BPM
    for number in range(2 * BEATS):
        peer.note(round(start + number * beat / 2), round(beat * 0.4), TUNE[number % len(TUNE)])
    for at, word in SAID:
        peer.wait(round(start + at * beat))
        osc.tell(f"{word}/bars", 2)
        if at == 15.9:
            osc.tell("arousal", 2.0)
    osc.tell("arousal", 0.0)
    wait_until_said(osc, 4, 2, 5.0)

    # What was said is in the player's profile, each phrase with its place among the latents of the pack.
    with closing(Store(daemon.home / "taste" / "taste.sqlite3")) as store:
        opinions, items, places = store.opinions(store.current()), store.items(), store.places()
    assert [opinion.value for opinion in opinions] == [1.0, 1.0, 1.0, 1.0, -1.0, -1.0]
    assert list(places) == [PACK]
    assert places[PACK].sha == pack_sha(find(PACK))
    describer = open_describer(find(PACK))
    for opinion in opinions:
        place = place_of(describer, phrase_of(items[opinion.item]))
        assert places[PACK].of[opinion.item] == pytest.approx(place, abs=1e-4)

    # It can be taken along, and forgotten beside the daemon that plays.
    taste(daemon, "export", str(tmp_path / "me.json"))
    (kept,) = json.loads((tmp_path / "me.json").read_text())["profiles"]
    assert {each["item"] for each in kept["opinions"]} == {opinion.item for opinion in opinions}
    peer.wait(round(start + BEATS * beat))
    assert "6 opinions" in taste(daemon, "forget", "--yes")
    wait_until_said(osc, 0, 0, 10.0)
    assert daemon.end() == 0

    # The log says what the band went by: nothing at first, then the weights, by which others than by rule were taken.
    (log,) = (tmp_path / "logs").iterdir()
    picks = replayed(log, monkeypatch)
    told = [pick for pick in picks if pick.taste is not None]
    print(f"{len(picks)} choices, {len(told)} by taste, {sum(pick.taken != pick.by_rule for pick in told)} by it alone")
    assert picks[0].taste is None
    assert told
    for pick in told:
        assert pick.taste is not None
        assert pick.taste.amount == 1.0
        assert len(pick.taste.weights) == SIZE
        assert pick.taste.sha == pack_sha(find(PACK))
    assert any(any(pick.taste.latents) for pick in told if pick.taste is not None)
    assert any(pick.taken != pick.by_rule for pick in told)
    assert mean(pick.liked[pick.taken] for pick in told) > mean(pick.liked[pick.by_rule] for pick in told)
