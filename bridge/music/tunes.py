"""Tunes of our own for the built-in player, and the notation they are written in.

A line is a phrase; one that ends in a bar line goes on in the next line. Words in it: `c#5/1.5` is a pitch
and its length in beats, `r/1` a rest, `|` a bar line, `mf` a dynamic that holds until the next, and `!` after
a pitch (`g#4!/.5`) marks a note outside the key on purpose.
"""

import re
from itertools import accumulate

import msgspec

from bridge.errors import SettingsError
from bridge.music.meter import Meter

DYNAMICS = {"pp": 40, "p": 52, "mp": 64, "mf": 78, "f": 92, "ff": 106}
"""Velocity of an unaccented note."""
DOWNBEAT = 10
PULSE = 4
"""Velocity added on the first beat of a bar, and on its other pulses."""
SOUNDING = 0.94
"""Share of its written length that a note is held, so that repeated notes are heard apart."""

_STEPS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_ACCIDENTALS = {"": 0, "#": 1, "b": -1}
_WORD = re.compile(r"(?:r|(?P<step>[a-g])(?P<accidental>[#b]?)(?P<octave>\d)(?P<outside>!?))/(?P<length>\d*\.?\d+)")


class TuneNote(msgspec.Struct, frozen=True, array_like=True):
    """A written note: onset in beats from the start of its phrase, length in beats, pitch, velocity.

    `outside` marks a passing note that is not in the key.
    """

    beat: float
    duration: float
    pitch: int
    velocity: int
    outside: bool = False


class Phrase(msgspec.Struct, frozen=True):
    """A call of whole bars that ends with a breath."""

    bars: int
    notes: tuple[TuneNote, ...]


class Tune(msgspec.Struct, frozen=True):
    """A tune in phrases of equal length; `tempo` in quarter notes a minute, `key` such as "E dorian"."""

    name: str
    key: str
    meter: Meter
    tempo: float
    phrases: tuple[Phrase, ...]

    @property
    def bars(self) -> int:
        """Bars of the tune itself, without room for answers."""
        return sum(phrase.bars for phrase in self.phrases)

    def length(self, answer: int | None = None) -> float:
        """Beats of one performance with `answer` bars of rest after each phrase (None: as long as it)."""
        return sum(self._stride(phrase, answer) for phrase in self.phrases)

    def performance(self, answer: int | None = None) -> tuple[TuneNote, ...]:
        """The whole tune from beat 0 as a player plays it, with `answer` bars of rest after each phrase."""
        starts = accumulate((self._stride(phrase, answer) for phrase in self.phrases), initial=0.0)
        return tuple(
            msgspec.structs.replace(note, beat=start + note.beat, duration=note.duration * SOUNDING)
            for phrase, start in zip(self.phrases, starts, strict=False)
            for note in phrase.notes
        )

    def _stride(self, phrase: Phrase, answer: int | None) -> float:
        return (phrase.bars + (phrase.bars if answer is None else answer)) * self.meter.bar


def parse(name: str, key: str, meter: Meter, tempo: float, text: str) -> Tune:
    """A tune from its notation. Raises SettingsError with the phrase and bar that cannot be read."""
    joined = re.sub(r"\|\s*\n", "| ", text)
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    if not lines:
        raise SettingsError(f"the tune «{name}» has no notes; write a phrase a line")
    velocity = DYNAMICS["mf"]
    phrases = []
    for number, line in enumerate(lines, 1):
        phrase, velocity = _phrase(line, meter, velocity, f"the tune «{name}», phrase {number}")
        phrases.append(phrase)
    return Tune(name, key, meter, tempo, tuple(phrases))


def _phrase(line: str, meter: Meter, velocity: int, where: str) -> tuple[Phrase, int]:
    notes: list[TuneNote] = []
    bars = line.split("|")
    for index, bar in enumerate(bars):
        into = 0.0
        for word in bar.split():
            if word in DYNAMICS:
                velocity = DYNAMICS[word]
                continue
            match = _WORD.fullmatch(word)
            if match is None:
                raise SettingsError(f"{where}, bar {index + 1}: «{word}» is no note; write it like c#5/1.5 or r/1")
            length = float(match["length"])
            if match["step"]:
                stressed = min(127, velocity + _stress(into, meter))
                pitch = 12 * (int(match["octave"]) + 1) + _STEPS[match["step"]] + _ACCIDENTALS[match["accidental"]]
                onset = index * meter.bar + into
                notes.append(TuneNote(onset, length, pitch, stressed, bool(match["outside"])))
            into += length
        if abs(into - meter.bar) > 1e-6:
            raise SettingsError(f"{where}, bar {index + 1}: it has {into:g} beats, but {meter} needs {meter.bar:g}")
    return Phrase(len(bars), tuple(notes)), velocity


