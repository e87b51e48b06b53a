"""The arranger's figures: what chords, bass and drums play in a bar, written as rows of steps.

Every row spans one bar (or one group of an odd bar) evenly, so its length sets the step; spaces only help the eye.
`-` holds what sounds and `.` is silence. A capital is loud, a small letter softer.

Chords: `C` the whole chord, `1` to `4` its notes from below, one by one.
Bass: `R` root (or the bass that the chord asks for), `F` fifth, `T` third, `O` the root an octave higher,
`B` root and fifth by turns in bars of one chord, `A` a step that leads to the next chord's root.
Drums: `X` accent, `x` stroke, `o` ghost.
"""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from bridge.music.meter import Meter

KIT: Mapping[str, int] = MappingProxyType(
    {
        "kick": 36, "rim": 37, "snare": 38, "hat": 42, "foot": 44, "open": 46, "ride": 51, "crash": 49,
        "low": 45, "mid": 47, "high": 50, "tambourine": 54,
    }
)  # fmt: skip
"""General MIDI pitches of the kit."""


class Figure(msgspec.Struct, frozen=True):
    """What the voices play in a bar."""

    chords: str
    bass: str
    drums: Mapping[str, str] = {}


class Style(msgspec.Struct, frozen=True):
    """Figures of each kind of bar ("4", "3", "2" quarters, "6" eighths), sparse ones first.

    `short` is the share of its length that a struck chord sounds, `loud` its velocity; `crash` begins each phrase.
    """

    figures: Mapping[str, tuple[Figure, ...]]
    short: float = 0.95
    loud: int = 76
    voices: int = 3
    """Notes of a chord at least."""
    crash: bool = False


