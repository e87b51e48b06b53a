"""The note ledger: what sounds at our out ports, kept where even SIGKILL cannot lose it.

The file is mapped into memory, so a mark is one byte written and the system keeps it when the process dies.
Mark before a note-on is written, clear after its note-off was: what sounds is marked whenever it dies.

    header | port names | notes: a byte a pitch | pedals: a byte a channel | channels used | connections twice
"""

import mmap
import os
import re
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from bridge.errors import PortError
from bridge.midi.messages import ALL_NOTES_OFF, ALL_SOUND_OFF, SUSTAIN, ControlChange, NoteOff, encode
from bridge.midi.ports import Connections

_MAGIC: Final = b"ANTLEDGR"
_VERSION: Final = 1
_HEADER: Final = struct.Struct("<8sHHI")
_SLOT: Final = struct.Struct("<III")
_SLOT_SIZE: Final = 32 << 10
_NAME: Final = 32
_CHANNELS: Final = 16
_PITCHES: Final = 128
_MARK: Final = re.compile(rb"[^\0]")


class Left(msgspec.Struct, frozen=True):
    """What sounds, or was left sounding: notes as (port, channel, pitch), the rest as (port, channel)."""

    notes: tuple[tuple[str, int, int], ...] = ()
    pedals: tuple[tuple[str, int], ...] = ()
    channels: tuple[tuple[str, int], ...] = ()
    """The channels used at all."""
    connections: Connections = {}

    def closing_messages(self) -> list[tuple[str, bytes]]:
        """(port, message) pairs to silence: offs of known notes, pedals up, CC 123 and 120 a channel."""
        out = [(port, encode(NoteOff(channel, pitch))) for port, channel, pitch in self.notes]
        out += [(port, encode(ControlChange(channel, SUSTAIN, 0))) for port, channel in self.pedals]
        out += [
            (port, encode(ControlChange(channel, control, 0)))
            for port, channel in self.channels
            for control in (ALL_NOTES_OFF, ALL_SOUND_OFF)
        ]
        return out


class _Layout:
    """Where each thing stands in a ledger for these ports, as byte offsets."""

    def __init__(self, ports: tuple[str, ...]) -> None:
        self.ports = ports
        self.notes = _HEADER.size + _NAME * len(ports)
        self.pedals = self.notes + len(ports) * _CHANNELS * _PITCHES
        self.used = self.pedals + len(ports) * _CHANNELS
        self.slots = self.used + len(ports) * _CHANNELS
        self.size = self.slots + 2 * _SLOT_SIZE

    def head(self) -> bytes:
        """Header and port names."""
        names = b"".join(name.encode().ljust(_NAME, b"\0") for name in self.ports)
        return _HEADER.pack(_MAGIC, _VERSION, len(self.ports), zlib.crc32(names)) + names

    def read(self, data: bytes) -> Left:
        """What a ledger's bytes say."""
        notes = []
        for mark in _MARK.finditer(data, self.notes, self.pedals):
            channel, pitch = divmod(mark.start() - self.notes, _PITCHES)
            notes.append((*self._channel(channel), pitch))
        pedals = (mark.start() - self.pedals for mark in _MARK.finditer(data, self.pedals, self.used))
        used = (mark.start() - self.used for mark in _MARK.finditer(data, self.used, self.slots))
        return Left(
            tuple(notes),
            tuple(map(self._channel, pedals)),
            tuple(map(self._channel, used)),
            self.newest_slot(data)[1],
        )

    def newest_slot(self, data: bytes) -> tuple[int, Connections]:
        """The number and content of the later whole one of the connection slots; (0, {}) if neither is."""
        best: tuple[int, Connections] = (0, {})
        for start in (self.slots, self.slots + _SLOT_SIZE):
            number, length, crc = _SLOT.unpack_from(data, start)
            text = data[start + _SLOT.size : start + _SLOT.size + length]
            if number > best[0] and length <= _SLOT_SIZE - _SLOT.size and zlib.crc32(text) == crc:
                try:
                    best = (number, msgspec.json.decode(text, type=Connections))
                except (msgspec.DecodeError, UnicodeDecodeError):
                    continue
        return best

    def _channel(self, index: int) -> tuple[str, int]:
        """The port and channel of a place in a table of channels."""
        port, channel = divmod(index, _CHANNELS)
        return self.ports[port], channel


