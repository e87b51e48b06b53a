"""The command line of `antiphon texture`."""

from pathlib import Path
from typing import Annotated

import typer

from bridge.failures import failures
from bridge.settings import Settings, load, pack_folders
from bridge.terminal import Terminal

app = typer.Typer(no_args_is_help=True, help="The texture: sound that follows the chords, into a file.")

Seeds = Annotated[str | None, typer.Option(help="Folder of sounds of your own; else the settings'.")]
Pack = Annotated[str | None, typer.Option(help="The sounding pack: a name, or its folder.")]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).", dir_okay=False)]


@app.command()
def render(
    chords: Annotated[str, typer.Option(help="A chart like «C | Am F | G7»; it goes round and round.")],
    out: Annotated[Path, typer.Option(dir_okay=False, help="The WAV file.")],
    bars: Annotated[int, typer.Option(min=1, max=10_000, help="How many bars.")] = 8,
    tempo: Annotated[float, typer.Option(min=20, max=300, help="BPM.")] = 96.0,
    density: Annotated[float, typer.Option(min=0, max=16, help="Strikes a second.")] = 1.5,
    brightness: Annotated[float, typer.Option(min=0, max=1, help="0 dark to 1 bright.")] = 0.5,
    motion: Annotated[float, typer.Option(min=0, max=1, help="0 still to 1 restless.")] = 0.5,
    level: Annotated[float, typer.Option(min=0, max=1.5, help="Factor on the amplitude.")] = 1.0,
    sound: Annotated[str, typer.Option(help="Which sound: its number or name, as `sounds` lists them.")] = "1",
    seed: Annotated[int, typer.Option(min=0, help="Same seed: same file.")] = 0,
    rate: Annotated[int, typer.Option(min=32_000, max=192_000, help="Samples a second.")] = 44_100,
    seeds: Seeds = None,
    pack: Pack = None,
    config: Config = None,
) -> None:
    """Render a texture over a chart, by the same way as it sounds live."""
    from bridge.sound import command

    with failures():
        settings = load(config)
        options = command.Options(
            chords, bars, out, tempo, density, brightness, motion, level, sound, _seeds(settings, seeds), seed, rate
        )
        name = pack if pack is not None else settings.texture.pack
        typer.echo(command.render(options, name, pack_folders(settings), Terminal().say))


@app.command()
def sounds(seeds: Seeds = None, pack: Pack = None, config: Config = None) -> None:
    """List what a texture can sound like: your own sounds first, then the pack's."""
    from bridge.sound import command

    with failures():
        settings = load(config)
        name = pack if pack is not None else settings.texture.pack
        typer.echo(command.sounds(name, pack_folders(settings), _seeds(settings, seeds), Terminal().say))


def _seeds(settings: Settings, given: str | None) -> str:
    return settings.texture.seeds if given is None else given
