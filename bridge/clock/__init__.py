"""Beats to time and back: tempo maps and the sources that publish them."""
