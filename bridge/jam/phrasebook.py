"""The phrasebook: what player and band have played lately, to be taken up again as phrases."""

import math
from collections import deque
from collections.abc import Iterator, Sequence

from bridge.clock.tempo_map import TempoMap
from bridge.jam.listener import Listener, Played
from bridge.jam.phrase import SHORTEST, Phrase, cut, placed
from bridge.jam.plan import Plan
from bridge.music.note import BAND, Note, Span, Voice

BREAK = 2.0
"""Beats of silence after which the player begins a new phrase."""
LONGEST = 8
"""Bars of a phrase of the player at most."""
REPEATED = 4
"""Bars of its own that the band repeats at most."""
KEPT = 2048
"""Notes of the band that are remembered."""
HAIR = 0.03
"""Beats before a bar line in which a note of the band belongs to it: players lay it a little before or behind."""
SAME = 1e-6


class Phrasebook:
    """Listens with the listener, and is told what the band plays. All positions are stage beats."""

    def __init__(self, listener: Listener, plan: Plan) -> None:
        self._listener = listener
        self._plan = plan
        self._band: deque[Note] = deque(maxlen=KEPT)
        self._last: Phrase | None = None
        self._grounds: tuple[object, ...] = ()

    def sounded(self, note: Note) -> None:
        """A note of the band left its port."""
        self._band.append(note)

    def player(self, now: float, map: TempoMap) -> Phrase | None:
        """The player's last phrase, or as much as there is of it; None before the first."""
        grounds = (self._listener.notes, self._listener.last, map.song, map.meter)
        if grounds != self._grounds:  # it is asked for at every step
            self._grounds = grounds
            self._last = cut(self._run(now), map, LONGEST) or self._last
        return self._last

    def lately(self, now: float, map: TempoMap, beats: float, origin: float) -> Phrase | None:
        """What the player did in the last `beats` beats, each note where it lies on a round of as many from `origin`
        on; where that was nothing, the last phrase."""
        notes = [_note(played, now) for played in self._listener.played if played.beat >= now - beats]
        if notes:
            return placed(notes, origin, beats, map.meter.bar)
        return self.player(now, map)

    def band(self, before: float, map: TempoMap, most: int = REPEATED) -> tuple[Phrase, Span] | None:
        """The band's last phrase that lies before a stage beat, and where it was played: up to `most` bars without an
        empty one. None where the band has played nothing."""
        bar = map.meter.bar
        notes = [note for note in self._played() if note.beat < before - HAIR]
        if not notes:
            return None
        end = map.next_bar(max(note.beat for note in notes) + HAIR)
        full = {math.floor((end - HAIR - note.beat) / bar) for note in notes}
        bars = next((count for count in range(1, most) if count not in full), most)
        span = Span(end - bars * bar, end)
        within = Span(span.start - HAIR, span.end - HAIR)
        return placed([note for note in notes if note.beat in within], span.start, bars * bar, bar), span

    def jump(self, now: float, before: TempoMap, after: TempoMap) -> None:
        """The music jumped from one map to another: the player's last phrase stays as it was; what the band played
        can be taken up where the bars lie as before."""
        self.player(now, before)
        self._listener.played.clear()
        shift = (after.song - before.song) / after.meter.bar
        if before.meter != after.meter or abs(shift - round(shift)) > SAME:
            self._band.clear()

    def _played(self) -> Iterator[Note]:
        """What the band has played, and what it is going to."""
        yield from self._band
        for _, note, _ in self._plan.notes:
            if note.voice in BAND:
                yield note

    def _run(self, now: float) -> Sequence[Note]:
        """The player's notes since the last silence."""
        notes: list[Note] = []
        silent_from = -math.inf
        for played in self._listener.played:
            note = _note(played, now)
            if note.beat - silent_from >= BREAK:
                notes.clear()
            notes.append(note)
            silent_from = max(silent_from, note.end)
        return notes


def _note(played: Played, now: float) -> Note:
    """A note of the player, as the lead would play it; one whose key is down ends now."""
    end = played.end if played.end is not None else max(now, played.beat)
    return Note(Voice.LEAD, played.beat, max(end - played.beat, SHORTEST), played.pitch, played.velocity)
