"""The OSC surface, made from the parameter table."""
