import json

from bridge.engine.pack import Card, File
from bridge.music.note import Voice
from bundle.notices import Share
from bundle.owners import Owner
from bundle.sbom import bill

SHARES = [
    Share(Owner("Some-Thing", "1.0", "pypi", "MIT", "https://some.thing"), 3),
    Share(Owner("libssl3", "3.0-1~deb", "deb", "Apache-2.0"), 1),
    Share(Owner("OpenBLAS", "", "carried", "BSD-3-Clause", within="numpy"), 1),
]
CARD = Card(
    schema=1,
    name="tune",
    family="lstm",
    version="2.0",
    title="A tune",
    licence="CC0-1.0",
    voices=(Voice.LEAD,),
    graphs={"step": (File("step.onnx", "ab" * 32),)},
)


def test_every_owner_and_every_pack_is_a_component_and_antiphon_depends_on_it() -> None:
    made = json.loads(bill(SHARES, [("models/tune", CARD)], 1_800_000_000))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    by_name = {part["name"]: part for part in made["components"]}
    assert by_name["Some-Thing"]["purl"] == "pkg:pypi/some-thing@1.0"
    assert by_name["libssl3"]["purl"].startswith("pkg:deb/debian/libssl3@3.0-1")
    assert "purl" not in by_name["OpenBLAS"]
    assert by_name["tune"]["type"] == "machine-learning-model"
    assert by_name["tune"]["components"][0]["hashes"] == [{"content": "ab" * 32, "alg": "SHA-256"}]
    assert set(made["dependencies"][0]["dependsOn"]) == {part["bom-ref"] for part in made["components"]}


def test_the_same_contents_give_the_same_bill() -> None:
    assert bill(SHARES, [], 5) == bill(SHARES, [], 5)
    assert json.loads(bill(SHARES, [], 5))["serialNumber"] != json.loads(bill(SHARES[:1], [], 5))["serialNumber"]
