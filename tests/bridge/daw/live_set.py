"""A set of Ableton Live's behind AbletonOSC, which behaves as AbletonOSC's own message handlers do."""

from collections.abc import Iterable

from bridge.daw.base import ClipNote
from bridge.osc.packet import Argument, Message

Values = tuple[Argument, ...]


class LiveSet:
    """Tracks with four slots each. It can be made to forget clips and notes, as the real one does."""

    def __init__(self, *names: str) -> None:
        self.names = list(names or ("Drums", "Antiphon lead", "Vocals"))
        self.audio = {"Vocals"}
        self.scenes = 4
        self.clips: dict[tuple[int, int], list[ClipNote]] = {}
        self.loops: dict[tuple[int, int], tuple[float, float]] = {}
        self.sound: set[tuple[int, int]] = set()
        """Slots with audio clips."""
        self.titles: dict[tuple[int, int], str] = {}
        self.fired: list[tuple[int, int]] = []
        self.inputs = ["All Ins", "Computer Keyboard", "Antiphon (lead)", "ANTIPHON-BASS", "misleading"]
        self.wired: list[Values] = []
        self.forgets_clips = 0
        self.forgets_pages = 0
        self.longest = 0
        self.song: dict[str, Argument] = {
            "is_playing": False,
            "tempo": 97.0,
            "current_song_time": 8.0,
            "signature_numerator": 3,
            "signature_denominator": 4,
            "root_note": 0,
            "scale_name": "Major",
        }
        self.markers: dict[tuple[int, int], float] = {}
        self._wrong = ""
        self.mute = False
        """A menu is open, or Live is gone."""

    def answer(self, message: Message) -> Iterable[Message]:
        if self.mute:
            return []
        return [Message(message.address, given) for given in self._values(message)] + self._told(message)

    def _told(self, message: Message) -> list[Message]:
        head, _, name = message.address.rpartition("/")
        if head == "/live/song/start_listen" and name in self.song:
            return [Message(f"/live/song/get/{name}", (self.song[name],))]
        known = ("/live/song", "/live/clip", "/live/track", "/live/application")
        if not message.address.startswith(known) or (head == "/live/song/start_listen" and name not in self.song):
            return [Message("/live/error", (f"Unknown OSC address: {message.address}",))]
        return [Message("/live/error", (self._wrong,))] if self._wrong else []

    def _values(self, message: Message) -> list[Values]:
        given = message.arguments
        what = message.address.removeprefix("/live/")
        self._wrong = ""
        first = [int(value) for value in given[:2] if not isinstance(value, str)]
        place = (first[0], first[1]) if len(first) == 2 else (-1, -1)
        match what:
            case "application/get/version":
                return [(12, 1)]
            case "song/get/num_tracks":
                return [(len(self.names),)]
            case "song/get/num_scenes":
                return [(self.scenes,)]
            case "song/get/track_data":
                assert given[2:] == ("track.name", "track.has_midi_input", "clip_slot.has_clip")
                return [tuple(value for track in range(*place) for value in self._row(track))]
            case "track/get/available_input_routing_types":
                return [(given[0], *self.inputs)]
            case "track/set/input_routing_type" | "track/set/current_monitoring_state":
                self.wired.append(given)
            case "clip_slot/get/has_clip":
                return [(*place, place in self.clips)]
            case "clip_slot/create_clip":
                if self.forgets_clips:
                    self.forgets_clips -= 1
                else:
                    self.clips[place], self.loops[place] = [], (0.0, float(given[2]))
            case "clip/remove/notes":
                assert given[2:] == (0, 128, -8192.0, 16384.0)
                self.clips[place] = []
            case "clip/add/notes":
                self.longest = max(self.longest, (len(given) - 2) // 5)
                if self.forgets_pages:
                    self.forgets_pages -= 1
                else:
                    self.clips[place] += [_note(given[at : at + 5]) for at in range(2, len(given), 5)]
            case "clip/get/notes":
                low, span, start, time = (float(value) for value in given[2:6])
                inside = [
                    n for n in self.clips[place] if start <= n.beat < start + time and low <= n.pitch < low + span
                ]
                return [(*place, *(value for note in inside for value in _values(note)))]
            case "clip/get/is_midi_clip":
                return [(*place, place not in self.sound)]
            case "clip/get/loop_start":
                return [(*place, self.loops[place][0])]
            case "clip/get/loop_end":
                return [(*place, self.loops[place][1])]
            case "clip/set/loop_start" | "clip/set/loop_end":
                self._loop(place, what.endswith("end"), float(given[2]))
            case "clip/set/start_marker":
                self.markers[place] = float(given[2])
            case "clip/get/name":
                return [(*place, self.titles.get(place, ""))]
            case "clip/set/name":
                self.titles[place] = str(given[2])
            case "clip_slot/fire":
                self.fired.append(place)
        return []

    def _loop(self, place: tuple[int, int], end: bool, beat: float) -> None:
        """Live refuses an end that is not behind the beginning."""
        start, stop = self.loops[place]
        start, stop = (start, beat) if end else (beat, stop)
        if start < stop:
            self.loops[place] = (start, stop)
        else:
            self._wrong = "Error handling OSC message: Invalid loop"

    def _row(self, track: int) -> Values:
        name = self.names[track]
        return (name, name not in self.audio, *((track, slot) in self.clips for slot in range(self.scenes)))


def _note(values: Values) -> ClipNote:
    pitch, beat, duration, velocity, mute = values
    assert not mute
    return ClipNote(float(beat), float(duration), int(pitch), int(float(velocity)))


def _values(note: ClipNote) -> Values:
    return (note.pitch, note.beat, note.duration, float(note.velocity), False)
