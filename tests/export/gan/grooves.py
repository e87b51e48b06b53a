"""Made-up drumming for the tests of the groove GAN."""

from export.data.making import make
from export.data.piece import Piece, Role
from export.data.ruling import Mark
from export.gan.deck import Deck, deck
from export.gan.grooves import alone
from tests.export.data.makings import raw


def beat(number: int = 0, bars: int = 8, late: float = 0.01) -> Piece:
    """A performance in 4/4: bass drum, snare and hi-hat, a little late, and a bass drum just ahead of each bar line."""
    strokes = []
    for bar in range(bars):
        start = 4.0 * bar
        ahead = 0.03 if bar else 0.0
        strokes += [(start - ahead, 0.1, 36, 100 + number), (start + 2.5 + late, 0.1, 36, 90)]
        strokes += [(start + n + late, 0.1, 38, 100) for n in (1.0, 3.0)]
        strokes += [(start + 0.5 * n + late, 0.1, 42, 80 - 30 * (n % 2)) for n in range(8)]
    return _piece(f"groove:drummer1/session1/{number}", f"g{number}", strokes)


def fill(number: int = 50) -> Piece:
    """A single bar of fill."""
    strokes = [(0.25 * n + 0.01, 0.1, (38, 48, 45, 43)[n // 4], 70 + n) for n in range(16)]
    return _piece(f"groove:drummer1/session1/{number}", f"g{number}", strokes)


def label(piece: str) -> str:
    """What the drummers called it."""
    return "fill" if int(piece.rsplit("/", 1)[1]) >= 50 else "beat"


def windows(count: int = 3) -> Deck:
    """Windows of some beats and a fill."""
    return deck(alone([*(beat(number, late=0.01 * number) for number in range(count)), fill()], label), [])


def _piece(id: str, cluster: str, strokes: list[tuple[float, float, int, int]]) -> Piece:
    strokes = sorted(strokes)
    return make(
        id, "groove", parts=[(Role.DRUMS, raw(*strokes))], marks=[Mark(0.0, 4, 4)], cluster=cluster, style="rock",
        tempo=100.0, nominal=False, dynamics=True,
    )  # fmt: skip
