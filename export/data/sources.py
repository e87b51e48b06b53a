"""Where the training data comes from: public origin, commit, licence, credit and the bundle's file of each set."""

from collections.abc import Sequence

import msgspec

from export.data.bundle import Bundle


class Source(msgspec.Struct, frozen=True):
    """One set of the bundle as models use it."""

    name: str
    title: str
    origin: str
    commit: str
    licence: str
    credit: str
    file: str
    """The file in the bundle whose checksum is printed."""
    use: str


SOURCES = (
    Source(
        "nottingham",
        "Nottingham Music Database (ABC)",
        "https://github.com/jukedeck/nottingham-dataset (folder ABC_original)",
        "0992bb6c",
        "free to use with acknowledgement (no formal licence)",
        "Eric Foxley; ABC by James Allwright and Seymour Shlien",
        "nottingham/nottingham_train.jsonl.xz",
        "melodies of the tunes",
    ),
    Source(
        "ewld_pd",
        "OpenEWLD, strict public-domain part",
        "https://github.com/00sapo/OpenEWLD",
        "ec03cbd8",
        "MIT (repository); the music is in the public domain",
        "Federico Simonetta, doi 10.5281/zenodo.4332855",
        "ewld_pd/ewld_pd_train.jsonl.xz",
        "melodies of the lead sheets",
    ),
    Source(
        "openhymnal",
        "Open Hymnal Project",
        "https://github.com/mzealey/openhymnal",
        "d35811b2",
        "public domain (stated in each file)",
        "Brian J. Dumont and the Open Hymnal Project",
        "openhymnal/openhymnal_midi_train.tar.xz",
        "soprano",
    ),
    Source(
        "lieder",
        "OpenScore Lieder Corpus",
        "https://github.com/OpenScore/Lieder",
        "bca12245",
        "CC0 1.0",
        "OpenScore Lieder, https://musescore.com/openscore-lieder-corpus (Mark Gotham, Peter Jonas et al.)",
        "lieder/lieder_midi_train.tar.xz",
        "sung voices",
    ),
    Source(
        "mutopia",
        "Mutopia Project, public-domain and CC BY pieces",
        "https://github.com/MutopiaProject/MutopiaProject",
        "2144afd6",
        "public domain or CC BY (1.0 to 4.0), per piece",
        "the typesetters named below",
        "mutopia/mutopia_midi_train.tar.xz",
        "upper line, where it is a tune",
    ),
    Source(
        "freedoom",
        "Freedoom music",
        "https://github.com/freedoom/freedoom (folder musics)",
        "d14dbbee",
        "BSD-3-Clause",
        "© Contributors to the Freedoom project; its composers are named in its CREDITS-MUSIC",
        "freedoom/freedoom_midi_train.tar.xz",
        "tracks whose guessed role is lead",
    ),
    Source(
        "quartets",
        "OpenScore String Quartets",
        "https://github.com/OpenScore/StringQuartets",
        "2c723a5b",
        "CC0 1.0",
        "OpenScore, https://musescore.com/openscore-lieder-corpus (Mark Gotham, Peter Jonas et al.)",
        "quartets/quartets_midi_train.tar.xz",
        "violin 1, at most 64 bars of a piece an epoch",
    ),
)
"""Every set that the melody model is trained on."""


_USES = {
    "nottingham": "tunes and chord symbols; bar lines from the ABC; a band by rule",
    "ewld_pd": "melodies and chord symbols; a band by rule",
    "openhymnal": "four voices",
    "lieder": "voices and piano",
    "mutopia": "all parts",
    "freedoom": "all parts, by guessed roles",
    "quartets": "four parts, at a small share",
}
"""How the band's models use the sets that the melody model uses too."""

BAND_SOURCES = (
    *(msgspec.structs.replace(source, use=_USES[source.name]) for source in SOURCES),
    Source(
        "groove",
        "Groove MIDI Dataset 1.0.0",
        "https://magenta.withgoogle.com/datasets/groove",
        "1.0.0",
        "CC BY 4.0",
        "Google LLC; Gillick, Roberts, Engel, Eck, Bamman, «Learning to Groove», ICML 2019",
        "groove/groove_midi_train.tar.xz",
        "performances; also laid under pieces without drums",
    ),
    Source(
        "billboard",
        "McGill Billboard annotations 2.0",
        "https://github.com/boomerr1/The-McGill-Billboard-Project",
        "2234489f",
        "CC0",
        "Burgoyne, Wild, Fujinaga, ISMIR 2011",
        "chords/billboard_train.jsonl.xz",
        "chords, played by a band by rule",
    ),
    Source(
        "rock200",
        "A Corpus Study of Rock Music 2.1 (harmonic analyses)",
        "https://github.com/danigb/rock-corpus",
        "2.1",
        "CC BY 4.0",
        "Trevor de Clercq and David Temperley; put into JSONL, of each song the first analysis",
        "chords/rock200_train.jsonl.xz",
        "chords, played by a band by rule",
    ),
    Source(
        "wjd",
        "Weimar Jazz Database, beat tracks (from jazzodata)",
        "R package jazzodata",
        "0dc98cf9",
        "MIT",
        "Klaus Frieler, Martin Pfleiderer, Wolf-Georg Zaddach, Jakob Abeßer",
        "chords/wjd_beats_train.jsonl.xz",
        "chords, played by a band by rule",
    ),
    Source(
        "moods",
        "free-midi-chords, progressions",
        "https://github.com/ldrolez/free-midi-chords",
        "baf08966",
        "MIT",
        "Ludovic Drolez",
        "chords/mood_progressions_train.json",
        "chords, played by a band by rule",
    ),
)
"""Every set that the models for several voices are trained on."""


def table(bundle: Bundle, sources: Sequence[Source] = SOURCES) -> str:
    """The sources as a Markdown table, with the first 16 digits of each file's SHA-256."""
    sums = bundle.sums()
    rows = [
        "| set | origin @ commit | licence | credit | used | SHA-256 |",
        "|---|---|---|---|---|---|",
    ]
    rows += [
        f"| {s.title} | {s.origin} @{s.commit} | {s.licence} | {s.credit} | {s.use} | `{sums[s.file][:16]}…` |"
        for s in sources
    ]
    return "\n".join(rows)


def typesetters(bundle: Bundle) -> str:
    """The people who typeset the CC BY pieces of Mutopia, as one sentence."""
    rows = bundle.table("mutopia/ATTRIBUTION.csv")
    names = {row["typeset_by"].strip() for row in rows if "Attribution" in row["licence"]}
    return ", ".join(sorted(name for name in names if name and name != "Anonymous"))
