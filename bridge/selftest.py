"""`antiphon --selftest`: the whole daemon, as it was installed, jams with itself and its notes are checked."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import mido
import msgspec

from bridge import live
from bridge.control.parameter import Value
from bridge.errors import SelfTestError
from bridge.music.key import TONICS, Key
from bridge.music.note import Voice
from bridge.music.tunes import Tune, find
from bridge.record.folder import CONTENTS, MIDI
from bridge.record.midi_file import PARTS, PLAYER
from bridge.record.summary import Summary
from bridge.settings import HOME, Midi, Osc, Settings
from bridge.terminal import Terminal

SECONDS = 10.0
SEED = 7
FREE = (PLAYER.name, PARTS[Voice.DRUMS].name)
"""Tracks of `jam.mid` that need not keep to the key: our tunes may leave it, and drums have none."""
EVERY_LATE = 0.2
"""Share of the notes that may be dropped as late before the machine counts as too slow to play."""


class Part(msgspec.Struct, frozen=True):
    """A track of the file: its name, the pitches that begin, and how many of them do not end."""

    name: str
    pitches: tuple[int, ...]
    open: int


def selftest(say: Callable[[str], object], seconds: float = SECONDS) -> None:
    """Jam on the loopback in a folder of its own, and look at what it left. Raises AntiphonError with what is wrong."""
    tune = find()
    with (
        tempfile.TemporaryDirectory(prefix="antiphon-selftest-", ignore_cleanup_errors=True) as folder,
        _at_home(Path(folder)),
    ):
        out = Path(folder) / "out"
        settings = Settings(midi=Midi(system="loopback"), osc=Osc(port=0), knobs=knobs(tune))
        summary = asyncio.run(live.jam(settings, Terminal(), seconds, out, tune))
        if summary is None:
            raise SelfTestError("the self-test was told to end before it had begun")
        wrong = [*faults(summary), *missing(out)]
        if not wrong:
            wrong = discords(parts(out / MIDI), tune)
    if wrong:
        raise SelfTestError(f"the self-test failed: {'; '.join(wrong)}")
    say(f"the self-test went well: {summary.notes_band} notes of the band in {tune.key}, each ended")


def knobs(tune: Tune) -> dict[str, Value]:
    """A short jam with much of the band in it: trading single bars, no count-in, in the tune's own key."""
    key = Key.parse(tune.key)
    return {
        "tempo": tune.tempo * 1.25,
        "meter": str(tune.meter),
        "mode": "trade",
        "trade_bars": max(phrase.bars for phrase in tune.phrases),
        "count_in": 0,
        "seed": SEED,
        "key": TONICS[key.tonic],
        "scale": key.scale,
    }


def faults(summary: Summary) -> list[str]:
    """What the figures say is wrong."""
    said = {
        "nobody played": summary.notes_player == 0,
        "the band did not answer": summary.notes_band == 0,
        "the model did not play, only the vamp": summary.notes_vamp >= summary.notes_band,
        f"{summary.stuck_notes} notes were left sounding": summary.stuck_notes > 0,
        f"the engine was restarted {summary.engine_restarts} times": summary.engine_restarts > 0,
        f"{summary.dropped_late} notes came too late": summary.dropped_late > EVERY_LATE * max(summary.notes_band, 1),
    }
    return [text for text, wrong in said.items() if wrong]


def missing(out: Path) -> list[str]:
    """Files that the jam should have left and did not."""
    return [f"{name} was not written" for name in CONTENTS if not (out / name).is_file()]


def parts(path: Path) -> list[Part]:
    """The tracks of a MIDI file that have notes."""
    found = []
    for track in mido.MidiFile(path).tracks:
        pitches: list[int] = []
        sounding: list[int] = []
        for message in track:
            if message.type == "note_on" and message.velocity > 0:
                pitches.append(message.note)
                sounding.append(message.note)
            elif message.type in ("note_on", "note_off") and message.note in sounding:
                sounding.remove(message.note)
        if pitches:
            found.append(Part(track.name, tuple(pitches), len(sounding)))
    return found


def discords(heard: Iterable[Part], tune: Tune) -> list[str]:
    """Notes that do not end, and notes of the band outside the tune's key."""
    scale = Key.parse(tune.key).pitch_classes
    wrong = []
    for part in heard:
        if part.open:
            wrong.append(f"{part.open} notes of {part.name} do not end")
        outside = [pitch for pitch in part.pitches if pitch % 12 not in scale]
        if outside and part.name not in FREE:
            wrong.append(f"{part.name} plays {len(outside)} notes outside {tune.key}")
    return wrong


@contextlib.contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """Configuration, state and lock in a folder of its own, so that a daemon of the user's goes on beside it."""
    before = os.environ.get(HOME)
    os.environ[HOME] = str(folder / "home")
    try:
        yield
    finally:
        os.environ.pop(HOME)
        if before is not None:
            os.environ[HOME] = before