ROCK = Style(
    {
        "4": (
            Figure("C- -- -- --", "R- -- R- --", {"kick": "X. .. X. ..", "snare": ".. X. .. X.", "hat": "x. x. x. x."}),
            Figure("C- -- C- --", "R- .r R- .r", {"kick": "X. .x X. ..", "snare": ".. X. .. X.", "hat": "xo xo xo xo"}),
            Figure("C- -c -- c-", "Rr rr Rr rr", {"kick": "X. .x X. .x", "snare": ".. X. .. X.", "hat": "Xo Xo Xo Xo"}),
            Figure("C. c. .c c.", "Rr .r Rr rA", {"kick": "X. .x .x X.", "snare": ".. X. .. X.", "hat": "xo xo xo xo"}),
            Figure(
                "C--c --c- c--- c-c-",
                "R-.r r-O- r-.r R-A-",
                {"kick": "X..x ..x. X.x. ....", "snare": ".... X..o .o.. X...", "hat": "x.o. x.o. x.o. x.oo"},
            ),
        ),
        "3": (
            Figure("C- -- --", "R- -- --", {"kick": "X. .. ..", "snare": ".. x. x.", "hat": "x. x. x."}),
            Figure("C- c- c-", "R- -- A-", {"kick": "X. .. .x", "snare": ".. .. X.", "hat": "xo xo xo"}),
            Figure("C- -c -c", "R- .r rA", {"kick": "X. .x ..", "snare": ".. X. .x", "hat": "xo xo xo"}),
        ),
        "2": (
            Figure("C- --", "R- --", {"kick": "X. ..", "snare": ".. X.", "hat": "x. x."}),
            Figure("C- c-", "R- rA", {"kick": "X. .x", "snare": ".. X.", "hat": "xo xo"}),
        ),
        "6": (
            Figure("C-- ---", "R-- ---", {"kick": "X.. ...", "snare": "... X..", "hat": "x.. x.."}),
            Figure("C-- c--", "R-- r--", {"kick": "X.. ..x", "snare": "... X..", "hat": "xoo xoo"}),
            Figure("C-c c-c", "R-r F-A", {"kick": "X.. ..x", "snare": "... X..", "hat": "xoo xoo"}),
        ),
    },
    crash=True,
)
BALLAD = Style(
    {
        "4": (
            Figure("C- -- -- --", "R- -- -- --"),
            Figure("1- 2- 3- 2-", "R- -- -- --", {"kick": "x. .. .. ..", "rim": ".. .. x. ..", "hat": "o. o. o. o."}),
            Figure("12 32 12 32", "R- -- F- --", {"kick": "x. .. x. ..", "rim": ".. x. .. x.", "hat": "o. o. o. o."}),
            Figure("C- 23 2- 32", "R- -r F- A-", {"kick": "X. .x x. ..", "rim": ".. X. .. X.", "hat": "xo xo xo xo"}),
        ),
        "3": (
            Figure("C- -- --", "R- -- --"),
            Figure("1- 2- 3-", "R- -- --", {"kick": "x. .. ..", "hat": ".. o. o."}),
            Figure("12 32 32", "R- -- F-", {"kick": "x. .. ..", "rim": ".. .. x.", "hat": "o. o. o."}),
        ),
        "2": (Figure("C- --", "R- --"), Figure("12 32", "R- F-", {"kick": "x. ..", "rim": ".. x.", "hat": "o. o."})),
        "6": (
            Figure("C-- ---", "R-- ---"),
            Figure("123 323", "R-- ---", {"kick": "x.. ...", "rim": "... x..", "hat": "o.. o.."}),
            Figure("123 432", "R-- F--", {"kick": "X.. ..o", "rim": "... X..", "hat": "xoo xoo"}),
        ),
    },
    loud=66,
)
WALTZ = Style(
    {
        "3": (
            Figure(".. C- --", "R- -- --", {"kick": "x. .. .."}),
            Figure(".. C. C.", "B- .. ..", {"kick": "X. .. ..", "hat": ".. x. x."}),
            Figure(".. C. cc", "B- -- A-", {"kick": "X. .. ..", "rim": ".. x. x.", "hat": "x. xo x."}),
        ),
        "4": (Figure(".. C. .. C.", "B- .. F- ..", {"kick": "X. .. x. ..", "hat": ".. x. .. x."}),),
        "2": (Figure(".C .C", "B. F.", {"kick": "X. x.", "hat": ".x .x"}),),
        "6": (Figure(".cc .cc", "B-- F--", {"kick": "X.. x..", "hat": ".xx .xx"}),),
    },
    short=0.7,
)
MARCH = Style(
    {
        "4": (
            Figure(".. C. .. C.", "B- .. F- ..", {"kick": "X. .. x. ..", "snare": ".. x. .. x."}),
            Figure(".C .C .C .C", "B. F. B. F.", {"kick": "X. x. X. x.", "snare": ".x .x .x xx"}),
            Figure(
                "..c. ..c. ..c. ..c.", "B--- F--- R--- A---",
                {"kick": "X... x... X... x...", "snare": "X.oo x.oo X.oo x.xx", "crash": "x... .... .... ...."},
            ),
        ),
        "2": (
            Figure("C- c-", "B- F-", {"kick": "X. x.", "snare": ".x .x"}),
            Figure(".C .C", "B. F.", {"kick": "X. x.", "snare": ".x .x"}),
            Figure(".c.c .c.c", "B-.. F-A-", {"kick": "X... x...", "snare": "..x. ..xx"}),
        ),
        "3": (Figure(".. C. C.", "B- .. ..", {"kick": "X. .. ..", "snare": ".. x. x."}),),
        "6": (
            Figure("..C ..C", "B-. F-.", {"kick": "X.. x..", "snare": "..x ..x"}),
            Figure("C.c C.c", "B-. F-.", {"kick": "X.. x..", "snare": "..x xxx"}),
        ),
    },
    short=0.6,
)  # fmt: skip
JIG = Style(
    {
        "6": (
            Figure("C-- c--", "B-- F--", {"kick": "X.. x.."}),
            Figure("C.c C.c", "B-- F--", {"kick": "X.. x..", "rim": "..o ..o"}),
            Figure("..c ..c", "B-. F-.", {"kick": "X.. x..", "hat": "x.o x.o", "rim": "..x ..x"}),
            Figure("C.c Ccc", "R-r F-A", {"kick": "X.. x.x", "hat": "xoo xoo", "rim": "..x ..x"}),
        ),
        "3": (Figure(".. C. C.", "B- .. ..", {"kick": "X. .. ..", "hat": ".. x. x."}),),
        "4": (Figure(".. C. .. C.", "B- .. F- ..", {"kick": "X. .. x. ..", "rim": ".. x. .. x."}),),
        "2": (Figure(".C .C", "B. F.", {"kick": "X. x.", "rim": ".x .x"}),),
    },
    short=0.7,
)
REEL = Style(
    {
        "4": (
            Figure("C- -- c- --", "B- -- F- --", {"kick": "X. .. x. .."}),
            Figure(".. C. .. C.", "B- .. F- ..", {"kick": "X. .. x. ..", "rim": ".. x. .. x."}),
            Figure(".. C. .c C.", "B- .. F- A-", {"kick": "X. .. x. ..", "snare": ".. x. .. x.", "hat": "xo xo xo xo"}),
            Figure(
                "c. Cc .c C.",
                "R- Rr F- A-",
                {"kick": "X. .. Xx ..", "snare": "oo Xo oo Xo", "tambourine": ".x .x .x .x"},
            ),
        ),
        "2": (
            Figure("C- c-", "B- F-", {"kick": "X. x."}),
            Figure(".C .C", "B. F.", {"kick": "X. x.", "rim": ".x .x"}),
            Figure(".C .C", "B- FA", {"kick": "X. x.", "snare": ".x .x", "hat": "xo xo"}),
        ),
        "3": (Figure(".. C. C.", "B- .. ..", {"kick": "X. .. ..", "rim": ".. x. x."}),),
        "6": (Figure("..c ..c", "B-. F-.", {"kick": "X.. x..", "rim": "..x ..x"}),),
    },
    short=0.65,
)
SWING = Style(
    {
        "4": (
            Figure("C-- --- --- ---", "R-- --- F-- ---", {"ride": "x.. x.. x.. x..", "foot": "... x.. ... x.."}),
            Figure("C-- ..c --- ---", "R-- T-- F-- A--", {"ride": "x.. x.o x.. x.o", "foot": "... x.. ... x.."}),
            Figure(
                "..c --- ... c--", "R-- T-- F-- A--",
                {"ride": "x.. X.o x.. X.o", "foot": "... x.. ... x..", "kick": "o.. o.. o.. o..",
                 "snare": "... ..o ... ..."},
            ),
            Figure(
                "... c-- ..c ..c", "R-r T-- F-T A--",
                {"ride": "x.. X.o x.. X.o", "foot": "... x.. ... x..", "kick": "o.. ... ..x ...",
                 "snare": "..o ... ... ..x"},
            ),
        ),
        "3": (
            Figure("C-- --- ---", "R-- --- ---", {"ride": "x.. x.. x..", "foot": "... x.. x.."}),
            Figure("C-- ..c ---", "R-- F-- A--", {"ride": "x.. x.o x..", "foot": "... x.. ...", "kick": "o.. ... ..."}),
        ),
        "2": (Figure("C-- ..c", "R-- A--", {"ride": "x.. x.o", "foot": "... x.."}),),
        "6": (Figure("C-- c-c", "R-- F--", {"ride": "x.o x.o", "foot": "... x.."}),),
    },
    loud=68, voices=4, short=0.8,
)  # fmt: skip
LATIN = Style(
    {
        "4": (
            Figure("C- -c -- c-", "R- -F F- -r", {"kick": "x. .x x. .x", "rim": "x. .x .. x.", "hat": "oo oo oo oo"}),
            Figure("C. .c .c .c", "R- -F F- -R", {"kick": "X. .x X. .x", "rim": "x. .x .. x.", "hat": "xo xo xo xo"}),
            Figure(
                "c..c ..c. ..c. c...", "R--F F--R R--F F--A",
                {"kick": "X..x X..x X..x X..x", "rim": "x..x ..x. ..x. x...", "hat": "xooo xooo xooo xooo"},
            ),
        ),
        "3": (Figure("C- -c c-", "R- -F F-", {"kick": "x. .x ..", "rim": "x. .x .x"}),),
        "2": (Figure("C. .c", "R- -F", {"kick": "x. .x", "rim": "x. .x"}),),
        "6": (Figure("c.c .c.", "R-- F--", {"kick": "X.. x..", "rim": "x.x .x."}),),
    },
    loud=70, voices=4, short=0.75,
)  # fmt: skip
FUNK = Style(
    {
        "4": (
            Figure("C.....c..c......", "R.....r...R...A.", {"kick": "X......x..x.....",
                    "snare": "....X.......X...", "hat": "x.x.x.x.x.x.x.x."}),
            Figure("..c.....c..c....", "R..r..O...R..rA.", {"kick": "X..x...x..x..x..",
                    "snare": "....X..o.o..X..o", "hat": "xoxoxoxoxoxoxoxo"}),
            Figure("c..c..c...c..c..", "R.rR..O.rR..rRA.", {"kick": "X.x....x.xx.....",
                    "snare": "....X..o.o.oX...", "hat": "xoxoxoxoxoxoxoxo"}),
        ),
        "3": ROCK.figures["3"],
        "2": ROCK.figures["2"],
        "6": ROCK.figures["6"],
    },
    short=0.8, voices=4, crash=True,
)  # fmt: skip
HYMN = Style(
    {
        "4": (Figure("C- -- -- --", "R- -- -- --"), Figure("C- -- C- --", "R- -- R- --"),
              Figure("C- C- C- C-", "R- T- F- A-")),
        "3": (Figure("C- -- --", "R- -- --"), Figure("C- -- C-", "R- -- A-"), Figure("C- C- C-", "R- T- A-")),
        "2": (Figure("C- --", "R- --"), Figure("C- C-", "R- A-")),
        "6": (Figure("C-- ---", "R-- ---"), Figure("C-- C--", "R-- F--")),
    },
    loud=68, short=1.0,
)  # fmt: skip

STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "rock": ROCK, "ballad": BALLAD, "waltz": WALTZ, "march": MARCH, "jig": JIG, "reel": REEL, "swing": SWING,
        "latin": LATIN, "funk": FUNK, "hymn": HYMN,
    }
)  # fmt: skip
"""Every style by name."""

FILLS: Mapping[str, tuple[Mapping[str, str], ...]] = MappingProxyType(
    {
        "2": ({"snare": "x.xx"}, {"high": "xx..", "mid": "..x.", "low": "...x"}, {"snare": "xo..", "low": "..xx"}),
        "3": ({"snare": "x.x"}, {"high": "x..", "mid": ".x.", "low": "..x"}, {"snare": "xox"}),
    }
)
"""Fills of a bar's last beat, in quarters of it or in thirds."""

_GROUPS: Mapping[str, tuple[tuple[str, float], ...]] = MappingProxyType(
    {
        "4/4": (("4", 4),), "2/2": (("4", 4),), "3/4": (("3", 3),), "2/4": (("2", 2),), "6/8": (("6", 3),),
        "3/8": (("3", 1.5),), "3/2": (("3", 6),), "12/8": (("6", 3), ("6", 3)), "6/4": (("3", 3), ("3", 3)),
        "9/8": (("6", 3), ("6/", 1.5)), "5/4": (("3", 3), ("2", 2)), "7/4": (("4", 4), ("3", 3)),
        "5/8": (("3", 1.5), ("2", 1)), "7/8": (("2", 1), ("2", 1), ("3", 1.5)), "4/2": (("4", 4), ("4", 4)),
        "4/8": (("2", 2),), "1/4": (("2/", 1),), "2/8": (("2/", 1),),
    }
)  # fmt: skip
"""Meter -> kinds of bar it is put together from, and their beats; a stroke marks the first half of one."""


def groups(meter: Meter) -> tuple[tuple[str, float], ...]:
    """Kinds of bar that a bar of the meter is put together from, with their beats; any meter has some."""
    known = _GROUPS.get(str(meter))
    if known is not None:
        return known
    if meter.unit >= 8 and meter.beats % 3 == 0:
        length = 12.0 / meter.unit
        pairs, odd = divmod(meter.beats // 3, 2)
        return (("6", 2 * length),) * pairs + (("6/", length),) * odd
    length = 4.0 / meter.unit
    fours, rest = divmod(meter.beats, 4)
    tail = {0: (), 1: (("2/", length),), 2: (("2", 2 * length),), 3: (("3", 3 * length),)}[rest]
    return (("4", 4 * length),) * fours + tail


def steps(row: str, group: str) -> str:
    """A row without its spaces; only its first half where the group is one half of a bar."""
    plain = row.replace(" ", "")
    return plain[: (len(plain) + 1) // 2] if group.endswith("/") else plain
