"""Mending: bars of what the band repeats are made anew, by the packs of their voices."""

from collections.abc import Callable

import msgspec

from bridge.engine.family import Ask
from bridge.errors import SettingsError
from bridge.jam.gestures import Infill
from bridge.jam.looper import Looper
from bridge.jam.models import Models
from bridge.jam.prompter import Prompter, Standing
from bridge.jam.seating import Seating
from bridge.music.note import Voice


class Mending:
    """Asks for the bars that a gesture names; the looper takes the answers. `send` asks a pack."""

    def __init__(
        self, looper: Looper, prompter: Prompter, seating: Seating, models: Models, send: Callable[[Ask, str], object]
    ) -> None:
        self._looper = looper
        self._prompter = prompter
        self._seating = seating
        self._models = models
        self._send = send

    def ask(self, what: Infill, line: float, how: Standing) -> None:
        """Have bars made anew where they come up next behind a stage beat. Raises SettingsError where nobody can."""
        map = how.now.map
        span, lap = self._looper.lap(what.first, what.last, line, map)
        before, all_of_it = self._looper.around(span, map)
        packs: dict[str, list[Voice]] = {}
        for voice in self._looper.voices:
            pack = self._seating.packs.get(voice, "")
            if self._models.serve(pack, (voice,)):
                packs.setdefault(pack, []).append(voice)
        if not packs:
            raise SettingsError("no model that is loaded plays what the band repeats, so none can make its bars anew")
        how = msgspec.structs.replace(how, repeated=all_of_it)
        for pack, voices in packs.items():
            ask = self._prompter.infill(tuple(voices), pack, span, how, before)
            self._looper.ask(ask, lap.start, how.now.seconds)
            self._send(ask, pack)
