"""The chord sets: songs known by their chords alone, as bars of chords that a band by rule can play."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from bridge.errors import SettingsError
from bridge.music.chord import Chord, ChordAt, parse
from bridge.music.key import pitch_class
from bridge.music.meter import Meter
from export.data.bundle import Bundle
from export.data.dice import dice
from export.data.symbols import colon, roman

ChordBar = tuple[Meter, tuple[ChordAt, ...]]
NOMINAL = 110.0
_METER = re.compile(r"[\[(](\d+)/(\d+)[\])]")
JAZZ = {"SWING": "swing", "LATIN": "latin", "FUNK": "funk", "BALLAD": "ballad", "TWOBEAT": "march"}
LABELS = {"swing": "jazz", "march": "jazz", "ballad": "pop"}
"""Arranger's style -> style label, where they differ."""
LONGEST = 160
"""Bars of a song that are used."""
BARS_OF_A_LOOP = 16


class Progression(NamedTuple):
    """A song's chords. Beats of the chords count from their bar line."""

    id: str
    set: str
    title: str
    style: str
    tonic: int
    mode: str
    tempo: float
    nominal: bool
    bars: list[ChordBar]


def billboard(bundle: Bundle) -> Iterator[Progression]:
    """Pop songs: sections of bars, each bar's chords evenly spread."""
    for item in bundle.lines("chords/billboard_train.jsonl.xz"):
        bars: list[ChordBar] = []
        standing: Chord | None = None
        for section in item["sections"]:
            for words in section["bars"]:
                bar, standing = _spread(words, _meter(section["metre"]), standing)
                bars.append(bar)
        meter = _meter(item["metre"])
        tempo = float(item["bpm_est"] or NOMINAL) * 4 / meter.unit
        style = _band(item["id"], meter, tempo)
        tonic = pitch_class(item["tonic"])
        yield Progression(
            item["id"], "billboard", item["title"], style, tonic, _mode(tonic, bars), tempo, False, bars[:LONGEST]
        )


def rock200(bundle: Bundle) -> Iterator[Progression]:
    """Rock songs in Roman numerals; of the two analyses the first."""
    for item in bundle.lines("chords/rock200_train.jsonl.xz"):
        text = next(iter(item["analyses"].values()))
        bars = _numerals(text, _meter(_one(item["metre"])))
        tonic = pitch_class(_one(item["key"]))
        style = _band(item["id"], bars[0][0], NOMINAL) if bars else "rock"
        yield Progression(
            item["id"], "rock200", item["title"], style, tonic, _mode(tonic, bars), NOMINAL, True, bars[:LONGEST]
        )


def wjd(bundle: Bundle) -> Iterator[Progression]:
    """Jazz tunes as beats with chords; every bar is as long as its beats say."""
    for item in bundle.lines("chords/wjd_beats_train.jsonl.xz"):
        bars: list[ChordBar] = []
        for start, end in _bars_of_beats(item["beat"]):
            changes: list[ChordAt] = []
            for index in range(start, end):
                try:
                    chord = parse(item["chord"][index])
                except SettingsError:
                    continue
                if not changes or changes[-1].chord != chord:
                    changes.append(ChordAt(float(index - start), chord))
            bars.append((Meter(end - start, 4), tuple(changes)))
        tonic = pitch_class(item["key"].partition("-")[0]) if item["key"][:1] in "ABCDEFG" and item["key"] else 0
        mode = "minor" if item["key"].partition("-")[2].startswith(("min", "dor", "aeo", "phr")) else "major"
        style = JAZZ.get(item["feel"].partition("/")[0], "swing")
        yield Progression(
            item["id"], "wjd", item["title"], style, tonic, mode, float(item["avgtempo"]), False, bars[:LONGEST]
        )


