"""Which countries and unions a work is about: names, adjectives and peoples, institutions and cities, each by its weight. Pure.

What the text names counts. Only where it names no place do address and language speak, for works that a country's own voices
make for its readers (news, rules, pages); never for research, whose publisher may sit anywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from observatory import text
from observatory.judge.lexicon import Hit
from observatory.judge.reading import Reading, Zone
from observatory.model import EntryKind, Reason, Work

UNIONS = ("EU", "EHEA", "INT")
# What a name adds by where it stands.
WEIGHT = {"title": 3.0, "lead": 2.0, "publisher": 1.6, "body": 0.1}
AGAIN = 0.5  # each further mention in the lead
LEAST = 1.0  # from here on a place counts …
SHARE = 0.38  # … if it has so much of what the first place has
MOST = 6
Named = tuple[float, str]  # what a zone adds for a place, and the words that name it
_RESEARCH = (EntryKind.ARTICLE, EntryKind.BOOK, EntryKind.CHAPTER, EntryKind.THESIS)
# Languages that are spoken to one country's readers; English, French, German, Spanish, Portuguese, Arabic are not such.
HOME = {
    "sl": "SI", "et": "EE", "lv": "LV", "lt": "LT", "fi": "FI", "hu": "HU", "pl": "PL", "cs": "CZ", "sk": "SK",
    "hr": "HR", "bg": "BG", "ro": "RO", "el": "GR", "da": "DK", "no": "NO", "nb": "NO", "nn": "NO", "sv": "SE",
    "nl": "NL", "it": "IT", "uk": "UA", "ja": "JP", "ko": "KR", "ca": "ES", "eu": "ES", "gl": "ES", "is": "IS",
    "ga": "IE", "mt": "MT", "tr": "TR", "sr": "RS", "mk": "MK", "sq": "AL", "ka": "GE", "hy": "AM", "az": "AZ",
    "kk": "KZ", "id": "ID", "ms": "MY", "th": "TH", "vi": "VN", "zh": "CN",
}  # fmt: skip
_GENERIC_TLDS = frozenset(
    {"eu", "io", "tv", "me", "co", "ai", "ly", "fm", "gg", "to", "cc", "ws", "st", "la", "so", "sh", "am"}
)


def countries(
    reading: Reading, work: Work, kind: EntryKind | None, language: str | None
) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
    """Say what places a work is about, and why; `INT` when it names none."""
    zones = {zone.name: dict(_in_zone(zone)) for zone in (reading.title, reading.lead, reading.publisher, reading.body)}
    zones["publisher"] = _of_publisher(zones["publisher"], work, kind)
    scores, shown = _named(zones)
    home = _home(work, kind, language)
    _unite(scores, shown, zones, kind)
    if home and _is_union_alone(scores) and not zones["publisher"]:
        scores[home[0]], shown[home[0]] = scores["EU"], home[1]  # an act of the Union told to one country's readers
    if not any(score >= LEAST for score in scores.values()):
        code, why = home or _host(work, kind) or ("INT", "no place is named")
        scores, shown = {code: LEAST}, {code: why}
    teller = home[0] if home and home[0] in zones["publisher"] else None
    kept = _kept(scores, zones["title"].keys(), teller)
    return kept, tuple(Reason(f"countries:{code}", shown[code], round(scores[code], 1)) for code in kept)


def _of_publisher(named: Mapping[str, Named], work: Work, kind: EntryKind | None) -> dict[str, Named]:
    """Say what a publisher's name says: of a project's partners nothing; a body's short name is read as its address says."""
    host = country_of_host(text.host_of(work.url or ""))
    sure = WEIGHT["publisher"]
    kept = {code: found for code, found in named.items() if code in UNIONS or kind is not EntryKind.PROJECT}
    return {
        (host if host and found[0] < sure and code not in UNIONS else code): found
        for code, found in kept.items()
    }  # fmt: skip


