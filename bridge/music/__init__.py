"""Musical values. No input, no output, no time of day."""
