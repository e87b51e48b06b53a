"""What is known of a player's taste, as few numbers: all that the engine is told of it."""

from collections.abc import Mapping

import msgspec


class Liking(msgspec.Struct, frozen=True):
    """Weights of the features of a phrase, fitted to likes and dislikes; empty where nothing is known."""

    weights: tuple[float, ...] = ()
    """One for each of `bridge.taste.features`."""
    packs: Mapping[str, "Latents"] = {}
    """By packs that describe phrases."""

    def told(self, amount: float, pack: str) -> "Taste | None":
        """What an ask of a pack is told where it counts by `amount`; None where there is nothing to tell."""
        latents = self.packs.get(pack, Latents())
        return Taste(amount, self.weights, latents.weights, latents.sha) if amount > 0 and self.weights else None


class Latents(msgspec.Struct, frozen=True):
    """Weights of a pack's own latents, the last of them a constant, and which version of the pack they are of."""

    weights: tuple[float, ...] = ()
    sha: str = ""


class Taste(msgspec.Struct, frozen=True):
    """What an ask is told: how much the player's taste counts beside the critic's rules, 0 to 1, and what it is."""

    amount: float
    weights: tuple[float, ...]
    latents: tuple[float, ...] = ()
    """Weights of the asked pack's own latents; empty where there are none."""
    sha: str = ""
    """Which version of the pack they are of."""
