"""What the daemon has of all this: it takes likes, keeps them, tells the band what they come to, and suggests."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import msgspec

from bridge.engine.protocol import Describe, Described
from bridge.errors import SettingsError
from bridge.taste import state
from bridge.taste.advice import Advice
from bridge.taste.house import House
from bridge.taste.item import Item, of_phrase, of_preset, of_settings
from bridge.taste.lately import Lately
from bridge.taste.liking import Liking
from bridge.taste.phrase import LONGEST, Phrase
from bridge.taste.scribe import Job, Scribe
from bridge.taste.state import CUT_SHORT, DISLIKE, KEPT, LIKE, State
from bridge.taste.store import Store


class TasteSide:
    """Made once, by the daemon; `turned` is called when the band's knobs are to be read again, `ask` reaches the
    engine, `default_pack` names the pack that plays where none is named, `now` reads seconds since 1970."""

    def __init__(
        self,
        house: House,
        path: Path,
        turned: Callable[[], object],
        ask: Callable[[Describe], object],
        default_pack: Callable[[], str] = lambda: "",
        now: Callable[[], float] = time.time,
    ) -> None:
        self._house = house
        self._path = path
        self._turned = turned
        self._ask = ask
        self._default_pack = default_pack
        self._now = now
        self._lately = Lately()
        self._scribe: Scribe | None = None
        self.state = State()
        """What is known of the player's taste."""
        self.advice = Advice(house, path, lambda: self.state.profile)
        house.console.also(self._deeds(), self._named(), self._answers())

    @property
    def liking(self) -> Liking:
        """What the band is to be told; the default pack's latents count for the pack that is not named."""
        liking = self.state.liking
        own = liking.packs.get(self._default_pack())
        return liking if own is None else msgspec.structs.replace(liking, packs={**liking.packs, "": own})

    def start(self) -> None:
        """Begin; needs a running loop. Nothing is written before there is something to write."""
        back = asyncio.get_running_loop().call_soon_threadsafe
        self._scribe = Scribe(self._path, back, self._house.tell, state.look, self._took)
        if self._path.exists():
            self._do(state.look)

    def stop(self) -> None:
        """Write what waits, and end."""
        self.advice.stop()
        if self._scribe is not None:
            self._scribe.close()
            self._scribe = None

    def step(self) -> None:
        """See who plays now; call it often while the music plays."""
        phrase = self._lately.step(self._house.band)
        if phrase is not None:
            self._keep_phrase(phrase, CUT_SHORT, "cut short")

    def kept(self, bars: int) -> None:
        """The player keeps the band's last bars: that says something of them."""
        phrase = self._lately.bars(self._house.band, min(bars, LONGEST))
        if phrase is not None:
            self._keep_phrase(phrase, KEPT, "kept")

    def took(self, message: Described) -> None:
        """A pack says where a phrase lies among its latents."""

        def place(store: Store) -> State:
            store.place(message.id, message.pack, message.sha, message.place)
            return state.look(store)

        self._do(place)

    def judge(self, value: float, bars: int = 0) -> None:
        """The player likes (1) or dislikes (-1) what the band just played: `bars` bars, or its last turn.

        Raises SettingsError where it has not played anything.
        """
        bars = bars or int(self._house.table.get("like_bars"))
        band = self._house.band
        phrase = self._lately.bars(band, bars) if bars else self._lately.turn(band)
        if phrase is None:
            raise SettingsError("the band has not played anything lately that could be liked or disliked")
        self._keep_phrase(phrase, value, "said", phrase.label)

    def judge_preset(self, value: float) -> None:
        """The same of the preset in use. Raises SettingsError where there is none."""
        console = self._house.console
        if not console.preset:
            raise SettingsError("no preset is in use; load or save one, then say what you think of it")
        preset, _ = console.shelf.load(console.preset)
        item = of_preset(preset, self._house.table)
        self._keep([item], value, "said", f"preset {item.label}")

    def judge_settings(self, value: float) -> None:
        """The same of how the knobs stand. Raises SettingsError where all are at their defaults."""
        items = of_settings(self._house.table)
        if not items:
            raise SettingsError("every knob is where it was at first; turn some, then say what you think of it")
        self._keep(items, value, "said", ", ".join(item.label for item in items))

    def _deeds(self) -> Mapping[str, Callable[[], object]]:
        found: dict[str, Callable[[], object]] = {"unlike": lambda: self._do(state.take_back)}
        for name, value in (("like", LIKE), ("dislike", DISLIKE)):
            found[name] = partial(self.judge, value)
            found[f"{name}/preset"] = partial(self.judge_preset, value)
            found[f"{name}/settings"] = partial(self.judge_settings, value)
        return found

    def _named(self) -> Mapping[str, Callable[[str], object]]:
        return {
            "like/bars": lambda bars: self.judge(LIKE, _bars(bars)),
            "dislike/bars": lambda bars: self.judge(DISLIKE, _bars(bars)),
            "profile": lambda name: self._do(partial(state.choose, name=name)),
            "profile/new": lambda name: self._do(partial(state.create, name=name, made=self._now())),
            "profile/rename": lambda name: self._do(partial(state.rename, name=name)),
            "suggest/take": self.advice.take,
        }

    def _answers(self) -> Mapping[str, Callable[[], tuple[str, ...]]]:
        return {
            "profile": lambda: (self.state.profile,),
            "profiles": lambda: self.state.profiles or (self.state.profile,),
            "likes": lambda: (str(self.state.likes), str(self.state.dislikes), self.state.last),
            "suggest": self.advice.lines,
        }

    def _keep_phrase(self, phrase: Phrase, value: float, source: str, said: str = "") -> None:
        """Keep what is thought of a phrase, and ask where it lies among the latents of the pack that made it."""
        item = of_phrase(phrase)
        self._keep([item], value, source, said)
        key = phrase.key.pitch_classes if phrase.key is not None else ()
        self._ask(Describe(item.id, phrase.notes, phrase.beats, phrase.pack, phrase.bar, key))

    def _keep(self, items: list[Item], value: float, source: str, said: str = "") -> None:
        self._do(partial(state.write, items=items, value=value, source=source, time=self._now()))
        if said:
            self._house.tell(f"{state.verb(value)}: {said}")

    def _do(self, job: Job) -> None:
        if self._scribe is None:
            raise SettingsError("nothing is kept of what you like before the daemon has begun, or once it has ended")
        self._scribe.do(job, self._took)

    def _took(self, found: State) -> None:
        """The store has been written to, or changed by another."""
        before, self.state = self.state, found
        self.advice.renew()
        if before.liking != found.liking:
            self._turned()


def _bars(text: str) -> int:
    """A number of bars. Raises SettingsError for what is none."""
    try:
        bars = round(float(text))
    except (ValueError, OverflowError):
        bars = 0
    if not 1 <= bars <= LONGEST:
        raise SettingsError(f"«{text[:20]}» is no number of bars from 1 to {LONGEST}")
    return bars
