"""What leaves the ports in a test, and whether every note that was opened was closed once."""

from collections import Counter

from bridge.midi.messages import NoteOff, NoteOn, decode

Out = list[tuple[float, str, bytes]]


def open_notes(out: Out) -> Counter[tuple[str, int, int]]:
    """Notes that were opened and not closed. Fails on a note closed twice, or struck again while open."""
    sounding: Counter[tuple[str, int, int]] = Counter()
    for time, port, data in out:
        match decode(data):
            case NoteOn(channel, pitch, _):
                key = (port, channel, pitch)
                assert sounding[key] == 0, f"{key} struck again while it sounds, at {time}"
                sounding[key] += 1
            case NoteOff(channel, pitch):
                key = (port, channel, pitch)
                assert sounding[key] == 1, f"{key} closed though it does not sound, at {time}"
                sounding[key] -= 1
            case _:
                pass
    return +sounding


def onsets(out: Out, port: str = "lead") -> list[tuple[float, int]]:
    """(seconds, pitch) of the note-ons of a port."""
    return [(time, m.pitch) for time, p, data in out if p == port and isinstance(m := decode(data), NoteOn)]
