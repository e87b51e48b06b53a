"""The address space: every parameter of the table, what the band can be told to do, and what it tells of itself."""

from collections.abc import Iterator
from difflib import get_close_matches

import msgspec

from bridge.control.deeds import DEEDS
from bridge.control.parameter import ROOT
from bridge.control.parameters import ParameterTable, Place


class Action(msgspec.Struct, frozen=True):
    """Something to do. A button may send its state with it: 0 (let go) does nothing."""

    name: str
    description: str
    argument: str = ""
    """What the one argument is; without it the address is a question."""
    query: bool = False
    """Whether it only answers."""
    parts: int = 0
    """How many values the argument is made of; 0: it is one."""

    @property
    def address(self) -> str:
        """The OSC address."""
        return f"{ROOT}/{self.name}"


class Reading(msgspec.Struct, frozen=True):
    """One line of the status; asked for by its address, or with all others by `/antiphon/status`."""

    name: str
    description: str
    unit: str = ""

    @property
    def address(self) -> str:
        """The OSC address."""
        return f"{STATUS}/{self.name}"


class Row(msgspec.Struct, frozen=True):
    """One line of the documentation: address, arguments in words, and what it does."""

    address: str
    arguments: str
    description: str


STATUS = f"{ROOT}/status"
ERROR = f"{ROOT}/error"
"""Where a sender is told what was wrong with a message."""

ACTIONS: tuple[Action, ...] = (
    Action("play", "Play from the top, after the count-in."),
    Action("resume", "Play on from where the song stands."),
    Action("stop", "Stop our own clock; the band is silent."),
    Action(
        "locate", "Go to a beat of the song; without an argument, answer the bar and the beat.", "beat, 0 to 1000000"
    ),
    Action("tap", "Tap the beat: from the third tap on it is the tempo, and our own clock's beat."),
    Action(
        "keep",
        "Keep the last bars that the band played: as clips in the music program where it takes them, as MIDI files and "
        "as MusicXML; without an argument, answer the folder of what was kept last.",
        "bars, 1 to 64",
    ),
    *(Action(deed.name, deed.description, deed.argument, deed.query, deed.parts) for deed in DEEDS),
    Action("panic", "End every note at once; a band that plays alone rests until a bar begins."),
    Action("status", "Answer every status line, then the number of them at this address.", query=True),
    Action("ping", "Answer «antiphon» and the version.", query=True),
    Action("refresh", "Answer the value of every parameter, then the status.", query=True),
)

READINGS: tuple[Reading, ...] = (
    Reading("playing", "1 while the song rolls."),
    Reading("tempo", "Tempo of the clock that leads.", "BPM"),
    Reading("meter", "The meter."),
    Reading("bar", "Bar of the song, from 1; negative in a count-in."),
    Reading("beat", "Beat in the bar, from 1."),
    Reading("clock", "The clock that leads."),
    Reading("clock_error_ms", "How far what it says lies from where it was expected.", "ms"),
    Reading("clock_rival", "A clock that plays too and disagrees with it; empty where there is none."),
    Reading("clock_rival_ms", "How far that one's beat comes before; 0 where its tempo is another.", "ms"),
    Reading("clock_rival_bpm", "That one's tempo.", "BPM"),
    Reading("link_peers", "Others in the Link session; -1 while we are not in it."),
    Reading("mode", "The mode of playing."),
    Reading("who", "Who plays: player, band, both or nobody."),
    Reading("key", "The key that is set or heard."),
    Reading("chord", "The chord of the chart, or the one that is heard."),
    Reading("ports", "The MIDI system."),
    Reading("priority", "Real-time priority that the system granted."),
    Reading("pack", "The model that plays."),
    Reading("provider", "What the model runs on; «none» while the engine is away."),
    Reading("asked", "What it was asked to run on."),
    Reading("note_ms", "Time that a note takes to be made, median of the last ones.", "ms"),
    Reading("note_p99_ms", "The same, 99th percentile.", "ms"),
    Reading("hit_rate", "ISR: part of the 16ths for which the model had something to play."),
    Reading("hit_rate_weighted", "ISRw: the same, weighed by how fresh the plan was."),
    Reading("staleness", "Mean age of what is played, from the first 16th of its answer.", "16ths"),
    Reading("late_ms", "Lateness of the notes sent last, median.", "ms"),
    Reading("late_p99_ms", "The same, 99th percentile.", "ms"),
    Reading("late_max_ms", "The same, the latest.", "ms"),
    Reading("dropped", "Notes dropped because they were too late."),
    Reading("notes", "Notes of the band sent."),
    Reading("commit_ms", "How far ahead the band's notes are settled.", "ms"),
    Reading("interval", "How often the band is asked anew while it accompanies; 0 where it does not.", "beats"),
    Reading("lookahead", "How far past that the plan is kept filled.", "beats"),
    Reading("candidates", "Answers made at a time, of which the best is played."),
    Reading("restarts", "Times the engine was started again."),
    Reading("daw", "The music program that is heard by OSC; empty where there is none."),
    Reading("texture", "The texture and where it goes; «away» while its process is, empty where there is none."),
    Reading("texture_underruns", "Times that the texture's output wanted more sound than was ready."),
    Reading("texture_load", "Real-time factor of the texture: seconds of work a second of sound."),
)


class AddressSpace:
    """Finds what an address means; follows the table, so that a pack's knobs are there while the pack is."""

    def __init__(self, table: ParameterTable) -> None:
        self._table = table
        fixed: tuple[Action | Reading, ...] = ACTIONS + READINGS
        self._fixed = {row.address: row for row in fixed}

    def find(self, address: str) -> Place | Action | Reading | None:
        """What lies at an address."""
        return self._fixed.get(address) or self._table.at(address)

    def nearest(self, address: str) -> str:
        """The address most like one that there is not, or nothing."""
        near = get_close_matches(address[:80], [row.address for row in self.rows()], 1)
        return near[0] if near else ""

    def rows(self) -> Iterator[Row]:
        """Every address, for documentation."""
        for action in ACTIONS:
            yield Row(action.address, action.argument, action.description)
        for place in self._table:
            yield Row(place.address, place.parameter.range, place.parameter.description)
        for reading in READINGS:
            yield Row(reading.address, "", reading.description)
