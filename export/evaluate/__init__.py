"""What the figures of a CARD.md are made of."""
