"""`drums`: the drummer plays to your rhythm, whatever the keys."""

from bridge.jam.modes.accompany import Accompany


class Drums(Accompany):
    """The drums come in and stay as in `accompany`; which bars are fills, every ask to drums says."""

    name = "drums"
