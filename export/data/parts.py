"""Which track of a MIDI file plays which role."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from export.data.hands import bass_of, halves, top_of
from export.data.piece import Role
from export.data.rows import Raw

VOICE_PROGRAM = 52
MELODIC = frozenset(("voice", "sop", "soprano", "mel", "melody", "cantus", "vocal", "singstimme", "chant", "gesang"))
UPPER = ("up", "right", "rh", "treble", "top", "r.h")
LOWER = ("low", "down", "left", "lh", "bass clef", "bottom", "l.h")
BASS_PROGRAMS = (*range(32, 40), 43, 58)
"""Basses, double bass, tuba."""
FEWEST = 8
"""A track with fewer notes is left out of a piece with others."""


class Track(msgspec.Struct, frozen=True, eq=False):
    """A track as read: its name, General MIDI program (0-based), whether it is the kit, and its notes in beats."""

    name: str
    program: int
    drum: bool
    raw: Raw

    @property
    def height(self) -> float:
        """Mean pitch."""
        return float(self.raw[:, 2].mean())


Part = tuple[Role, Raw]
Assign = Callable[[str, Sequence[Track]], list[Part]]
"""From a file's name and its tracks to parts."""


def song(path: str, tracks: Sequence[Track]) -> list[Part]:
    """Voice (or another soloist) and piano: the solo leads, the right hand plays chords, the left is taken asunder."""
    full = [track for track in tracks if len(track.raw)]
    right = [track for track in full if track.name.rstrip().endswith("RH")]
    left = [track for track in full if track.name.rstrip().endswith("LH")]
    solo = [track for track in full if track not in right and track not in left]
    if not right and not left:
        return choir(path, solo)
    parts = [(Role.LEAD, solo[0].raw)] if solo else []
    parts += [(Role.CHORDS, track.raw) for track in (*solo[1:], *right)]
    for track in left:
        parts += keyboard_left(track.raw)
    return parts


def keyboard_left(raw: Raw) -> list[Part]:
    """A left hand as bass and chords."""
    low = bass_of(raw)
    return [(Role.BASS, raw[low]), (Role.CHORDS, raw[~low])]


def keyboard(right: Raw, left: Raw) -> list[Part]:
    """A keyboard alone: the upper line of the right hand leads."""
    top = top_of(right)
    return [(Role.LEAD, right[top]), (Role.CHORDS, right[~top]), *keyboard_left(left)]


def choir(path: str, tracks: Sequence[Track]) -> list[Part]:
    """Single lines: the first (or highest) leads, the lowest is the bass, those between are chords."""
    full = [track for track in tracks if len(track.raw) >= FEWEST and not track.drum]
    if not full:
        return []
    if len(full) == 1:
        return alone(full[0].raw)
    lead = max(full[:2], key=lambda track: track.height)
    bass = min((track for track in full if track is not lead), key=lambda track: track.height)
    if bass.height > 64:
        return [(Role.LEAD, lead.raw), *((Role.CHORDS, track.raw) for track in full if track is not lead)]
    between = [(Role.CHORDS, track.raw) for track in full if track is not lead and track is not bass]
    return [(Role.LEAD, lead.raw), *between, (Role.BASS, bass.raw)]


def alone(raw: Raw) -> list[Part]:
    """One track: a keyboard or a guitar where notes sound together, else a tune."""
    if polyphony(raw) < 1.2:
        return [(Role.LEAD, raw)]
    left = halves(raw)
    return keyboard(raw[~left], raw[left]) if left.any() and not left.all() else keyboard(raw, raw[:0])


def score(path: str, tracks: Sequence[Track]) -> list[Part]:
    """Anything engraved: staves called upper and lower are hands, a track called a voice leads, else lines."""
    full = [track for track in tracks if len(track.raw) and not track.drum]
    right = [track for track in full if _named(track, UPPER)]
    left = [track for track in full if _named(track, LOWER) and track not in right]
    rest = [track for track in full if track not in right and track not in left]
    if right and left:
        solo = [track for track in rest if len(track.raw) >= FEWEST and polyphony(track.raw) < 1.2]
        upper = np.concatenate([track.raw for track in right])
        lower = np.concatenate([track.raw for track in left])
        if not solo:
            spare = [(Role.CHORDS, track.raw) for track in rest]
            return [*keyboard(upper, lower), *spare]
        lead = max(solo, key=lambda track: (_sung(track), len(track.raw)))
        others = [track.raw for track in rest if track is not lead and not _doubles(track, lead)]
        return [(Role.LEAD, lead.raw), *((Role.CHORDS, raw) for raw in (upper, *others)), *keyboard_left(lower)]
    if len(full) == 2 and all(polyphony(track.raw) > 1.15 for track in full):
        high, low = sorted(full, key=lambda track: -track.height)
        return keyboard(high.raw, low.raw)
    return band(path, full)


