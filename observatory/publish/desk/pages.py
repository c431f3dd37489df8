"""The desk's pages: each a file that needs no other, so that it also opens out of an archive or a mail. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from zoneinfo import ZoneInfo

from observatory.model import Entry, EntryKind, Level, PartialDate, Stage
from observatory.publish import words
from observatory.publish.cards import Card, make_card
from observatory.publish.charts import Bars, bars
from observatory.publish.desk import feed
from observatory.publish.desk.figures import Figure, Month, Year, as_csv
from observatory.publish.desk.records import Case, Desk, Double, Lacking, LinkTrouble
from observatory.publish.fingerprint import fingerprint
from observatory.publish.output import Output, Renderer, file
from observatory.publish.words import N_, Gettext
from observatory.text import safe_url

FONTS = ("static/source-serif-4.woff2", "static/source-serif-4-ext.woff2")
STYLES = ("static/site.css", "static/pages.css", "desk/desk.css")
SCRIPT = "desk/desk.js"
CSV = "figures.csv"
CLOSED = ("accept", "reject")  # decisions that `restore` takes back


@dataclass(frozen=True, slots=True)
class Tab:
    """A page as the others lead to it; `count` says how much there is to do, "" where that is no number."""

    file: str
    name: str
    count: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around every page of the desk. The policy lets in only the style and script that stand in the page itself."""

    title: str
    language: str
    as_of: PartialDate
    tabs: tuple[Tab, ...]
    policy: str
    style: str
    script: str
    store: str  # under what name the browser keeps what was decided and not yet taken along
    decided_last: str  # a later decision must bear a later time
    edit_url: str
    flaws: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    stages: tuple[tuple[str, str], ...]
    topics: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as the desk shows it; `url` is safe to follow, `page` leads to its public page, "" where it has none."""

    card: Card
    entry: Entry
    url: str
    page: str


@dataclass(frozen=True, slots=True)
class Facing:
    """One line of a comparison: what it is about, what each side says, and whether they differ."""

    name: str
    one: str
    other: str
    differs: bool


@dataclass(frozen=True, slots=True)
class PairShown:
    """Two entries side by side."""

    one: Shown
    other: Shown
    why: str
    score: int
    rows: tuple[Facing, ...]


@dataclass(frozen=True, slots=True)
class CaseShown:
    """An entry that waits, with its likely doubles."""

    shown: Shown
    because: str
    sources: tuple[str, ...]
    doubles: tuple[PairShown, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table of the desk's pages."""

    file: str
    name: str
    template: str
    count: Callable[[Desk], str]
    lead: str


def outputs(desk: Desk, renderer: Renderer) -> Iterator[Output]:
    """Plan every file of the desk."""
    frame = _frame(desk, renderer)
    viewer = Viewer(desk, renderer.gettext)
    for row in PAGES:
        view = viewer.view(row.file)
        names = {"site": frame, "view": view, "row": row, "title": renderer.gettext(row.name)}
        digest = fingerprint(frame, view, row.file, renderer.fingerprint(row.template))
        yield Output(row.file, digest, partial(renderer.render, row.template, names))
    yield Output(CSV, fingerprint(desk.years), partial(as_csv, desk.years))
    yield feed.output(desk, renderer.gettext)
    statics = renderer.statics()
    for path in FONTS:
        yield file(path.rpartition("/")[2], statics[path])


def _frame(desk: Desk, renderer: Renderer) -> Frame:
    say = renderer.gettext
    statics = renderer.statics()
    style = "".join(statics[name].decode() if name in statics else renderer.source(name) for name in STYLES)
    script = renderer.source(SCRIPT)
    day = PartialDate.of(desk.as_of.astimezone(ZoneInfo(desk.site.timezone)).date())
    return Frame(
        title=desk.site.title,
        language=desk.site.language,
        as_of=day,
        tabs=tuple(Tab(row.file, say(row.name), row.count(desk)) for row in PAGES),
        policy=policy(style, script),
        style=style,
        script=script,
        store=f"desk {desk.site.url}",
        decided_last=desk.decided_last.isoformat().replace("+00:00", "Z") if desk.decided_last else "",
        edit_url=desk.settings.edit_url or "",
        flaws=desk.flaws,
        kinds=tuple((kind.value, say(words.KINDS[kind])) for kind in EntryKind),
        levels=tuple((level.value, say(words.LEVELS[level])) for level in Level),
        stages=tuple((stage.value, say(words.STAGES[stage])) for stage in Stage),
        topics=tuple((topic.id, say(topic.label)) for topic in desk.topics),
    )


