"""The stopgap: lets the vamp play where a section has no answer in time."""

from collections.abc import Callable

from bridge.clock.tempo_map import TempoMap
from bridge.jam.knobs import Knobs
from bridge.jam.listener import Listener
from bridge.jam.plan import Plan
from bridge.jam.section import Moment, Section
from bridge.jam.vamp import vamp
from bridge.music.chart import Chart
from bridge.music.chord import Chord
from bridge.music.key import Key
from bridge.music.note import Note, Span, Voice

SHORTEST = 0.5
"""Beats the vamp fills at least, up to the next whole beat."""
HAIR = 1e-6
FIRST_KEY = Key(0, "major")
"""What the vamp plays in while the player has not shown a key."""


class Stopgap:
    """Plans what the vamp has for a voice; `shape` makes of its notes what the knobs want."""

    def __init__(self, plan: Plan, listener: Listener, shape: Callable[[Note, Span], Note]) -> None:
        self._plan = plan
        self._listener = listener
        self._shape = shape

    def step(self, section: Section, turn: Span, now: Moment, key: Key | None, knobs: Knobs) -> None:
        """Fill the voices that come to the end of their plan in a turn, where the model is late."""
        if section.due(turn, now) and section.late(turn, now):
            starts = {voice: section.next_of(voice, turn, now) for voice in section.voices}
            for voice, start in starts.items():
                if start < min(min(starts.values()) + SHORTEST, turn.end):
                    self.fill(section, voice, start, turn, now.map, key, knobs)

    def fill(
        self, section: Section, voice: Voice, start: float, turn: Span, map: TempoMap, key: Key | None, knobs: Knobs
    ) -> None:
        """Fill a voice from a stage beat up to a whole beat."""
        span = Span(start, min(map.next_beat(start + SHORTEST), turn.end))
        register = self._listener.register() + knobs.register
        heard = self._expected(span, map)
        chart = knobs.chart or (Chart(((heard,),)) if heard is not None else Chart())
        notes = vamp(voice, span, key or FIRST_KEY, map.meter, map.song, register, knobs.seed, chart)
        self._plan.add(*(self._shape(note, turn) for note in notes), by_rule=True)
        section.vamp(voice, span.end)

    def _expected(self, span: Span, map: TempoMap) -> Chord | None:
        """The chord to play in a span: what the models would be told, else what the player's notes speak for."""
        ear = self._listener.ear
        told = [at.chord for at in ear.to_come(span.end, map.song, map.meter) if at.beat <= span.start + HAIR]
        return told[-1] if told else ear.chord()
