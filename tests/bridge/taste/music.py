"""Phrases for the tests: a slow low one, a fast high one, and what lies between."""

from bridge.music.key import Key
from bridge.music.note import Note, Voice
from bridge.taste.item import Item, of_phrase
from bridge.taste.phrase import Phrase


def phrase(fast: float = 0.0, tonic: int = 0, salt: int = 0) -> Phrase:
    """Two bars of lead, from slow and low (0) to fast and high (1); `salt` makes another of the same kind."""
    step = 1.0 - 0.75 * fast
    notes = []
    for index in range(round(8 / step)):
        pitch = 55 + round(24 * fast) + tonic + (0, 4, 7, 4, 2, 5, 9)[(index * (salt + 1)) % 7]
        notes.append(Note(Voice.LEAD, round(index * step, 4), step * 0.9, pitch, 80))
    return Phrase(tuple(notes), 8.0, key=Key(tonic))


def item(fast: float = 0.0, salt: int = 0) -> Item:
    """The same as something that can be liked."""
    return of_phrase(phrase(fast, salt=salt))
