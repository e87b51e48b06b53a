"""The store: profiles, and what they like and dislike, in one SQLite file of the user's."""

import re
import sqlite3
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from bridge.errors import TasteError
from bridge.taste.item import Item, Kind
from bridge.taste.schema import prepare

FIRST = "me"
"""The profile that is there from the start."""
PATIENCE = 5.0
"""Seconds that another process may keep the file to itself."""
STRONG = 0.75
"""What a value amounts to at least that was said outright; less was only read from what the player did."""
_NAME = re.compile(r"[^\W_](?:[\w .()'+-]{0,38}[\w.)'+])?")


class Profile(msgspec.Struct, frozen=True):
    """A player. `uid` is the same wherever the profile is merged into."""

    id: int
    uid: str
    name: str
    made: float


class Opinion(msgspec.Struct, frozen=True):
    """What a profile thinks of an item: -1 to 1; `source` says how that is known, `time` is seconds since 1970."""

    item: str
    value: float
    source: str
    time: float

    @property
    def rank(self) -> tuple[bool, float, float]:
        """Of two opinions on an item the greater holds: what was said outright before a guess, then the newer one."""
        return abs(self.value) >= STRONG, self.time, self.value


class Places(msgspec.Struct, frozen=True):
    """Where a version of a pack has items among its latents, by their ids."""

    sha: str
    of: dict[str, tuple[float, ...]]


