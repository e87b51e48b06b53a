"""The command line: one thin command each. Exit codes: 0 fine, 1 failed, 2 wrong usage."""

import asyncio
import math
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from msgspec.structs import replace

import bridge
from bridge.control.parameter import Value
from bridge.control.parameters import ParameterTable
from bridge.errors import PackError, SettingsError
from bridge.failures import failures as _failures
from bridge.midi.system import NAMES
from bridge.music.tunes import Tune, find
from bridge.service.base import Action
from bridge.settings import Settings, load, pack_folders, session_folder
from bridge.sound.terms import app as texture
from bridge.taste import cli as taste
from bridge.terminal import Terminal

app = typer.Typer(
    help="Antiphon, a live AI bandmate: play into it and it answers, in time, on its own MIDI ports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(texture, name="texture")

_MODE, _SEED, _TEMPO = (ParameterTable().place(name).parameter for name in ("mode", "seed", "tempo"))
ModeName = StrEnum("ModeName", {name: name for name in _MODE.choices})  # type: ignore[misc]


def _finite(value: float | None) -> float | None:
    """Refuse what is no number: no range does."""
    if value is not None and not math.isfinite(value):
        raise typer.BadParameter(f"{value} is no number to go by")
    return value


def _known_system(value: str | None) -> str | None:
    if value is not None and value not in NAMES:
        raise typer.BadParameter(f"there is no «{value}»; choose one of {', '.join(NAMES)}")
    return value


def _known_tune(value: str | None) -> str | None:
    try:
        _tune(value)
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    return value


Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML).", dir_okay=False)]
PresetName = Annotated[str | None, typer.Option("--preset", help="A preset to begin with.")]
Pack = Annotated[str | None, typer.Option(help="The model to play with: a name, or its folder.")]
System = Annotated[str | None, typer.Option(help=f"MIDI system: {', '.join(NAMES)}.", callback=_known_system)]


def _selftest(asked: bool) -> None:
    if asked:
        from bridge.selftest import selftest

        with _failures():
            selftest(typer.echo)
        raise typer.Exit


@app.callback()
def antiphon(
    selftest: Annotated[
        bool,
        typer.Option("--selftest", is_eager=True, callback=_selftest, help="Jam alone for ten seconds, check it."),
    ] = False,
) -> None:
    """Antiphon, a live AI bandmate: play into it and it answers, in time, on its own MIDI ports."""


@app.command()
def jam(
    seconds: Annotated[float, typer.Option(min=0, help="How long to play; 0: until Ctrl-C.", callback=_finite)] = 60.0,
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the files it leaves.")] = Path("jam-out"),
    pack: Pack = None,
    mode: Annotated[ModeName | None, typer.Option(help="How to take turns.")] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=int(_SEED.minimum), max=int(_SEED.maximum), help="Same seed, same input: same notes."),
    ] = None,
    tempo: Annotated[
        float | None,
        typer.Option(min=_TEMPO.minimum, max=_TEMPO.maximum, help="BPM, where no MIDI clock leads.", callback=_finite),
    ] = None,
    tune: Annotated[
        str | None, typer.Option(help="What the built-in player performs, or «none».", callback=_known_tune)
    ] = None,
    soundfont: Annotated[Path | None, typer.Option(help="An .sf2 file to render jam.wav with.", exists=True)] = None,
    preset: PresetName = None,
    system: System = None,
    config: Config = None,
) -> None:
    """Jam now: opens the ports, counts in and plays; a built-in player performs until you do."""
    with _failures():
        from bridge import live

        played = _tune(tune)
        settings = _with_preset(_settings(config, pack, system), preset)
        asked = {"mode": None if mode is None else mode.value, "seed": seed, "tempo": tempo}
        settings = replace(settings, knobs=_knobs(played, settings.knobs, asked, settings.preset))
        settings = _suited(settings, pack)
        asyncio.run(live.jam(settings, Terminal(), seconds, out, played, soundfont))


@app.command()
def run(
    pack: Pack = None,
    preset: PresetName = None,
    system: System = None,
    config: Config = None,
    log_file: Annotated[
        str | None, typer.Option(help="Keep what it tells in this file, too; «auto»: in the platform's place.")
    ] = None,
    log: Annotated[
        Path | None, typer.Option("--log", file_okay=False, help="Keep a session log in this folder, to be replayed.")
    ] = None,
) -> None:
    """Stay resident: play whenever the clock rolls, until stopped."""
    with _failures():
        from bridge import live
        from bridge.health.log_file import kept

        settings = _suited(_with_preset(_settings(config, pack, system), preset), pack)
        with kept(settings.log, log_file) as keep:
            asyncio.run(live.run(settings, Terminal(keep=keep), _log_place(settings, log)))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A session.jsonl, or the folder that holds it.", exists=True)],
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the files it leaves.")] = Path("replay-out"),
    config: Config = None,
) -> None:
    """Play a session log again with the same packs; 1 where the notes are not the same."""
    from bridge.replay import replay

    with _failures():
        same, text = replay(file, out, pack_folders(load(config)))
    typer.echo(text)
    raise typer.Exit(0 if same else 1)


