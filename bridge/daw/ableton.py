"""Ableton Live, through AbletonOSC: a control surface of Live's that speaks OSC, ten times a second.

It listens on one port and answers to another, always the same one, whoever asks: one client a machine.
"""

import re
from collections.abc import Mapping, Sequence

from bridge.daw.ableton_clip import ClipDialogue
from bridge.daw.base import Can, Clip, Ears, Track, track_called
from bridge.daw.osc_lane import ANSWER, Arguments, Handler, OscLane
from bridge.daw.position import meter_of, number
from bridge.errors import DawError
from bridge.midi.ports import CLIENT
from bridge.music.key import SCALE_ALIASES, SCALES, Key
from bridge.osc.packet import Message

SONG = "/live/song"
STARTUP = "/live/startup"
UNKNOWN = "Unknown OSC address:"
"""How an error begins that says that a message came to nobody."""
WATCHED = (
    "is_playing",
    "tempo",
    "signature_numerator",
    "signature_denominator",
    "current_song_time",
    "root_note",
    "scale_name",
)
"""Properties of the song that are told from then on whenever they change, and once at once."""
COLUMNS = ("track.name", "track.has_midi_input", "clip_slot.has_clip")
"""What is asked of every track; «arm» is not, for group tracks have none and the whole answer would fail."""
VALUES = 1000
"""Values asked for at once: about what fits into the smallest datagram limit there is (macOS, 9216 bytes)."""
MONITOR_IN = 0
_WORD = re.compile(r"[^\W_]+")
LIVES_NAMES = {"minor blues": "blues"}
"""Scales that Live calls otherwise."""
UNCHOSEN = Key(0, "major")
"""The key of every new set, whether or not anybody chose it: no news until it has been another one."""


