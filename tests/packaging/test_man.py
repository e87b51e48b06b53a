from bundle import man


def test_the_manual_page_has_every_command_and_option() -> None:
    page = man.page(0)
    for word in (
        ".SS antiphon jam",
        ".SS antiphon doctor",
        ".SS antiphon service",
        "\\-\\-selftest",
        "\\-\\-log\\-file",
    ):
        assert word in page
    assert page.startswith('.TH ANTIPHON 1 "1970-01-01"')


def test_no_text_is_taken_for_a_request() -> None:
    assert man.escaped(".so what") == "\\&.so what"
    assert man.escaped("a-b\\c\n d") == "a\\-b\\ec d"
    assert man.page(0).isascii()
