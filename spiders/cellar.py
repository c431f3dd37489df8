"""CELLAR, the EU's repository of law and publications, by SPARQL. EUR-Lex's own pages stand behind a challenge.

Two questions: which works name a core term in their title, then all of these works' titles, dates and links. An act is one
finding in however many languages it comes; its links (adopts, amends, repeals …) go by CELEX number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from pydantic import Field

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import (
    Cause,
    Creator,
    EntryKind,
    Finding,
    Instrument,
    Level,
    Memory,
    PartialDate,
    Relation,
    RelationType,
    Request,
    Snapshot,
    Stage,
    Step,
    Work,
)
from spiders._checked import Address, DateText, Words
from spiders._kind import Tally, on_hosts
from spiders._paged import PagedOptions, service
from spiders._records import date_of, first, language_of
from spiders._scholar import title_of
from spiders._service import asked_before, at, changed_since, dicts, error_in, page_role, read_json, with_path
from spiders._terms import Terms, parts

K = EntryKind
LIMIT = 500  # works an answer; a scan of titles is heavy for the endpoint
BATCH = 20  # works a question about details: 24 titles each
DETAILS = "details"
PATH = "/webapi/rdf/sparql"
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
_HEADERS = (
    ("Accept", "application/sparql-results+json"),
    ("Content-Type", "application/x-www-form-urlencoded"),
)
# Types of resource (authority table resource-type) and what they are here; the sector and letters of a CELEX number say it too.
_TYPES: Mapping[str, tuple[EntryKind, Instrument | None, str | None]] = {
    "RECO": (K.POLICY, Instrument.RECOMMENDATION, "act"),
    "PROP_RECO": (K.POLICY, Instrument.RECOMMENDATION, "proposal"),
    "PROP_DIR": (K.POLICY, Instrument.LAW, "proposal"),
    "PROP_REG": (K.POLICY, Instrument.LAW, "proposal"),
    "PROP_DEC": (K.POLICY, Instrument.LAW, "proposal"),
    "COMMUNIC": (K.POLICY, Instrument.COMMUNICATION, "communication"),
    "RES": (K.POLICY, None, "resolution"),
    "CONCL": (K.POLICY, None, "conclusions"),
    "DIR": (K.POLICY, Instrument.LAW, "act"),
    "REG": (K.POLICY, Instrument.LAW, "act"),
    "DEC": (K.POLICY, Instrument.LAW, "act"),
    "SWD": (K.REPORT, None, "staff-working-document"),
    "STAFF_WORK_DOC": (K.REPORT, None, "staff-working-document"),
    "IMPACT_ASSESS": (K.REPORT, None, "impact-assessment"),
    "REPORT": (K.REPORT, None, None),
    "OPIN": (K.POSITION, None, "opinion"),
    "PUB_GEN": (K.REPORT, None, None),
    "BOOK": (K.REPORT, None, None),
}
_CELEX_TYPES = (
    (re.compile(r"3\d{4}H"), "RECO"),
    (re.compile(r"3\d{4}L"), "DIR"),
    (re.compile(r"3\d{4}R"), "REG"),
    (re.compile(r"3\d{4}D"), "DEC"),
    (re.compile(r"3\d{4}[GY]"), "RES"),
    (re.compile(r"5\d{4}PC"), "PROP_REG"),
    (re.compile(r"5\d{4}SC"), "SWD"),
    (re.compile(r"5\d{4}(AE|AR)"), "OPIN"),
    (re.compile(r"5\d{4}(IP|AP|BP)"), "RES"),
    (re.compile(r"5\d{4}XG"), "RES"),
    (re.compile(r"5\d{4}DC"), "COMMUNIC"),
)
_LINKS = {
    "adopts": RelationType.ADOPTS,
    "amends": RelationType.AMENDS,
    "repeals": RelationType.REPEALS,
    "implements": RelationType.IMPLEMENTS,
}
_BODIES = (
    (
        re.compile(r"^(?:proposal|communication|commission|report from the commission)|staff working doc"),
        "European Commission",
    ),
    (
        re.compile(r"^council\b|\bcouncil (?:recommendation|resolution|conclusions|decision|directive)"),
        "Council of the European Union",
    ),
    (re.compile(r"^european parliament\b|parliament resolution"), "European Parliament"),
    (re.compile(r"economic and social committee"), "European Economic and Social Committee"),
    (re.compile(r"committee of the regions"), "European Committee of the Regions"),
)


class CellarOptions(PagedOptions, Terms):
    """What of the EU's law and publications is asked for."""

    url: Address = Field(default=f"https://publications.europa.eu{PATH}", description="A mirror may stand in.")
    words: Words = Field(
        default=(),
        description="What a title must name, in small letters, in one of `languages`; the terms unless given.",
    )
    languages: Words = Field(
        default=("ENG",), description="Languages whose titles are looked through, as the EU codes them."
    )
    since: DateText | None = Field(
        default=PartialDate(2018), description="Documents older than this are not asked for."
    )
    overlap_days: int = Field(default=120, ge=0, le=4000, description="Titles in further languages come weeks later.")


