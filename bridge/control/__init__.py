"""The parameter table and what turns it."""