@app.command()
def ports(system: System = None) -> None:
    """List the MIDI ports there are, and which are ours."""
    from bridge.midi.system import choose, scan

    with _failures():
        typer.echo(choose(system or "auto").why)
        for info in sorted(scan(system or "auto"), key=lambda info: not info.ours):
            whose = "ours" if info.ours else "here"
            joined = f"  <-> {', '.join(info.connected)}" if info.connected else ""
            typer.echo(f"  {whose}  {info.name}{joined}")


@app.command()
def models(
    tries: Annotated[
        bool, typer.Option("--try", help="Play each in every mode, on the offline clock, and say how it went.")
    ] = False,
    pack: Annotated[
        list[str] | None, typer.Option(help="Try only this one, by its name or folder (may be repeated).")
    ] = None,
    mode: Annotated[list[str] | None, typer.Option(help="Try only this mode (may be repeated).")] = None,
    config: Config = None,
) -> None:
    """List the packs: what they play, under which licence, and whether they are sound."""
    from bridge.engine.catalogue import find, packs
    from bridge.engine.families import check
    from bridge.engine.pack import Pack as Whole

    with _failures():
        folders = pack_folders(load(config))
        there = packs(folders) | {name: find(name, folders) for name in pack or ()}
        if tries:
            from bridge.bench.matrix import all_tried

            typer.echo(all_tried(there, pack or (), mode or (), Terminal()))
            return
        for name, folder in there.items():
            try:
                card = Whole.load(folder).card
                check(card.family)
                voices = ", ".join(card.voices)
                typer.echo(f"{name:<20} {card.version:<8} {card.family:<12} {voices:<20} {card.licence}")
                typer.echo(f"{'':<20} {card.title}")
            except PackError as error:
                typer.echo(f"{name:<20} broken: {error}")


@app.command()
def bench(
    json: Annotated[Path | None, typer.Option(help="File for the figures.", dir_okay=False)] = None,
    plot: Annotated[Path | None, typer.Option(help="File for a picture of them (PNG).", dir_okay=False)] = None,
    provider: Annotated[str | None, typer.Option(help="What the models are to run on: cpu, cuda, coreml.")] = None,
    pack: Pack = None,
    quick: Annotated[bool, typer.Option(help="Half a minute in place of two.")] = False,
    long: Annotated[bool, typer.Option(help="Six minutes or so: hit rates over 2000 16ths at each tempo.")] = False,
    peers: Annotated[bool, typer.Option(help="Time peers in the same run, where they are installed.")] = False,
    peer_python: Annotated[list[Path] | None, typer.Option(help="Where they are installed (may be repeated).")] = None,
    system: System = None,
    config: Config = None,
) -> None:
    """Measure what this machine can do, and set it beside the goals."""
    from bridge.bench import command

    with _failures():
        options = command.Options(json, plot, provider, pack, quick, peers, tuple(peer_python or ()), long)
        typer.echo(command.bench(_settings(config, None, system), options, Terminal()))


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="The findings as JSON, for programs.")] = False,
    config: Config = None,
) -> None:
    """Look at this machine: what is well, what is not, and how to put it right. 1 where something fails."""
    from bridge.health.doctor.doctor import examine
    from bridge.health.doctor.report import as_json, as_text, is_well

    findings = examine(config)
    typer.echo(as_json(findings) if json else as_text(findings))
    raise typer.Exit(0 if is_well(findings) else 1)


@app.command()
def daw(
    json: Annotated[bool, typer.Option("--json", help="The findings as JSON, for programs.")] = False,
    files: Annotated[
        Path | None, typer.Option(file_okay=False, help="Write what REAPER needs of us into this folder.")
    ] = None,
    config: Config = None,
) -> None:
    """Look for music programs: which answer, what is wired, and what to click if not. 1 where none answers."""
    from bridge.daw import command

    with _failures():
        settings = load(config)
        if files is not None:
            typer.echo(command.lay_out(settings, files))
            return
        report = command.examine(settings)
    typer.echo(command.as_json(report) if json else command.as_text(report))
    raise typer.Exit(0 if command.is_well(report) else 1)


@app.command()
def service(action: Annotated[Action, typer.Argument(help="What to do.")]) -> None:
    """Have Antiphon start with your session, as a service of your own."""
    from bridge.service.here import carry_out, here

    with _failures():
        for line in carry_out(here(), action):
            typer.echo(line)


