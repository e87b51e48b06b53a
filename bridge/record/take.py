"""A take: everything that was played in one jam, in stage beats, as it really sounded."""

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

import msgspec

from bridge.clock.tempo_map import TempoMap
from bridge.music.note import Note, Voice
from bridge.music.turn import Who
from bridge.record.timeline import Timeline

SHORTEST = 1 / 480
"""Beats that a note lasts at least: one tick of the MIDI file."""
FARTHEST = 1e6
"""Beats from the start beyond which nothing is believed: two days at 300 BPM."""
PEDAL_DOWN = 64
"""A sustain value of at least this much holds the notes."""


Event = TypeVar("Event")


class Origin(StrEnum):
    """What made a note of the band: the pack's model, or the rule-based vamp that stands in for it."""

    MODEL = "model"
    VAMP = "vamp"


class PlayerNote(msgspec.Struct, frozen=True):
    """A note of the player: onset and duration in beats, pitch 0-127, velocity 1-127."""

    beat: float
    duration: float
    pitch: int
    velocity: int

    @property
    def end(self) -> float:
        """Stage beat at which the key was let go."""
        return self.beat + self.duration


class BandNote(msgspec.Struct, frozen=True):
    """A note of the band that left the port, and what made it."""

    note: Note
    origin: Origin = Origin.MODEL


class Pedal(msgspec.Struct, frozen=True):
    """The player's sustain pedal moved to `value` (0-127; 64 and above is down)."""

    beat: float
    value: int


class Turn(msgspec.Struct, frozen=True):
    """From `beat` on, it is the turn of `who`."""

    beat: float
    who: Who


class Marker(msgspec.Struct, frozen=True):
    """Something worth naming happened at `beat`."""

    beat: float
    text: str


