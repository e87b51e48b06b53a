"""The roadie: looks after the engine for the desk. What it loads, when it is taken to hang, how often it may fail.

A pack that has brought the engine down too often rests, for longer every time, and the vamp plays on.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.engine.family import Heard
from bridge.engine.protocol import Fault, FromEngine, Load, Loaded, Unload
from bridge.engine.setbacks import Setbacks
from bridge.health.deaths import Deaths, cause
from bridge.health.vigil import Vigil
from bridge.settings import Engine as Wishes

LOADING = 60.0
"""Seconds that loading a pack may take: the first session on a GPU takes long, a hostile pack for ever."""
THEN = "the vamp plays until the next one is ready"

Memory = Callable[[], tuple[tuple[Heard, ...], int]]
"""Gives what was heard so far, and the number of the last ear."""


class Charge(msgspec.Struct, eq=False):
    """A pack that is to be loaded, and how it fared."""

    folder: Path
    default: bool
    provider: str
    setbacks: Setbacks
    loaded: Loaded | None = None
    rests: bool = False
    """Whether it would be loaded if it did not rest."""
    hopeless: bool = False
    """Whether loading it never came to an end."""


class Roadie:
    """Sends through `to_engine`; `kill` ends an engine that does not answer; `now` reads seconds.

    `queued` gives the seconds that the engine has stood in line for a processor; None where nobody knows.
    """

    def __init__(
        self,
        wishes: Wishes,
        to_engine: Callable[[msgspec.Struct], object],
        kill: Callable[[], object],
        memory: Memory,
        tell: Callable[[str], object],
        now: Callable[[], float],
        queued: Callable[[], float | None] = lambda: None,
    ) -> None:
        self._wishes = wishes
        self._to_engine = to_engine
        self._kill = kill
        self._memory = memory
        self._tell = tell
        self._now = now
        self._charges: dict[Path, Charge] = {}
        self._loading: list[Charge] = []
        """What this engine is loading, one after another; it comes to its end whether it is still wanted or not."""
        self._since = 0.0
        """When the first of them had its turn, in seconds."""
        self._deaths = Deaths("engine", THEN, tell)
        self._vigil = Vigil(now, queued)
        self._there = False
        self._why = ""

    def want(self, folder: Path, default: bool = True) -> None:
        """Have a pack loaded, now and in every engine to come.

        A default one takes the place of the one before, which plays on until the new one is ready, and for good where
        that cannot be loaded.
        """
        charge = self._charges.pop(folder, None) or self._under_way(folder)
        charge = charge or Charge(folder, default, self._wishes.provider, Setbacks())
        charge.default, charge.hopeless = default, False
        self._charges[folder] = charge
        if self._there:
            self._load(charge)

    def unwant(self, folder: Path) -> None:
        """Let a pack go."""
        charge = self._charges.pop(folder, None)
        if charge is not None and charge.loaded is not None and self._there:
            self._to_engine(Unload(charge.loaded.pack))

    def greet(self) -> None:
        """A new engine is on the line: it is told what to load."""
        self._there = True
        self._vigil.forgive()
        for charge in list(self._charges.values()):
            self._load(charge)

    def took(self, message: FromEngine) -> None:
        """See how a load came out."""
        if not isinstance(message, Loaded | Fault):
            return
        came = self._ends_loading(Path(message.folder))
        charge = self._charges.get(Path(message.folder))
        if charge is None:
            if came and isinstance(message, Loaded):  # nobody waits for it any more
                self._to_engine(Unload(message.pack))
            return
        leaders = [other for other in self._charges.values() if other.default]
        if isinstance(message, Loaded):
            charge.loaded = message
            for older in leaders[: leaders.index(charge)] if message.default and charge in leaders else ():
                del self._charges[older.folder]
        elif len(leaders) > 1 or not charge.default:
            del self._charges[charge.folder]
        else:
            charge.loaded = None

    def ended(self, code: int) -> None:
        """The engine is gone; what it was loading, else whatever it had loaded, is taken to be the cause."""
        now = self._now()
        self._deaths.died(self._why or cause(code), now)
        self._there, self._why = False, ""
        charges = list(self._charges.values())
        for charge in self._loading[:1] or [c for c in charges if c.loaded is not None]:
            self._blame(charge, now)
        for charge in charges:
            charge.loaded = None
        self._loading.clear()

    def lost(self) -> None:
        """The engine hung up; that it has ended will be told."""
        self._there = False

    def step(self, overdue: float, usual: float = 0.0) -> None:
        """Look after it. `overdue`: seconds for which it owes an answer without a sign of life; `usual`: the rule."""
        now = self._now()
        self._deaths.step(now)
        if not self._there:
            return
        if self._loading and now - self._since > LOADING:
            late = self._loading[0]
            late.hopeless = True
            self._end(f"loading {late.folder.name} took longer than {LOADING:.0f} s, which is not tried again")
        elif self._vigil.hangs(overdue, usual):
            self._end(f"it did not answer for {overdue:.0f} s")
        else:
            for charge in list(self._charges.values()):
                if charge.rests:
                    self._load(charge)

    def close(self) -> None:
        """Tell what is still to be told."""
        self._deaths.step(self._now(), all=True)

    def _under_way(self, folder: Path) -> Charge | None:
        return next((charge for charge in self._loading if charge.folder == folder), None)

    def _ends_loading(self, folder: Path) -> bool:
        """A load has come to its end, if one of this pack was under way: the next one has its turn."""
        charge = self._under_way(folder)
        if charge is None:
            return False
        if charge is self._loading[0]:
            self._since = self._now()
        self._loading.remove(charge)
        return True

    def _end(self, why: str) -> None:
        self._why, self._there = why, False
        self._kill()

    def _blame(self, charge: Charge, now: float) -> None:
        pause = charge.setbacks.failed(now)
        if not pause:
            return
        got = charge.loaded.got if charge.loaded is not None else "cpu"
        if got != "cpu" and not self._wishes.strict:
            self._tell(f"the engine keeps ending with {charge.folder.name} on {got}: asked for {got}, now on cpu")
            charge.provider, charge.setbacks = "cpu", Setbacks()
            return
        self._tell(
            f"the engine keeps ending with {charge.folder.name}: the pack rests for {pause:.0f} s and the vamp plays; "
            "choose another pack, or get this one again"
        )

    def _load(self, charge: Charge) -> None:
        charge.rests = charge.setbacks.resting(self._now())
        if charge in self._loading or charge.rests or charge.hopeless:
            return
        if not self._loading:
            self._since = self._now()
        self._loading.append(charge)
        history, heard = self._memory()
        self._to_engine(
            Load(
                str(charge.folder),
                charge.provider,
                self._wishes.strict,
                history,
                heard,
                charge.default,
                max(self._wishes.keep, len(self._charges)),
                self._wishes.memory,
            )
        )