def _stress(into: float, meter: Meter) -> int:
    """What the place in the bar adds to a velocity."""
    if into == 0:
        return DOWNBEAT
    return PULSE if into % meter.pulse == 0 else 0


TUNES = (
    parse(
        "The Gate in the Hedge",
        "D major",
        Meter(4, 4),
        108.0,
        """
        mf d4/1 f#4/.5 a4/.5 b4/1 a4/1 | g4/.5 f#4/.5 e4/1 f#4/1 r/1
        mf e4/1 g4/.5 b4/.5 c#5/1 b4/1 | a4/.5 g4/.5 f#4/.5 g4/.5 e4/1 r/1
        f a4/.5 b4/.5 d5/1 c#5/.5 b4/.5 a4/1 | b4/1 g#4!/.5 b4/.5 a4/1 r/1
        mf f#4/1 a4/.5 g4/.5 mp f#4/.5 e4/.5 c#4/1 | e4/.5 f#4/.5 d4/2 r/1
        """,
    ),
    parse(
        "Lamp Oil",
        "E dorian",
        Meter(4, 4),
        92.0,
        """
        mp e4/1.5 g4/.5 a4/1 b4/1 | d5/.5 b4/.5 a4/.5 g4/.5 e4/2 |
            g4/1.5 a4/.5 b4/1 c#5/1 | b4/2.5 r/1.5
        mf e5/1.5 d5/.5 c#5/1 b4/1 | a4/.5 b4/.5 c#5/.5 d5/.5 b4/2 |
            g4/1 b4/.5 a4/.5 mp g4/.5 f#4/.5 d4/1 | e4/2.5 r/1.5
        f b4/.5 b4/.5 e5/1 d5/.5 e5/.5 b4/1 | c#5/.5 a4/1 e4/.5 a4/1 c#5/1 |
            mf b4/.5 g4/1 d4/.5 g4/.5 a4/.5 b4/1 | mp f#4/.5 a4/.5 e4/1.5 r/1.5
        """,
    ),
    parse(
        "Three Boats Out",
        "G major",
        Meter(3, 4),
        138.0,
        """
        mp b4/2 a4/1 | g4/1 a4/1 b4/1 | d5/2 c5/1 | b4/1.5 r/1.5
        mp a4/2 b4/1 | c5/1 b4/1 a4/1 | e4/1 f#4/1 g4/1 | a4/2 r/1
        mf e5/2 d5/1 | c5/1 e5/1 c5/1 | f d5/2 b4/1 | g4/1 b4/1 r/1
        mf c5/1.5 b4/.5 a4/1 | b4/1 g4/1 e4/1 | mp d4/1 f#4/1 a4/1 | g4/2 r/1
        """,
    ),
    parse(
        "Kettle on the Hill",
        "A mixolydian",
        Meter(6, 8),
        138.0,
        """
        mf a4/.5 c#5/.5 e5/.5 e5/1 c#5/.5 | d5/.5 b4/.5 g4/.5 a4/.5 r/1
        mf b4/.5 d5/.5 f#5/.5 g5/1 f#5/.5 | e5/.5 c#5/.5 a4/.5 b4/.5 r/1
        f e5/.5 f#5/.5 g5/.5 e5/.5 c#5/.5 a4/.5 | b4/.5 c#5/.5 d5/.5 e5/.5 r/1
        f g5/1 e5/.5 f#5/1 d5/.5 | mf e5/.5 c#5/.5 b4/.5 a4/.5 r/1
        mp a4/1 b4/.5 c#5/.5 b4/.5 a4/.5 | g4/1 b4/.5 d5/.5 r/1
        mf e5/.5 d5/.5 c#5/.5 b4/.5 d5/.5 g4/.5 | b4/.5 a4/1 r/1.5
        """,
    ),
    parse(
        "Slow Window",
        "C minor",
        Meter(4, 4),
        72.0,
        """
        p g4/1.5 ab4/.5 g4/1 eb4/1 | f4/1 eb4/.5 d4/.5 eb4/1 r/1
        mp eb4/.5 f4/.5 g4/1 c5/1.5 bb4/.5 | ab4/1 g4/.5 f4/.5 g4/1 r/1
        mf c5/.5 d5/.5 eb5/1.5 d5/.5 c5/1 | bb4/1 ab4/.5 f#4!/.5 g4/1 r/1
        mp ab4/1 g4/.5 f4/.5 eb4/1 d4/1 | p b3!/.5 d4/.5 c4/2 r/1
        """,
    ),
)
"""Tunes of our own, free to use like the rest of Antiphon."""


def find(name: str | None = None) -> Tune:
    """The tune whose name contains `name`, in any case; the first of ours for None. Raises SettingsError."""
    wanted = (name or "").casefold()
    for tune in TUNES:
        if wanted in tune.name.casefold():
            return tune
    names = ", ".join(f"«{tune.name}»" for tune in TUNES)
    raise SettingsError(f"there is no tune «{name}»; choose one of {names}")
