"""The ways of playing together, one module each."""

from collections.abc import Callable, Mapping

from bridge.engine.family import Material
from bridge.jam.floor import Mode
from bridge.jam.modes.accompany import Accompany
from bridge.jam.modes.continue_ import Continue
from bridge.jam.modes.drums import Drums
from bridge.jam.modes.follow import Follow
from bridge.jam.modes.free import Free
from bridge.jam.modes.harmonise import Harmonise
from bridge.jam.modes.interpolate import Interpolate
from bridge.jam.modes.trade import Trade
from bridge.jam.modes.vary import Vary
from bridge.jam.stock import Stock
from bridge.music.note import Voice

VARY, INTERPOLATE, FOLLOW = Vary(), Interpolate(), Follow()

MODES: dict[str, Mode] = {
    mode.name: mode
    for mode in (Continue(), Trade(), Accompany(), Free(), Harmonise(), VARY, INTERPOLATE, FOLLOW, Drums())
}
"""Every way of taking turns, by name."""

MATERIALS: Mapping[str, Callable[[Stock], Material | None]] = {
    mode.name: mode.material for mode in (VARY, INTERPOLATE, FOLLOW)
}
"""What an answer is to be made from, in the modes in which that is more than what was heard."""

TOGETHER = frozenset(("accompany", "free", "interpolate", "follow", "drums"))
"""The modes in which the plan is made anew all the time, with what was heard since."""

OFF = "off"
AUTO = "auto"


def mode_of(voice: Voice, asked: str, band: str, alone: bool) -> str:
    """How a voice plays where it is told `asked` and the band as a whole plays `band`; "off" where it does not.

    Left to itself, the lead takes turns with the player or leaves the tune to them, and the others accompany.
    `alone`: no other voice is there.
    """
    if asked != AUTO:
        return asked
    if band == Harmonise.name and voice in (Voice.LEAD, Voice.CHORDS):
        return band if voice is Voice.CHORDS else OFF
    if band == Drums.name and voice is Voice.DRUMS:
        return band
    if voice is Voice.LEAD or band == Free.name:
        return OFF if band in (Accompany.name, Drums.name) and not alone else band
    return Accompany.name
