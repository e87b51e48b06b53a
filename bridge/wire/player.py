"""The player: the plan in beats, sent when its time comes, and every note closed exactly once.

Beats become time only here, at the moment of handing over, so that a tempo change moves what is queued.
"""

import math
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.midi.ledger import Ledger
from bridge.midi.messages import NoteOff, NoteOn, encode
from bridge.midi.ports import Ports, Written
from bridge.music.groove import Groove
from bridge.music.note import Note, Voice
from bridge.wire.flight import Ended, Flight, Handed, Key, Lifted, Struck, Swept
from bridge.wire.lane import Lane
from bridge.wire.protocol import Closed, Sent
from bridge.wire.sweep import Sweep

LATE_LIMIT = 0.030
"""Seconds after its due time at which a note-on is dropped rather than sent."""
REMEMBERED = 8192
"""Ids of sent notes that are remembered, so that a `Put` said twice does not sound twice."""
DRUM_CHANNEL = 9
TOUCHED = 1.0
"""Beats that a touched note is said to last, as long as nobody knows better."""
GAP = 0.001
"""Least seconds between a note's on and its off, so that nothing closes a note before it opened."""


class Sounding(msgspec.Struct):
    """A note whose on was handed over and whose off was not."""

    id: int
    off_beat: float
    on_time: float


