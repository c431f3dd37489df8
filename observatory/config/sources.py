"""What may stand in sources.yaml: strict models of each part, and how they become records. No disk."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from observatory import text
from observatory.errors import Flaw
from observatory.model import (
    LINKS,
    SUGGESTIONS,
    CrawlSettings,
    DeskSettings,
    DigestSettings,
    EntryKind,
    EvidenceType,
    HostBlock,
    Instrument,
    Level,
    MailingList,
    NamedQuery,
    Review,
    Scope,
    Site,
    Source,
    Stage,
    Work,
)
from observatory.text import slug
from observatory.yamltext import Marked
from spiders._checked import ONE_OR_MANY, Address, Flag, Slug, Strict, Text, Words, flaws_of, nearest, one_or_many
from spiders._kind import Kind, Options

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CRON = (  # name, lowest, highest, words; as APScheduler reads them
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 0, 6, DAYS),
)


def _every(text: str) -> str:
    if re.fullmatch(r"[1-9]\d{0,3}[mhdw]", text):
        return text
    fields = text.lower().split()
    if len(fields) != 5:
        raise ValueError(f"{text!r} isn't a rhythm: write 30m, 6h, 1d or 2w, or a cron line of five fields")
    for field, (name, low, high, words) in zip(fields, _CRON, strict=True):
        if not all(_is_cron_part(part, low, high, words) for part in field.split(",")):
            raise ValueError(f"{field!r} isn't a {name} of a cron line ({low}–{high})")
    return text


def _is_cron_part(part: str, low: int, high: int, words: tuple[str, ...]) -> bool:
    match = re.fullmatch(r"(?:\*|(\w+)(?:-(\w+))?)(?:/([1-9]\d*))?", part)
    if not match:
        return False
    numbers = [words.index(w) + low if w in words else w for w in match.group(1, 2) if w]
    values = [int(n) for n in numbers if str(n).isdigit()]
    return len(values) == len(numbers) and all(low <= v <= high for v in values) and values == sorted(values)


def _weekly(text: str) -> str:
    if not re.fullmatch(rf"({'|'.join(DAYS)}) ([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"{text!r} isn't a weekly time: write a day and an hour such as mon 06:00")
    return text


def _monthly(text: str) -> str:
    if not re.fullmatch(r"([1-9]|1\d|2[0-8]) ([01]\d|2[0-3]):[0-5]\d", text):
        raise ValueError(f"{text!r} isn't a monthly time: write a day (1 to 28) and an hour such as 1 06:00")
    return text


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        from zoneinfo import available_timezones

        raise ValueError(f"no such time zone: {name!r}{nearest(name, available_timezones())}") from error
    return name


def _mail(text: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+\.[^@\s<>,;]+", text):
        raise ValueError(f"{text!r} isn't a mail address")
    return text


def _path(text: str) -> str:
    host, slash, rest = text.partition("/")
    if not slash or (host and "." not in host) or re.search(r"[\s?#<>]", host) or "://" in text:
        raise ValueError(
            f"{text!r} isn't a path: write /courses/ for every address that begins so (* is anything, $ the end; "
            "www.example.org/courses/ only on that host)"
        )
    if rest.count("*") > MOST_STARS:
        raise ValueError(f"{text!r} has more than {MOST_STARS} stars; write it shorter")
    if text.strip("/*$") == host:
        raise ValueError(f"{text!r} leaves out everything there; to switch the source off, write enabled: false")
    return text


MOST_STARS = 5  # in a path: each more multiplies what matching a long address may cost
PathText = Annotated[str, AfterValidator(_path)]
Every = Annotated[str, AfterValidator(_every)]
Mail = Annotated[str, AfterValidator(_mail)]


class Defaults(Strict):
    """What a source's findings are given where they say nothing themselves."""

    kind: EntryKind | None = None
    form: Text | None = None
    publisher: Text | None = None
    level: Level | None = None
    jurisdiction: Text | None = None
    official: Flag | None = None
    instrument: Instrument | None = None
    stage: Stage | None = None
    countries: Words = ()
    language: Text | None = None
    topics: Words = ()
    evidence_type: EvidenceType | None = None
    peer_reviewed: Flag | None = None
    open_access: Flag | None = None
    licence: Text | None = None
    scope: Scope | None = None

    def work(self) -> Work:
        """Make a work of them."""
        said = {name: value for name, value in self if value is not None}
        for name in ("topics", "countries"):
            said[name] = tuple(sorted(set(said[name])))
        return Work(**said)


