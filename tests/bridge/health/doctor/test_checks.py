"""Every judgement, on what could be seen on machines of all kinds."""

from collections.abc import Iterable

import pytest
from msgspec.structs import replace

from bridge.engine.providers import REMEDIES
from bridge.health.doctor import (
    alsa,
    binds,
    clocks,
    cuda,
    daemon,
    disk,
    jack,
    link,
    memory,
    midi,
    onnx,
    osc,
    packs,
    ports,
    priority,
    program,
    settings,
    sockets,
)
from bridge.health.doctor.report import Level, Verdict
from bridge.midi.ports import PortInfo

OK, WARN, FAIL = Level


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    return max(verdicts, key=lambda verdict: list(Level).index(verdict.level))


def program_of(python: tuple[int, int]) -> program.Program:
    return program.Program("0.1.0", python, False, "/usr/bin/python3", "Linux 6")


@pytest.mark.parametrize(("python", "level"), [((3, 11), OK), ((3, 12), OK), ((3, 13), WARN), ((3, 10), WARN)])
def test_pythons_that_are_not_tried_are_told(python: tuple[int, int], level: Level) -> None:
    assert worst(program.judge(program_of(python))).level is level


def test_no_settings_are_well_and_wrong_ones_name_the_file() -> None:
    assert worst(settings.judge(settings.File("/c.toml", False, ""))).level is OK
    wrong = worst(settings.judge(settings.File("/c.toml", True, "port is too large")))
    assert wrong.level is FAIL
    assert "/c.toml" in wrong.fix


def test_a_killed_daemon_is_told_with_how_to_silence_what_it_left() -> None:
    assert worst(daemon.judge(daemon.Lock("/s", 42))).says.startswith("running (process 42)")
    left = worst(daemon.judge(daemon.Lock("/s", 0, left=True)))
    assert left.level is WARN
    assert "antiphon run" in left.fix
    assert worst(daemon.judge(daemon.Lock("", 0))).level is FAIL


def test_a_machine_without_midi_is_told_what_to_start() -> None:
    alone = worst(midi.judge(midi.Midi("linux", "auto", "loopback", "no system MIDI here")))
    assert alone.level is WARN
    assert "apt install jackd2" in alone.fix
    assert "modprobe snd-seq" in alone.fix
    assert worst(midi.judge(midi.Midi("linux", "loopback", "loopback", "as asked"))).level is OK
    assert worst(midi.judge(midi.Midi("linux", "jack", "", "", "no JACK server"))).level is FAIL


def test_on_windows_the_loopback_to_make_is_named_unless_it_is_there() -> None:
    def seen(*names: str) -> midi.Midi:
        return midi.Midi("win32", "auto", "windows", "MIDI through windows", names=names)

    nothing = worst(midi.judge(seen("Microsoft GS Wavetable Synth 0")))
    assert nothing.level is FAIL
    assert "loopMIDI" in nothing.fix
    assert "«Antiphon in» and «Antiphon out»" in nothing.fix
    assert worst(midi.judge(seen("Antiphon in 1", "Antiphon out 2"))).level is OK
    assert worst(midi.judge(seen("Default App Loopback (A) 0"))).level is OK
    assert "Antiphon out" in worst(midi.judge(seen("Antiphon in 1"))).says


def test_jack_is_judged_by_library_server_and_period() -> None:
    def judged(**seen: object) -> Verdict:
        return worst(jack.judge(jack.Jack("linux", **{"asked": False, **seen})))  # type: ignore[arg-type]

    assert judged(library="1.9.21", rate=48000, period=128).level is OK
    slow = judged(library="1.9.21", rate=48000, period=1024)
    assert slow.level is WARN
    assert "21.3 ms" in slow.says
    assert "force-quantum" in judged(library="PipeWire 1.0", rate=48000, period=1024).fix
    assert judged(library="1.9.21").level is OK
    assert judged(library="1.9.21", asked=True).level is FAIL
    assert judged().fix == "sudo apt install libjack-jackd2-0"
    assert judged(pipewire=True).fix == "sudo apt install pipewire-jack"
    assert "pw-jack" in judged(library="1.9.21", pipewire=True).fix
    assert worst(jack.judge(jack.Jack("darwin", False))).level is OK


def test_ports_are_told_with_whom_they_are_connected_to() -> None:
    way_in = PortInfo("Antiphon:in", "out", True, ("Antiphon:guest",))
    guest = PortInfo("Antiphon:guest", "in", True, ("Antiphon:in",))
    lead = PortInfo("Antiphon:lead", "in", True, ("ardour:AI/midi_in",))
    other = PortInfo("ardour:AI/midi_in", "out")
    said = list(ports.judge(ports.Seen((way_in, guest, lead, other), 42)))
    assert [verdict.says for verdict in said if verdict.level is OK] == [
        "Antiphon:lead <-> ardour:AI/midi_in",
        "others: ardour:AI/midi_in",
    ]
    assert "cannot hear you" in worst(said).says
    wired = PortInfo("Antiphon:in", "out", True, ("Antiphon:guest", "keys:out"))
    assert worst(ports.judge(ports.Seen((wired, guest), 42))).level is OK