class Store:
    """An open file. `path` may be ":memory:". Raises TasteError where it cannot be used."""

    def __init__(self, path: Path | str) -> None:
        self._where = str(path)
        try:
            if isinstance(path, Path):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch(0o600)  # nobody else's business; the files beside it get the same rights
            self._db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise TasteError(
                f"likes cannot be kept in {path} ({error}); see that its folder can be written to"
            ) from None
        try:
            with self._failures():
                for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON", "secure_delete = ON"):
                    self._db.execute(f"PRAGMA {pragma}")
                prepare(self._db, self._where)
        except TasteError:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    @property
    def version(self) -> int:
        """A number that changes when another process has changed the file."""
        with self._failures():
            return int(self._db.execute("PRAGMA data_version").fetchone()[0])

    # Profiles.

    def profiles(self) -> list[Profile]:
        """Every profile, by name."""
        return [Profile(*row) for row in self._rows("SELECT id, uid, name, made FROM profiles ORDER BY name")]

    def current(self) -> Profile:
        """The profile that is played with; made where there is none."""
        rows = self._rows("SELECT id, uid, name, made FROM profiles JOIN chosen ON id = profile")
        if not rows:  # nobody else's is taken for the user's own
            self._choose(next((one for one in self.profiles() if one.name == FIRST), None) or self.create(FIRST))
            return self.current()
        return Profile(*rows[0])

    def choose(self, name: str) -> Profile:
        """Play with another profile. Raises TasteError where there is none of that name."""
        profile = self.find(name)
        self._choose(profile)
        return profile

    def create(self, name: str, uid: str = "", made: float = 0.0) -> Profile:
        """A new profile. Raises TasteError for a name that is taken or cannot be one."""
        name = checked(name)
        if any(profile.name.lower() == name.lower() for profile in self.profiles()):
            raise TasteError(f"there is a profile «{name}» already; choose it, or take another name")
        uid = uid or uuid.uuid4().hex
        with self._change():
            self._db.execute("INSERT INTO profiles (uid, name, made) VALUES (?, ?, ?)", (uid, name, made))
        return self.find(name)

    def rename(self, name: str, new: str) -> None:
        """Give a profile another name. Raises TasteError."""
        profile, new = self.find(name), checked(new)
        if any(other.name.lower() == new.lower() and other.id != profile.id for other in self.profiles()):
            raise TasteError(f"there is a profile «{new}» already; take another name")
        with self._change():
            self._db.execute("UPDATE profiles SET name = ? WHERE id = ?", (new, profile.id))

    def find(self, name: str) -> Profile:
        """The profile of a name. Raises TasteError that tells which there are."""
        there = self.profiles()
        found = next((profile for profile in there if profile.name.lower() == name.strip().lower()), None)
        if found is None:
            names = ", ".join(profile.name for profile in there) or "none yet"
            raise TasteError(f"there is no profile «{name[:40]}»; there are: {names}")
        return found

    def forget(self, name: str | None = None) -> int:
        """Delete a profile, or (None) all of them, with everything that only they cared for; returns how many opinions.

        Nothing of it is left in the file, nor in the log beside it. Raises TasteError, also while another has the file.
        """
        chosen = self.profiles() if name is None else [self.find(name)]
        gone = sum(self.count(profile) for profile in chosen)
        with self._change():
            for profile in chosen:
                self._db.execute("DELETE FROM opinions WHERE profile = ?", (profile.id,))
                self._db.execute("DELETE FROM chosen WHERE profile = ?", (profile.id,))
                self._db.execute("DELETE FROM profiles WHERE id = ?", (profile.id,))
            self._db.execute("DELETE FROM items WHERE id NOT IN (SELECT item FROM opinions)")
        with self._failures():
            self._db.execute("VACUUM")
            busy = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise TasteError(f"another program reads {self._where}: what was forgotten is gone, but say it once more")
        return gone

    # Opinions.

    def opine(self, profile: Profile, item: Item, value: float, source: str, time: float) -> bool:
        """Keep what a profile thinks of an item; False where what is known already says more."""
        opinion = Opinion(item.id, value, source, time)
        before = self._rows(
            "SELECT item, value, source, time FROM opinions WHERE profile = ? AND item = ?", profile.id, item.id
        )
        if before and Opinion(*before[0]).rank > opinion.rank:
            return False
        with self._change():
            self._put(item)
            self._db.execute(
                "INSERT OR REPLACE INTO opinions (profile, item, value, source, time) VALUES (?, ?, ?, ?, ?)",
                (profile.id, item.id, value, source, time),
            )
        return True

    def take_back(self, profile: Profile) -> Item | None:
        """Forget what a profile said last; None where it has said nothing."""
        rows = self._rows("SELECT item FROM opinions WHERE profile = ? ORDER BY time DESC LIMIT 1", profile.id)
        if not rows:
            return None
        item = self.item(str(rows[0][0]))
        time = self._rows("SELECT time FROM opinions WHERE profile = ? AND item = ?", profile.id, rows[0][0])[0][0]
        with self._change():  # what was said in one breath, as of several knobs, goes together
            self._db.execute("DELETE FROM opinions WHERE profile = ? AND time = ?", (profile.id, time))
            self._db.execute("DELETE FROM items WHERE id NOT IN (SELECT item FROM opinions)")
        return item

    def opinions(self, profile: Profile) -> list[Opinion]:
        """What a profile thinks, the newest first."""
        rows = self._rows(
            "SELECT item, value, source, time FROM opinions WHERE profile = ? ORDER BY time DESC, item", profile.id
        )
        return [Opinion(*row) for row in rows]

    def count(self, profile: Profile) -> int:
        """How many opinions a profile has."""
        return int(self._rows("SELECT count(*) FROM opinions WHERE profile = ?", profile.id)[0][0])

    def item(self, id: str) -> Item | None:
        """An item by its id."""
        rows = self._rows("SELECT id, kind, label, content FROM items WHERE id = ?", id)
        return next(iter(_items(rows)), None)

    def items(self) -> dict[str, Item]:
        """Every item by its id."""
        return {item.id: item for item in _items(self._rows("SELECT id, kind, label, content FROM items ORDER BY id"))}

    def place(self, item: str, pack: str, sha: str, vector: tuple[float, ...]) -> None:
        """Keep where a pack's latents have an item, if the item is still there. `sha` tells the pack's version: what
        another one said is forgotten."""
        with self._change():
            self._db.execute("DELETE FROM latents WHERE pack = ? AND sha <> ?", (pack, sha))
            self._db.execute(
                "INSERT OR REPLACE INTO latents (item, pack, sha, vector) SELECT id, ?, ?, ? FROM items WHERE id = ?",
                (pack, sha, msgspec.json.encode(vector).decode(), item),
            )

    def places(self) -> dict[str, "Places"]:
        """What each pack has said."""
        found: dict[str, Places] = {}
        for item, pack, sha, vector in self._rows("SELECT item, pack, sha, vector FROM latents ORDER BY item, pack"):
            here = found.setdefault(str(pack), Places(str(sha), {}))
            here.of[str(item)] = msgspec.json.decode(str(vector), type=tuple[float, ...])
        return found

    def undescribed(self, pack: str, sha: str) -> list[Item]:
        """The phrases of which this version of a pack has said nothing, those with the newest opinions first."""
        rows = self._rows(
            "SELECT id, kind, label, content FROM items JOIN opinions ON item = id WHERE kind = ? AND id NOT IN"
            " (SELECT item FROM latents WHERE pack = ? AND sha = ?) GROUP BY id ORDER BY max(time) DESC, id",
            Kind.PHRASE.value, pack, sha,
        )  # fmt: skip
        return list(_items(rows))

    def put(self, items: Iterable[Item]) -> None:
        """Keep items that somebody has an opinion of, or is about to have."""
        with self._change():
            for item in items:
                self._put(item)

    def _put(self, item: Item) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO items (id, kind, label, content) VALUES (?, ?, ?, ?)",
            (item.id, item.kind.value, item.label, item.content),
        )

    def _choose(self, profile: Profile) -> None:
        with self._change():
            self._db.execute("INSERT OR REPLACE INTO chosen (one, profile) VALUES (1, ?)", (profile.id,))

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._failures():
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def _change(self) -> Iterator[None]:
        """All of what is done within, or nothing of it."""
        with self._failures():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    @contextmanager
    def _failures(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise TasteError(f"what is kept of tastes in {self._where} cannot be used ({error})") from None


def _items(rows: Iterable[tuple[Any, ...]]) -> Iterator[Item]:
    """Items of rows; those of a kind that is not known here are left out."""
    kinds = {kind.value for kind in Kind}
    for id, kind, label, content in rows:
        if kind in kinds:
            yield Item(str(id), Kind(str(kind)), str(label), str(content))


def checked(name: str) -> str:
    """A name that a profile can have. Raises TasteError."""
    found = " ".join(name.split())
    if not _NAME.fullmatch(found):
        raise TasteError(f"a profile cannot be called «{name[:40]}»: begin with a letter or digit, and take 40 at most")
    return found