class SourceItem(Strict):
    """The keys that an item of `sources:` may have whatever its kind."""

    id: Slug = Field(description="A short name that never changes: it stands in the archive and in addresses.")
    kind: Text = Field(description="How it is read; docs/curators.md has a section for each.")
    name: Text | None = Field(default=None, description="As readers see it; the id unless given.")
    publisher: Text | None = Field(default=None, description="Whose it is, as readers see it.")
    homepage: Address | None = Field(default=None, description="For readers; a lost feed is looked for there too.")
    every: Every = Field(default="1d", description="30m, 6h, 1d, 2w, or a cron line of five fields.")
    review: Review = Field(default=Review.AUTO, description="auto: publish what is relevant; hold: ask a curator.")
    enabled: Flag = Field(default=True, description="false switches it off and keeps what it brought.")
    on_topic: Flag = Field(default=False, description="Everything there is on the subject.")
    exclude: Annotated[tuple[PathText, ...], BeforeValidator(one_or_many), ONE_OR_MANY] = Field(
        default=(), description="Paths from which nothing counts: /courses/, www.example.org/jobs/."
    )
    defaults: Defaults = Field(
        default=Defaults(), description="What its findings are where they don't say it themselves."
    )


class Maintainer(Strict):
    name: Text
    url: Address | None = None


class Link(Strict):
    text: Text
    url: Address


class Block(Strict):
    heading: Text
    links: tuple[Link, ...]


class Host(Strict):
    """The host institute's own block on the home page."""

    name: Text
    text: Text = ""
    blocks: tuple[Block, ...] = ()


class SiteItem(Strict):
    """What the site is and who keeps it."""

    title: Text = Site().title
    url: Address = Site().url
    subtitle: str = ""
    timezone: Annotated[str, AfterValidator(_timezone)] = Site().timezone
    maintained_by: Maintainer | None = None
    contact: Mail | None = None
    language: Text = "en"
    subject: Text = Field(default=Site().subject, description="What it is all about, as it stands within a sentence.")
    host: Host | None = None

    def record(self) -> Site:
        """Make the record; its address ends in a slash."""
        keeper, host = self.maintained_by, self.host
        blocks = tuple(
            HostBlock(block.heading, tuple((link.text, link.url) for link in block.links))
            for block in (host.blocks if host else ())
        )
        return Site(
            title=self.title,
            url=self.url.rstrip("/") + "/",
            subtitle=self.subtitle,
            timezone=self.timezone,
            maintainer=keeper.name if keeper else "",
            maintainer_url=keeper.url if keeper else None,
            contact=self.contact,
            language=self.language,
            subject=self.subject,
            host_name=host.name if host else None,
            host_text=host.text if host else "",
            host_blocks=blocks,
        )


class MailingListItem(Strict):
    id: Slug
    query: Text
    rhythm: Literal["weekly", "monthly"]
    to: Mail
    subscribe_url: Address


class DigestItem(Strict):
    """When editions are made, in the site's time zone; null switches one off."""

    weekly: Annotated[str, AfterValidator(_weekly)] | None = DigestSettings().weekly
    monthly: Annotated[str, AfterValidator(_monthly)] | None = DigestSettings().monthly
    weekly_items: int = Field(default=DigestSettings().weekly_items, ge=1, le=100)
    monthly_items: int = Field(default=DigestSettings().monthly_items, ge=1, le=200)
    lists: tuple[MailingListItem, ...] = ()


class SearchItem(Strict):
    """A named query; it becomes a page and a feed."""

    id: Slug
    title: Text
    query: Text


class CrawlItem(Strict):
    """How the crawler behaves; what is left out has the defaults of docs/operators.md."""

    delay: float = Field(default=CrawlSettings().delay, ge=0.5, le=120)
    response_seconds: float = Field(default=CrawlSettings().response_seconds, ge=1, le=600)
    max_pages: int = Field(default=CrawlSettings().max_pages, ge=1, le=100_000)
    max_seconds: float = Field(default=CrawlSettings().max_seconds, ge=10, le=86_400)

    def record(self, site: Site, version: str) -> CrawlSettings:
        """Make the record; the User-Agent says who asks and how to reach them."""
        contact = f"; {site.contact}" if site.contact else ""
        agent = f"{agent_name(site.title)}/{version} (+{site.url}about/{contact})"
        return CrawlSettings(
            user_agent=agent,
            delay=self.delay,
            response_seconds=self.response_seconds,
            max_pages=self.max_pages,
            max_seconds=self.max_seconds,
        )


def agent_name(title: str) -> str:
    """Make a crawler's name of a site's title, in letters that robots.txt and logs know: `MicrocredentialObservatory`."""
    words = re.findall(r"[a-z0-9]+", slug(title.replace("-", "")))
    return "".join(word[:1].upper() + word[1:] for word in words) or "Observatory"


def _edit_url(address: str) -> str:
    if not re.fullmatch(r"https?://[^\s{}]+\{path\}[^\s{}]*", address):
        raise ValueError(
            f"{address!r} isn't an address with {{path}} where a file's path stands, such as "
            "https://github.com/OWNER/REPOSITORY/edit/main/{path}"
        )
    return address


