"""The models of a replay: each hears what the log's engine had heard, and makes its answers once more."""

from collections import deque
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

import msgspec

from bridge.engine.answer import Answer, notes_of
from bridge.engine.engine import MEMORY
from bridge.engine.family import Ask, Family, Heard
from bridge.engine.loading import Open
from bridge.engine.pack import pack_sha, read_card
from bridge.engine.protocol import Begun, Ear, Loaded
from bridge.errors import PackError, SessionError
from bridge.music.note import Note
from bridge.record.session import Introduced, PackId

KEPT = 8 * MEMORY
"""Ears that are kept; older ones have been heard by everybody."""


class Told(msgspec.Struct, frozen=True):
    """What an engine was told when it was to load a pack: the events heard so far, and the number of the last ear."""

    introduced: Introduced
    history: tuple[Heard, ...]
    heard: int


class Player(msgspec.Struct, eq=False):
    """A model that plays again. `heard` is the last ear that it knows, `ears` how many since it was loaded."""

    told: Told
    folder: Path
    got: str
    family: Family
    heard: int
    ears: int = 0
    renewed: bool = False
    """Whether another copy may have taken its place, at a moment that is not known yet."""


class Playing(msgspec.Struct, eq=False):
    """An answer under way, with its next note made."""

    answer: Answer
    player: Player
    next: Note | None = None


class Understudy:
    """Answers as the log's engine did. `find` gives the folder of a pack by its name. Raises AntiphonError."""

    def __init__(self, open_pack: Open, find: Callable[[str], Path]) -> None:
        self._open = open_pack
        self._find = find
        self._told: dict[str, Told] = {}
        self._players: dict[str, Player] = {}
        self._default = ""
        self._ears: deque[Ear] = deque()
        self._new_wire = 0
        self._playing: dict[int, Playing] = {}
        self.missed = 0
        """Events that the log's engine never heard, as it was only just being connected."""
        self.providers: dict[str, tuple[str, str]] = {}
        """Pack -> the provider that the log was played on, and the one that plays here."""

    def told(self, told: Told) -> None:
        """The engine was told to load a pack."""
        self._told[told.introduced.folder] = told

    def load(self, loaded: Loaded) -> None:
        """The log's engine has a pack ready: load the same. Raises SessionError where another lies here."""
        told = self._told.pop(loaded.folder, None)
        if loaded.default:
            self._default = loaded.pack
        if loaded.pack in self._players:  # it is there already, unless it failed and this is a copy
            self._players[loaded.pack].renewed = True
        elif told is not None:
            self._players[loaded.pack] = self._make(told, loaded.got)

    def unload(self, pack: str) -> None:
        """A pack was let go."""
        self._players.pop(pack, None)

    def lost(self) -> None:
        """The engine ended."""
        self._players.clear()
        self._playing.clear()
        self._told.clear()

    def hear(self, ear: Ear) -> None:
        """Something was played; it is heard when the log's engine is known to have heard it."""
        self._ears.append(ear)
        if len(self._ears) > KEPT:
            oldest = self._ears.popleft()
            for player in self._players.values():
                if oldest.seq > player.heard:
                    _feed(player, (oldest,))

    def meet_wire(self, heard: int) -> None:
        """A new wire counts on from above `heard`: what it played first may not have reached the engine."""
        self._new_wire = heard

    def begin(self, begun: Begun, ask: Ask, pack: str) -> None:
        """The log's engine began an answer."""
        player = self._players.get(pack or self._default)
        if player is None:
            return
        for id, playing in list(self._playing.items()):
            alone = playing.player is player and not getattr(player.family, "interleaves", False)
            if alone or set(playing.answer.ask.voices) & set(ask.voices):
                playing.answer.close()
                del self._playing[id]
        self._catch_up(player, begun)
        ask = msgspec.structs.replace(ask, beside=begun.beside, deadline=0.0)
        answer = Answer(ask, notes_of(player.family, ask), lambda: 0.0, lambda: 0.0)
        self._playing[ask.id] = Playing(answer, player, _next(answer))

    def knows(self, ask: int) -> bool:
        """Whether this answer is being made again."""
        return ask in self._playing

    def note(self, ask: int) -> Note | None:
        """The next note of an answer; None where it has no more."""
        playing = self._playing[ask]
        note = playing.next
        if note is not None:
            playing.next = _next(playing.answer)
        return note

    def _make(self, told: Told, provider: str) -> Player:
        wanted = told.introduced.pack
        if wanted is None:
            raise SessionError(f"the log was played with the pack in {told.introduced.folder}, which names none")
        folder = self._folder(wanted, Path(told.introduced.folder))
        family, loaded = self._open(folder, provider, False)
        self.providers[wanted.name] = (provider, loaded.got)
        for event in told.history:
            family.hear(event)
        return Player(told, folder, provider, family, max(told.heard, 0))

    def _folder(self, wanted: PackId, then: Path) -> Path:
        """Where a pack lies: where it lay `then`, or in a folder of packs. Raises AntiphonError."""
        if identity(then) == wanted:
            return then
        folder = self._find(wanted.name)
        here = identity(folder)
        if here != wanted:
            what = "none" if here is None else f"version {here.version}, SHA-256 {here.sha256[:12]}..."
            raise SessionError(
                f"the log was played with {wanted.name} {wanted.version}, SHA-256 {wanted.sha256[:12]}..., but "
                f"{folder} holds {what}; name the folder that holds the other under [engine] packs"
            )
        return folder

    def _catch_up(self, player: Player, begun: Begun) -> None:
        """Let a model hear what the log's had heard when it began an answer."""
        ears = [ear for ear in self._ears if player.heard < ear.seq <= begun.heard]
        if player.renewed and player.ears + len(ears) != begun.ears:
            self._renew(player, begun)
            ears = [ear for ear in ears if player.heard < ear.seq]
        absent = player.ears + len(ears) - begun.ears
        lost = [ear for ear in ears if ear.seq > self._new_wire][: max(absent, 0)]
        self.missed += len(lost)
        _feed(player, (ear for ear in ears if ear not in lost))
        player.heard, player.ears = max(player.heard, begun.heard), begun.ears
        self._new_wire = 0

    def _renew(self, player: Player, begun: Begun) -> None:
        """Put the copy that the engine made of a model which had failed in its place; its count of ears says when."""
        known = [ear for ear in self._ears if player.told.heard < ear.seq <= begun.heard]
        before = known[: len(known) - begun.ears]
        if begun.ears > len(known):
            return
        told = player.told
        history = (*told.history, *(ear.event for ear in islice(before, max(len(before) - MEMORY, 0), None)))[-MEMORY:]
        family, _ = self._open(player.folder, player.got, False)
        for event in history:
            family.hear(event)
        player.family, player.renewed, player.ears = family, False, 0
        player.heard = before[-1].seq if before else told.heard


def identity(folder: Path) -> PackId | None:
    """Which pack lies in a folder; None where none does."""
    try:
        card = read_card(folder)
    except PackError:
        return None
    return PackId(card.name, card.version, pack_sha(folder))


def _feed(player: Player, ears: Iterable[Ear]) -> None:
    for ear in ears:
        player.heard, player.ears = ear.seq, player.ears + 1
        player.family.hear(ear.event)


def _next(answer: Answer) -> Note | None:
    """The next note of an answer, or None where it has no more."""
    try:
        while not answer.over:
            note = answer.take()
            if note is not None:
                return note
    except Exception:  # it failed in the log too, or the notes that are missing will tell
        answer.close()
    return None
