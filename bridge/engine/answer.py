"""An answer under way: its notes are timed and checked one by one, whatever the family does."""

import contextlib
import math
from collections import Counter
from collections.abc import Callable, Iterator
from enum import StrEnum

from bridge.engine.family import Ask, Family
from bridge.music.note import Note, Voice

PER_BEAT = 64
"""Notes of a voice within one beat; more is no music."""
ASTRAY = 64
"""Notes that may be dropped before the answer is ended."""
PAUSES = 4096
"""Times that a family may say «still at work» within an answer."""
SLACK = 1e-9
"""Beats by which a note may lie before its span: a rounding error."""


class Trouble(StrEnum):
    """What may be wrong with an answer that goes on or ends all the same, in the user's words."""

    ASTRAY = "plays notes outside what it was asked for; they are left out"
    ENDLESS = "does not end its answers; they are cut short"


class Answer:
    """One ask under way. `now` reads seconds, `cpu` seconds on a core of this thread.

    `take` makes one note; `over` says that there are no more. Raises whatever the family raises.
    """

    def __init__(
        self,
        ask: Ask,
        notes: Iterator[Note | None],
        now: Callable[[], float],
        cpu: Callable[[], float],
    ) -> None:
        self.ask = ask
        self.over = False
        self.made = 0
        self.note_ms: list[float] = []
        """What each note took that was not in the draft already."""
        self.cpu_ms = 0.0
        self.first_ms = 0.0
        self.troubles: list[Trouble] = []
        """What was wrong, in the order in which it was found, each once."""
        self._kept = frozenset(ask.draft)
        self._notes = notes
        self._now = now
        self._cpu = cpu
        self._began = now()
        self._spent = 0.0
        self._astray = self._pauses = 0
        self._per_beat: Counter[tuple[Voice, int]] = Counter()
        self._latest: dict[Voice, float] = {}

    @property
    def wall_ms(self) -> float:
        """Milliseconds since it was begun."""
        return (self._now() - self._began) * 1000

    def take(self) -> Note | None:
        """Make one note; None where there are no more, or this one is left out, or the family is still at work."""
        if 0 < self.ask.deadline < self._now():
            self.close()
            return None
        wall, cpu = self._now(), self._cpu()
        note = next(self._notes, self)
        self._spent += (self._now() - wall) * 1000
        self.cpu_ms += (self._cpu() - cpu) * 1000
        if note is None:
            self._pauses += 1
            if self._pauses > PAUSES:
                self._note(Trouble.ENDLESS)
                self.close()
            return None
        if not isinstance(note, Note):
            self.over = True
            return None
        if note not in self._kept:
            self.note_ms.append(self._spent)
        self._spent = 0.0
        if not self._fits(note):
            return None
        if self.made == 0:
            self.first_ms = self.wall_ms
        self.made += 1
        return note

    def close(self) -> None:
        """There will be no more notes."""
        self.over = True
        close = getattr(self._notes, "close", None)
        if close is not None:
            with contextlib.suppress(Exception):  # nobody waits for it any more
                close()

    def _fits(self, note: Note) -> bool:
        if not sound(note, self.ask) or note.beat < self._latest.get(note.voice, -math.inf) - SLACK:
            self._astray += 1
            self._note(Trouble.ASTRAY)
            if self._astray >= ASTRAY:
                self._note(Trouble.ENDLESS)
                self.close()
            return False
        beat = note.voice, math.floor(note.beat)
        self._per_beat[beat] += 1
        if self._per_beat[beat] > PER_BEAT:
            self._note(Trouble.ENDLESS)
            self.close()
            return False
        self._latest[note.voice] = note.beat
        return True

    def _note(self, trouble: Trouble) -> None:
        if trouble not in self.troubles:
            self.troubles.append(trouble)


def notes_of(family: Family, ask: Ask) -> Iterator[Note | None]:
    """A family's answer; one that works for a while before its first note says None meanwhile, so that it can be left
    for a newer ask."""
    in_pieces: Callable[[Ask], Iterator[Note | None]] | None = getattr(family, "respond_in_pieces", None)
    return iter(family.respond(ask)) if in_pieces is None else in_pieces(ask)


def sound(note: Note, ask: Ask) -> bool:
    """Whether a note is one that MIDI can play, of a voice and within the span that were asked for."""
    return (
        note.voice in ask.voices
        and ask.span.start - SLACK <= note.beat < ask.span.end
        and 0.0 < note.duration < math.inf
        and isinstance(note.pitch, int)
        and 0 <= note.pitch <= 127
        and isinstance(note.velocity, int)
        and 1 <= note.velocity <= 127
    )
