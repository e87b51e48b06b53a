"""The engine: loaded packs that hear everything and answer asks, one note at a time.

One thread owns it. `handle` takes a message, `work` makes at most one note, so that a newer message never waits
for a whole phrase. Whatever a pack does, it is told once, another copy takes its place, and the others play on.
"""

import contextlib
import math
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.engine.answer import Answer, notes_of
from bridge.engine.asks import Asks, Entry
from bridge.engine.cast import Cast, Member
from bridge.engine.family import Ask, Describes
from bridge.engine.faults import Told, words
from bridge.engine.loading import Loading, Open
from bridge.engine.pack import pack_sha
from bridge.engine.protocol import (
    Begun,
    Cancel,
    Describe,
    Described,
    Ear,
    Fault,
    FromEngine,
    Load,
    PhraseEnd,
    PhraseNote,
    Request,
    ToEngine,
    Unload,
    Unloaded,
)
from bridge.engine.setbacks import Setbacks
from bridge.errors import AntiphonError, ProviderLostError

MEMORY = 512
"""Ears kept for a pack that is loaded later."""
WONDERED = 16
"""Phrases that wait to be described; older ones are forgotten."""

Aside = Callable[[Callable[[], None], Callable[[], None]], object]
"""Does the first thing somewhere else, then has the second done on the engine's own thread."""


def at_once(work: Callable[[], None], then: Callable[[], None]) -> None:
    """Do both things here and now."""
    work()
    then()