class Ledger:
    """The ledger of a running wire; with no path it lives in memory only. `left` is what it takes over.

    Ports are our out ports' names (up to 32 bytes each). Raises PortError where the file cannot be made.
    """

    def __init__(self, path: Path | None, ports: tuple[str, ...], left: Left | None = None) -> None:
        if any(not name or len(name.encode()) > _NAME or "\0" in name for name in ports):
            raise ValueError(f"a port name in a ledger is 1 to {_NAME} bytes long, without NUL: {ports}")
        self._layout = _Layout(ports)
        self._port = {name: index * _CHANNELS for index, name in enumerate(ports)}
        fresh = bytearray(self._layout.size)
        fresh[: self._layout.notes] = self._layout.head()
        self._map: bytearray | mmap.mmap = fresh
        if left is not None:
            self._take_over(left)
        if path is not None:
            self._map = _mapped(path, bytes(fresh))

    def on(self, port: str, channel: int, pitch: int) -> None:
        """Mark a note as sounding: before its note-on is written."""
        at = self._port[port] + channel
        self._map[self._layout.used + at] = 1
        self._map[self._layout.notes + at * _PITCHES + pitch] = 1

    def off(self, port: str, channel: int, pitch: int) -> None:
        """Clear a note: after its note-off was written."""
        self._map[self._layout.notes + (self._port[port] + channel) * _PITCHES + pitch] = 0

    def marked(self, port: str, channel: int, pitch: int) -> bool:
        """Whether a note is marked as sounding."""
        return self._map[self._layout.notes + (self._port[port] + channel) * _PITCHES + pitch] != 0

    def pedal(self, port: str, channel: int, down: bool) -> None:
        """Mark the sustain pedal: down before CC 64 is written, up after it was."""
        at = self._port[port] + channel
        if down:
            self._map[self._layout.used + at] = 1
        self._map[self._layout.pedals + at] = int(down)

    def before(self, port: str, data: bytes) -> None:
        """Mark what a message is about to start; call it before any message is written."""
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == 0x90 and data[2]:
            self.on(port, channel, data[1])
        elif kind == 0xB0 and data[1] == SUSTAIN and data[2] >= 64:
            self.pedal(port, channel, True)

    def after(self, port: str, data: bytes) -> None:
        """Clear what a message has ended; call it after any message was written."""
        kind, channel = data[0] & 0xF0, data[0] & 0x0F
        if kind == 0x80 or (kind == 0x90 and not data[2]):
            self.off(port, channel, data[1])
        elif kind == 0xB0 and data[1] == SUSTAIN and data[2] < 64:
            self.pedal(port, channel, False)
        elif kind == 0xB0 and data[1] in (ALL_NOTES_OFF, ALL_SOUND_OFF):
            start = self._layout.notes + (self._port[port] + channel) * _PITCHES
            self._map[start : start + _PITCHES] = bytes(_PITCHES)

    def left(self) -> Left:
        """All that is marked now."""
        return self._layout.read(bytes(self._map[:]))

    def sounding(self) -> tuple[tuple[str, int, int], ...]:
        """The notes that sound now as (port, channel, pitch)."""
        return self.left().notes

    def closing_messages(self) -> list[tuple[str, bytes]]:
        """What to send, in this order, for silence; pass each to `after` once it was written."""
        return self.left().closing_messages()

    def remember_connections(self, connections: Mapping[str, tuple[str, ...]]) -> bool:
        """Keep which port is connected to what; False, and the former ones stay, where it is too much."""
        text = msgspec.json.encode(connections)
        if len(text) > _SLOT_SIZE - _SLOT.size:
            return False
        number, former = self._layout.newest_slot(bytes(self._map[:]))
        if former != connections:
            # The older slot is overwritten and counts once its checksum fits: a kill between loses nothing.
            start = self._layout.slots + (number + 1) % 2 * _SLOT_SIZE
            entry = _SLOT.pack(number + 1, len(text), zlib.crc32(text)) + text
            self._map[start : start + len(entry)] = entry
        return True

    def close(self) -> None:
        """Let go of the file; it stays for the next process."""
        if isinstance(self._map, mmap.mmap):
            self._map.close()

    @staticmethod
    def recover(path: Path) -> tuple[Left | None, str]:
        """What the last process left in its ledger; where none can be read, None and why. Never raises."""
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None, "there is no ledger yet"
        except OSError as error:
            return None, f"the note ledger {path} cannot be read: {error.strerror}"
        if len(data) < _HEADER.size or not data.startswith(_MAGIC):
            return None, f"{path} is not a note ledger; it will be replaced"
        _, version, count, crc = _HEADER.unpack_from(data)
        if version != _VERSION:
            return (
                None,
                f"the note ledger {path} is of version {version}, not {_VERSION}; it will be replaced",
            )
        names = data[_HEADER.size : _HEADER.size + _NAME * count]
        try:
            ports = tuple(names[at : at + _NAME].rstrip(b"\0").decode() for at in range(0, _NAME * count, _NAME))
        except UnicodeDecodeError:
            ports = ()
        layout = _Layout(ports)
        if zlib.crc32(names) != crc or len(ports) != count or len(data) != layout.size:
            return None, f"the note ledger {path} is damaged; it will be replaced"
        return layout.read(data), ""

    def _take_over(self, left: Left) -> None:
        """Mark what another process left, as far as the ports are still ours."""
        for port, channel in left.channels:
            if port in self._port:
                self._map[self._layout.used + self._port[port] + channel] = 1
        for port, channel, pitch in left.notes:
            if port in self._port:
                self.on(port, channel, pitch)
        for port, channel in left.pedals:
            if port in self._port:
                self.pedal(port, channel, True)
        self.remember_connections(left.connections)


def _mapped(path: Path, content: bytes) -> mmap.mmap:
    """A file of this content at `path`, mapped; it replaces the former one in one step. Raises PortError."""
    fresh = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content)
        os.replace(fresh, path)
        with path.open("r+b") as file:
            return mmap.mmap(file.fileno(), len(content))
    except OSError as error:
        raise PortError(
            f"the note ledger {path} cannot be made ({error.strerror}); "
            "give a state folder that can be written to, or free some space on its disk"
        ) from error