class AbletonLane(OscLane):
    """Live 11 and later with AbletonOSC."""

    name = "ableton"
    title = "Ableton Live"
    can = Can.TIME | Can.METER | Can.KEY | Can.TRACKS | Can.WRITE | Can.READ | Can.FIRE | Can.WIRE
    ports = (11000, 11001)
    probe = (Message("/live/application/get/version"),)
    """Unlike `/live/test`, this one writes nothing into Live's status bar."""
    greeting = tuple(Message(f"{SONG}/start_listen/{name}") for name in WATCHED)

    def __init__(self, ears: Ears, send: int = 0, listen: int | None = None, patience: float = ANSWER) -> None:
        super().__init__(ears, send, listen, patience)
        self._untold: set[str] = set()
        """What an old AbletonOSC does not tell; the user has been told so."""

    _key: Key | None = UNCHOSEN
    """The last that was told; it outlives Live, so that what is set here is not undone when Live comes back."""

    def dialect(self) -> Mapping[str, Handler]:
        """What Live tells by itself."""
        return {
            STARTUP: lambda _: self._greet(),
            "/live/error": self._hear_error,
            "/live/application/get/version": self._hear_version,
            f"{SONG}/get/is_playing": self.hear_playing,
            f"{SONG}/get/tempo": self.hear_tempo,
            f"{SONG}/get/current_song_time": self.hear_beat,
            f"{SONG}/get/signature_numerator": lambda given: self._hear_meter(given, 0),
            f"{SONG}/get/signature_denominator": lambda given: self._hear_meter(given, 1),
            f"{SONG}/get/root_note": self._hear_root,
            f"{SONG}/get/scale_name": self._hear_scale,
        }

    def belongs(self, message: Message) -> bool:
        """Everything of AbletonOSC's begins so."""
        return message.address.startswith("/live/")

    def greets_itself(self, message: Message) -> bool:
        """A Live that has just started is greeted for that alone."""
        return message.address == STARTUP

    async def tracks(self) -> tuple[Track, ...]:
        """All tracks with their first empty slot: two counts, and in sets of usual size one bulk question."""
        count = _count(await self._ask(Message(f"{SONG}/get/num_tracks")))
        scenes = _count(await self._ask(Message(f"{SONG}/get/num_scenes")))
        width = 2 + scenes
        page = max(1, VALUES // width)
        found: list[Track] = []
        for first in range(0, count, page):
            last = min(first + page, count)
            size = (last - first) * width
            question = Message(f"{SONG}/get/track_data", (first, last, *COLUMNS))
            try:
                values = await self._ask(question, lambda given, size=size: len(given) == size)  # type: ignore[misc]
            except DawError as error:
                raise DawError(f"{error}{self._reason()}") from None
            found += [_track(first + n, values[n * width : (n + 1) * width]) for n in range(last - first)]
        return tuple(found)

    async def write_clip(self, track: str, clip: Clip, slot: int | None = None, fire: bool = False) -> str:
        """Write, and ask back until every note is there. A slot that is named and has a clip is written over."""
        self._error = ""
        place = track_called(track, await self.tracks(), self.title)
        slot = place.free_slot if slot is None else slot
        if slot is None:
            raise DawError(f"track «{place.name}» of {self.title} has no empty clip slot; add a scene")
        dialogue = self._dialogue(place, slot)
        try:
            await dialogue.write(clip)
        except DawError as error:
            raise DawError(f"{error}{self._reason()}") from None
        if fire:
            dialogue.fire()
        return f"{place.name}, slot {slot + 1}"

    async def read_clip(self, track: str, slot: int) -> Clip:
        """Read a clip, page by page."""
        self._error = ""
        place = track_called(track, await self.tracks(), self.title)
        try:
            return await self._dialogue(place, slot).read()
        except DawError as error:
            raise DawError(f"{error}{self._reason()}") from None

    def _dialogue(self, place: Track, slot: int) -> ClipDialogue:
        """The dialogue about a slot. Raises DawError where the track has none of that number."""
        if not 0 <= slot < place.slots:
            raise DawError(f"track «{place.name}» of {self.title} has slots 1 to {place.slots}, not {slot + 1}")
        return ClipDialogue(self._ask, self._send, place.index, slot, self._patience)

    async def wire(self, track: str, port: str) -> str:
        """Choose our port as the track's input, with monitoring on."""
        place = track_called(track, await self.tracks(), self.title)
        offered = await self._ask(
            Message("/live/track/get/available_input_routing_types", (place.index,)),
            lambda given: given[:1] == (place.index,),
        )
        names = [str(name) for name in offered[1:]]
        ours = [name for name in names if {CLIENT.casefold(), port} <= set(_WORD.findall(name.casefold()))]
        if not ours:
            raise DawError(f"Live offers no input «{CLIENT} {port}»: switch it on under Settings, Link/Tempo/MIDI")
        self._send(
            Message("/live/track/set/input_routing_type", (place.index, ours[0])),
            Message("/live/track/set/current_monitoring_state", (place.index, MONITOR_IN)),
        )
        return f"{place.name} hears {ours[0]}"

    def _forget(self) -> None:
        super()._forget()
        self._signature: list[object] = [None, None]
        self._root: int | None = None
        self._scale: str | None = None
        self._error = ""

    def _reason(self) -> str:
        return f" (Live says: {self._error})" if self._error else ""

    def _hear_error(self, given: Arguments) -> None:
        """What Live says is the reason of what fails next; that it does not know an address answers a question."""
        text = str(given[0])[:200] if given else ""
        unknown = text.partition(UNKNOWN)[2].strip()
        if not unknown:
            self._error = text
        elif not self._give_up(unknown, DawError(f"AbletonOSC does not know {unknown}; install a newer one")):
            name = unknown.rpartition("/")[2]
            if name in WATCHED and name not in self._untold:
                self._untold.add(name)
                self._ears.tell(f"this AbletonOSC does not tell Live's {name}; install a newer one if you want it")

    def _hear_version(self, given: Arguments) -> None:
        self.detail = ".".join(str(part) for part in given[:3])

    def _hear_meter(self, given: Arguments, place: int) -> None:
        self._signature[place] = given[0] if given else None
        self._state_meter(meter_of(*self._signature))

    def _hear_root(self, given: Arguments) -> None:
        root = number(given[0]) if given else None
        if root is not None:
            self._root = int(root) % 12
            self._state_key()

    def _hear_scale(self, given: Arguments) -> None:
        if given:
            self._scale = str(given[0])
            self._state_key()

    def _state_key(self) -> None:
        """Tell the key where it is another than before; a scale that we do not have is none."""
        if self._root is None or self._scale is None:
            return
        scale = scale_called(self._scale)
        key = None if scale is None else Key(self._root, scale)
        if key != self._key:
            self._key = key
            self._ears.key(key)


def scale_called(name: str) -> str | None:
    """Our name for one of Live's scales, None where we have none like it."""
    low = name.casefold().strip()
    scale = LIVES_NAMES.get(low, SCALE_ALIASES.get(low, low))
    return scale if low and scale in SCALES else None


def _count(given: Arguments) -> int:
    value = number(given[0]) if given else None
    if value is None or not 0 <= value <= 10_000:
        raise DawError("Ableton Live gave a count that is none; is AbletonOSC up to date?")
    return int(value)


def _track(index: int, row: Sequence[object]) -> Track:
    name, midi, *filled = row
    free = next((slot for slot, full in enumerate(filled) if not full), None)
    return Track(index, str(name), bool(midi), free_slot=free, slots=len(filled))
