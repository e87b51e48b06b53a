"""What a jam leaves behind: MIDI file, picture, sound, summary."""
