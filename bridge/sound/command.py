"""`antiphon texture`: render a texture over a chart into a WAV file, or list what it can sound like."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from bridge.engine.catalogue import find
from bridge.errors import SettingsError
from bridge.music.chart import read_chart
from bridge.sound import offline
from bridge.sound.scene import Scene
from bridge.sound.seeds import load_seeds
from bridge.sound.spectral import Spectral
from bridge.sound.texture import Texture

DEFAULT = "spectral-texture"
"""The pack that is used where the settings name none."""


class Options(msgspec.Struct, frozen=True):
    """What the command was given. `sound` is a name, or a number from 1."""

    chords: str
    bars: int
    out: Path
    tempo: float = 96.0
    density: float = 1.5
    brightness: float = 0.5
    motion: float = 0.5
    level: float = 1.0
    sound: str = "1"
    seeds: str = ""
    seed: int = 0
    rate: int = 44_100


def render(options: Options, pack: str, folders: tuple[Path, ...], tell: Callable[[str], object]) -> str:
    """Write the file, and return what is to be said of it. Raises AntiphonError."""
    texture = _texture(pack, folders, options.seeds, options.rate, tell)
    chart = read_chart(options.chords)
    if not chart:
        raise SettingsError("a texture follows chords; give some with --chords, like «C | Am F | G7»")
    scene = Scene(
        map=offline.steady(options.tempo),
        sounding=True,
        density=options.density,
        brightness=options.brightness,
        motion=options.motion,
        level=options.level,
        character=_place(options.sound, texture),
        seed=options.seed,
    )
    try:
        seconds = offline.write(texture, chart, scene, options.bars, options.out)
    except OSError as error:
        raise SettingsError(f"{options.out} cannot be written ({error.strerror or error})") from None
    name = texture.sounds[scene.character % len(texture.sounds)].name
    return f"{options.out}: {seconds:.1f} s of «{name}» over {chart}"


def sounds(pack: str, folders: tuple[Path, ...], seeds: str, tell: Callable[[str], object]) -> str:
    """The sounds that can be chosen from, numbered; the player's own first. Raises AntiphonError."""
    found = _texture(pack, folders, seeds, 44_100, tell).sounds
    return "\n".join(f"{number:>3}  {sound.name}" for number, sound in enumerate(found, 1))


def _texture(pack: str, folders: tuple[Path, ...], seeds: str, rate: int, tell: Callable[[str], object]) -> Texture:
    model = Spectral.open(find(pack or DEFAULT, folders))
    own = load_seeds(Path(seeds).expanduser(), model, tell) if seeds else ()
    return Texture(model, rate, own)


def _place(wish: str, texture: Texture) -> int:
    names = [sound.name for sound in texture.sounds]
    if wish in names:
        return names.index(wish)
    if wish.isdecimal() and 1 <= int(wish) <= len(names):
        return int(wish) - 1
    raise SettingsError(f"there is no sound «{wish}»; choose a number from 1 to {len(names)}, or of {', '.join(names)}")
