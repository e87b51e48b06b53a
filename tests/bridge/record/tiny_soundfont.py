"""The smallest SoundFont that plays: one looped sine at A4, one instrument, one preset."""

import math
import struct

RATE = 44100
CYCLES, SAMPLES = 44, 4410
"""44 cycles in a tenth of a second: 440 Hz."""
KEY = 69
SAMPLE_MODES, SAMPLE_ID, INSTRUMENT = 54, 53, 41
"""Generators of the format."""


def sine_font() -> bytes:
    """The bytes of the .sf2 file."""
    wave = [round(20000 * math.sin(2 * math.pi * CYCLES * n / SAMPLES)) for n in range(SAMPLES)]
    data = struct.pack(f"<{SAMPLES + 46}h", *wave, *[0] * 46)
    info = _chunk(b"ifil", struct.pack("<HH", 2, 1)) + _chunk(b"isng", b"EMU8000\0") + _chunk(b"INAM", b"Sine\0\0")
    presets = struct.pack("<20sHHHIII", b"Sine", 0, 0, 0, 0, 0, 0) + struct.pack("<20sHHHIII", b"EOP", 0, 0, 1, 0, 0, 0)
    bags = struct.pack("<HHHH", 0, 0, 1, 0)
    instruments = struct.pack("<20sH", b"Sine", 0) + struct.pack("<20sH", b"EOI", 1)
    sample = struct.pack("<20sIIIIIBbHH", b"Sine", 0, SAMPLES, 0, SAMPLES, RATE, KEY, 0, 0, 1)
    end = struct.pack("<20sIIIIIBbHH", b"EOS", 0, 0, 0, 0, 0, 0, 0, 0, 0)
    body = b"".join(
        (
            _chunk(b"phdr", presets),
            _chunk(b"pbag", bags),
            _chunk(b"pmod", bytes(10)),
            _chunk(b"pgen", struct.pack("<HHHH", INSTRUMENT, 0, 0, 0)),
            _chunk(b"inst", instruments),
            _chunk(b"ibag", struct.pack("<HHHH", 0, 0, 2, 0)),
            _chunk(b"imod", bytes(10)),
            _chunk(b"igen", struct.pack("<HHHHHH", SAMPLE_MODES, 1, SAMPLE_ID, 0, 0, 0)),
            _chunk(b"shdr", sample + end),
        )
    )
    parts = _chunk(b"LIST", b"INFO" + info) + _chunk(b"LIST", b"sdta" + _chunk(b"smpl", data))
    return _chunk(b"RIFF", b"sfbk" + parts + _chunk(b"LIST", b"pdta" + body))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
