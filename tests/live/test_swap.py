"""Every pack takes its turn in one jam: the one before plays on until the next is there, and nothing is missed."""

import time
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from bridge.midi.messages import NoteOn, decode
from tests.bridge.wire.cable import open_notes
from tests.live.conftest import JackServer
from tests.live.daemon import Daemon
from tests.live.osc import Osc
from tests.live.peer import Peer
from tests.live.resident import resident
from tests.live.test_jam import MS

pytestmark = [pytest.mark.live, pytest.mark.parametrize("jack_server", [256], indirect=True)]

VOICES = ("lead", "chords", "bass", "drums")
BPM = 150.0
BEFORE = 20
"""Beats of music before the first of the turns, to compare with."""
STAY = 8
"""Beats for which a pack is heard before the next one's turn: two bars, the longest that any makes at a time."""
FIRST = ("drums", "groove-gan")
"""A drummer who leaves no beat out, so that a hole is heard as one."""
TURNS = (
    ("chords", "theory-vae"),
    ("lead", "cvae"),
    ("chords", "diffusion"),
    ("lead", "lstm-melody"),
    ("chords", "ensemble"),
    ("lead", "theory-vae"),
    ("chords", "cvae"),
    ("lead", "auto"),
)
"""Who is given which pack then, one after the other: all that play notes."""
LONGEST = 1400
"""Beats of clock, more than the turns can take."""
GRIDS = (2, 3, 4, 6, 8)
BREATH = 1.0
"""Beats without a note that are no hole in any music."""


@pytest.fixture
def peer(jack_server: JackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    client = Peer(VOICES)
    yield client
    client.close()


@pytest.fixture
def stage(jack_server: JackServer, tmp_path: Path) -> Iterator[tuple[Daemon, Osc]]:
    """A resident daemon whose band plays by itself as soon as the clock rolls, and OSC to it."""
    settings = "[engine]\npack = 'diffusion'\n[knobs]\nmode = 'free'\nchords = 'C | Am | F | G'\n"
    with resident(tmp_path / "home", jack_server.env, settings, seconds=60.0) as both:
        yield both


def megabytes(daemon: Daemon) -> float:
    """What desk, wire and engine take together, what they share counted once."""
    total = 0
    for pid in (daemon.process.pid, daemon.child("wire"), daemon.child("engine")):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def onsets(peer: Peer, first: float, last: float, voices: Sequence[str] = VOICES) -> list[float]:
    """Frames between two at which the band begins a note."""
    return sorted(
        frame for frame, voice, data in peer.out
        if voice in voices and first <= frame < last and isinstance(decode(data), NoteOn)
    )  # fmt: skip


def silence(peer: Peer, first: float, last: float) -> float:
    """The longest time in beats between two frames in which no voice of the band begins a note."""
    frames = [first, *onsets(peer, first, last), last]
    longest: float = max(then - now for now, then in pairwise(frames))
    return longest * BPM / 60 / float(peer.rate)


def beats_of(peer: Peer, first: float, last: float, start: float) -> dict[str, list[float]]:
    """Where each voice began its notes between two frames, in beats of a song that began at `start`, for a message."""
    beat = peer.rate * 60 / BPM
    return {
        voice: [round((frame - start) / beat, 2) for frame in onsets(peer, first, last, [voice])] for voice in VOICES
    }


def name(pack: str) -> str:
    """What a pack is announced as; `auto` is the one that plays all that have none of their own."""
    return "diffusion" if pack == "auto" else pack


@pytest.mark.timeout(700)
def test_every_pack_takes_its_turn_in_one_jam_and_nothing_is_missed(stage: tuple[Daemon, Osc], peer: Peer) -> None:
    daemon, osc = stage
    peer.connect()
    until = time.monotonic() + 30
    while osc.ask("status/provider") == "none":
        assert time.monotonic() < until
        time.sleep(0.1)
    memory, engine = megabytes(daemon), daemon.child("engine")
    beats = peer.roll(peer.now + MS * 200, [(BPM, LONGEST)])
    beat = peer.rate * 60 / BPM
    turns: list[tuple[str, str, int, int]] = []
    """Voice, pack, and the frames at which it was asked for and told."""
    for voice, pack in (FIRST, *TURNS):
        told, asked = daemon.said.count(f"{voice}: now {name(pack)}\n"), peer.now
        osc.tell(f"voice/{voice}/pack", pack)
        while daemon.said.count(f"{voice}: now {name(pack)}\n") == told:
            assert peer.now < asked + 90 * peer.rate, f"{pack} never came: {daemon.said}"
            time.sleep(0.02)
        turns.append((voice, pack, asked, peer.now))
        peer.wait(round(peer.now + (STAY if turns[1:] else BEFORE + 4) * beat))
    last, hits, dropped = peer.now, osc.ask("status/hit_rate"), osc.ask("status/dropped")
    osc.tell("panic")
    time.sleep(0.3)

    assert daemon.child("engine") == engine
    assert not open_notes(peer.out)
    assert isinstance(hits, float)
    assert hits > 0.995, f"the plan was empty at {1 - hits:.1%} of the 16ths"
    # A server that misses cycles stops time for everybody, which is no fault of a band's.
    assert dropped == 0 or peer.xruns, f"{dropped} notes came too late"
    usual = max(silence(peer, turns[0][3] + 4 * beat, turns[1][2]), BREATH)
    for number, (voice, pack, asked, there) in enumerate(turns):
        after = turns[number + 1][2] if number + 1 < len(turns) else last
        assert onsets(peer, there, after, [voice]), f"no {voice} after it went over to {pack}"
        if number:
            hole = silence(peer, asked, after)
            played = beats_of(peer, asked - 4 * beat, after, beats[0])
            said = (
                f"{hole:.2f} beats without a note as {voice} went over to {pack}, {peer.xruns} cycles missed: {played}"
            )
            assert hole <= usual + 0.01 or peer.xruns, said
        wanted = sum((who, name(what)) == (voice, name(pack)) for who, what, *_ in turns)
        assert daemon.said.count(f"{voice}: now {name(pack)}\n") == wanted, daemon.said
    for frame in onsets(peer, beats[4], last, ["chords", "bass"]):
        place = (frame - peer.period - beats[0]) / beat
        apart = min(abs(place - round(place * grid) / grid) for grid in GRIDS)
        assert apart * 60 / BPM < 0.012 or peer.xruns, f"out of time at beat {place:.3f}"
    assert memory < 300.0
