"""A session log played again: the real band and the real model, on the times that the log holds."""

import contextlib
import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bridge.clock.offline import OfflineTime
from bridge.engine.catalogue import find as find_pack
from bridge.engine.loading import Open
from bridge.engine.protocol import Begun, Loaded, PhraseEnd, PhraseNote, Request, ToEngine, Unloaded
from bridge.engine.shelf import open_pack
from bridge.jam.guest import Guest
from bridge.jam.knobs import Knobs
from bridge.music.chord import NAMES
from bridge.music.note import BAND, Note
from bridge.music.tunes import find as find_tune
from bridge.record.folder import MIDI, PICTURE, keep_midi, prepare
from bridge.record.picture import write_picture
from bridge.record.session import ENDED, EngineLost, EngineSaid, Introduced, Taken, WireSaid
from bridge.record.session_band import SessionBand, take_again
from bridge.record.session_controls import Controls
from bridge.record.session_engine import Told, Understudy
from bridge.record.session_keeping import CONTROLS
from bridge.record.session_reading import Session
from bridge.record.summary import Run, Summary, summarise
from bridge.wire.protocol import Input, Put, Ready, Sent, ToWire
from bridge.wire.wire import ear_of

PLANNED = 8192
"""Planned notes that are remembered, as many as the wire remembers."""
ASKED = 256
"""Asks that are remembered until their answer ends."""


class Replayed(msgspec.Struct, frozen=True):
    """What came of a replay."""

    notes: int
    """Notes of the band in the log."""
    same: int
    """Those that the replay gave too, up to the first difference."""
    difference: str
    """The first difference in words; empty where there is none."""
    remarks: tuple[str, ...] = ()
    """What the user should know of how it was played."""


