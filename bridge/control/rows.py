"""The parameters of the daemon itself, one row each. Help, documents and every surface are made from these."""

from bridge.control.deeds import SNAPSHOTS
from bridge.control.parameter import Curve, Kind, Parameter
from bridge.control.rows_groove import GROOVE
from bridge.control.rows_time import TIME
from bridge.control.takeover import Takeover
from bridge.music.key import SCALES, TONICS

KEY_ALIASES = {"db": "C#", "d#": "Eb", "gb": "F#", "g#": "Ab", "a#": "Bb", "cb": "B", "e#": "F", "fb": "E", "b#": "C"}

MORPH, MORPH_FROM, MORPH_TO = "morph", "morph_from", "morph_to"
"""The fader between two snapshots, and which two they are."""

RECALL_WHEN, TAKEOVER = "recall_when", "takeover"
"""When a preset or snapshot takes hold, and what a fader does that is not where its value is."""

BLEND, FREEZE = "blend", "freeze"
"""The fader between two phrases, and the switch that has the band repeat its own."""

XY_X, XY_Y = "xy_x", "xy_y"
"""What the XY pad turns."""

PHRASES = "phrases"
"""The group of what has to do with phrases."""

PACK = "pack"
"""The pack that a voice plays with; `auto` is the band's own. The daemon knows what else there is."""

TEXTURE, TEXTURE_LEVEL, TEXTURE_BRIGHTNESS = "texture", "texture_level", "texture_brightness"
TEXTURE_MOTION, TEXTURE_SOUND = "texture_motion", "texture_sound"
"""Of the sound that follows the jam, where the settings name a pack for it."""

OFFSET = "offset"
"""How late a voice plays, in milliseconds."""

