"""How well a band accompanies: held-out pieces played to it live, on the offline clock, and what it answered judged."""
