"""The cast: the packs that are loaded, by name, and which of them answers where none is named."""

from collections.abc import Iterator

import msgspec

from bridge.engine.family import Family
from bridge.engine.protocol import Ear, Load, Loaded


class Member(msgspec.Struct, eq=False):
    """A loaded pack, and how it came here."""

    family: Family
    loaded: Loaded
    load: Load
    sha: str
    """What tells its files from others; "" where that is not known."""
    heard: int
    """The last ear that it has heard."""
    ears: int = 0
    """Ears it has heard since it was loaded, beyond the history that it was given."""
    ailing: bool = False
    """Whether it has failed, and another copy is on its way."""

    @property
    def alone(self) -> bool:
        """Whether it makes one answer at a time: what most models keep in place would be overwritten by another."""
        return not getattr(self.family, "interleaves", False)

    def hear(self, ear: Ear) -> None:
        """Feed it an ear that it has not heard yet. Raises whatever the family raises."""
        if ear.seq > self.heard:
            self.heard = ear.seq
            self.ears += 1
            self.family.hear(ear.event)


class Cast:
    """Members by name, the one asked last at the end."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}
        self._default = ""

    def __iter__(self) -> Iterator[Member]:
        return iter(tuple(self._members.values()))

    def __len__(self) -> int:
        return len(self._members)

    def find(self, name: str) -> Member | None:
        """The member of that name, or the default one for ""; None where there is none."""
        return self._members.get(name or self._default)

    def ask(self, name: str) -> Member | None:
        """The same, for an ask: it counts as used."""
        member = self._members.pop(name or self._default, None)
        if member is not None:
            self._members[member.loaded.pack] = member
        return member

    def same(self, load: Load, sha: str) -> Member | None:
        """The member that a load would bring in once more, in good health."""
        for member in self:
            wanted = (member.load.pack, member.load.provider, member.load.strict, member.sha)
            if sha and wanted == (load.pack, load.provider, load.strict, sha) and not member.ailing:
                return member
        return None

    def join(self, member: Member, default: bool) -> Member | None:
        """Take a member in; returns the one of the same name whose place it takes."""
        before = self._members.pop(member.loaded.pack, None)
        self._members[member.loaded.pack] = member
        if default:
            self._default = member.loaded.pack
        return before

    def leads(self, name: str) -> bool:
        """Whether a member is the default one."""
        return name == self._default

    def leave(self, name: str) -> Member | None:
        """Let a member go."""
        if name == self._default:
            self._default = ""
        return self._members.pop(name, None)

    def spare(self, keep: int, busy: set[str]) -> list[str]:
        """Names of members beyond `keep`, those asked longest ago first; never the default one nor a busy one."""
        idle = [name for name in self._members if name != self._default and name not in busy]
        return idle[: max(len(self._members) - max(keep, 1), 0)]
