"""Lanes to music programs: names, tempo, key, transport and clips by each one's own OSC; notes never go this way."""