def _unite(
    scores: dict[str, float], shown: dict[str, str], zones: Mapping[str, Mapping[str, Named]], kind: EntryKind | None
) -> None:
    """Say which union is meant, and which country a union's own act does not speak of."""
    # Named beside; what is about the Bologna process says so in its title.
    if 0 < scores.get("EHEA", 0) < WEIGHT["title"]:
        scores["EU"], shown["EU"] = max(scores["EU"], scores.pop("EHEA")), shown.get("EU", shown["EHEA"])
    # "The Slovak text of the recommendation" says something of its language alone.
    if kind is EntryKind.POLICY and "EU" in zones["publisher"]:
        for code in scores.keys() - set(UNIONS) - zones["title"].keys():
            scores[code] = 0.0


def _kept(scores: Mapping[str, float], titled: Collection[str], teller: str | None) -> tuple[str, ...]:
    """Keep the places that are named strongly enough; one union at most, and beside countries only a strong one.

    A union that the title does not name gives way to a country that it does. `teller` is the country of a publisher who
    tells its own readers: it is kept beside a union.
    """
    least = max(LEAST, max(scores.values()) * SHARE)
    kept = [code for code in scores if scores[code] >= (LEAST if code == teller else least)]
    nations = sorted((code for code in kept if code not in UNIONS), key=lambda code: (-scores[code], code))[:MOST]
    unions = sorted((code for code in kept if code in UNIONS), key=lambda code: (-scores[code], code))[:1]
    if nations and unions:
        said = unions[0] in titled or not any(code in titled for code in nations)
        if not said or scores[unions[0]] < scores[nations[0]] or (unions == ["INT"] and "INT" not in titled):
            unions = []
    return tuple(sorted([*nations, *unions]))


def _is_union_alone(scores: Mapping[str, float]) -> bool:
    return {code for code, score in scores.items() if score >= LEAST} == {"EU"}


def _named(zones: Mapping[str, Mapping[str, Named]]) -> tuple[dict[str, float], dict[str, str]]:
    """Add up what each zone says of each place; the first words that name it are shown."""
    scores: dict[str, float] = defaultdict(float)
    shown: dict[str, str] = {}
    for zone in zones.values():
        for code, (weight, said) in zone.items():
            scores[code] += weight
            shown.setdefault(code, said)
    return scores, shown


def _in_zone(zone: Zone) -> Iterator[tuple[str, Named]]:
    """Give each place named in a zone once: its best hit, with a little more for being named again."""
    best: dict[str, tuple[float, int, str]] = {}
    for hit in _longest(zone.of("place")):
        for code in hit.cue.value.split():
            weight, times, said = best.get(code, (0.0, 0, ""))
            better = hit.cue.weight > weight
            best[code] = (max(weight, hit.cue.weight), times + 1, zone.said(hit) if better else said)
    for code, (weight, times, said) in best.items():
        yield code, (WEIGHT[zone.name] * weight + AGAIN * min(2, times - 1) * (zone.name == "lead"), said)


def _longest(hits: Iterable[Hit]) -> list[Hit]:
    """Leave out hits inside longer ones: "open university" in "Catalan open university" says nothing of Britain."""
    kept: list[Hit] = []
    taken: set[int] = set()
    for hit in sorted(hits, key=lambda h: (h.start - h.end, h.start, h.cue.value)):
        places = set(range(hit.start, hit.end))
        if not places or not places <= taken:
            taken |= places
            kept.append(hit)
    return kept


def _home(work: Work, kind: EntryKind | None, language: str | None) -> tuple[str, str] | None:
    """Say to whose readers a text in a national language speaks; research may be written anywhere."""
    code = HOME.get(language or "")
    if kind in _RESEARCH or not code:
        return None
    return code, f"written in {language}, for readers in {code}"


def _host(work: Work, kind: EntryKind | None) -> tuple[str, str] | None:
    host = text.host_of(work.url or work.seen_at or "")
    code = "EU" if host.endswith(".eu") else country_of_host(host)
    if (kind in (*_RESEARCH, EntryKind.PROJECT) and code != "EU") or not code:
        return None
    return code, f"no other place is named; published for readers under {host}"


def country_of_host(host: str) -> str | None:
    """Give the country whose national domain a host stands under."""
    ending = host.rpartition(".")[2]
    if ending in ("edu", "gov", "mil"):
        return "US"
    if len(ending) != 2 or ending in _GENERIC_TLDS or not ending.isalpha():
        return None
    return {"uk": "GB", "el": "GR"}.get(ending, ending.upper())
