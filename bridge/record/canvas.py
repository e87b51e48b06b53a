"""A drawing surface in plain pixels, drawn larger and then reduced, so that edges and letters are smooth."""

import msgspec
from PIL import Image, ImageDraw, ImageFont

SHARP = 2
"""Everything is drawn at this many times its size."""

Colour = tuple[int, int, int]
"""Red, green, blue, 0 to 255."""


class Box(msgspec.Struct, frozen=True):
    """A rectangle from its left upper to its right lower corner, in pixels."""

    left: float
    top: float
    right: float
    bottom: float


class Canvas:
    """A picture under way; all lengths in pixels of the finished picture."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self._image = Image.new("RGB", (width * SHARP, height * SHARP), ground)
        self._draw = ImageDraw.Draw(self._image)
        self._fonts: dict[int, ImageFont.FreeTypeFont | ImageFont.ImageFont] = {}

    def fill(self, box: Box, colour: Colour, radius: float = 0) -> None:
        """A rectangle full of colour, its corners rounded by `radius`."""
        self._draw.rounded_rectangle(_corners(box), radius * SHARP, fill=colour)

    def hatch(self, box: Box, edge: Colour, ground: Colour, radius: float = 0) -> None:
        """A rectangle with a coloured edge and diagonal lines on `ground`."""
        left, top, right, bottom = _corners(box)
        self._draw.rounded_rectangle((left, top, right, bottom), radius * SHARP, fill=ground)
        for total in range(left + top + 2 * SHARP, right + bottom, 4 * SHARP):
            lower = (max(left, total - bottom), min(bottom, total - left))
            upper = (min(right, total - top), max(top, total - right))
            self._draw.line((lower, upper), fill=mixed(edge, ground, 0.65), width=SHARP)
        self._draw.rounded_rectangle((left, top, right, bottom), radius * SHARP, outline=edge, width=SHARP)

    def across(self, left: float, right: float, y: float, colour: Colour) -> None:
        """A horizontal line, one pixel wide."""
        self.fill(Box(left, y, right, y + 1), colour)

    def down(self, x: float, top: float, bottom: float, colour: Colour) -> None:
        """A vertical line, one pixel wide."""
        self.fill(Box(x, top, x + 1, bottom), colour)

    def write(self, place: tuple[float, float], text: str, colour: Colour, size: int, anchor: str = "lm") -> None:
        """Text of `size` pixels at a place; `anchor` in Pillow's letters ("lm": left, middle)."""
        x, y = place
        self._draw.text((x * SHARP, y * SHARP), text, fill=colour, font=self._font(size), anchor=anchor)

    def width_of(self, text: str, size: int) -> float:
        """Width of a text of `size` pixels."""
        return self._draw.textlength(text, font=self._font(size)) / SHARP

    def finished(self) -> Image.Image:
        """The picture at its own size."""
        return self._image.reduce(SHARP)

    def _font(self, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        if size not in self._fonts:
            self._fonts[size] = ImageFont.load_default(size * SHARP)
        return self._fonts[size]


def mixed(colour: Colour, ground: Colour, share: float) -> Colour:
    """`share` (0 to 1) of a colour over a ground."""
    red, green, blue = (round(g + (c - g) * share) for c, g in zip(colour, ground, strict=True))
    return red, green, blue


def _corners(box: Box) -> tuple[int, int, int, int]:
    """Corners on the large surface, the right and lower edge included; never inside out."""
    left, top = round(box.left * SHARP), round(box.top * SHARP)
    return left, top, max(left, round(box.right * SHARP) - 1), max(top, round(box.bottom * SHARP) - 1)
