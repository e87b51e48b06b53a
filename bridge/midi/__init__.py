"""MIDI: message table, ports, the ledger of sounding notes."""
