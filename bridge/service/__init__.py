"""Antiphon as a service of the user's session: it starts when they log in, and again when it fails."""
