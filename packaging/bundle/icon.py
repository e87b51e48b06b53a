"""The icon, from one list of shapes: a call (left) and its answer (right), as two notes facing each other."""

from pathlib import Path
from typing import NamedTuple

import msgspec
from PIL import Image, ImageDraw

SIZE = 64
"""Units that the shapes are drawn in."""
SIZES = (16, 24, 32, 48, 64, 128, 256)
"""Pixels of the pictures that are made."""
SHARP = 4
"""Pixels drawn for each that is kept."""
NIGHT, CALL, ANSWER = "#1d2433", "#f4b860", "#6fc3df"


class Shape(msgspec.Struct, frozen=True):
    """`kind` "box" (x0, y0, x1, y1, radius) or "oval" (x0, y0, x1, y1), in units, and its colour."""

    kind: str
    at: tuple[float, ...]
    colour: str


SHAPES = (
    Shape("box", (2, 2, 62, 62, 14), NIGHT),
    Shape("oval", (11, 38, 27, 50), CALL),
    Shape("box", (23, 14, 27, 44, 1), CALL),
    Shape("box", (23, 14, 33, 20, 1), CALL),
    Shape("oval", (37, 38, 53, 50), ANSWER),
    Shape("box", (37, 20, 41, 44, 1), ANSWER),
    Shape("box", (31, 20, 41, 26, 1), ANSWER),
)


class Icons(NamedTuple):
    """Where the files are."""

    svg: Path
    pictures: dict[int, Path]
    windows: Path
    mac: Path


def svg() -> str:
    """The icon as SVG."""
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}">']
    for shape in SHAPES:
        x0, y0, x1, y1, *radius = shape.at
        if shape.kind == "oval":
            centre = f'cx="{(x0 + x1) / 2:g}" cy="{(y0 + y1) / 2:g}" rx="{(x1 - x0) / 2:g}" ry="{(y1 - y0) / 2:g}"'
            lines.append(f'  <ellipse {centre} fill="{shape.colour}"/>')
        else:
            box = f'x="{x0:g}" y="{y0:g}" width="{x1 - x0:g}" height="{y1 - y0:g}" rx="{radius[0]:g}"'
            lines.append(f'  <rect {box} fill="{shape.colour}"/>')
    return "\n".join([*lines, "</svg>", ""])


def picture(size: int) -> Image.Image:
    """The icon in pixels, transparent around it."""
    scale = size * SHARP / SIZE
    image = Image.new("RGBA", (size * SHARP, size * SHARP))
    pen = ImageDraw.Draw(image)
    for shape in SHAPES:
        x0, y0, x1, y1, *radius = (value * scale for value in shape.at)
        if shape.kind == "oval":
            pen.ellipse((x0, y0, x1, y1), fill=shape.colour)
        else:
            pen.rounded_rectangle((x0, y0, x1, y1), radius[0], fill=shape.colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def draw(folder: Path) -> Icons:
    """Write the SVG, a PNG of each size, an .ico and an .icns."""
    folder.mkdir(parents=True, exist_ok=True)
    made = Icons(
        folder / "antiphon.svg",
        {size: folder / f"antiphon-{size}.png" for size in SIZES},
        folder / "antiphon.ico",
        folder / "antiphon.icns",
    )
    made.svg.write_text(svg(), "utf-8")
    for size, path in made.pictures.items():
        picture(size).save(path)
    picture(256).save(made.windows, sizes=[(size, size) for size in SIZES])
    picture(1024).save(made.mac)
    return made