def test_ports_of_a_stranger_who_is_called_like_us_are_told() -> None:
    assert worst(ports.judge(ports.Seen((PortInfo("Antiphon:in", "out", True),)))).level is WARN
    assert worst(ports.judge(ports.Seen(trouble="no MIDI system"))).level is OK


def test_alsas_own_list_says_who_is_connected_to_whom() -> None:
    text = """Client info
  cur  clients : 3

Client   0 : "System" [Kernel]
  Port   0 : "Timer" (Rwe-)
  Port   1 : "Announce" (R-e-)
    Connecting To: 128:0
Client  20 : "Keystation" [Kernel Legacy]
  Port   0 : "Keystation MIDI 1" (RWeX)
    Connecting To: 128:0[r:0], 129:1
Client 128 : "Antiphon" [User Legacy]
  Port   0 : "in" (-We-)
    Connected From: 20:0, 0:1
"""
    assert alsa.connections(text) == {
        "System:Announce": ("Antiphon:in",),
        "Keystation:Keystation MIDI 1": ("Antiphon:in", "129:1"),
        "Antiphon:in": ("Keystation:Keystation MIDI 1", "System:Announce"),
    }


def test_the_leading_clock_is_told_and_an_unsteady_one_too() -> None:
    steady = {"clock": "midi", "tempo": 120.0, "clock_error_ms": 0.4, "playing": 1}
    assert worst(clocks.judge(clocks.Clocks("auto", True, steady))).says.startswith("the midi clock leads at 120.0 BPM")
    assert worst(clocks.judge(clocks.Clocks("auto", True, {**steady, "clock_error_ms": 9.0}))).level is WARN
    idle = list(clocks.judge(clocks.Clocks("auto", ports=("ardour:MIDI Clock out",))))
    assert "ardour:MIDI Clock out" in idle[-1].says
    assert worst(clocks.judge(clocks.Clocks("auto", True))).says.endswith("did not answer over OSC")


def test_link_is_never_urged_on_anybody() -> None:
    assert worst(link.judge(link.Extra(False, False, "pip"))).level is OK
    assert (
        worst(link.judge(link.Extra(False, True, "pip install 'antiphon[link]'"))).fix == "pip install 'antiphon[link]'"
    )
    assert "GPL" in worst(link.judge(link.Extra(True, True, ""))).says


def test_an_osc_port_is_free_ours_or_somebodys() -> None:
    taken = osc.Port("127.0.0.1", 9270, trouble="Address already in use", config="/c.toml")
    assert worst(osc.judge(osc.Port("127.0.0.1", 9270))).level is OK
    assert worst(osc.judge(osc.Port("127.0.0.1", 9270, enabled=False, trouble="x"))).level is OK
    other = worst(osc.judge(replace(taken, whose="scsynth, process 7")))
    assert other.level is FAIL
    assert "scsynth, process 7" in other.says
    assert other.fix.endswith("[osc]\nport = 9271")
    assert worst(osc.judge(replace(taken, whose="antiphon, process 42", daemon=42))).level is OK


def test_what_the_network_can_reach_is_told_with_the_line_that_closes_it() -> None:
    seen = binds.Binds((binds.Bound("osc", "127.0.0.1", 9270), binds.Bound("osc", "0.0.0.0", 9271)), "/c.toml")
    said = worst(binds.judge(seen))
    assert said.level is WARN
    assert '[osc]\nhost = "127.0.0.1"' in said.fix
    assert (
        worst(binds.judge(binds.Binds((binds.Bound("osc", "::1"), binds.Bound("page", "localhost")), ""))).level is OK
    )


def test_the_sockets_of_a_process_are_read_as_the_kernel_prints_them() -> None:
    table = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:2436 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 111 2 0 0
   1: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 222 2 0 0
   2: 0100007F:0001 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 333 2 0 0
