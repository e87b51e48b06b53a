"""What every family's export shares: reading a training run's file, and writing `pack.toml` and `recipe.toml`."""

import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import msgspec
import torch

from bridge.engine.pack import Card
from bridge.errors import PackError
from export.toml import dumps


@contextmanager
def reading(path: Path, what: str, family: str = "") -> Iterator[dict[str, Any]]:
    """What a training run saved, to be taken apart within. Raises PackError where it is no such run."""
    try:
        saved: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
        yield saved
    except (OSError, EOFError, KeyError, RuntimeError, UnpicklingError, msgspec.ValidationError) as error:
        command = f"antiphon-export train{f' --family {family}' if family else ''}"
        reason = type(error).__name__
        raise PackError(f"{path.name} holds no trained {what} ({reason}); run `{command}`") from None


def write_card(folder: Path, card: Card) -> None:
    """Write `pack.toml`. Raises PackError where it does not read back as it was written."""
    text = dumps(msgspec.to_builtins(card))
    (folder / "pack.toml").write_text(text, "utf-8")
    reread = msgspec.convert(tomllib.loads((folder / "pack.toml").read_text("utf-8")), Card)
    if dumps(msgspec.to_builtins(reread)) != text:
        raise PackError("pack.toml does not read back as it was written; this is a fault of the export")


def write_recipe(folder: Path, commands: Sequence[str], recipe: msgspec.Struct, parity: object, **more: Any) -> None:
    """Write `recipe.toml`: how the pack is made again, how it came out, and how near its graphs are to torch."""
    text = {
        "commands": list(commands),
        "recipe": msgspec.to_builtins(recipe),
        **more,
        "parity": str(parity),
        "torch": torch.__version__,
    }
    (folder / "recipe.toml").write_text(dumps(text), "utf-8")