class Engine:
    """Answers through `say`. `open_pack` loads a pack; `now` reads seconds, `cpu` seconds on a core of this thread.

    `aside` is where packs are opened, so that those that are loaded play on meanwhile.
    """

    def __init__(
        self,
        open_pack: Open,
        say: Callable[[FromEngine], object],
        now: Callable[[], float],
        cpu: Callable[[], float] = lambda: 0.0,
        aside: Aside = at_once,
    ) -> None:
        self._open = open_pack
        self._say = say
        self._now = now
        self._cpu = cpu
        self._aside = aside
        self._cast = Cast()
        self._asks = Asks(self._alone)
        self._loads: list[Loading] = []
        self._wanted = ""
        self._memory: deque[Ear] = deque(maxlen=MEMORY)
        self._setbacks: dict[str, Setbacks] = {}
        self._told = Told()
        self._curious: deque[Describe] = deque(maxlen=WONDERED)

    @property
    def busy(self) -> bool:
        """Whether `work` has something to do."""
        return len(self._asks) > 0

    def handle(self, message: ToEngine) -> None:
        """Take a message in. Never raises for a message that cannot be served: the fault is said instead."""
        try:
            match message:
                case Ear():
                    self._hear(message)
                case Request(ask, pack):
                    self._queue(ask, pack)
                case Cancel(ask=id):
                    self._asks.cancel(id)
                case Load():
                    self._load(message)
                case Unload(pack):
                    self._unload(pack)
                case Describe():
                    self._curious.append(message)
            self._describe()
        except Exception as error:
            self._say(Fault(words(error), fatal=not self._cast))

    def work(self) -> None:
        """Make one note of the answer that is needed first."""
        entry = self._asks.next()
        if entry is None:
            return
        member = self._cast.find(entry.pack)
        try:
            answer = entry.answer or self._begin(entry, member)
            note = answer.take()
            if note is not None:
                entry.notes.append(note)
                self._say(PhraseNote(entry.ask.id, note))
            elif answer.over:
                self._end(entry, answer)
        except Exception as error:  # ONNX Runtime raises its own kinds; whatever it is, the band must go on
            self._asks.drop(entry)
            if member is None:
                self._say(Fault(words(error), ask=entry.ask.id, again=self._again(entry.pack, words(error))))
            else:
                self._fail(member, error, entry.ask.id)

    def _hear(self, ear: Ear) -> None:
        self._memory.append(ear)
        for loading in self._loads:
            loading.hear(ear)
        for member in self._cast:
            if member.ailing:
                continue
            try:
                member.hear(ear)
            except Exception as error:
                self._fail(member, error)

    def _queue(self, ask: Ask, pack: str) -> None:
        member = self._cast.ask(pack)
        if member is None:
            text = f"no pack «{pack}» is loaded" if pack else "no pack is loaded"
            self._say(Fault(text, fatal=not self._cast, ask=ask.id, again=self._again(pack, text)))
            return
        if member.ailing:
            self._say(Fault(f"{member.loaded.pack} is being replaced", ask=ask.id, again=True))
            self._restore(member)
            return
        self._asks.put(ask, member.loaded.pack)

    def _begin(self, entry: Entry, member: Member | None) -> Answer:
        if member is None:
            raise AntiphonError(f"the pack «{entry.pack}» was let go")
        entry.heard = member.heard
        beside = self._asks.beside(entry, self._now())
        if beside != entry.ask.beside:
            entry.ask = msgspec.structs.replace(entry.ask, beside=beside)
        self._say(Begun(entry.ask.id, member.heard, member.ears, beside))
        entry.answer = Answer(entry.ask, notes_of(member.family, entry.ask), self._now, self._cpu)
        return entry.answer

    def _end(self, entry: Entry, answer: Answer) -> None:
        self._asks.end(entry, self._now())
        for trouble in answer.troubles:
            text = f"{entry.pack} {trouble}; get the pack again, or choose another"
            if not self._again(entry.pack, text):
                self._say(Fault(text))
        self._say(
            PhraseEnd(
                entry.ask.id,
                answer.made,
                entry.heard,
                answer.wall_ms,
                answer.first_ms,
                tuple(answer.note_ms),
                answer.cpu_ms,
                entry.pack,
            )
        )

    def _load(self, load: Load) -> None:
        if load.default:
            self._wanted = load.pack
        member = self._cast.same(load, pack_sha(Path(load.pack)))
        if member is not None:
            self._take_in(member, load)
            return
        self._start(load)

    def _start(self, load: Load, asked: str = "") -> None:
        ears = [ear for ear in self._memory if ear.seq > load.heard]
        loading = Loading(load, self._open, ears, asked)
        self._loads.append(loading)
        self._aside(loading.run, lambda: self._arrived(loading))

    def _arrived(self, loading: Loading) -> None:
        """A load has come to its end."""
        member = loading.join()
        self._loads.remove(loading)
        load = loading.load
        if member is not None:
            self._take_in(member, load)
            return
        text = words(loading.error, Path(load.pack).name)
        failed = next((m for m in self._cast if m.ailing and m.load.pack == load.pack), None)
        if failed is not None:
            self._drop_asks(failed.loaded.pack)
            self._cast.leave(failed.loaded.pack)
        self._say(Fault(text, fatal=not self._cast, folder=load.pack, again=self._again(load.pack, text)))

    def _take_in(self, member: Member, load: Load) -> None:
        """A pack is there: it takes its place, and what there is no room for goes."""
        name = member.loaded.pack
        leads = self._cast.leads(name)
        if load.default:
            leads = self._wanted == load.pack or self._cast.find("") is None
        self._cast.join(member, leads)
        member.loaded = msgspec.structs.replace(member.loaded, folder=load.pack, default=self._cast.leads(name))
        self._say(member.loaded)
        self._make_room(load.keep)

    def _make_room(self, keep: int) -> None:
        busy = {member.loaded.pack for member in self._cast if self._asks.of_pack(member.loaded.pack)}
        for name in self._cast.spare(keep, busy):
            self._cast.leave(name)
            self._say(Unloaded(name))

    def _unload(self, name: str) -> None:
        self._drop_asks(name)
        if self._cast.leave(name) is not None:
            self._say(Unloaded(name))

    def _describe(self) -> None:
        """Say where a pack has a phrase, when nobody waits for a note; what goes wrong is no matter to the music."""
        if self.busy or not self._curious:
            return
        wanted = self._curious.popleft()
        maker = self._cast.find(wanted.pack)
        for member in (*([maker] if maker is not None else []), *self._cast):
            if member.ailing or not isinstance(member.family, Describes):
                continue
            with contextlib.suppress(Exception):  # nothing of the stream is touched, and nobody waits
                found = member.family.describe(wanted.notes, wanted.beats, wanted.bar, wanted.key)
                place = tuple(float(value) for value in found)
                if place and all(map(math.isfinite, place)):
                    self._say(Described(wanted.id, member.loaded.pack, place, member.sha))
                    return

    def _drop_asks(self, name: str) -> None:
        for entry in self._asks.of_pack(name):
            self._asks.drop(entry)
            self._say(Fault(f"the pack «{name}» was let go", ask=entry.ask.id, again=True))

    def _fail(self, member: Member, error: Exception, ask: int = -1) -> None:
        """A pack failed: it is told once, and another copy is loaded, after a rest where this happens too often."""
        folder, name = member.load.pack, member.loaded.pack
        text = words(error, name)
        lost = isinstance(error, ProviderLostError) and not member.load.strict
        if lost:
            text = f"{text}: asked for {member.loaded.asked}, now on cpu"
        again = self._again(folder, text)
        setbacks = self._setbacks.setdefault(folder, Setbacks())
        pause = 0.0 if lost else setbacks.failed(self._now())
        if pause:
            text = f"{name} keeps failing and rests for {pause:.0f} s ({text})"
        self._say(Fault(text, ask=ask, again=again and not pause))
        member.ailing = True
        for entry in self._asks.of_pack(name):
            self._asks.drop(entry)
            self._say(Fault(text, ask=entry.ask.id, again=True))
        if isinstance(error, MemoryError):
            self._make_room(1)
        if lost:
            member.load = msgspec.structs.replace(member.load, provider="cpu")
        self._restore(member)

    def _restore(self, member: Member) -> None:
        """Load another copy of a pack that has failed, unless it rests or one is on its way."""
        load = member.load
        rests = load.pack in self._setbacks and self._setbacks[load.pack].resting(self._now())
        if rests or any(loading.load.pack == load.pack for loading in self._loads):
            return
        since = [ear for ear in self._memory if ear.seq > load.heard]
        history = (*load.history, *(ear.event for ear in since))[-MEMORY:]
        heard = since[-1].seq if since else load.heard
        leads = self._cast.leads(member.loaded.pack)
        again = msgspec.structs.replace(load, history=history, heard=heard, default=leads)
        self._start(again, member.loaded.asked if load.provider != member.loaded.asked else "")

    def _again(self, about: str, text: str) -> bool:
        return self._told.again(about, text, self._now())

    def _alone(self, name: str) -> bool:
        member = self._cast.find(name)
        return member is None or member.alone