"""
    assert list(sockets.listeners(table, "07")) == [("127.0.0.1", 9270, "111"), ("0.0.0.0", 5353, "222")]
    six = "head\n 0: 00000000000000000000000001000000:0050 0:0 0A 0:0 0:0 0 0 0 444 1\n"
    assert list(sockets.listeners(six, "0A")) == [("::1", 80, "444")]


def test_refused_priority_is_told_with_the_exact_lines() -> None:
    refused = worst(priority.judge(priority.Priority("linux", False, 0, False, "ann")))
    assert refused.level is WARN
    assert "'@audio - rtprio 95' '@audio - memlock unlimited' | sudo tee /etc/security/limits.d/" in refused.fix
    assert "usermod -aG audio ann" in refused.fix
    assert "usermod" not in worst(priority.judge(priority.Priority("linux", False, 0, True, "ann"))).fix
    for granted in (priority.Priority("linux", True), priority.Priority("win32"), priority.Priority("darwin")):
        assert worst(priority.judge(granted)).level is OK


def test_two_flavours_of_onnx_runtime_are_a_failure_with_the_way_out() -> None:
    both = worst(onnx.judge(onnx.Runtime({"onnxruntime": "1.31", "onnxruntime-gpu": "1.31"}, "1.31", ("cuda", "cpu"))))
    assert both.level is FAIL
    assert both.fix == "pip uninstall -y onnxruntime onnxruntime-gpu && pip install 'antiphon[cpu]'"


def test_an_onnx_runtime_that_is_missing_or_cannot_do_what_is_asked_fails() -> None:
    assert worst(onnx.judge(onnx.Runtime({}, trouble="ModuleNotFoundError"))).fix == REMEDIES["cpu"]
    assert "anew" in worst(onnx.judge(onnx.Runtime({}, trouble="damaged", frozen=True))).fix
    assert worst(onnx.judge(onnx.Runtime({"onnxruntime": "1.31"}, "1.31", ("cpu",), asked="cuda"))).level is FAIL
    assert worst(onnx.judge(onnx.Runtime({"onnxruntime": "1.31"}, "1.31", ("cpu",)))).level is OK


def test_cuda_is_needed_by_nobody_who_did_not_ask() -> None:
    found = {"cuDNN (libcudnn.so.9)": "/x", "CUDA runtime (libcudart.so.13)": "/x"}
    missing = {**found, "cuDNN (libcudnn.so.9)": ""}
    assert worst(cuda.judge(cuda.Cuda())).level is OK
    assert worst(cuda.judge(cuda.Cuda(("GTX",), True))).level is OK
    assert worst(cuda.judge(cuda.Cuda(asked=True))).level is FAIL
    assert "CUDA build" in worst(cuda.judge(cuda.Cuda(asked=True, frozen=True))).fix
    assert worst(cuda.judge(cuda.Cuda(("GTX",), True, True, 13, found))).says == "CUDA 13 and cuDNN 9 are here, for GTX"
    lacks = worst(cuda.judge(cuda.Cuda(("GTX",), True, True, 13, missing)))
    assert (lacks.level, "libcudnn.so.9" in lacks.says) == (WARN, True)
    assert worst(cuda.judge(cuda.Cuda(("GTX",), True, True, 13, missing, asked=True))).level is FAIL
    assert worst(cuda.judge(cuda.Cuda((), False, True, 13, found))).fix == cuda.DRIVER_FIX


def test_a_damaged_pack_fails_only_if_it_is_to_play() -> None:
    sound = packs.Shelved("good", "lstm", "CC0-1.0")
    damaged = packs.Shelved("bad", trouble="bad: step.onnx is damaged")
    assert worst(packs.judge(packs.Shelf((sound,), "good"))).says == "sound, by their hashes: good (CC0-1.0)"
    assert worst(packs.judge(packs.Shelf((sound, damaged), "good"))).level is WARN
    assert worst(packs.judge(packs.Shelf((sound, damaged), "bad"))).level is FAIL
    assert worst(packs.judge(packs.Shelf((), "good", "no pack «good»"))).level is FAIL
    assert worst(packs.judge(packs.Shelf((packs.Shelved("new", "choir", "x"),), "new"))).level is WARN


@pytest.mark.parametrize(("free", "level"), [(None, OK), (100.0, FAIL), (500.0, WARN), (4000.0, OK)])
def test_memory_has_to_do_for_three_processes(free: float | None, level: Level) -> None:
    assert worst(memory.judge(memory.Memory(free, 8000.0))).level is level


def test_memory_is_read_as_linux_prints_it() -> None:
    assert memory.linux("MemTotal:  1000000 kB\nMemAvailable:  500000 kB\n") == memory.Memory(512.0, 1024.0)
    assert memory.linux("HugePages_Free: 0\n") == memory.Memory(None, None)


@pytest.mark.parametrize(("free", "level"), [(1.0, FAIL), (100.0, WARN), (5000.0, OK)])
def test_the_disk_has_to_have_room_for_what_a_session_leaves(free: float, level: Level) -> None:
    assert worst(disk.judge(disk.Disk("/s", free))).level is level
    assert worst(disk.judge(disk.Disk(""))).level is FAIL