class Take:
    """Append-only memory of a jam. Takes events in any order; a key that never comes up ends with the take.

    Events whose beat is no number or absurdly far away, or whose pitch no key has, are ignored: a clock or a
    controller gone wild must not cost the rest of the take. With `most` only about the last so many of each kind of
    event are kept, for a band that plays for days.
    """

    def __init__(self, most: int = 0) -> None:
        self._most = most
        self._gone = 0
        """Notes of the band that were let go."""
        self._maps: list[TempoMap] = []
        self._played: list[PlayerNote] = []
        self._down: dict[int, tuple[float, int]] = {}
        self._sent: list[BandNote] = []
        self._latest: dict[tuple[Voice, int], int] = {}
        self._pedals: list[Pedal] = []
        self._turns: list[Turn] = []
        self._markers: list[Marker] = []
        self._first = math.inf
        self._last = -math.inf

    def tempo(self, tempo_map: TempoMap) -> None:
        """A tempo map was published."""
        if self._reach(tempo_map.beat):
            self._keep(self._maps, tempo_map)

    def player_on(self, beat: float, pitch: int, velocity: int) -> None:
        """A key went down; pressed again while down, it first comes up. Velocity 0 lets the key go."""
        if velocity <= 0:
            self.player_off(beat, pitch)
        elif _is_key(pitch) and self._reach(beat):
            self.player_off(beat, pitch)
            self._down[pitch] = (beat, min(velocity, 127))

    def player_off(self, beat: float, pitch: int) -> None:
        """A key came up; one that was not down is no news."""
        if pitch in self._down and self._reach(beat):
            onset, velocity = self._down.pop(pitch)
            self._keep(self._played, PlayerNote(onset, max(beat - onset, SHORTEST), pitch, velocity))

    def pedal(self, beat: float, value: int) -> None:
        """The player's sustain pedal moved to `value`, 0-127."""
        if self._reach(beat):
            self._keep(self._pedals, Pedal(beat, min(max(value, 0), 127)))

    def band(self, note: Note, origin: Origin = Origin.MODEL) -> None:
        """A note of the band left the port."""
        if _is_key(note.pitch) and abs(note.duration) <= FARTHEST and self._reach(note.beat):
            velocity = min(max(note.velocity, 1), 127)
            whole = Note(note.voice, note.beat, max(note.duration, SHORTEST), note.pitch, velocity)
            self._latest[note.voice, note.pitch] = self._gone + len(self._sent)
            gone = self._keep(self._sent, BandNote(whole, origin))
            if gone:
                self._gone += gone
                self._first = min(sent.note.beat for sent in self._sent)

    def band_off(self, beat: float, voice: Voice, pitch: int) -> None:
        """The latest note of this voice and pitch was closed before its planned end (hand-over, stop)."""
        index = self._latest.get((voice, pitch), -1) - self._gone
        if index < 0 or not math.isfinite(beat):
            return
        note, origin = self._sent[index].note, self._sent[index].origin
        if note.beat <= beat < note.end:
            shorter = Note(voice, note.beat, max(beat - note.beat, SHORTEST), pitch, note.velocity)
            self._sent[index] = BandNote(shorter, origin)

    def turn(self, beat: float, who: Who) -> None:
        """From `beat` on, it is the turn of `who`."""
        if self._reach(beat):
            self._keep(self._turns, Turn(beat, who))

    def marker(self, beat: float, text: str) -> None:
        """Name what happened at `beat`."""
        if self._reach(beat):
            self._keep(self._markers, Marker(beat, text))

    def close(self, beat: float) -> None:
        """The jam ended at `beat`; keys still down come up there."""
        if self._reach(beat):
            for pitch in tuple(self._down):
                self.player_off(beat, pitch)

    @property
    def timeline(self) -> Timeline:
        """Bars and seconds of this take."""
        return Timeline(self._maps)

    @property
    def start(self) -> float:
        """The bar line at or before the first event, in stage beats; 0 while nothing has happened."""
        return self.timeline.bar_line(self._first) if math.isfinite(self._first) else 0.0

    @property
    def end(self) -> float:
        """The last stage beat at which something happened, or sounded; 0 while nothing has happened."""
        ends = [sent.note.end for sent in self._sent]
        return max([self._last, *ends]) if math.isfinite(self._last) else 0.0

    @property
    def seconds(self) -> float:
        """Length of the take in seconds, from `start` to `end`, standstill left out."""
        timeline = self.timeline
        return timeline.seconds(self.end) - timeline.seconds(self.start)

    @property
    def player_notes(self) -> tuple[PlayerNote, ...]:
        """The player's notes by onset, as long as the keys were down; keys still down end with the take."""
        held = [
            PlayerNote(onset, max(self.end - onset, SHORTEST), pitch, velocity)
            for pitch, (onset, velocity) in self._down.items()
        ]
        return tuple(sorted([*self._played, *held], key=lambda note: (note.beat, note.pitch)))

    @property
    def band_notes(self) -> tuple[BandNote, ...]:
        """The band's notes by onset."""
        return tuple(sorted(self._sent, key=lambda sent: (sent.note.beat, sent.note.voice, sent.note.pitch)))

    @property
    def voices(self) -> tuple[Voice, ...]:
        """The voices that played, in the order of `Voice`."""
        present = {sent.note.voice for sent in self._sent}
        return tuple(voice for voice in Voice if voice in present)

    @property
    def pedals(self) -> tuple[Pedal, ...]:
        """The sustain pedal's moves by beat."""
        return tuple(sorted(self._pedals, key=lambda pedal: pedal.beat))

    @property
    def turns(self) -> tuple[Turn, ...]:
        """Changes of turn by beat, each different from the one before; at one beat the last counts."""
        turns: list[Turn] = []
        for turn in sorted(self._turns, key=lambda turn: turn.beat):
            while turns and turns[-1].beat == turn.beat:
                turns.pop()
            if not turns or turns[-1].who != turn.who:
                turns.append(turn)
        return tuple(turns)

    @property
    def markers(self) -> tuple[Marker, ...]:
        """Markers by beat."""
        return tuple(sorted(self._markers, key=lambda marker: marker.beat))

    def _keep(self, kept: list[Event], event: Event) -> int:
        """Append an event; returns how many old ones had to go for it."""
        kept.append(event)
        if not 0 < 2 * self._most < len(kept):
            return 0
        gone = len(kept) - self._most
        del kept[:gone]
        return gone

    def _reach(self, beat: float) -> bool:
        """Stretch the take to a beat; False where it cannot be believed."""
        if not abs(beat) <= FARTHEST:  # not even equal: what is no number
            return False
        self._first = min(self._first, beat)
        self._last = max(self._last, beat)
        return True


def sustained(notes: Iterable[PlayerNote], pedals: Iterable[Pedal], end: float) -> tuple[PlayerNote, ...]:
    """The notes as they sound: one let go under the pedal rings until pedal up, the next stroke, or `end`."""
    ups = _spans_down(pedals, end)
    ordered = sorted(notes, key=lambda note: note.beat)
    next_onset: dict[int, float] = {}
    sounding: list[PlayerNote] = []
    for note in reversed(ordered):
        until = note.end
        for down, up in ups:
            if down <= until < up:
                until = max(until, min(up, next_onset.get(note.pitch, math.inf)))
                break
        next_onset[note.pitch] = note.beat
        sounding.append(PlayerNote(note.beat, until - note.beat, note.pitch, note.velocity))
    return tuple(reversed(sounding))


def _spans_down(pedals: Iterable[Pedal], end: float) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    since: float | None = None
    for pedal in pedals:
        if pedal.value >= PEDAL_DOWN:
            since = pedal.beat if since is None else since
        elif since is not None:
            spans.append((since, pedal.beat))
            since = None
    if since is not None:
        spans.append((since, max(end, since)))
    return spans


def _is_key(pitch: int) -> bool:
    return 0 <= pitch <= 127
