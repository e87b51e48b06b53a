"""Every pack in every mode: it is played to a tune of ours, by the real wire, desk and engine on the offline clock.

The table says what came of it, with the time that the model really took on this machine. `antiphon models --try`.
"""

import statistics
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from bridge.engine.family import Ask, Family, Heard
from bridge.engine.loading import Opened
from bridge.engine.pack import SOUNDING, read_card
from bridge.engine.shelf import open_pack
from bridge.errors import PackError, ProviderError, SettingsError
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.jam.modes import MODES
from bridge.jam.modes.drums import Drums
from bridge.jam.modes.harmonise import Harmonise
from bridge.music.key import Key
from bridge.music.note import BAND, Voice
from bridge.music.tunes import TUNES, Tune
from bridge.record.take import Origin
from bridge.rehearsal import Rehearsal
from bridge.terminal import Terminal

BARS = 16
LOADING = 0.2
"""Seconds before the start, in which the pack is loaded."""
PLAYED = tuple(mode for mode in MODES if mode != Harmonise.name)
"""Modes in which packs play; harmony under the finger comes from the wire's own table."""


class Try(msgspec.Struct, frozen=True):
    """What a pack did in a mode. Shares are 0 to 1, None where there was nothing to take a share of."""

    pack: str
    mode: str
    voices: tuple[Voice, ...]
    """Those that were heard."""
    notes_a_bar: float
    by_model: float | None
    """Share of the band's notes that the vamp did not have to play."""
    hits: float | None
    """Share of the 16ths of the band's turns for which the model's plan was there in time (ISR)."""
    in_key: float | None
    """Share of the pitched notes that lie in the tune's key; nothing locks them into it."""
    p50_ms: float
    p99_ms: float
    """Time from an ask to its last note."""


class Timed:
    """A family with a stopwatch; `asks` are the milliseconds that each answer took."""

    def __init__(self, family: Family, asks: list[float]) -> None:
        self._family = family
        self._asks = asks

    def hear(self, event: Heard) -> None:
        """See `Family`."""
        self._family.hear(event)

    def rewind(self, beat: float) -> None:
        """See `Family`."""
        self._family.rewind(beat)

    def warm_up(self) -> None:
        """See `Family`."""
        self._family.warm_up()

    def respond(self, ask: Ask) -> Iterator[object]:
        """See `Family`; an answer that is given up does not count."""
        began = time.perf_counter()
        yield from self._family.respond(ask)
        self._asks.append((time.perf_counter() - began) * 1000.0)


def modes_of(voices: Iterable[Voice]) -> tuple[str, ...]:
    """The modes in which a pack of these voices can play."""
    return tuple(mode for mode in PLAYED if mode != Drums.name or Voice.DRUMS in voices)


def tried(folder: Path, mode: str, tune: Tune | None = None, bars: int = BARS) -> Try:
    """Play a pack in a mode. Raises PackError where it cannot be opened."""
    tune = tune or next(iter(TUNES))
    asks: list[float] = []
    known: list[Opened] = []

    def opens(path: Path, provider: str, strict: bool) -> Opened:
        family, loaded = open_pack(path, "cpu", strict)
        known.append((family, loaded))
        return Timed(family, asks), loaded  # type: ignore[return-value]

    knobs = Knobs(mode=mode, key_lock=False, key=Key.parse(tune.key) if mode == "free" else None)
    in_turn = mode in ("continue", "trade", "vary")
    rehearsal = Rehearsal(
        opens, folder, knobs, tune.tempo, tune.meter, lambda plan: Guest(plan, tune, 2 if in_turn else None)
    )
    rehearsal.run(LOADING)
    _, loaded = known[0]
    rehearsal.note_seconds = max(loaded.p50_ms, 0.1) / 1000.0
    rehearsal.band.choose_voices([voice for voice in BAND if voice in loaded.voices])
    rehearsal.start()
    rehearsal.run(bars * tune.meter.bar * 60.0 / tune.tempo)
    hits = rehearsal.band.conductor.hits
    sent = rehearsal.band.take.band_notes
    pitched = [each.note.pitch % 12 for each in sent if each.note.voice is not Voice.DRUMS]
    inside = set(Key.parse(tune.key).pitch_classes)
    return Try(
        pack=loaded.pack,
        mode=mode,
        voices=tuple(voice for voice in BAND if any(each.note.voice is voice for each in sent)),
        notes_a_bar=len(sent) / bars,
        by_model=sum(each.origin is not Origin.VAMP for each in sent) / len(sent) if sent else None,
        hits=hits.rate if hits.ticks else None,
        in_key=sum(pitch in inside for pitch in pitched) / len(pitched) if pitched else None,
        p50_ms=statistics.median(asks) if asks else 0.0,
        p99_ms=sorted(asks)[int(len(asks) * 0.99)] if asks else 0.0,
    )


def all_tried(there: Mapping[str, Path], wanted: Collection[str], modes: Collection[str], terminal: Terminal) -> str:
    """The table of the wanted packs (none named: all that play voices) in the wanted modes (none named: all of theirs).

    A pack that cannot be played has a line that says why, on the terminal. Raises PackError or SettingsError where one
    is named that is not there.
    """
    for name in wanted:
        if name not in there:
            raise PackError(f"no pack «{name}»; there are: {', '.join(there) or 'none at all'}")
    for mode in modes:
        if mode not in PLAYED:
            raise SettingsError(f"no pack plays a mode «{mode}»; choose from {', '.join(PLAYED)}")
    rows = []
    for name, folder in there.items():
        if wanted and name not in wanted:
            continue
        try:
            card = read_card(folder)
            if card.family in SOUNDING:
                continue
            for mode in modes_of(card.voices):
                if not modes or mode in modes:
                    terminal.status(f"{name}: {mode}")
                    rows.append(tried(folder, mode))
        except (PackError, ProviderError) as error:
            terminal.say(f"{name} is left out: {error}")
    return table(rows)


def table(rows: Iterable[Try]) -> str:
    """Tries as a table in Markdown."""
    lines = [
        "| pack | mode | voices heard | notes a bar | by the model | 16ths in time | in key | an ask, ms p50 / p99 |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        shares = " | ".join("–" if share is None else f"{share:.2f}" for share in (row.by_model, row.hits, row.in_key))
        voices = " ".join(row.voices) or "none"
        lines.append(
            f"| {row.pack} | {row.mode} | {voices} | {row.notes_a_bar:.1f} | {shares} | "
            f"{row.p50_ms:.1f} / {row.p99_ms:.1f} |"
        )
    return "\n".join(lines)