def policy(style: str, script: str) -> str:
    """Say what a page may load and do: its own style and script by their hashes, the fonts beside it, nothing else.

    Named by hashes they work in a file opened from disk too, where no other file can pass for them. No text can become a script.
    """
    return (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; font-src 'self' file:; "
        "form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


# ---------------------------------------------------------------- views


@dataclass(frozen=True, slots=True)
class DecideView:
    budget: str
    waiting: tuple[CaseShown, ...]
    parked: tuple[CaseShown, ...]
    doubles: tuple[PairShown, ...]
    reports: tuple[tuple[object, Shown, Shown], ...]
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MendView:
    lacking: tuple[tuple[Shown, tuple[str, ...], tuple[str, ...]], ...]  # what is asked for, what else lacks in words
    dead: tuple[tuple[Shown, LinkTrouble], ...]
    moved: tuple[tuple[Shown, LinkTrouble], ...]
    changed: tuple[tuple[Shown, LinkTrouble], ...]
    unverified: tuple[Shown, ...]
    unverified_days: int
    totals: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class PlainView:
    """A view that is the desk's own list."""

    rows: tuple[object, ...]
    total: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class DecisionShown:
    """A decision that stands; `back` is the action that takes it back, "" when none does so simply."""

    when: PartialDate
    by: str
    action: str
    entry: str
    into: str
    title: str
    lang: str
    page: str
    fields: tuple[tuple[str, str], ...]
    why: str
    back: str


@dataclass(frozen=True, slots=True)
class YearShown:
    """A year's figures heading by heading, and what came month by month."""

    year: int
    until: PartialDate
    is_over: bool
    counted: int
    parts: tuple[tuple[str, tuple[Figure, ...]], ...]
    charts: tuple[Bars, ...]
    months: tuple[Month, ...]


ASKED = ("date", "countries", "topics", "title_en")
FIELDS = {
    "date": N_("date"),
    "countries": N_("country"),
    "topics": N_("topic"),
    "title_en": N_("English title"),
    "summary": N_("summary"),
    "language": N_("language"),
    "publisher": N_("publisher"),
    "creators": N_("people"),
    "jurisdiction": N_("whose policy"),
}


class Viewer:
    """Turns what was gathered into what templates show."""

    def __init__(self, desk: Desk, say: Gettext) -> None:
        self._desk, self._say = desk, say

    def view(self, name: str) -> object:
        """Make the view of a page."""
        desk = self._desk
        views: Mapping[str, Callable[[], object]] = {
            "index.html": self._decide,
            "mend.html": self._mend,
            "sources.html": lambda: PlainView(desk.sources, len(desk.sources)),
            "words.html": lambda: PlainView(desk.gaps, len(desk.gaps)),
            "facts.html": self._facts,
            "decisions.html": self._decisions,
            "figures.html": self._figures,
        }
        return views[name]()

    def _decide(self) -> DecideView:
        desk = self._desk
        return DecideView(
            budget=desk.budget,
            waiting=tuple(map(self._case, desk.waiting)),
            parked=tuple(map(self._case, desk.parked)),
            doubles=tuple(self._pair(double) for double in desk.doubles),
            reports=tuple(
                (each.proposal, self._shown(each.policy), self._shown(each.found_in)) for each in desk.reports
            ),
            totals=desk.totals,
        )

    def _mend(self) -> MendView:
        desk = self._desk
        return MendView(
            lacking=tuple(self._lacking(each) for each in desk.lacking),
            dead=tuple((self._shown(each.entry), each) for each in desk.dead),
            moved=tuple((self._shown(each.entry), each) for each in desk.moved),
            changed=tuple((self._shown(each.entry), each) for each in desk.changed),
            unverified=tuple(map(self._shown, desk.unverified)),
            unverified_days=desk.settings.unverified_days,
            totals=desk.totals,
        )

    def _lacking(self, each: Lacking) -> tuple[Shown, tuple[str, ...], tuple[str, ...]]:
        asked = tuple(name for name in ASKED if name in each.fields)
        also = tuple(self._say(FIELDS[name]) for name in each.fields if name not in ASKED)
        return self._shown(each.entry), asked, also

    def _facts(self) -> PlainView:
        rows = tuple(replace(fact, source=safe_url(fact.source or "")) for fact in self._desk.facts)
        return PlainView(rows, self._desk.totals.get("facts", 0), self._desk.settings.facts_days)

    def _decisions(self) -> PlainView:
        rows = []
        for made in self._desk.decisions:
            decision, entry = made.decision, made.entry
            closed = decision.action.value in CLOSED
            rows.append(
                DecisionShown(
                    when=PartialDate.of(decision.when.astimezone(ZoneInfo(self._desk.site.timezone)).date()),
                    by=decision.by,
                    action=decision.action.value,
                    entry=decision.entry,
                    into=decision.into or "",
                    title=entry.work.title if entry else "",
                    lang=(entry.work.language or "") if entry else "",
                    page=_page(entry) if entry else "",
                    fields=tuple((name, ", ".join(values)) for name, values in decision.fields),
                    why=decision.why,
                    back="restore" if closed else "unmerge" if decision.action.value == "merge" else "",
                )
            )
        return PlainView(tuple(rows), self._desk.totals.get("decisions", 0))

    def _figures(self) -> tuple[YearShown, ...]:
        return tuple(self._year(year) for year in self._desk.years)

    def _year(self, year: Year) -> YearShown:
        names = [("added", N_("Added")), ("decided", N_("Decisions"))]
        if year.counted:
            names += [("pages", N_("Pages read")), ("downloads", N_("Downloads"))]
        charts = tuple(
            bars(self._say(name), [(month.month, getattr(month, field)) for month in year.months])
            for field, name in names
        )
        parts = tuple((name, figures) for name, figures in year.parts() if any(each.number for each in figures))
        return YearShown(year.year, year.until, year.is_over, year.counted, parts, charts, year.months)

    # ---- parts

    def _case(self, case: Case) -> CaseShown:
        return CaseShown(
            self._shown(case.entry), case.because, case.sources, tuple(self._pair(double) for double in case.doubles)
        )

    def _shown(self, entry: Entry) -> Shown:
        card = make_card(entry, self._desk.places, frozenset(), superseded=False)
        return Shown(card, entry, safe_url(entry.work.url or entry.work.seen_at or "") or "", _page(entry))

    def _pair(self, double: Double) -> PairShown:
        one, other = self._shown(double.one), self._shown(double.other)
        return PairShown(one, other, double.why, double.score, tuple(self._facing(double.one, double.other)))

    def _facing(self, one: Entry, other: Entry) -> Iterator[Facing]:
        """Set two entries side by side; what neither says is left out."""
        say = self._say
        names = (
            say("Title"),
            say("Status"),
            say("Kind"),
            say("Who"),
            say("Published by"),
            say("Date"),
            say("Address"),
            say("Identifiers"),
            say("Seen by"),
        )
        for name, left, right in zip(names, self._told(one), self._told(other), strict=True):
            if left or right:
                yield Facing(name, left, right, left.casefold() != right.casefold())

    def _told(self, entry: Entry) -> Iterator[str]:
        work = entry.work
        yield work.title
        yield self._say(entry.status.value)
        yield self._say(words.KINDS[entry.kind])
        yield "; ".join(creator.name for creator in work.creators[:5])
        yield work.container or work.publisher or ""
        yield str(work.date or work.event_start or "")
        yield work.url or work.seen_at or ""
        yield ", ".join(filter(None, (work.doi, work.isbn, work.celex)))
        yield ", ".join(sorted({provenance.source_id for provenance in entry.provenances}))


def _page(entry: Entry) -> str:
    """Lead to an entry's public page, in the site beside the desk."""
    return f"../site/entries/{entry.id}/index.html" if entry.listed else ""


def _number(*names: str) -> Callable[[Desk], str]:
    return lambda desk: str(sum(desk.totals.get(name, 0) for name in names))


PAGES = (
    Row(
        "index.html",
        N_("To decide"),
        "desk/decide.html",
        _number("waiting", "doubles", "reports"),
        N_("What waits for a person, the likeliest first."),
    ),
    Row(
        "mend.html",
        N_("To mend"),
        "desk/mend.html",
        _number("lacking", "dead", "moved"),
        N_("Published entries that lack something or whose address fails, the worst first."),
    ),
    Row(
        "sources.html",
        N_("Sources"),
        "desk/sources.html",
        lambda desk: str(sum(line.is_ill for line in desk.sources)),
        N_("How each source stands, the ill ones first."),
    ),
    Row(
        "words.html",
        N_("Words"),
        "desk/words.html",
        lambda desk: "",
        N_("Terms that many entries use and no rule knows: gaps of the vocabulary, perhaps."),
    ),
    Row(
        "facts.html",
        N_("Country facts"),
        "desk/facts.html",
        _number("facts"),
        N_("Facts on countries that nobody looked at for long, the oldest first."),
    ),
    Row(
        "decisions.html",
        N_("Decisions"),
        "desk/decisions.html",
        lambda desk: "",
        N_("What was decided, the latest first."),
    ),
    Row(
        "figures.html",
        N_("Figures"),
        "desk/figures.html",
        lambda desk: "",
        N_("What was added, mended, decided and read, year by year."),
    ),
)
