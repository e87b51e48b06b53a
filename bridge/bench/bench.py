"""The bench: every measurement after another, from the quietest to the loudest, into one report."""

import asyncio
import contextlib
import math
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from msgspec.structs import replace

from bridge.bench import cut, isr, knob, speed, through
from bridge.bench.lateness import lateness, tempo
from bridge.bench.machine import JACK, machine
from bridge.bench.neighbour import Neighbour
from bridge.bench.outside import listen
from bridge.bench.peers import PEERS, Peer, beside, timed
from bridge.bench.report import ISR_WORDS, Cost, Report
from bridge.bench.resident import Beside, resident
from bridge.bench.rig import Rig
from bridge.bench.stage import Stage, home, settings
from bridge.bench.usage import measurable
from bridge.control.parameter import Value
from bridge.engine.pack import read_card
from bridge.errors import AntiphonError, PackError
from bridge.midi.ports import IN
from bridge.music.note import Voice
from bridge.music.tunes import Tune
from bridge.music.tunes import find as tune_of

PATIENCE = 10.0
"""Seconds that a pack may take to load before the band is measured without it."""


class Lengths(msgspec.Struct, frozen=True):
    """How much is measured: notes, turns of a knob, and seconds of the rest."""

    notes: int
    quiet: float
    busy: float
    through: float
    cut: float
    turns: int
    isr: float
    """Music at both tempos together; several packs share it."""
    idle: float
    ticks: int = 2000
    """16ths at a tempo after which there was music enough; several packs share them, too."""


FULL = Lengths(notes=400, quiet=8.0, busy=9.0, through=6.2, cut=6.0, turns=40, isr=36.0, idle=8.0)
QUICK = Lengths(notes=100, quiet=2.0, busy=2.5, through=2.1, cut=1.5, turns=8, isr=9.0, idle=2.0)
LONG = Lengths(notes=1000, quiet=20.0, busy=20.0, through=8.5, cut=8.0, turns=60, isr=1200.0, idle=20.0)


class Wanted(msgspec.Struct, frozen=True):
    """What the user asked for."""

    packs: dict[str, Path]
    """Name -> folder; the first is the one the band plays with where one is enough."""
    provider: str | None = None
    system: str = "auto"
    lengths: Lengths = FULL
    peers: bool = False
    pythons: tuple[Path, ...] = (Path("python3"),)
    """Where peers may be installed."""


