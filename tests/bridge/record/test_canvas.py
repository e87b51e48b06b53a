from bridge.record.canvas import Box, Canvas, mixed

GROUND, INK = (0, 0, 0), (200, 100, 50)


def test_the_finished_picture_has_the_size_it_was_asked_for() -> None:
    assert Canvas(40, 30, GROUND).finished().size == (40, 30)


def test_a_filled_box_fills_its_pixels_and_no_others() -> None:
    canvas = Canvas(20, 20, GROUND)
    canvas.fill(Box(5, 5, 10, 10), INK)
    picture = canvas.finished()
    assert picture.getpixel((5, 5)) == INK
    assert picture.getpixel((9, 9)) == INK
    assert picture.getpixel((4, 5)) == GROUND
    assert picture.getpixel((10, 9)) == GROUND


def test_a_hatched_box_is_neither_full_nor_empty() -> None:
    canvas = Canvas(40, 40, GROUND)
    canvas.hatch(Box(4, 4, 36, 36), INK, GROUND)
    colours = {canvas.finished().getpixel((x, 20)) for x in range(8, 32)}
    assert len(colours) > 1


def test_a_box_thinner_than_a_pixel_can_be_drawn() -> None:
    canvas = Canvas(10, 10, GROUND)
    canvas.fill(Box(5.0, 5.0, 4.9, 5.0), INK, 2)
    canvas.hatch(Box(5.0, 5.0, 5.0, 5.0), INK, GROUND, 2)
    assert canvas.finished().size == (10, 10)


def test_mixing_goes_from_the_ground_to_the_colour() -> None:
    assert [mixed(INK, GROUND, share) for share in (0.0, 0.5, 1.0)] == [GROUND, (100, 50, 25), INK]
