"""Knobs of the packs that learn what knobs mean, turned from outside while somebody plays: the music follows them."""

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bridge.engine.pack import Knob, Pack
from bridge.midi.messages import ControlChange, NoteOn, decode, encode
from tests.live.conftest import JackServer
from tests.live.daemon import ROOT
from tests.live.osc import Osc
from tests.live.peer import Peer
from tests.live.resident import resident
from tests.live.test_jam import MS

pytestmark = [pytest.mark.live, pytest.mark.parametrize("jack_server", [256], indirect=True)]

VOICES = ("chords", "bass", "drums")
BPM = 160.0
TUNE = (69, 72, 71, 67, 64, 65, 69, 62, 64, 71, 72, 74, 67, 69, 65, 64)
"""Eighths that are nobody's: C major, written for this."""
LISTENED, SETTLES = 16, 8
"""Beats for which the band is heard at each place of a knob, and before that, for what is nearer than the plan."""
NOTICED = 3.0
"""Seconds until it is surely known which device is connected: what is learnt is kept under its name."""
CONTROLLER = 74
KNOBS = (("theory-vae", "comping", ("chords",)), ("cvae", "arousal", VOICES))
"""Pack, knob, and the voices whose onsets it makes more."""


@pytest.fixture
def peer(jack_server: JackServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", jack_server.name)
    client = Peer(VOICES)
    yield client
    client.close()


@pytest.fixture
def osc(jack_server: JackServer, tmp_path: Path, pack: str) -> Iterator[Osc]:
    """A resident daemon whose band plays under whoever plays, with the pack; OSC to it."""
    settings = f"[engine]\npack = '{pack}'\n[knobs]\nmode = 'accompany'\ntakeover = 'jump'\nkey = 'C'\n"
    with resident(tmp_path / "home", jack_server.env, settings, seconds=60.0) as (running, surface):
        until = time.monotonic() + 60
        while surface.ask("status/provider") == "none":
            assert time.monotonic() < until, running.said
            time.sleep(0.1)
        yield surface


def knob_of(pack: str, name: str) -> Knob:
    """A knob as the pack's card has it."""
    return next(knob for knob in Pack.load(ROOT / "models" / pack).card.knobs if knob.name == name)


def turn(peer: Peer, *values: int) -> None:
    """Move the controller through values, 10 ms apart."""
    start = peer.now + MS
    for number, value in enumerate(values):
        peer.at(start + 10 * MS * number, encode(ControlChange(0, CONTROLLER, value)))


def learn(osc: Osc, peer: Peer, target: str) -> None:
    """Have a knob turned by the controller from now on."""
    osc.tell("learn", target)
    until = time.monotonic() + 20
    bound: object = ""
    while target not in str(bound):
        assert time.monotonic() < until, "the controller is not learnt"
        turn(peer, 20, 40, 60, 80)
        time.sleep(0.3)
        with contextlib.suppress(IndexError):  # nothing is bound yet, and there are no words for it
            bound = osc.ask("bindings")


def begun(peer: Peer, voices: tuple[str, ...], first: float, last: float) -> int:
    """Notes that voices begin between two frames."""
    return len({
        (frame, voice, *([data[1]] if voice == "drums" else []))
        for frame, voice, data in peer.out
        if voice in voices and first <= frame < last and isinstance(decode(data), NoteOn)
    })  # fmt: skip


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("pack", "name", "voices"), KNOBS, ids=[pack for pack, *_ in KNOBS])
def test_a_knob_that_is_turned_while_somebody_plays_is_heard_in_the_band(
    osc: Osc, peer: Peer, pack: str, name: str, voices: tuple[str, ...]
) -> None:
    peer.connect()
    time.sleep(NOTICED)
    knob = knob_of(pack, name)
    learn(osc, peer, name)
    osc.tell(name, knob.minimum)
    beat = peer.rate * 60 / BPM
    start = peer.roll(peer.now + MS * 200, [(BPM, 4 + 4 * (SETTLES + LISTENED) + 2)])[0]
    for number in range(2 * (4 + 4 * (SETTLES + LISTENED))):
        peer.note(round(start + number * beat / 2), round(beat * 0.4), TUNE[number % len(TUNE)])
    heard = []
    turns: tuple[Callable[[], object], ...] = (
        lambda: osc.tell(name, knob.minimum),
        lambda: osc.tell(name, knob.maximum),
        lambda: turn(peer, 90, 60, 30, 10, 0, 0),
        lambda: turn(peer, 30, 60, 90, 117, 127, 127),
    )
    at = start + 4 * beat
    for each in turns:
        peer.wait(round(at))
        each()
        peer.wait(round(at + SETTLES * beat))
        at += (SETTLES + LISTENED) * beat
        peer.wait(round(at))
        heard.append(begun(peer, voices, at - LISTENED * beat, at))
        where = osc.ask(name)
        assert isinstance(where, float)
        assert where == pytest.approx(knob.maximum if len(heard) % 2 == 0 else knob.minimum, abs=0.05)
    low, high, lower, higher = (count / LISTENED for count in heard)
    print(f"{pack}: {name} by OSC {low:.2f} to {high:.2f} onsets a beat, by CC {lower:.2f} to {higher:.2f}")
    assert high > low
    assert higher > lower
