from bridge.taste.liking import Latents, Liking, Taste


def test_an_ask_is_told_nothing_where_nothing_is_known_or_it_is_not_to_count() -> None:
    assert Liking().told(1.0, "vae") is None
    assert Liking((0.5,)).told(0.0, "vae") is None


def test_an_ask_is_told_of_its_own_packs_latents_only() -> None:
    liking = Liking((0.5,), {"vae": Latents((1.0, 2.0), "a1")})
    assert liking.told(0.3, "vae") == Taste(0.3, (0.5,), (1.0, 2.0), "a1")
    assert liking.told(0.3, "lstm") == Taste(0.3, (0.5,))
