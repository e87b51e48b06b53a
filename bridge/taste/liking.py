"""What is known of a player's taste, as few numbers: all that the engine is told of it."""

from collections.abc import Mapping

import msgspec


class Liking(msgspec.Struct, frozen=True):
    """Weights of the features of a phrase, fitted to likes and dislikes; empty where nothing is known."""

    weights: tuple[float, ...] = ()
    """One for each of `bridge.taste.features`."""
    packs: Mapping[str, tuple[float, ...]] = {}
    """Pack -> weights of its own latents, for packs that describe phrases."""

    def told(self, amount: float, pack: str) -> "Taste | None":
        """What an ask of a pack is told where it counts by `amount`; None where there is nothing to tell."""
        return Taste(amount, self.weights, self.packs.get(pack, ())) if amount > 0 and self.weights else None


class Taste(msgspec.Struct, frozen=True):
    """What an ask is told: how much the player's taste counts beside the critic's rules, 0 to 1, and what it is."""

    amount: float
    weights: tuple[float, ...]
    latents: tuple[float, ...] = ()
    """Weights of the asked pack's own latents; empty where there are none."""