@app.command()
def calibrate(
    port: Annotated[str, typer.Option(help="The out port to measure.")] = "lead",
    pulses: Annotated[int, typer.Option(min=8, max=1000, help="How many notes to send.")] = 40,
    patience: Annotated[float, typer.Option(min=1, max=600, help="Seconds to wait for the first to come back.")] = 20.0,
    write: Annotated[bool, typer.Option("--write", help="Put the offset into the settings file.")] = False,
    system: System = None,
    config: Config = None,
) -> None:
    """Measure how late a port is heard: its notes must come back to «in», through the music program."""
    from bridge.calibrate.command import Options
    from bridge.calibrate.command import calibrate as measure
    from bridge.settings import settings_file

    with _failures():
        file = settings_file(config) if write else None
        typer.echo(measure(_settings(config, None, system), Options(port, pulses, patience, file), Terminal().say))


@app.command()
def presets(
    show: Annotated[str | None, typer.Option(help="Print what this preset says.")] = None,
    delete: Annotated[str | None, typer.Option(help="Do away with this preset.")] = None,
) -> None:
    """List the presets, numbered as program changes count them; show or delete one."""
    from bridge.control import command

    with _failures():
        typer.echo(command.presets(show, delete))


app.add_typer(taste.app, name="taste")


@app.command()
def top(config: Config = None) -> None:
    """Watch the running daemon on this terminal; q quits."""
    from bridge.top.command import top as watch

    with _failures():
        watch(load(config).osc)


@app.command()
def layouts(
    folder: Annotated[Path, typer.Argument(help="Where to write them.", file_okay=False)],
    config: Config = None,
) -> None:
    """Write layouts for Open Stage Control and TouchOSC, made from the parameter table."""
    from bridge.layouts.command import layouts as write

    with _failures():
        typer.echo(write(folder, load(config).osc))


@app.command()
def listen(
    pack: Pack = None,
    rounds: Annotated[int, typer.Option(min=1, max=200, help="How many pairs to hear.")] = 8,
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder for the excerpts.")] = Path("listen-out"),
    seed: Annotated[int | None, typer.Option(help="Same seed: same pairs in the same order.")] = None,
    score: Annotated[bool, typer.Option("--score", help="Only print the score so far.")] = False,
    soundfont: Annotated[Path | None, typer.Option(help="An .sf2 file to render with.", exists=True)] = None,
    config: Config = None,
) -> None:
    """Hear two excerpts without knowing who plays (pack, vamp or human), and say which is better; keeps score."""
    with _failures():
        from bridge.listen import command

        options = command.Options(rounds, out, seed, score, soundfont)
        typer.echo(command.listen(_settings(config, pack, None), options, Terminal().say, input))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(bridge.__version__)


def _settings(config: Path | None, pack: str | None, system: str | None) -> Settings:
    settings = load(config)
    if pack is not None:
        settings = replace(settings, engine=replace(settings.engine, pack=pack))
    if system is not None:
        settings = replace(settings, midi=replace(settings.midi, system=system))
    return settings


def _with_preset(settings: Settings, preset: str | None) -> Settings:
    """The settings that begin with a preset, whose values go before those of the settings file."""
    return settings if preset is None else replace(settings, preset=preset, knobs={})


def _suited(settings: Settings, pack: str | None) -> Settings:
    """The settings with the band that suits their mode, where nobody says who is to play."""
    if pack is not None or settings.preset:
        return settings
    from bridge.lineup import suited

    return replace(settings, engine=suited(settings.engine, str(settings.knobs.get("mode", ""))))


def _log_place(settings: Settings, folder: Path | None) -> Path | None:
    """Where this run is to keep its session log, if it does."""
    from bridge.record.session_keeping import place

    if folder is None and not settings.record.session:
        return None
    return place(folder or session_folder(settings), settings.record.megabytes)


def _tune(name: str | None) -> Tune | None:
    """The tune of that name, the first for None, or none at all. Raises SettingsError."""
    return None if name == "none" else find(name)


def _knobs(
    tune: Tune | None, configured: Mapping[str, Value], asked: Mapping[str, Value | None], preset: str = ""
) -> dict[str, Value]:
    """First values of the knobs: the tune's tempo gives way to preset and settings, and those to the command line.

    The tune's meter gives way to neither: it cannot be played in another.
    """
    knobs: dict[str, Value] = {} if tune is None or preset else {"tempo": tune.tempo}
    knobs |= configured
    if tune is not None:
        knobs["meter"] = str(tune.meter)
    return knobs | {name: value for name, value in asked.items() if value is not None}
