"""What every command does with an error: one line, and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from bridge.errors import AntiphonError


@contextmanager
def failures() -> Iterator[None]:
    """An error of ours is one line and exit code 1; Ctrl-C before anything has begun is neither."""
    try:
        yield
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
    except AntiphonError as error:
        typer.echo(f"antiphon: {error}", err=True)
        raise typer.Exit(1) from None
