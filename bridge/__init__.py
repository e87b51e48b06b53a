"""The Antiphon daemon: it listens on MIDI and OSC and answers, in time, on its own ports."""

__version__ = "0.1.0"