class Replay:
    """Plays one session. `find` gives the folder of a pack by name. Raises AntiphonError."""

    def __init__(self, session: Session, open_pack: Open, find: Callable[[str], Path]) -> None:
        self._session = session
        self._entries = session.entries
        self._ahead: deque[Taken] = deque()
        self._highest = 0
        self._time = OfflineTime()
        self._began = math.nan
        self._made: list[Taken] = []
        self._planned: OrderedDict[int, Note] = OrderedDict()
        self._asked: OrderedDict[int, Request] = OrderedDict()
        self._engine = Understudy(open_pack, find)
        self._difference = ""
        self._notes = self._same = 0
        self.provider = "none"
        self.controls = Controls(session.header)
        tune = find_tune(session.header.tune) if session.header.tune else None
        bars = session.header.bars
        self.band = SessionBand(
            self._to_wire,
            self._to_engine,
            self._time.now,
            lambda _: None,
            None if tune is None else lambda plan: Guest(plan, tune, bars),
            keep=self._made.append,
        )
        self.band.conductor.knobs = msgspec.convert(session.header.knobs, Knobs)

    def run(self) -> Replayed:
        """Play to the end of the log, or to the first difference. Raises SessionError where it cannot be read."""
        for entry in self._in_order():
            if not self._difference:
                self._play(entry)
            elif isinstance(entry, WireSaid) and _of_band(entry.message):
                self._notes += 1
        self.band.close()
        return Replayed(self._notes, self._same, self._difference, tuple(self._remarks()))

    def summary(self) -> Summary:
        """What it was, in figures."""
        band = self.band
        return summarise(
            band.take,
            Run(
                mode=band.conductor.knobs.mode,
                pack=", ".join(self._engine.providers),
                provider=self.provider,
                seed=band.conductor.knobs.seed,
                ports=band.ready.system if band.ready is not None else "none",
                key=str(band.conductor.key() or ""),
                stuck_notes=band.stuck,
                dropped_late=band.metrics.dropped,
            ),
        )

    def _play(self, entry: Taken) -> None:
        self._time.run_until(entry.time)
        if math.isnan(self._began):
            self._began = entry.time
        match entry:
            case WireSaid(message=Sent() as sent):
                self._compare(sent)
            case WireSaid(message=Ready()):
                self._engine.meet_wire(self.band.heard)
            case EngineSaid(message=Begun() as begun):
                self._look_ahead(begun.heard)
                if begun.ask in self._asked:
                    request = self._asked[begun.ask]
                    self._engine.begin(begun, request.ask, request.pack)
            case EngineSaid(message=PhraseNote() as answer):
                entry = msgspec.structs.replace(entry, message=self._again(answer))
            case EngineSaid(message=PhraseEnd() as end):
                self._ends(end, entry.time)
            case EngineSaid(message=Loaded() as loaded):
                self._engine.load(loaded)
                self.provider = loaded.got
            case EngineSaid(message=Unloaded(pack)):
                self._engine.unload(pack)
            case EngineLost():
                self._engine.lost()
            case Introduced():
                self._engine.told(Told(entry, tuple(self.band.memory), self.band.heard))
            case _:
                pass
        if self._difference:
            return
        self.controls.add(entry)
        self._made.clear()
        with contextlib.suppress(Exception):  # the desk goes on after a fault, too
            take_again(self.band, entry)
        if self._made and self._made[-1].said != entry.said:
            self._differs(f"after «{entry.__struct_config__.tag}» the band decides otherwise than it did")

    def _compare(self, sent: Sent) -> None:
        planned = self._planned.get(sent.id)
        if planned != sent.note and sent.id >= 0:  # below, the wire's own harmony to a key: its table is the band's
            self._notes += _of_band(sent)
            self._differs(f"the log has {_words(sent.note)}, the replay {_words(planned)}")
        elif _of_band(sent):
            self._notes += 1
            self._same += 1

    def _again(self, answer: PhraseNote) -> PhraseNote:
        """The same note, made again."""
        if not self._engine.knows(answer.ask):
            return answer
        note = self._engine.note(answer.ask)
        if note != answer.note:
            self._differs(f"the model of the log made {_words(answer.note)}, this one {_words(note)}")
        return answer if note is None else PhraseNote(answer.ask, note)

    def _ends(self, end: PhraseEnd, time: float) -> None:
        request = self._asked.get(end.ask)
        in_time = request is not None and not 0 < request.ask.deadline <= time
        more = self._engine.note(end.ask) if in_time and self._engine.knows(end.ask) else None
        if more is not None:
            self._differs(f"the model of the log was at its end, this one goes on with {_words(more)}")

    def _differs(self, what: str) -> None:
        place = self.band.map
        bar, into = place.bar_at(self.band.beat)
        self._difference = f"at {self._time.now() - self._began:.3f} s, bar {bar + 1}, beat {into + 1:.2f}: {what}"

    def _remarks(self) -> Iterator[str]:
        for pack, (then, now) in self._engine.providers.items():
            if then != now:
                yield f"{pack} ran on {then} in the log and runs on {now} here: its notes may differ"
        if self._engine.missed:
            yield f"{self._engine.missed} events never reached the log's engine as it was being connected, nor this one"
        if not self._session.ending:
            yield "the log has no last line: the run was killed, and what it did in the last half second may be missing"
        elif self._session.ending != ENDED:
            yield f"the log ends before the run did: {self._session.ending}"

    def _in_order(self) -> Iterator[Taken]:
        while self._ahead or self._read():
            yield self._ahead.popleft()

    def _look_ahead(self, heard: int) -> None:
        """Read on until everything up to ear `heard` is known: it may have reached the engine before the desk."""
        while self._highest < heard and self._read():
            pass

    def _read(self) -> bool:
        """Read one entry more; False at the end."""
        entry = next(self._entries, None)
        if entry is None:
            return False
        self._ahead.append(entry)
        if isinstance(entry, WireSaid) and isinstance(entry.message, Input | Sent):
            self._highest = max(self._highest, entry.message.seq)
            ear = ear_of(entry.message)
            if ear is not None:
                self._engine.hear(ear)
        return True

    def _to_wire(self, message: ToWire) -> None:
        if isinstance(message, Put):
            self._planned.update(zip(message.ids, message.notes, strict=True))
            while len(self._planned) > PLANNED:
                self._planned.popitem(last=False)

    def _to_engine(self, message: ToEngine) -> None:
        if isinstance(message, Request):
            self._asked[message.ask.id] = message
            if len(self._asked) > ASKED:
                self._asked.popitem(last=False)


def _of_band(message: object) -> bool:
    """Whether this says that a note of the band was played."""
    return isinstance(message, Sent) and not message.dropped and message.note.voice in BAND


def _words(note: Note | None) -> str:
    if note is None:
        return "no note"
    name = f"{NAMES[note.pitch % 12]}{note.pitch // 12 - 1}"
    return f"{note.voice.value} {name} at beat {note.beat:g}, {note.duration:g} long, velocity {note.velocity}"


def replay(path: Path, out: Path, folders: tuple[Path, ...] = ()) -> tuple[bool, str]:
    """Play the log at `path` again with packs from these folders and our own; leaves the files of a jam in `out`.

    Returns whether the notes were the same, and what to tell the user. Raises AntiphonError.
    """
    prepare(out)
    session = Session(path)
    again = Replay(session, open_pack, lambda name: find_pack(name, folders))
    played = again.run()
    keep_midi(again.band.take, out / MIDI)
    again.controls.write(out / CONTROLS)
    write_picture(again.band.take, again.summary(), out / PICTURE)
    verdict = f"{_number(played.same)} of {_number(played.notes)} notes the same"
    lines = [verdict, *played.remarks]
    if played.difference:
        lines.append(f"the first difference, {played.difference}")
    lines += [f"  {out / name}" for name in (MIDI, PICTURE, CONTROLS)]
    return not played.difference and played.same == played.notes, "\n".join(lines)


def _number(count: int) -> str:
    return f"{count:,}".replace(",", " ")