class DeskItem(Strict):
    """The curators' desk."""

    edit_url: Annotated[Text, AfterValidator(_edit_url)] | None = Field(
        default=None, description="Where a file is edited in a browser; {path} stands for its path in the repository."
    )
    unverified_days: int = Field(
        default=DeskSettings().unverified_days,
        ge=1,
        description="After so many days an entry is to be looked at again.",
    )
    facts_days: int = Field(
        default=DeskSettings().facts_days,
        ge=1,
        description="After so many days a fact on a country is to be checked again.",
    )

    def record(self) -> DeskSettings:
        """Make the record."""
        return DeskSettings(**self.model_dump())


class SourcesFile(Strict):
    """sources.yaml as a whole; the items of `sources` are checked later, each by its kind."""

    site: SiteItem = SiteItem()
    digest: DigestItem = DigestItem()
    searches: tuple[SearchItem, ...] = ()
    crawl: CrawlItem = CrawlItem()
    desk: DeskItem = DeskItem()
    sources: tuple[dict[str, Any], ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _without_what_is_empty(cls, data: object) -> object:
        """Take a key with nothing but comments below it for a key that isn't there."""
        return {key: value for key, value in data.items() if value is not None} if isinstance(data, Mapping) else data

    def digest_record(self, marked: Marked) -> DigestSettings:
        """Make the record, each list with its line."""
        said = self.digest.model_dump(exclude={"lists"})
        lists = tuple(
            MailingList(**item.model_dump(), line=marked.line("digest", "lists", number))
            for number, item in enumerate(self.digest.lists)
        )
        return DigestSettings(**said, lists=lists)

    def queries(self, marked: Marked) -> tuple[NamedQuery, ...]:
        """Make the records of the named queries, each with its line."""
        return tuple(
            NamedQuery(**item.model_dump(), line=marked.line("searches", number))
            for number, item in enumerate(self.searches)
        )


# ---------------------------------------------------------------- sources


def split(item: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Part an item of `sources:` in the keys that every source has and the options of its kind."""
    common = {key: value for key, value in item.items() if key in SourceItem.model_fields}
    return common, {key: value for key, value in item.items() if key not in common}


def row_of(item: Mapping[str, Any]) -> str:
    """Write an item of `sources:` as it is archived."""
    return json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def source_of(item: Mapping[str, Any], line: int = 0) -> Source:
    """Make the record of an item; raises pydantic's ValidationError when the common keys are wrong."""
    said = SourceItem.model_validate(split(item)[0])
    return Source(
        id=said.id,
        kind=said.kind,
        name=said.name or said.id,
        row=row_of(item),
        publisher=said.publisher,
        homepage=said.homepage,
        every=said.every,
        review=said.review,
        enabled=said.enabled,
        on_topic=said.on_topic,
        exclude=said.exclude,
        defaults=said.defaults.work(),
        hosts=_hosts(item),
        line=line,
    )


def _hosts(item: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the hosts of a source itself: of its address and its homepage."""
    urls = (item.get("url"), item.get("homepage"))
    return tuple(sorted({host for url in urls if isinstance(url, str) and (host := text.host_of(url))}))


def read_sources(
    marked: Marked, items: Iterable[Mapping[str, Any]], kinds: Mapping[str, Kind[Options]]
) -> tuple[tuple[Source, ...], list[Flaw]]:
    """Make the records of all items, and the flaws of those that can't be made."""
    sources: list[Source] = []
    flaws: list[Flaw] = []
    first: dict[str, int] = {}
    for number, item in enumerate(items):
        path = ("sources", number)
        found = list(_flaws_of_item(marked, path, item, kinds))
        name = item.get("id")
        if name in (LINKS, SUGGESTIONS):
            message = f"{name!r} is what our own visits are archived under; take another id"
            found.append(marked.flaw(message, *path, "id", key=f"sources.{name}.id"))
        if isinstance(name, str) and first.setdefault(name, marked.line(*path)) != marked.line(*path):
            message = f"this id is taken by the source on line {first[name]}"
            found.append(marked.flaw(message, *path, "id", key=f"sources.{name}.id"))
        flaws += found
        if not found:
            sources.append(source_of(item, marked.line(*path)))
    return tuple(sources), flaws


def _flaws_of_item(
    marked: Marked, path: tuple[str, int], item: Mapping[str, Any], kinds: Mapping[str, Kind[Options]]
) -> Iterable[Flaw]:
    name = item.get("id")
    key = f"sources.{name}" if isinstance(name, str) else f"sources[{path[1]}]"
    common, rest = split(item)
    try:
        SourceItem.model_validate(common)
    except ValidationError as error:
        yield from flaws_of(error, marked, path, SourceItem, key=key)
    kind = str(item.get("kind", ""))
    if kind not in kinds:
        if kind:
            message = f"no such kind: {kind!r}{nearest(kind, kinds)}"
            yield marked.flaw(message, *path, "kind", key=f"{key}.kind")
        return
    options = kinds[kind].Options
    try:
        options.model_validate(rest)
    except ValidationError as error:
        yield from flaws_of(error, marked, path, options, key=key, also=SourceItem.model_fields)
