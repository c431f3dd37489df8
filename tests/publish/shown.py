"""Made-up catalogues for the tests of publishing: one that is quiet, one whose records are as bad as any source's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from observatory.config.places import Places
from observatory.model import (
    Ahead,
    Body,
    Catalogue,
    CountryFacts,
    CountryStep,
    Creator,
    Definition,
    Entry,
    EntryKind,
    EvidenceType,
    Fact,
    Instrument,
    Level,
    PartialDate,
    PeerGroup,
    Provenance,
    Reason,
    Relation,
    RelationType,
    Scope,
    Site,
    Source,
    Stage,
    Status,
    Step,
    SummaryBy,
    TermRow,
    Topic,
    Work,
)

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITE = Site(
    url="https://example.org/mc/",
    maintainer="An institute",
    maintainer_url="https://example.org/",
    contact="editors@example.org",
    subtitle="Policy, reports and research.",
)
TOPICS = (
    Topic("recognition", "Recognition", "Recognition within and across borders.", "Trust"),
    Topic("learners", "Learner perspectives", "What learners say.", "People"),
    Topic("ai", "Artificial intelligence", "Machines that learn.", "System and debate"),
)
SOURCE = Source(id="library", kind="library", name="Starter library", row="{}")


def entry(entry_id: str, *, status: Status = Status.PUBLISHED, announced: bool = False, **work: Any) -> Entry:
    """Make an entry; whatever is not said has a sensible value."""
    said: dict[str, Any] = {"title": f"Title of {entry_id}", "kind": EntryKind.REPORT, "language": "en"}
    return Entry(
        id=entry_id,
        work=Work(**said | work),
        status=status,
        first_seen=NOW,
        listed=NOW,
        announced=announced,
        provenances=(Provenance("library", entry_id, "curation/library/made.yaml", NOW, NOW, "library"),),
        reasons=(Reason("relevance", "“micro-credential” stands in its title", 3.0),),
    )


def act(entry_id: str, country: str, **work: Any) -> Entry:
    """Make an official national act in force."""
    said: dict[str, Any] = {
        "kind": EntryKind.POLICY,
        "level": Level.NATIONAL,
        "jurisdiction": country,
        "countries": (country,),
        "official": True,
        "instrument": Instrument.LAW,
        "stage": Stage.IMPLEMENTATION,
        "date": PartialDate(2024, 6, 16),
    }
    return entry(entry_id, **said | work)


def catalogue(*entries: Entry, **more: Any) -> Catalogue:
    """Make a catalogue of entries, with three topics and one source."""
    said: dict[str, Any] = {
        "as_of": NOW,
        "entries": tuple(sorted(entries, key=lambda one: one.id)),
        "aliases": {},
        "sources": (SOURCE,),
        "health": {},
        "topics": TOPICS,
        "places": Places(),
    }
    return Catalogue(**said | more)


IRELAND = CountryFacts(
    code="IE",
    name="Ireland",
    groups=("EU",),
    summary="Small awards of the national framework carry micro-credentials.",
    checked_on=PartialDate(2026, 11, 23),
    facts=(
        Fact("status", ("covered by general rules",), source="https://www.qqi.ie/a", certainty="authority"),
        Fact("legal_basis", ("National Framework",), seen_at="https://copy.example.org/", certainty="authority"),
        Fact("size", ("1–30 ECTS",), note="Not a legal limit.", source="https://press.example.org/", certainty="press"),
        Fact("recognition_and_stacking", ("unknown",)),
        Fact("register", ("not-checked",)),
    ),
    steps=(
        CountryStep(PartialDate(2020, 12), Stage.IMPLEMENTATION, "QQI approves the first.", "https://www.qqi.ie/b"),
    ),
    ahead=(Ahead("A review of the subsidy", PartialDate(2027), "https://www.hea.ie/"),),
    bodies=(Body("QQI", "qa_agency", "https://www.qqi.ie/"), Body("A ministry", "ministry")),
)
SPAIN = replace(
    IRELAND,
    code="ES",
    name="Spain",
    facts=(Fact("status", ("law in force",), source="https://www.boe.es/"),),
    steps=(),
    ahead=(),
    bodies=(),
)
ALBANIA = replace(SPAIN, code="AL", name="Albania", summary="", facts=(Fact("status", ("not-checked",)),))
DEFINITIONS = (
    Definition(
        id="unesco",
        issuer="UNESCO",
        year=2022,
        document="Towards a common definition",
        in_our_words="A record of focused learning, assessed against stated standards.",
        elements=(("assessed", "yes"), ("size_limits", "not stated")),
        source="https://unesdoc.unesco.org/",
    ),
)
TERMS = (
    TermRow(lang="sv", language="Swedish", term="mikromerit", variants=("mikromeriter",), mark="official"),
    TermRow(lang="mt", language="Maltese", term="mikrokredenzjali", variants=(), mark="unverified"),
)
PEERS = (PeerGroup("two", "Two", "Two countries", "grouping", ("IE", "ES")),)

COUNCIL = act(
    "council-2022",
    "EU",
    title="Council Recommendation on micro-credentials",
    level=Level.EU,
    instrument=Instrument.RECOMMENDATION,
    publisher="Council of the European Union",
    celex="32022H0627(02)",
    url="https://eur-lex.europa.eu/eli/1",
    pdf_url="https://eur-lex.europa.eu/eli/1.pdf",
    summary="Sets the common European definition.",
    summary_by=SummaryBy.US,
    topics=("recognition",),
    landmark=True,
    steps=(
        Step(PartialDate(2021, 12, 10), Stage.LEGISLATIVE_PROCESS, "Proposal", "https://eur-lex.europa.eu/p"),
        Step(PartialDate(2022, 6, 16), Stage.APPROVED, "Adopted by the Council"),
        Step(PartialDate(2027, 6), Stage.COMPLETED, "Evaluation due"),
    ),
)
FOLLOWER = act(
    "austria-2023",
    "AT",
    title="Empfehlung zu Micro-credentials",
    title_en="Recommendation on micro-credentials",
    language="de",
    instrument=Instrument.RECOMMENDATION,
    relations=(Relation(RelationType.IMPLEMENTS, "council-2022"),),
)
PRESS = entry(
    "paper-2022-council-acts",
    kind=EntryKind.NEWS,
    title="Council acts on small credentials",
    date=PartialDate(2022, 6, 17),
    topics=("recognition",),
    countries=("EU",),
    relations=(Relation(RelationType.ABOUT, "celex:32022H0627(02)"),),
)
BADGES = entry("badges-2016", kind=EntryKind.GUIDE, title="On badges", scope=Scope.RELATED, topics=("learners",))

MANY_PEOPLE = tuple(Creator(f"Person Number {number}") for number in range(1, 61))
HOSTILE = (
    entry(
        "markup",
        title="<script>alert(1)</script> & “quotes” 'single' \"double\" <b>bold</b> {{ view }} {% raw %}",
        summary='<img src=x onerror="alert(1)"> </p></main> &amp; a summary ]]> of 5 < 6',
        summary_by=SummaryBy.PUBLISHER,
        publisher="A <i>publisher</i> & Sons",
        url="https://example.org/?a=1&b=<2>",
        date=PartialDate(2024),
    ),
    entry("script-link", title="An address that is a script", url="javascript:alert(1)", seen_at="data:text/html,x"),
    entry(
        "arabic",
        title="شهادات مصغّرة في التعليم العالي",
        title_en="Micro-credentials in higher education",
        language="ar",
        creators=(Creator("عبد الله"),),
        date=PartialDate(2023, 5),
        countries=("JO",),
    ),
    entry(
        "cjk",
        title="微证书与终身学习",
        title_en="Micro-credentials and lifelong learning",
        language="zh",
        publisher="某大学",
    ),
    entry(
        "emoji", title="Badges 🎓👩🏽‍🎓 and more", language="en", date=PartialDate(2022, 2, 3), topics=("recognition",)
    ),
    entry("tex", title=r"On $\alpha_{i} \leq \frac{1}{2}$ of \textbf{credits} \\ 100 % & more"),
    entry("bare", title="Only a title", language=None, kind=None),
    entry(
        "sixty",
        kind=EntryKind.ARTICLE,
        title="By sixty people",
        creators=MANY_PEOPLE,
        container="A Journal",
        volume="9",
        issue="6",
        pages="1–20",
        doi="10.1000/182",
        evidence_type=EvidenceType.QUANTITATIVE,
        date=PartialDate(2021),
    ),
    entry("twice", title="The same title twice", date=PartialDate(2020)),
    entry("twice-2", title="The same title twice", date=PartialDate(2020)),
    entry("long", title="Very long " * 60, summary="No spaces: " + "x" * 400),
    entry("controls", title="A title with\x00 control\x0b characters \ud800 and \u202eturned\u202c text"),
    entry("one-country", title="The only one on Bhutan", countries=("BT",), topics=("learners",)),
    entry("collide-1", publisher="Ärzte & Co", title="Collide 1"),
    entry("collide-2", publisher="Arzte Co", title="Collide 2"),
    entry("collide-3", publisher="ARZTE-CO", title="Collide 3"),
    *(entry(f"nameless-{n}", publisher="大学出版社", title=f"Nameless after folding {n}") for n in range(3)),
    entry(
        "event-ahead",
        kind=EntryKind.EVENT,
        title="A conference ahead",
        event_start=PartialDate(2027, 3, 4),
        event_end=PartialDate(2027, 3, 5),
        place="Dublin",
    ),
    entry(
        "call-ahead",
        kind=EntryKind.CALL,
        title="A call ahead",
        deadline=PartialDate(2027, 1, 31),
        date=PartialDate(2026),
    ),
    entry(
        "retracted", kind=EntryKind.ARTICLE, title="Retracted", retracted=PartialDate(2025, 1), date=PartialDate(2024)
    ),
    entry(
        "corrected", kind=EntryKind.ARTICLE, title="Corrected", corrected=PartialDate(2025, 2), date=PartialDate(2024)
    ),
    entry("withdrawn", title="Withdrawn by its publisher", status=Status.GONE, date=PartialDate(2019)),
    entry("edition-1", title="A guide, first edition", date=PartialDate(2020, 1)),
    entry(
        "edition-2",
        title="A guide, second edition",
        date=PartialDate(2023, 1),
        relations=(
            Relation(RelationType.VERSION_OF, "edition-1"),
            Relation(RelationType.PART_OF, "https://example.org/no"),
        ),
    ),
)
WHOLE = catalogue(
    COUNCIL,
    FOLLOWER,
    PRESS,
    BADGES,
    *HOSTILE,
    aliases={"council-old": "council-2022"},
    countries=(IRELAND, SPAIN, ALBANIA),
    definitions=DEFINITIONS,
    terms=TERMS,
    peer_groups=PEERS,
    related={"council-2022": (("austria-2023", "topic:recognition"), ("badges-2016", "word:<framework>\ntopic:<b>"))},
)