class Bench:
    """Measures; `say` shows the user where it is. The report so far is in `report`."""

    def __init__(self, wanted: Wanted, say: Callable[[str], object]) -> None:
        self._wanted = wanted
        self._say = say
        self._client = f"Antiphon bench {os.getpid()}"
        self._hits: dict[str, list[isr.Hits]] = {}
        self.report = Report(machine=machine(wanted.system, self._client))

    async def run(self) -> Report:
        """Measure everything. Raises ProviderError where the provider asked for does not run here."""
        packs = {name: folder for name, folder in self._wanted.packs.items() if await self._speed(name, folder)}
        self._keep(best=quickest(self.report.span_ms))
        if self._wanted.peers:
            await self._peers()
        with tempfile.TemporaryDirectory(prefix="antiphon-bench-") as place, home(Path(place)):
            folder = Path(place)
            first = next(iter(packs.values()), None)
            await self._tried("idle", self._resident, folder, first)
            await self._tried("lateness", self._lateness, folder, first)
            await self._tried("answers", self._reactions, first)
            for name, pack in packs.items():
                await self._tried(f"hit rate of {name}", self._rates, name, pack)
        self._keep(isr_by_pack=self.report.isr_by_pack if len(packs) > 1 else {})
        return self.report

    async def _speed(self, name: str, folder: Path) -> bool:
        """Time a pack on each provider; False where it is broken, and others are there to be measured."""
        for provider in speed.providers(self._wanted.provider):
            self._say(f"{name} on {provider}: a note, four beats")
            try:
                measured = await speed.speed(folder, provider, self._wanted.lengths.notes)
            except PackError as error:
                if len(self._wanted.packs) == 1:
                    raise
                self._note(str(error))
                return False
            if self._wanted.provider is not None:
                speed.check(measured)
            elif measured.got != provider:
                self._note(f"{name}: {provider} is installed but does not run here; {measured.got} does")
                continue
            self._keep(
                note_ms=_with(self.report.note_ms, name, measured.got, measured.note),
                span_ms=_with(self.report.span_ms, name, measured.got, measured.span),
            )
        return True

    async def _peers(self) -> None:
        for peer in PEERS:
            table = self.report.span_ms if peer.spans else self.report.note_ms
            ours = [cost for providers in table.values() for name, cost in providers.items() if name == "cpu"]
            self._say(f"{peer.name}: {peer.what}")
            theirs = await self._timed(peer)
            if ours and theirs is not None:
                slowest = max(ours, key=lambda cost: cost.p50)
                self._keep(peers={**self.report.peers, peer.name: beside(peer, theirs, slowest)})

    async def _timed(self, peer: Peer) -> Cost | None:
        """What a peer takes in the first Python that has it; None, and a note why, where none has."""
        why = []
        for python in self._wanted.pythons:
            try:
                return await timed(peer, python, self._wanted.lengths.notes)
            except AntiphonError as error:
                why.append(str(error))
        self._note("; ".join(why))
        return None

    async def _resident(self, folder: Path, pack: Path | None) -> None:
        self._say("the daemon left alone: ready, memory, idle")
        midi, lengths = self.report.machine.midi, self._wanted.lengths
        async with contextlib.AsyncExitStack() as stack:
            beside = None
            if midi == JACK and measurable():
                beside = await stack.enter_async_context(Beside(f"{self._client} empty"))
            daemon = await stack.enter_async_context(resident(folder / "resident", midi, self._client, pack))
            ready = await daemon.ready(pack is not None)
            self._keep(ready=ready, ready_s=ready.pack if ready.pack is not None else ready.ports)
            self._keep(rss_mb=daemon.memory_mb())
            idle = await daemon.idle(lengths.idle, beside)
        if idle is None:
            self._note("idle and memory: this system does not tell what other processes use")
        else:
            self._keep(idle_cpu=idle, idle_cpu_percent=idle.processes - (idle.client or 0.0))

    async def _lateness(self, folder: Path, pack: Path | None) -> None:
        self._say("a key -> its harmony; how late notes leave the port, quiet and with every core busy")
        lengths, here = self._wanted.lengths, self.report.machine
        async with (
            Rig(here.midi, self._client, folder, pack) as rig,
            self._ear(Voice.CLICK, through.VOICE) as ear,
        ):
            await rig.roll(tempo(here.rate))
            self._keep(through_ms=await through.through(rig, ear, here.rate, lengths.through))
            self._keep(through_what=through.WHAT)
            self._keep(lateness_ms=await lateness(rig, ear, here.rate, lengths.quiet, lengths.busy))

    async def _reactions(self, pack: Path | None) -> None:
        lengths, here = self._wanted.lengths, self.report.machine
        self._say("a key -> the band's note ends")
        async with self._stage(pack, None, cut.KNOBS) as stage, self._ear(Voice.LEAD) as ear:
            stage.start()
            self._keep(cut_ms=await cut.cut(stage, ear, here.rate, lengths.cut))
        self._say("a knob -> the plan replaced")
        async with self._stage(pack, None, knob.KNOBS) as stage:
            stage.start()
            name = knob.turned(read_card(pack) if pack is not None else None)
            planned, sounding = await knob.knob(stage, name, lengths.turns)
            self._keep(knob_ms=planned, turn_ms=sounding)

    async def _rates(self, name: str, pack: Path) -> None:
        self._say(f"{name}: hit rate at 120 BPM, and at 200 BPM with every core busy")
        lengths, count = self._wanted.lengths, len(self._wanted.packs)
        async with self._stage(pack, tune_of(None), isr.KNOBS) as stage:
            rates = await isr.rates(stage, read_card(pack), lengths.isr / count, math.ceil(lengths.ticks / count))
        for key, hits in (("120", rates.quiet), ("200_hog", rates.busy)):
            if not hits.ticks:
                self._note(f"{name} had nothing to play in time for its hit rate ({ISR_WORDS[key]})")
                continue
            self._hits.setdefault(key, []).append(hits)
            by_pack = self.report.isr_by_pack
            self._keep(isr_by_pack={**by_pack, name: {**by_pack.get(name, {}), key: hits.rate}})
            whole = isr.together(self._hits[key])
            self._keep(isr={**self.report.isr, key: whole.rate}, isr_ticks={**self.report.isr_ticks, key: whole.ticks})
            if whole.weighted is not None:
                self._keep(isrw={**self.report.isrw, key: whole.weighted})

    async def _tried(self, what: str, measure: Callable[..., Awaitable[None]], *arguments: object) -> None:
        """Measure something; what goes wrong there is noted, and the rest is measured all the same."""
        try:
            await measure(*arguments)
        except AntiphonError as error:
            self._note(f"{what} could not be measured: {error}")

    @asynccontextmanager
    async def _stage(self, pack: Path | None, tune: Tune | None, knobs: Mapping[str, Value]) -> AsyncIterator[Stage]:
        """The daemon in this process, its pack loaded."""
        provider = self._wanted.provider or "auto"
        wanted = settings(self.report.machine.midi, self._client, pack, provider, knobs)
        async with Stage(wanted, self._told, tune) as stage:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stage.engine_ready.wait(), PATIENCE)
            yield stage

    @asynccontextmanager
    async def _ear(self, *voices: Voice) -> AsyncIterator[Neighbour | None]:
        """On JACK, a client from outside that hears some voices and is wired to our input."""
        if self.report.machine.midi != JACK:
            yield None
            return
        name = f"{self._client} ear"
        async with Neighbour(listen, name) as ear:
            await ear.hear()
            for voice in voices:
                await ear.ask("connect", f"{self._client}:{voice.value}", f"{name}:ear")
            await ear.ask("connect", f"{name}:hand", f"{self._client}:{IN}")
            yield ear

    def _told(self, text: str) -> None:
        """What the daemon says is noted; that our own client comes and goes is no news."""
        if self._client not in text:
            self._note(text)

    def _keep(self, **figures: object) -> None:
        self.report = replace(self.report, **figures)

    def _note(self, text: str) -> None:
        self._keep(notes=tuple(dict.fromkeys((*self.report.notes, text))))


def quickest(span_ms: Mapping[str, Mapping[str, Cost]]) -> dict[str, str]:
    """For each pack the provider with the quickest phrase: some make all its notes at once."""
    return {
        pack: min(providers, key=lambda name: providers[name].p50) for pack, providers in span_ms.items() if providers
    }


def _with(table: Mapping[str, dict[str, Cost]], pack: str, provider: str, cost: Cost) -> dict[str, dict[str, Cost]]:
    return {**table, pack: {**table.get(pack, {}), provider: cost}}
