"""What the conductor needs of the parameter table, as one typed value."""

from collections.abc import Mapping

import msgspec

from bridge.control.parameters import ParameterTable
from bridge.control.rows import OFFSET
from bridge.music.chart import Chart, read_chart
from bridge.music.key import Key
from bridge.music.note import BAND, Voice
from bridge.taste.liking import Liking

AUTO = "auto"
PER_VOICE = ("level", "velocity_share", "transpose", "legato", "voice_mode")


class Knobs(msgspec.Struct, frozen=True):
    """A snapshot of the knobs, in natural units (see the parameter table for ranges)."""

    mode: str = "continue"
    temperature: float = 1.0
    density: float = 0.0
    """Onsets a beat; 0 leaves it to the model."""
    register: float = 0.0
    """Semitones from the player's own register."""
    key: Key | None = None
    """None: listen for it."""
    scale: str | None = None
    """The scale to listen for, where no key is set."""
    key_lock: bool = True
    chart: Chart = Chart()
    """The chords to follow; empty: none are known."""
    thickness: int = 2
    """Notes under every note of the player, in mode harmonise."""
    velocity_follow: float = 0.5
    patience: float = 1.0
    trade_bars: int = 2
    blend: float = 0.0
    """Where the band stands between the phrases of slots A and B, 0 to 1, in mode interpolate."""
    follow: str = "rhythm"
    """What the band takes of the player's phrase, in mode follow."""
    phrase_bars: int = 8
    """Bars after which a drum fill leads on; 0: never."""
    freeze: bool = False
    """Whether the band repeats what it has just played."""
    off: tuple[Voice, ...] = ()
    """Voices that are switched off."""
    taste: float = 0.5
    """How much what the player likes counts where one of several answers is chosen, 0 to 1."""
    liking: Liking = Liking()
    """What the player likes, as far as it is known."""
    seed: int = 0
    level: Mapping[Voice, float] = {}
    velocity_share: Mapping[Voice, float] = {}
    """How much of `velocity_follow` each voice has; all of it where it is not named."""
    transpose: Mapping[Voice, int] = {}
    legato: Mapping[Voice, float] = {}
    """Beats of the rests that are filled before a voice's next onset."""
    voice_mode: Mapping[Voice, str] = {}
    """How each voice plays; "auto" (or not named): as the band's mode has it."""
    pack: Mapping[str, Mapping[str, float]] = {}
    """Each pack's own knobs by their names; "" is the pack that the voices play with by default."""
    early: float = 0.0
    """Seconds by which the most impatient port sends before the beat."""

    @classmethod
    def of(cls, table: ParameterTable, packs: Mapping[str, Mapping[str, float]] | None = None) -> "Knobs":
        """The table's values now, and those of the packs' own knobs."""
        values: dict[str, object] = {name: table.get(name) for name in PLAIN}
        values |= {name: {voice: table.get(name, voice) for voice in BAND} for name in PER_VOICE}
        scale = table.get("scale")
        heard = {"key": table.key(), "scale": None if scale == AUTO else scale, "pack": packs or {}}
        values["off"] = tuple(voice for voice in BAND if not table.get("on", voice))
        values["early"] = max(0.0, *(-float(table.get(OFFSET, voice)) / 1000 for voice in BAND))
        return msgspec.convert({**values, **heard, "chart": read_chart(str(table.get("chords")))}, cls)


MADE = frozenset(("key", "scale", "chart", "pack", "early", "off", "liking", *PER_VOICE))
PLAIN = tuple(name for name in Knobs.__struct_fields__ if name not in MADE)
"""Knobs that are the table's values as they are."""
