"""`antiphon taste`: profiles and what they like, from the command line. All of it stays on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from bridge.errors import AntiphonError
from bridge.taste import command

app = typer.Typer(
    help="What you like of what the band plays: profiles, suggestions, and files to take along. All on this machine.",
    no_args_is_help=True,
)

ProfileName = Annotated[str | None, typer.Option("--profile", help="Another profile than the one in use.")]


@app.command("list")
def list_(profile: ProfileName = None) -> None:
    """List what a profile likes and dislikes, the newest first."""
    _say(lambda: command.listed(profile))


@app.command()
def profile(
    name: Annotated[str | None, typer.Argument(help="Play with this profile.")] = None,
    new: Annotated[bool, typer.Option("--new", help="Make it first.")] = False,
    rename: Annotated[str | None, typer.Option(help="Give it (or the one in use) another name.")] = None,
) -> None:
    """List the profiles, choose one, make one, or rename one."""
    _say(lambda: command.profile(name, new, rename))


@app.command()
def suggest(
    profile: ProfileName = None,
    count: Annotated[int, typer.Option(min=1, max=50, help="How many of a kind.")] = 3,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Suggest presets, settings and phrases."""
    _say(lambda: command.suggest(profile, count, json))


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="The file to write (JSON).", dir_okay=False)],
    profile: Annotated[list[str] | None, typer.Option(help="Only this profile (may be repeated).")] = None,
) -> None:
    """Write profiles, and all they like, into a file that people can read."""
    _say(lambda: command.export(file, profile or ()))


@app.command()
def merge(file: Annotated[Path, typer.Argument(help="A file that `export` wrote.", dir_okay=False)]) -> None:
    """Take in the profiles of a file; a second time it changes nothing."""
    _say(lambda: command.merge(file))


@app.command()
def forget(
    profile: Annotated[str | None, typer.Argument(help="The profile; without one, all of them.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a profile and all it likes, for good."""
    if not yes:
        typer.confirm(f"Forget {'every profile' if profile is None else f'«{profile}»'}, for good?", abort=True)
    _say(lambda: command.forget(profile))


@app.command()
def simulate(
    seed: Annotated[int, typer.Option(help="The same seed gives the same table.")] = 2026,
    quick: Annotated[bool, typer.Option(help="Fewer phrases and players.")] = False,
) -> None:
    """Show on simulated players, whose tastes are made up, how well theirs are found out. Writes nothing."""
    _say(lambda: command.simulate(seed, quick))


def _say(text: "command.Text") -> None:
    with _failures():
        typer.echo(text())


@contextmanager
def _failures() -> Iterator[None]:
    """An error of ours is one line and exit code 1."""
    try:
        yield
    except AntiphonError as error:
        typer.echo(f"antiphon: {error}", err=True)
        raise typer.Exit(1) from None
