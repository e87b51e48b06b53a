"""`antiphon calibrate`: how long a port's notes take through the music program, and the offset that makes up for it."""
