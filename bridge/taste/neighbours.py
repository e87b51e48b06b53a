"""Players like you: the table of players by items, factorised, and who lies near whom in it.

The table holds -1 to 1, and 0 for what a player said nothing of. Its truncated singular value decomposition gives every
player a few numbers (Cremonesi, Koren and Turrin's PureSVD, 2010), and those whose directions are nearest by the cosine
vote. The library is scikit-learn, which comes with the extra `taste`: with SciPy it takes 145 MB.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FACTORS = 12
"""Numbers a player is described by, at most."""
NEAREST = 20
"""Players who vote, at most."""
DOUBT = 1.0
"""What a vote is held against: so few and far neighbours say little."""
MOST = 0.4
"""What the votes count for at most, beside the content."""
HALF = 10.0
"""Co-likes at which they count for half of that."""


def there() -> bool:
    """Whether the library is installed."""
    from importlib.util import find_spec

    return find_spec("sklearn") is not None


def votes(table: Floats, player: int) -> tuple[Floats, Floats]:
    """What a player's neighbours think of each item [I], -1 to 1, and how near each player [U] is, 0 to 1.

    Zeros where there is nobody to ask. Raises ImportError without the library.
    """
    players, items = table.shape
    near = np.zeros(players)
    factors = min(FACTORS, players - 1, items - 1)
    if factors < 1 or not np.any(table[player]):
        return np.zeros(items), near
    from scipy.sparse import csr_matrix
    from sklearn.decomposition import TruncatedSVD
    from sklearn.neighbors import NearestNeighbors

    places = TruncatedSVD(factors, algorithm="randomized", n_iter=7, random_state=0).fit_transform(csr_matrix(table))
    known = np.flatnonzero(np.linalg.norm(places, axis=1) > 1e-9)
    if player not in known or len(known) < 2:
        return np.zeros(items), near
    search = NearestNeighbors(n_neighbors=min(NEAREST + 1, len(known)), metric="cosine").fit(places[known])
    distances, found = search.kneighbors(places[player][None])
    for distance, index in zip(distances[0], known[found[0]], strict=True):
        if index != player:
            near[index] = max(1.0 - float(distance), 0.0)
    spoken = near[:, None] * (table != 0)
    return near @ table / (spoken.sum(0) + DOUBT), near


def co_likes(table: Floats, player: int) -> int:
    """On how many items a player and somebody else have both spoken."""
    others = np.delete(table, player, 0)
    return int(np.count_nonzero((table[player] != 0) & np.any(others != 0, 0)))


def share(co_liked: int) -> float:
    """How much the votes count beside the content, 0 to `MOST`: more with every co-like."""
    return MOST * co_liked / (co_liked + HALF)