def band(path: str, tracks: Sequence[Track]) -> list[Part]:
    """Any file of anybody's: the kit is the drums, a bass program the bass, the highest melodic track leads."""
    drums = [(Role.DRUMS, track.raw) for track in tracks if track.drum and len(track.raw)]
    full = [track for track in tracks if not track.drum and len(track.raw)]
    if len(full) == 1:
        return [*alone(full[0].raw), *drums]
    full = [track for track in full if len(track.raw) >= FEWEST] or full
    if not full:
        return drums
    low = [track for track in full if track.program in BASS_PROGRAMS and polyphony(track.raw) < 1.3]
    if not low:
        low = [track for track in full if polyphony(track.raw) < 1.25 and track.height < 56]
        low = [min(low, key=lambda track: track.height)] if low else []
    rest = [track for track in full if track not in low]
    thin = [track for track in rest if polyphony(track.raw) < 1.3 and track.height > 55]
    lead = max(thin, key=_leads, default=None)
    parts = [(Role.BASS, track.raw) for track in low]
    if lead is not None:
        parts.append((Role.LEAD, lead.raw))
    elif rest:
        highest = max(rest, key=lambda track: track.height)
        top = top_of(highest.raw)
        parts += [(Role.LEAD, highest.raw[top]), (Role.CHORDS, highest.raw[~top])]
        lead = highest
    for track in rest:
        if track is not lead and not (lead is not None and _doubles(track, lead)):
            parts += keyboard_left(track.raw) if not low and _named(track, LOWER) else [(Role.CHORDS, track.raw)]
    return [*parts, *drums]


def guessed(table: Mapping[str, Any]) -> Assign:
    """Roles from a table of guesses: file -> [{"i": track, "role": name}]."""
    names = {"lead": Role.LEAD, "chords": Role.CHORDS, "pad": Role.CHORDS, "counter": Role.CHORDS,
             "bass": Role.BASS, "drums": Role.DRUMS}  # fmt: skip

    def assign(path: str, tracks: Sequence[Track]) -> list[Part]:
        return [
            (names[guess["role"]], tracks[guess["i"]].raw)
            for guess in table.get(path, ())
            if guess["role"] in names and guess["i"] < len(tracks) and len(tracks[guess["i"]].raw)
        ]

    return assign


def polyphony(raw: Raw) -> float:
    """How many notes sound at once on average where any does."""
    if not len(raw):
        return 0.0
    order = np.argsort(raw[:, 0], kind="stable")
    starts, ends = raw[order, 0], raw[order, 0] + raw[order, 1] * 0.95
    reach = np.maximum.accumulate(ends)
    begins = np.concatenate([[starts[0]], np.maximum(starts[1:], reach[:-1])])
    covered = np.maximum(ends - begins, 0).sum()
    return float((ends - starts).sum() / max(covered, 1e-9))


def _leads(track: Track) -> tuple[bool, float]:
    """Sung tracks first, then high and busy ones."""
    return _sung(track), track.height + 6 * float(np.log(len(track.raw)))


def _sung(track: Track) -> bool:
    words = track.name.lower().replace("\\new", "").replace(":", " ").split()
    return track.program in (52, 53, 54) or any(word.strip("\\") in MELODIC for word in words)


def _named(track: Track, words: tuple[str, ...]) -> bool:
    name = track.name.lower().strip("\\: ")
    return name.startswith(words) or name.rstrip(":").endswith(("rh", "right") if words is UPPER else ("lh", "left"))


def _doubles(track: Track, other: Track) -> bool:
    """Whether most notes of a track are those of another, note for note."""
    there = {(round(float(row[0]), 2), int(row[2])) for row in other.raw}
    same = sum((round(float(row[0]), 2), int(row[2])) in there for row in track.raw)
    return same > 0.8 * len(track.raw)
