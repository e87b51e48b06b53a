from pathlib import Path
from xml.etree import ElementTree

from PIL import Image

from bundle import icon


def test_the_icon_is_drawn_in_every_size_and_for_every_system(tmp_path: Path) -> None:
    made = icon.draw(tmp_path)
    for size, path in made.pictures.items():
        with Image.open(path) as picture:
            assert picture.size == (size, size)
    with Image.open(made.windows) as picture:
        assert (16, 16) in picture.info["sizes"]
    with Image.open(made.mac) as picture:
        assert picture.format == "ICNS"


def test_the_svg_has_the_same_shapes() -> None:
    root = ElementTree.fromstring(icon.svg())
    assert len(root) == len(icon.SHAPES)


def test_call_and_answer_face_each_other_in_their_own_colours() -> None:
    picture = icon.picture(64)
    assert picture.getpixel((19, 44)) == (0xF4, 0xB8, 0x60, 255)
    assert picture.getpixel((45, 44)) == (0x6F, 0xC3, 0xDF, 255)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