def _named(options: CellarOptions) -> tuple[str, ...]:
    return options.words or parts(options.terms)


def _start(options: CellarOptions, memory: Memory) -> Iterator[Request]:
    since = changed_since(memory, options.overlap_days, options.since)
    yield _question(options, _search(options, since.isoformat() if since else "", 0), "start")


def _question(options: CellarOptions, sparql: str, role: str) -> Request:
    # POST: long questions as GET are answered 400.
    return Request(
        with_path(options.url, PATH), role, method="POST", body=f"query={quote(sparql)}".encode(), headers=_HEADERS
    )


def _literal(said: str) -> str:
    """Write a text as a SPARQL literal."""
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def _search(options: CellarOptions, since: str, offset: int) -> str:
    named = " || ".join(f"CONTAINS(LCASE(STR(?title)), {_literal(word.lower())})" for word in _named(options))
    languages = " ".join(f"<{_LANGUAGES}{quote(code)}>" for code in options.languages)
    window = f'FILTER(?date >= "{since}"^^xsd:date) ' if since else ""
    return (
        "PREFIX cdm: <http://publications.europa.eu/ontology/cdm#> PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
        "SELECT DISTINCT ?work ?celex ?date ?lang ?title WHERE { "
        f"VALUES ?lang {{ {languages} }} "
        "?exp cdm:expression_uses_language ?lang ; cdm:expression_title ?title ; cdm:expression_belongs_to_work ?work . "
        f"FILTER({named}) ?work cdm:work_date_document ?date . {window}"
        "OPTIONAL { ?work cdm:resource_legal_id_celex ?celex } "
        'FILTER NOT EXISTS { ?work cdm:do_not_index "true"^^xsd:boolean } '
        f"}} ORDER BY DESC(?date) LIMIT {LIMIT} OFFSET {offset}"
    )


def _details(works: Iterable[str]) -> str:
    linked = " ".join(
        f"OPTIONAL {{ ?work cdm:{name} ?{var}_work . ?{var}_work cdm:resource_legal_id_celex ?{var} . "
        f"OPTIONAL {{ ?{var}_work cdm:work_date_document ?{var}_date }} }}"
        for var, name in (
            ("adopts", "resource_legal_adopts_resource_legal"),
            ("amends", "resource_legal_amends_resource_legal"),
            ("repeals", "resource_legal_repeals_resource_legal"),
            ("implements", "resource_legal_implements_resource_legal"),
        )
    )
    return (
        "PREFIX cdm: <http://publications.europa.eu/ontology/cdm#> "
        "SELECT DISTINCT ?work ?celex ?date ?lang ?title ?type ?eli ?force ?end ?doi "
        "?adopts ?adopts_date ?amends ?amends_date ?repeals ?repeals_date ?implements ?implements_date WHERE { "
        f"VALUES ?work {{ {' '.join(f'<{work}>' for work in works)} }} "
        "?exp cdm:expression_belongs_to_work ?work ; cdm:expression_title ?title ; cdm:expression_uses_language ?lang . "
        "OPTIONAL { ?work cdm:work_date_document ?date } OPTIONAL { ?work cdm:resource_legal_id_celex ?celex } "
        "OPTIONAL { ?work cdm:work_has_resource-type ?type } OPTIONAL { ?work cdm:resource_legal_eli ?eli } "
        "OPTIONAL { ?work cdm:resource_legal_in-force ?force } "
        "OPTIONAL { ?work cdm:resource_legal_date_end-of-validity ?end } "
        f"OPTIONAL {{ ?work cdm:publication_general_identifier_doi ?doi }} {linked} }}"
    )


