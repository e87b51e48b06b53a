"""Ardour without a window: a session with MIDI tracks, made and run on a JACK server of ours.

As of Ardour 7.3 and jackd2 1.9.21, three in ten of its loads die as they reach for the server's timebase; then both are
started anew.
"""

import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import mido

from bridge.osc.packet import Argument, Message, write
from tests.live.conftest import JackServer

SHARE, CONFIG = Path("/usr/share"), Path("/etc")
LIBRARIES = sorted(Path("/usr/lib").glob("ardour[0-9]*"))
OSC = 3819
TRIES = 6
NAME = "jam"

SESSION = """
AudioEngine:set_backend("JACK", "ardour", "")
AudioEngine:start(false)
local session = create_session(arg[1], arg[2], 48000)
assert(session, "no session was made")
local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
for number = 3, #arg do
  session:new_midi_track(one, one, true, ARDOUR.PluginInfo(), nil, nil, 1, arg[number],
    ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, true)
end
session:save_state("")
close_session()
quit()
"""
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<Ardour><Config><Option name="send-midi-clock" value="1"/></Config><Metadata/><ControlProtocols/></Ardour>
"""


def missing() -> str:
    """What is not installed; "" where nothing is."""
    if not LIBRARIES or not list(LIBRARIES[-1].glob("hardour-*")):
        return "Ardour is not installed (apt install --no-install-recommends ardour)"
    if shutil.which("jackd") is None or shutil.which("jack_lsp") is None:
        return "jackd is not installed (apt install jackd2)"
    return ""


class Ardour:
    """One session, run headless. `tempo` is its beats a minute, `tracks` its MIDI tracks."""

    def __init__(self, server: JackServer, home: Path, tracks: Sequence[str], tempo: float) -> None:
        self._server = server
        self._home = home
        self._tracks = tuple(tracks)
        self._tempo = tempo
        self._process: subprocess.Popen[bytes] | None = None
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.folder = home / "session"
        self.loads = 0
        """Times that it was started before it was up."""

    @property
    def inputs(self) -> dict[str, str]:
        """Track -> its MIDI input on JACK."""
        return {track: f"ardour:{track}/midi_in 1" for track in self._tracks}

    def start(self) -> None:
        """Make the session where there is none, and run it until its ports are there."""
        settings = self._home / ".config" / LIBRARIES[-1].name
        settings.mkdir(parents=True, exist_ok=True)
        (settings / "config").write_text(SETTINGS)
        for _ in range(TRIES):
            self.loads += 1
            if not (self.folder / f"{NAME}.ardour").exists() and not self._make():
                self._again()
                continue
            hardour = next(LIBRARIES[-1].glob("hardour-*"))
            with (self._home / "hardour.log").open("wb") as log:
                self._process = subprocess.Popen(
                    [str(hardour), str(self.folder), NAME], env=self._environment, stdout=log, stderr=log
                )
            if self._up():
                return
            self._again()
        raise RuntimeError(f"Ardour died in all of {TRIES} loads: {(self._home / 'hardour.log').read_text()[-800:]}")

    def say(self, address: str, *values: Argument) -> None:
        """Send an OSC message."""
        self._socket.sendto(write(Message(address, values)), ("127.0.0.1", OSC))

    def stop(self) -> None:
        """End it."""
        self._socket.close()
        self._end()

    def recorded(self) -> dict[str, list[tuple[float, float, int, int]]]:
        """Track -> what the last take put into the saved session's files: beat, duration in beats, pitch, velocity."""
        text = (self.folder / f"{NAME}.ardour").read_text("utf-8")
        notes: dict[str, list[tuple[float, float, int, int]]] = {track: [] for track in self._tracks}
        sources = re.findall(r"<Source [^>]*captured-for=[^>]*>", text)
        last = max((int(number) for number in re.findall(r'<Source name="Take(\d+)_', "".join(sources))), default=0)
        for source in sources:
            if f'name="Take{last}_' not in source:
                continue
            name, track = (re.search(rf'{key}="([^"]*)"', source)[1] for key in ("name", "captured-for"))  # type: ignore[index]
            for file in self.folder.glob(f"interchange/*/midifiles/{name}"):
                notes[track] += _notes(mido.MidiFile(file))
        return {track: sorted(heard) for track, heard in notes.items()}

    @property
    def _environment(self) -> dict[str, str]:
        library, system = LIBRARIES[-1], LIBRARIES[-1].name
        return self._server.env | {
            "HOME": str(self._home),
            "XDG_CONFIG_HOME": str(self._home / ".config"),
            "ARDOUR_DATA_PATH": str(SHARE / system),
            "ARDOUR_CONFIG_PATH": str(CONFIG / system),
            "ARDOUR_DLL_PATH": str(library),
            "VAMP_PATH": str(library / "vamp"),
            "LD_LIBRARY_PATH": str(library),
        }

    def _make(self) -> bool:
        """Make the session, with OSC on and its own tempo."""
        script = self._home / "session.lua"
        script.write_text(SESSION)
        made = subprocess.run(
            [str(LIBRARIES[-1] / "luasession"), str(script), str(self.folder), NAME, *self._tracks],
            env=self._environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        file = self.folder / f"{NAME}.ardour"
        if made.returncode or not file.exists():
            shutil.rmtree(self.folder, ignore_errors=True)
            return False
        text = file.read_text("utf-8")
        text = re.sub(
            r'<Protocol name="Open Sound Control \(OSC\)"[^>]*/>',
            '<Protocol name="Open Sound Control (OSC)" active="1" debugmode="0" address-only="0" remote-port="3820" '
            'banksize="0" striptypes="3" feedback="0" gainmode="0" send-page-size="0" plug-page-size="0"/>',
            text,
        )
        text = re.sub(r'\b(e?npm)="120"', rf'\1="{self._tempo:g}"', text)
        file.write_text(text, "utf-8")
        return True

    @property
    def _halted(self) -> bool:
        return b"HALTED" in (self._home / "hardour.log").read_bytes()

    def _up(self) -> bool:
        until = time.monotonic() + 25
        wanted = {"ardour:MIDI Clock out", *self.inputs.values()}
        while time.monotonic() < until:
            assert self._process is not None
            if self._process.poll() is not None or self._halted:
                return False
            if wanted <= set(self._server.lsp()) and _bound(OSC):
                time.sleep(1.0)
                self.say("/transport_stop")  # it rolls as it comes up
                time.sleep(1.5)  # some die only now
                return self._process.poll() is None and not self._halted
            time.sleep(0.3)
        return False

    def _again(self) -> None:
        """A server that has lost Ardour so is of no use any more."""
        self._end()
        self._server.stop()
        self._server.start(self._home / "jackd.log")

    def _end(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(4)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _bound(port: int) -> bool:
    """Whether somebody listens on a UDP port of any address."""
    text = Path("/proc/net/udp").read_text("ascii")
    return any(int(line.split()[1].rpartition(":")[2], 16) == port for line in text.splitlines()[1:])


def _notes(file: mido.MidiFile) -> Iterator[tuple[float, float, int, int]]:
    for track in file.tracks:
        tick, open_ones = 0, {}
        for message in track:
            tick += message.time
            if message.type == "note_on" and message.velocity:
                open_ones[message.note] = (tick, message.velocity)
            elif message.type in ("note_on", "note_off") and message.note in open_ones:
                on, velocity = open_ones.pop(message.note)
                yield on / file.ticks_per_beat, (tick - on) / file.ticks_per_beat, message.note, velocity