class Player:
    """Keeps the plan and the sounding notes of our out ports; the wire's loop calls `advance`.

    `report` gets what happened to each note, numbered by `count`; `sent` every message with its port and the time it
    leaves.
    """

    def __init__(
        self,
        ports: Ports,
        ledger: Ledger,
        report: Callable[[Sent | Closed], None],
        count: Iterator[int],
        sent: Callable[[float, str, bytes], None] = lambda *_: None,
        late_limit: float = LATE_LIMIT,
    ) -> None:
        self._ports = ports
        self._ledger = ledger
        self._report = report
        self._late_limit = late_limit
        self._planned: dict[int, Note] = {}
        self._begins: dict[int, float] = {}
        """The stage beats at which planned notes are to sound, where the groove moves them."""
        self._groove = Groove()
        self._map = TempoMap()
        self._lanes = {voice.value: Lane() for voice in Voice}
        self._sounding: dict[Key, Sounding] = {}
        self._free: dict[Key, float] = {}
        """When the last off of a key is due: it is not struck again before."""
        self._sent: OrderedDict[int, None] = OrderedDict()
        self._flight = Flight()
        self._sweep = Sweep(ledger)
        self._quiet_until = -math.inf
        self._count = count
        self._tell_sent = sent

    def put(self, id: int, note: Note) -> None:
        """Add a note to the plan unless its id is known."""
        if id in self._planned or id in self._sent:
            return
        self._planned[id] = note
        self._lay(id, note)

    def withdraw(self, voice: Voice, after: float) -> None:
        """Take back planned notes of a voice with onsets at or after a stage beat."""
        for id in [i for i, n in self._planned.items() if n.voice == voice and n.beat >= after]:
            self._drop(id)

    def recall(self, ids: Iterable[int]) -> None:
        """Take back planned notes by id; those that were handed over already are let be."""
        for id in ids:
            self._drop(id)

    def forget_plan(self) -> None:
        """Take back everything that was not handed over."""
        self._planned.clear()
        self._begins.clear()
        for lane in self._lanes.values():
            lane.forget()

    def sway(self, map: TempoMap, groove: Groove | None = None) -> None:
        """Go by a map that says where bars begin and how fast it goes; with a groove, move notes by it from now on."""
        before, self._groove = self._groove, self._groove if groove is None else groove
        moved, self._map = map.song != self._map.song, map
        if self._groove == before and not (moved and before.moves):
            return
        self._begins.clear()
        for lane in self._lanes.values():
            lane.forget()
        for id, note in self._planned.items():
            self._lay(id, note)

    def shift(self, offsets: Mapping[str, float]) -> None:
        """Have each port play so many seconds after the beat (negative: before); 0 for those that are not named.

        It holds for ends of notes that sound, too; what would have had to begin before now counts as late.
        """
        for port, lane in self._lanes.items():
            lane.offset = offsets.get(port, 0.0)

    def touch(self, id: int, voice: Voice, pitch: int, velocity: int, now: float, map: TempoMap) -> None:
        """Strike a note at once, to sound until `let_go`."""
        self._strike(id, Note(voice, map.beat_at(now), TOUCHED, pitch, velocity), now, now, map, math.inf)

    def let_go(self, voice: Voice, pitch: int, now: float, map: TempoMap) -> None:
        """Release a note that was touched; one that does not sound is no matter."""
        port = voice.value
        self._end(now, map, lambda key, it: key[0] == port and key[2] == pitch and it.off_beat == math.inf)

    def hush(self, now: float, map: TempoMap, voice: Voice | None = None) -> None:
        """Release the sounding notes of a voice, or of all, at once."""
        self._end(now, map, lambda key, _: voice is None or key[0] == voice.value)

    def release(self, ids: Collection[int], now: float, map: TempoMap) -> None:
        """Release sounding notes by id, at once."""
        self._end(now, map, lambda _, sounding: sounding.id in ids)

    def advance(self, map: TempoMap, now: float) -> float:
        """Hand over what is due by `now` plus the ports' horizon; returns the time of the next thing due."""
        while True:
            due, lane = self._next(map)
            if due - self._ports.horizon > now:
                return due - self._ports.horizon
            id, key = lane.pop()
            if key is None:
                note = self._planned.get(id)
                if note is not None:
                    begins = self._begins.get(id, note.beat)
                    self._drop(id)
                    self._strike(id, note, due, now, map, self._groove.off(note, map.song, begins), begins)
            else:
                sounding = self._sounding.get(key)
                if sounding is not None and sounding.id == id:
                    self._release(key, sounding, max(due, sounding.on_time + GAP), map)

    def sweep(self, due: float) -> None:
        """Close at `due` whatever the ledger has marked and nobody else closes, then quieten every used channel."""
        messages = self._sweep.everything(self._spoken_for())
        for port, data, handed in messages:
            self._send(port, due, data, handed)
        self._quiet_until = due if messages else -math.inf  # what is struck before would be cut off

    def hold(self) -> None:
        """Play nothing until the next sweep."""
        self._quiet_until = math.inf

    def lost(self, port: str) -> None:
        """Something that listens to a port went away: it may miss the offs of what sounds there."""
        self._sweep.lost(port, self._ports.now())

    def found(self, port: str, due: float) -> None:
        """Something is back on a port: it gets at `due` the offs that it may have missed."""
        for _, data, handed in self._sweep.found(port, self._spoken_for()):
            if isinstance(handed, Swept):
                self._free[handed.key] = due
            self._send(port, due, data, handed)

    def give_up_lost(self) -> None:
        """Nobody waits any longer for what went away."""
        self._sweep.give_up_lost()

    def written(self, event: Written) -> None:
        """A port wrote a message, or could not: report it; clear a written off from the ledger."""
        match self._flight.take(event.token):
            case Struck() as struck if event.lost:
                self._unstrike(struck)
            case Struck(id, note, moved=moved):
                self._report(Sent(next(self._count), id, note, event.late, moved=moved))
            case Ended(id, key, beat):
                self._silent(key, event.lost)
                self._report(Closed(id, beat))
            case Swept(key):
                self._silent(key, event.lost)
            case Lifted(port, channel) if not event.lost:
                self._ledger.pedal(port, channel, False)

    @property
    def sounding(self) -> int:
        """How many notes are open."""
        return len(self._sounding)

    @property
    def in_flight(self) -> int:
        """How many messages were handed over and are not answered yet."""
        return len(self._flight)

    @property
    def planned(self) -> int:
        """How many notes wait."""
        return len(self._planned)

    def _next(self, map: TempoMap) -> tuple[float, Lane]:
        """When the next thing is due, and where; infinity where there is none, or while the music stands still."""
        due, first = math.inf, self._lanes[Voice.LEAD.value]
        for lane in self._lanes.values():
            if lane.first < math.inf and (time := map.time_at(lane.first) + lane.offset) < due:
                due, first = time, lane
        return due, first

    def _lay(self, id: int, note: Note) -> None:
        """Have a planned note begin where the groove wants it."""
        begins = note.beat
        if self._groove.moves:
            begins = self._begins[id] = self._groove.on(note, self._map.song, self._map.bpm)
        self._lanes[note.voice.value].begin(begins, id)

    def _drop(self, id: int) -> None:
        self._planned.pop(id, None)
        self._begins.pop(id, None)

    def _strike(
        self, id: int, note: Note, due: float, now: float, map: TempoMap, until: float, begins: float | None = None
    ) -> None:
        self._remember(id)
        if now - due > self._late_limit or due < self._quiet_until:
            self._report(Sent(next(self._count), id, note, max(now - due, 0.0), dropped=True))
            return
        channel = DRUM_CHANNEL if note.voice in (Voice.DRUMS, Voice.CLICK) else 0
        key = (note.voice.value, channel, note.pitch)
        before = self._sounding.get(key)
        if before is not None:
            self._release(key, before, max(due, before.on_time + GAP), map)
        # What was handed over ahead of time for this key comes first: the tempo may have moved since.
        due = max(due, self._free.get(key, due))
        self._sounding[key] = Sounding(id, until, due)
        if until < math.inf:
            self._lanes[key[0]].end(until, id, key)
        moved = (0.0, 0.0) if begins is None else (begins - note.beat, until - note.end)
        struck = Struck(id, note, key, not self._ledger.marked(*key), moved)
        self._ledger.on(*key)
        self._send(key[0], due, encode(NoteOn(channel, note.pitch, note.velocity)), struck)

    def _end(self, now: float, map: TempoMap, which: Callable[[Key, Sounding], bool]) -> None:
        """Release the sounding notes that `which` says, at once."""
        for key, sounding in list(self._sounding.items()):
            if which(key, sounding):
                self._release(key, sounding, max(now, sounding.on_time + GAP), map)

    def _release(self, key: Key, sounding: Sounding, due: float, map: TempoMap) -> None:
        del self._sounding[key]
        self._free[key] = due
        port, channel, pitch = key
        beat = map.beat_at(due - self._lanes[port].offset)
        self._send(port, due, encode(NoteOff(channel, pitch)), Ended(sounding.id, key, beat))

    def _unstrike(self, struck: Struck) -> None:
        """Nothing was there to play a note: it counts as dropped, and its off is not sent."""
        sounding = self._sounding.get(struck.key)
        if sounding is not None and sounding.id == struck.id:
            del self._sounding[struck.key]
            sounding = None
        # Also where its off is under way already; a later on of this key answers for the mark if there is one.
        if struck.fresh and not self._flight.freshen(struck.key) and sounding is None:
            self._ledger.off(*struck.key)
        self._flight.forget_end(struck.id)
        self._report(Sent(next(self._count), struck.id, struck.note, 0.0, dropped=True))

    def _silent(self, key: Key, lost: bool) -> None:
        """An off was written; the mark stays where nothing could take it, or the key was struck again since."""
        if not lost and key not in self._sounding and not self._flight.closes(key):
            self._sweep.closed(key, self._ports.now())

    def _spoken_for(self) -> set[Key]:
        """The notes that are closed without a sweep."""
        return self._flight.closing() | self._sounding.keys()

    def _send(self, port: str, due: float, data: bytes, handed: Handed | None) -> None:
        now = self._ports.now()
        self._tell_sent(max(due, now) if self._ports.horizon else now, port, data)
        self._ports.send(port, due, data, -1 if handed is None else self._flight.add(handed))

    def _remember(self, id: int) -> None:
        self._sent[id] = None
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