def moods(bundle: Bundle) -> Iterator[Progression]:
    """Progressions of a few chords tagged with moods, one chord a bar, over and over."""
    for number, item in enumerate(bundle.json("chords/mood_progressions_train.json")):
        scale = "minor" if item["mode"] == "minor" else "major"
        try:
            chords = [roman(text, 0, scale) for text in item["roman"]]
        except SettingsError:
            continue
        bars: list[ChordBar] = [
            (Meter(4, 4), (ChordAt(0.0, chords[index % len(chords)]),)) for index in range(BARS_OF_A_LOOP)
        ]
        name = f"mood:{number}"
        yield Progression(
            name, "moods", name, _band(name, Meter(4, 4), NOMINAL), 0, _mode(0, bars), NOMINAL, True, bars
        )


def _one(stated: str | list[str]) -> str:
    """What is stated, or the first where there are several."""
    return stated if isinstance(stated, str) else stated[0] if stated else ""


def _meter(text: str) -> Meter:
    above, _, below = text.partition("/")
    return Meter(int(above), int(below)) if below and above.isdigit() and int(above) else Meter(4, 4)


def _spread(words: list[str], meter: Meter, standing: Chord | None) -> tuple[ChordBar, Chord | None]:
    """A bar of words evenly spread, and the chord that stands at its end; a meter among them holds for the bar."""
    chords: list[Chord | None] = []
    for word in words:
        found = _METER.fullmatch(word)
        if found is not None:
            meter = Meter(int(found[1]), int(found[2]))
            continue
        try:
            standing = standing if word == "." else colon(word)
        except SettingsError:
            if word.startswith(("&", "*")):
                continue
        chords.append(standing)
    step = meter.bar / max(1, len(chords))
    changes = [ChordAt(index * step, chord) for index, chord in enumerate(chords or [standing])]
    return (meter, tuple(_plain(changes))), standing


def _plain(changes: list[ChordAt]) -> list[ChordAt]:
    return [change for index, change in enumerate(changes) if not index or change.chord != changes[index - 1].chord]


def _numerals(text: str, meter: Meter) -> list[ChordBar]:
    tonic, standing = 0, None
    bars: list[ChordBar] = []
    for part in text.split("|"):
        words, chords = part.split(), []
        for word in words:
            found = _METER.fullmatch(word)
            if found is not None:
                meter = Meter(int(found[1]), int(found[2]))
            elif word.startswith("["):
                tonic = _tonic(word, tonic)
            else:
                with suppress(SettingsError):
                    standing = None if word == "R" else standing if word == "." else roman(word, tonic)
                chords.append(standing)
        if not words and not bars:
            continue
        step = meter.bar / max(1, len(chords))
        changes = [ChordAt(index * step, chord) for index, chord in enumerate(chords or [standing])]
        bars.append((meter, tuple(_plain(changes))))
    return bars


def _tonic(word: str, before: int) -> int:
    try:
        return pitch_class(word.strip("[]"))
    except ValueError:
        return before


def _bars_of_beats(beats: list[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for index in range(1, len(beats) + 1):
        if index == len(beats) or beats[index] == 1:
            yield start, index
            start = index


def _mode(tonic: int, bars: list[ChordBar]) -> str:
    """Minor where the tonic's own chords are more often minor."""
    home = [
        change.chord.kind for _, changes in bars for change in changes if change.chord and change.chord.root == tonic
    ]
    minor = sum(kind.startswith("m") and not kind.startswith("maj") for kind in home)
    return "minor" if minor > len(home) / 2 else "major"


def _band(name: str, meter: Meter, tempo: float) -> str:
    """The arranger's style for a pop song: slow and triple ones are ballads, of the others some are funk or latin."""
    if meter.unit == 8 or meter.bar == 3 or tempo < 84:
        return "ballad" if dice(name, "style") < 0.7 else "rock"
    chance = dice(name, "style")
    return "rock" if chance < 0.6 else "ballad" if chance < 0.78 else "funk" if chance < 0.9 else "latin"


PROGRESSIONS = {"billboard": billboard, "rock200": rock200, "wjd": wjd, "moods": moods}
"""Set name -> reader of its songs."""