# ---------------------------------------------------------------- answers

Row = dict[str, str]


def _rows(snapshot: Snapshot) -> list[Row]:
    answer = read_json(snapshot.body)
    bindings = at(answer, "results", "bindings")
    if not isinstance(bindings, list):
        said = error_in(answer)
        raise UnreadableError(Cause.BAD_RECORD, f"not SPARQL results{f': {said}' if said else ''}")
    return [{name: first(at(value, "value")) for name, value in row.items()} for row in dicts(bindings)]


def _works(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Put the rows together that are about one work: one act is one finding, in however many languages."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        key = text.celex(row.get("celex", "")) or row.get("celex") or row.get("work", "").rstrip("/").rpartition("/")[2]
        if key and row.get("title"):
            found.setdefault(text.clean(key, 100), []).append(row)
    return found


def _follow(snapshot: Snapshot, options: CellarOptions, memory: Memory) -> Iterable[Request]:
    if snapshot.role.startswith(DETAILS):
        return
    rows = _rows(snapshot)
    works = [
        uri
        for uri in dict.fromkeys(row.get("work", "") for row in rows)
        if re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", uri)
    ]
    for begin in range(0, len(works), BATCH):
        yield _question(options, _details(works[begin : begin + BATCH]), f"{DETAILS} {asked_before(snapshot) + begin}")
    if len(rows) >= LIMIT:
        since = changed_since(memory, options.overlap_days, options.since)
        offset = asked_before(snapshot) + LIMIT
        yield _question(options, _search(options, since.isoformat() if since else "", offset), page_role(offset))


def _read(snapshot: Snapshot, _options: CellarOptions) -> Iterator[Finding]:
    role = "record" if snapshot.role.startswith(DETAILS) else "listed"
    for key, rows in sorted(_works(_rows(snapshot)).items()):
        yield Finding(snapshot.source_id, key, _work(rows), role=role)


def _some(rows: Iterable[Row], *names: str) -> str:
    return next((row[name] for row in rows for name in names if row.get(name)), "")


def _work(rows: list[Row]) -> Work:
    titles = _titles(rows)
    main = "en" if "en" in titles else min(titles)
    celex = text.celex(_some(rows, "celex"))
    kind, instrument, form = _type(_some(rows, "type", "resource_type").rpartition("/")[2], celex, titles[main])
    day = min((found for row in rows if (found := date_of(row.get("date", "")[:10]))), default=None)
    stage, steps = _life(rows, kind, form, celex, day)
    doi = text.doi(_some(rows, "doi"))
    return Work(
        title=titles[main],
        titles=tuple(sorted((code, title) for code, title in titles.items() if code != main)),
        kind=kind,
        form=form,
        creators=_creators(titles[main], celex),
        publisher="Publications Office of the European Union" if not celex else None,
        date=day,
        url=_address(celex, doi, _some(rows, "work")),
        doi=doi,
        celex=celex,
        eli=text.safe_url(_some(rows, "eli")),
        language=main,
        level=Level.EU,
        jurisdiction="EU",
        countries=("EU",),
        official=True if kind is K.POLICY else None,
        instrument=instrument,
        stage=stage,
        steps=steps,
        relations=_relations(rows, celex),
        open_access=True,
        licence="CC BY 4.0",  # reuse of Commission documents: Decision 2011/833/EU
    )


def _titles(rows: Iterable[Row]) -> dict[str, str]:
    """Give a title per language, the first of each; an answer without languages is one in English."""
    found: dict[str, str] = {}
    for row in rows:
        said = row.get("lang") or row.get("language") or row.get("langCode") or row.get("xml:lang") or "ENG"
        code = language_of(said.rstrip("/").rpartition("/")[2]) or "und"
        found.setdefault(code, title_of(row["title"]))
    return found


def _type(name: str, celex: str | None, title: str) -> tuple[EntryKind | None, Instrument | None, str | None]:
    by_celex = next((kind for pattern, kind in _CELEX_TYPES if pattern.match(celex or "")), "")
    if re.match(r"proposal for a council recommendation", title, re.IGNORECASE):
        by_celex = "PROP_RECO"
    elif re.match(r"report from the commission|commission report", title, re.IGNORECASE):
        by_celex = "REPORT"
    return _TYPES.get(name) or _TYPES.get(by_celex) or (None if celex else K.REPORT, None, None)


def _life(
    rows: list[Row], kind: EntryKind | None, form: str | None, celex: str | None, day: PartialDate | None
) -> tuple[Stage | None, tuple[Step, ...]]:
    """Say at which stage a policy is, and by which steps: those that the answer dates."""
    if kind is not K.POLICY:
        return None, ()
    steps: list[Step] = []
    if form == "proposal":
        stage = Stage.LEGISLATIVE_PROCESS
        if day:
            steps.append(Step(day, stage, "Proposed by the Commission", _address(celex, None, "")))
    else:
        ended = _some(rows, "end")
        over = _some(rows, "force").lower() in ("false", "0")
        stage = Stage.DISCONTINUED if over else Stage.IMPLEMENTATION if _some(rows, "force") else Stage.APPROVED
        for row in rows:
            if (proposal := text.celex(row.get("adopts", ""))) and (
                proposed := date_of(row.get("adopts_date", "")[:10])
            ):
                what = f"Proposed by the Commission: {proposal}"
                steps.append(Step(proposed, Stage.LEGISLATIVE_PROCESS, what, _address(proposal, None, "")))
        if day:
            steps.append(Step(day, Stage.APPROVED, "Adopted", _address(celex, None, "")))
        if over and (until := date_of(ended[:10])):
            steps.append(Step(until, Stage.DISCONTINUED, "No longer in force"))
    return stage, tuple(sorted(set(steps), key=lambda step: (step.date, step.what)))


def _relations(rows: Iterable[Row], own: str | None) -> tuple[Relation, ...]:
    found = {
        Relation(kind, f"celex:{number}")
        for row in rows
        for name, kind in _LINKS.items()
        for said in (
            row.get(name, ""),
            row.get(f"{name}_celex", ""),
            row.get("proposal", "") if name == "adopts" else "",
        )
        if (number := text.celex(said)) and number != own
    }
    return tuple(sorted(found))


def _creators(title: str, celex: str | None) -> tuple[Creator, ...]:
    low = title.lower()
    body = next((name for pattern, name in _BODIES if pattern.search(low)), "")
    if not body and celex and re.match(r"5\d{4}(DC|PC|SC)", celex):
        body = "European Commission"
    return (Creator(body),) if body else ()


def _address(celex: str | None, doi: str | None, work: str) -> str | None:
    """Give the address for readers: EUR-Lex by CELEX number, else by DOI, else the work's own."""
    if celex:
        return f"https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:{celex}"
    return f"https://data.europa.eu/doi/{doi}" if doi else text.safe_url(work)


def _tally(snapshot: Snapshot, options: CellarOptions) -> Tally | None:
    if snapshot.role.startswith(DETAILS):
        return None
    works = _works(_rows(snapshot))
    return Tally(f"title names {' or '.join(_named(options))} ({', '.join(options.languages)})", len(works), len(works))


KIND = service(
    "cellar",
    CellarOptions,
    _start,
    _follow,
    _read,
    _tally,
    delay=5.0,
    accept="application/sparql-results+json",
    suits=on_hosts("eur-lex.europa.eu", "publications.europa.eu", "op.europa.eu"),
)