PARAMETERS: tuple[Parameter, ...] = (
    *TIME,
    *GROOVE,
    Parameter(
        name="mode",
        kind=Kind.CHOICE,
        default="continue",
        choices=("continue", "trade", "accompany", "free", "harmonise", "vary", "interpolate", "follow", "drums"),
        group="playing",
        description="The band takes over when you pause, trades bars, plays along, plays alone, harmonises you, varies "
        "your phrase, plays between two slots, takes your rhythm or pitches, or drums to you.",
    ),
    Parameter(
        name="patience",
        kind=Kind.FLOAT,
        default=1.0,
        minimum=0.25,
        maximum=8.0,
        unit="beats",
        curve=Curve.EXPONENTIAL,
        group="playing",
        description="How long you have to be silent before the band takes over, in mode continue.",
    ),
    Parameter(
        name="trade_bars",
        kind=Kind.INT,
        default=2,
        minimum=1,
        maximum=16,
        unit="bars",
        group="playing",
        description="Bars each side plays before the other answers, in mode trade.",
    ),
    Parameter(
        name=BLEND,
        kind=Kind.FLOAT,
        default=0.5,
        group=PHRASES,
        description="Where the band stands between the phrases of slots A (0) and B (1), in mode interpolate.",
    ),
    Parameter(
        name="follow",
        kind=Kind.CHOICE,
        default="rhythm",
        choices=("rhythm", "pitch"),
        group=PHRASES,
        description="What the band takes of what you play, in mode follow; the rest is its own.",
    ),
    Parameter(
        name="phrase_bars",
        kind=Kind.INT,
        default=8,
        maximum=64,
        unit="bars",
        group=PHRASES,
        description="Every so many bars of the song the last one is a drum fill; 0: only when you call for one.",
    ),
    Parameter(
        name=FREEZE,
        kind=Kind.BOOL,
        default=False,
        group=PHRASES,
        description="Whether the band repeats what it has just played (or a slot's phrase), from bar line to bar line.",
    ),
    Parameter(
        name=XY_X,
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto",),
        group=PHRASES,
        description="What the XY pad turns from left to right, by its name; auto: the pack's first knob.",
    ),
    Parameter(
        name=XY_Y,
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto",),
        group=PHRASES,
        description="What the XY pad turns from bottom to top, by its name; auto: the pack's second knob.",
    ),
    Parameter(
        name="thickness",
        kind=Kind.INT,
        default=2,
        minimum=1,
        maximum=3,
        unit="notes",
        group="harmony",
        description="Notes that sound under each of yours, in mode harmonise.",
    ),
    Parameter(
        name="temperature",
        kind=Kind.FLOAT,
        default=1.0,
        minimum=0.1,
        maximum=2.0,
        curve=Curve.EXPONENTIAL,
        group="playing",
        description="How daring the band is: low keeps to the likely notes, high surprises.",
    ),
    Parameter(
        name="density",
        kind=Kind.FLOAT,
        default=0.0,
        maximum=6.0,
        floor=0.25,
        unit="onsets a beat",
        group="playing",
        description="How many notes the band plays; 0 leaves it to the model.",
    ),
    Parameter(
        name="register",
        kind=Kind.INT,
        default=0,
        minimum=-24,
        maximum=24,
        unit="semitones",
        group="playing",
        description="Where the band's lead lies, above or below your own register.",
    ),
    Parameter(
        name="velocity_follow",
        kind=Kind.FLOAT,
        default=0.5,
        group="playing",
        description="How far the band's loudness follows yours: 0 not at all, 1 wholly.",
    ),
    Parameter(
        name="taste",
        kind=Kind.FLOAT,
        default=0.5,
        group="playing",
        description="How much what you like counts where the band chooses among several answers; 0 not at all.",
    ),
    Parameter(
        name="like_bars",
        kind=Kind.INT,
        default=0,
        maximum=16,
        floor=1,
        unit="bars",
        group="controllers",
        description="How many of the band's last bars a like or dislike means; 0: its last turn.",
    ),
    Parameter(
        name="seed",
        kind=Kind.INT,
        default=0,
        maximum=2.0**31 - 1,
        group="playing",
        description="The same seed and the same input give the same notes.",
    ),
    Parameter(
        name="key",
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto", *TONICS),
        aliases=KEY_ALIASES,
        group="harmony",
        description="Tonic of the key; auto listens to you for key and scale.",
    ),
    Parameter(
        name="scale",
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto", *SCALES),
        group="harmony",
        description="Scale of the key, where a tonic is set; auto is major.",
    ),
    Parameter(
        name="key_lock",
        kind=Kind.BOOL,
        default=True,
        group="harmony",
        description="Whether the band may only play notes of the key.",
    ),
    Parameter(
        name="chords",
        kind=Kind.CHART,
        default="",
        group="harmony",
        description="The chords that the band follows, round and round from the song's first bar; empty: it listens.",
    ),
    Parameter(
        name="on",
        kind=Kind.BOOL,
        default=True,
        group="voice",
        per_voice=True,
        description="Whether the voice plays.",
    ),
    Parameter(
        name="voice_mode",
        kind=Kind.CHOICE,
        default="auto",
        choices=(
            *("auto", "continue", "trade", "accompany", "free", "harmonise"),
            *("vary", "interpolate", "follow", "drums", "off"),
        ),
        group="voice",
        per_voice=True,
        description="How the voice plays; auto: the lead as the band's mode has it, the others accompany.",
    ),
    Parameter(
        name="level",
        kind=Kind.FLOAT,
        default=1.0,
        maximum=1.5,
        group="voice",
        per_voice=True,
        description="Factor on the velocity of the voice's notes.",
    ),
    Parameter(
        name="velocity_share",
        kind=Kind.FLOAT,
        default=1.0,
        group="voice",
        per_voice=True,
        description="How much of the band's velocity_follow the voice has: 0 none, 1 all of it.",
    ),
    Parameter(
        name="transpose",
        kind=Kind.INT,
        default=0,
        minimum=-24,
        maximum=24,
        unit="semitones",
        group="voice",
        per_voice=True,
        description="Moves the voice's notes up or down; drums stay.",
    ),
    Parameter(
        name="legato",
        kind=Kind.FLOAT,
        default=1.5,
        maximum=4.0,
        unit="beats",
        group="voice",
        per_voice=True,
        description="Rests up to this long are filled by holding on; lead and drums stay as they are.",
    ),
    Parameter(
        name=OFFSET,
        kind=Kind.FLOAT,
        default=0.0,
        minimum=-500.0,
        maximum=500.0,
        unit="ms",
        group="voice",
        per_voice=True,
        description="How long after the beat the voice plays; below 0 before it, to make up for a slow instrument.",
    ),
    Parameter(
        name=PACK,
        kind=Kind.CHOICE,
        default="auto",
        choices=("auto",),
        group="voice",
        per_voice=True,
        description="The pack that the voice plays with, by its name, from the next bar on; auto: the band's own.",
    ),
    Parameter(
        name=TEXTURE,
        kind=Kind.BOOL,
        default=True,
        group="sound",
        description="Whether the texture sounds while the song rolls; the settings name its pack.",
    ),
    Parameter(
        name=TEXTURE_LEVEL,
        kind=Kind.FLOAT,
        default=1.0,
        maximum=1.5,
        group="sound",
        description="Factor on the texture's amplitude.",
    ),
    Parameter(
        name=TEXTURE_BRIGHTNESS,
        kind=Kind.FLOAT,
        default=0.0,
        minimum=-0.5,
        maximum=0.5,
        group="sound",
        description="How much brighter than the music the texture is; below 0 darker.",
    ),
    Parameter(
        name=TEXTURE_MOTION,
        kind=Kind.FLOAT,
        default=0.5,
        group="sound",
        description="How restless the texture is: 0 still, 1 never the same.",
    ),
    Parameter(
        name=TEXTURE_SOUND,
        kind=Kind.INT,
        default=1,
        minimum=1,
        maximum=128,
        group="sound",
        description="Which of its sounds the texture has, yours first; `antiphon texture sounds` lists them.",
    ),
    Parameter(
        name=MORPH,
        kind=Kind.FLOAT,
        default=0.0,
        group="snapshots",
        description="Where the band stands between two snapshots: 0 at the first, 1 at the second.",
    ),
    Parameter(
        name=MORPH_FROM,
        kind=Kind.CHOICE,
        default="A",
        choices=SNAPSHOTS,
        group="snapshots",
        description="The snapshot at the lower end of the morph fader.",
    ),
    Parameter(
        name=MORPH_TO,
        kind=Kind.CHOICE,
        default="B",
        choices=SNAPSHOTS,
        group="snapshots",
        description="The snapshot at the upper end of the morph fader.",
    ),
    Parameter(
        name=RECALL_WHEN,
        kind=Kind.CHOICE,
        default="bar",
        choices=("now", "beat", "bar"),
        group="snapshots",
        description="When a preset or snapshot that is recalled takes hold: at once, at the next beat or the next bar.",
    ),
    Parameter(
        name=TAKEOVER,
        kind=Kind.CHOICE,
        default=Takeover.TOLERANT.value,
        choices=tuple(how.value for how in Takeover),
        aliases={"pickup": Takeover.PICK_UP, "tolerant": Takeover.TOLERANT, "scaling": Takeover.SCALING},
        group="controllers",
        description="What a fader does whose value was changed elsewhere: leap there; wait until it meets the value, "
        "or comes near; or bring the two together as it moves.",
    ),
)
