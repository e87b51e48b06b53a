"""How a piece is dealt out to player and band in training, and what is hidden from the model or played badly."""

import msgspec

from export.data.piece import Role

Roles = tuple[Role, ...]


class Chances(msgspec.Struct, frozen=True):
    """How often a layout does what; all are probabilities unless said otherwise."""

    players: tuple[tuple[Roles, float], ...] = (
        ((Role.LEAD,), 0.68),
        ((Role.CHORDS,), 0.1),
        ((Role.BASS,), 0.07),
        ((Role.LEAD, Role.CHORDS), 0.08),
        ((), 0.07),
    )
    """What the player plays; where a piece has none of it, its lead, else nothing."""
    fewer: float = 0.3
    """Some voices of the band are left out."""
    resting: float = 0.2
    """One voice of the band is switched off for some bars."""
    late: float = 0.4
    """The player is alone at first, and the band enters some bars later."""
    octave: float = 0.12
    """The player plays an octave higher or lower."""
    uneven: float = 0.4
    """The player is off the beat by up to a tick or so before the pull to the grid."""
    missing: float = 0.2
    """The player leaves out one note in twenty."""
    touch: float = 0.6
    """The player holds keys longer or shorter than they are written."""
    band_first: float = 0.5
    """Of what falls on one tick the band's notes come before the player's."""
    hide_key: float = 0.25
    hide_chords: float = 0.45
    hide_next: float = 0.25
    """The next chord is not told, where the chords are."""
    tell_bass: float = 0.3
    """The bass of chords is told, where the chords are."""
    hide_style: float = 0.5
    hide_density: float = 0.6
    """Of each voice."""
    hide_register: float = 0.7
    transpose: bool = True


LIVE = Chances()
PLAIN = Chances(
    players=(((Role.LEAD,), 1.0),), fewer=0, resting=0, late=0, octave=0, uneven=0, missing=0, touch=0, band_first=0.5,
    hide_key=0, hide_chords=1, hide_next=1, tell_bass=0, hide_style=1, hide_density=1, hide_register=1, transpose=False,
)  # fmt: skip
"""For validation: a player who plays the lead as written, a band of all the others, the key known and no chords."""
CHARTED = msgspec.structs.replace(PLAIN, hide_chords=0, hide_next=0)
"""The same with the chords told."""

STYLES = {"folk-mixed": "folk", "morris": "folk", "playford": "folk", "carol": "song", "slip-jig": "jig",
          "hymn": "chorale", "afrocuban": "latin", "neworleans": "funk", "afrobeat": "funk", "gospel": "soul",
          "dance": "pop", "electronic": "pop", "funk / soul": "soul", "stage & screen": "song",
          "folk, world, & country": "folk", "blues": "jazz", "middleeastern": "folk", "highlife": "latin",
          "ragtime-jazz": "ragtime", "popular-dance": "pop", "art-song": "art song"}  # fmt: skip
"""Styles of the data under the names that the band knows."""
