"""`antiphon bench`: what this machine can do, measured on the real thing and set beside the goals."""
