"""The seating: which voice plays in which section, by the mode that it plays in and the pack that it plays with."""

import math
from collections.abc import Callable, Collection, Mapping

from bridge.jam.knobs import Knobs
from bridge.jam.modes import AUTO, OFF, mode_of
from bridge.jam.modes.harmonise import Harmonise
from bridge.jam.plan import Plan
from bridge.jam.section import Section
from bridge.music.note import BAND, Voice


class Seating:
    """Sections by mode and pack; `make` opens a new one."""

    def __init__(self, plan: Plan, make: Callable[[str, str], Section]) -> None:
        self._plan = plan
        self._make = make
        self.sections: dict[tuple[str, str], Section] = {}
        self.packs: dict[Voice, str] = {Voice.LEAD: ""}
        """The voices that play, and with which pack ("" is the default one)."""

    @property
    def voices(self) -> set[Voice]:
        """The voices that are seated."""
        return {voice for section in self.sections.values() for voice in section.voices}

    def of_mode(self, mode: str) -> list[Section]:
        """The sections that play in a mode."""
        return [section for (name, _), section in self.sections.items() if name == mode]

    def choose(self, voices: Collection[Voice] | Mapping[Voice, str]) -> None:
        """Say which voices play, and with which pack ("" or not named: the one that is there)."""
        packs = voices if isinstance(voices, Mapping) else dict.fromkeys(voices, "")
        self.packs = {voice: packs[voice] for voice in BAND if voice in packs}

    def seat(self, knobs: Knobs, elsewhere: Collection[Voice]) -> None:
        """Put every voice into the section of its mode and pack; one that leaves its section is silent at once.

        Those that are `elsewhere` have no section, and what is planned for them is not touched.
        """
        alone = set(self.packs) == {Voice.LEAD}
        seats: dict[tuple[str, str], list[Voice]] = {}
        for voice, pack in self.packs.items():
            mode = mode_of(voice, knobs.voice_mode.get(voice, AUTO), knobs.mode, alone)
            if mode not in (OFF, Harmonise.name) and voice not in elsewhere:
                seats.setdefault((mode, pack), []).append(voice)
        for seat, section in self.sections.items():
            left = [voice for voice in section.voices if voice not in seats.get(seat, ())]
            if left:
                section.dismiss(left)
            for voice in left:
                if voice not in elsewhere:
                    self._plan.withdraw(voice, -math.inf, hush=True)
                    self._plan.unfill(voice)
        for seat, voices in seats.items():
            section = self.sections.get(seat) or self._make(*seat)
            self.sections[seat] = section
            if section.voices != tuple(voices):
                section.renew(-math.inf)
                section.voices = tuple(voices)
        for seat in [seat for seat in self.sections if seat not in seats]:
            del self.sections[seat]
