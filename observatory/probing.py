"""The conductor of adding a source: a page and its site are looked at, every reading is tried, the best becomes a row.

One child process asks for all, like a crawl, within a few dozen visits. Each guess of `spiders/_guess.py` is read by its real
kind out of these answers and judged by the real rules; nothing is kept but the row that a curator says yes to.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from observatory import text, yamltext
from observatory.config import asking
from observatory.config.sources import read_sources, source_of
from observatory.errors import ConfigError, UnreadableError, UsageError
from observatory.files import write_whole
from observatory.judge.naming import naming
from observatory.model import (
    Memory,
    Outcome,
    Relevance,
    Request,
    Review,
    Snapshot,
    Source,
    SourceReport,
    Vocabulary,
    Work,
)
from observatory.trial import Harvested, Progress, Trial, harvested, yielded
from spiders._guess import Facts, Guess, facts, guesses, memory_of
from spiders._kind import Kind, Options, kind_of, kinds, read

if TYPE_CHECKING:
    from observatory.questions import Questions

MOST_VISITS = 30  # of a look at one site: two seconds each at the usual delay
MOST_REPLAYED = 12  # answers that one guess may be read from
MOST_SHOWN = 5
PROBE = "probe"
# What a kind is worth before anything is known of its yield: an interface tells most and breaks least, a page least and most.
WORTH = {"oai": 7.0, "calendar": 2.5, "feed": 2.0, "listing": 1.0, "sitemap": 0.5, "page": 0.3}
OTHER = 0.5  # a feed of the whole site that shows nothing of the page that the curator gave
SHOWS = 4.0  # for showing all that the page lists
HALF = 0.5
SERVICE = 8.0
NAMES = {
    "openalex": "OpenAlex",
    "crossref": "Crossref",
    "doaj": "DOAJ",
    "eric": "ERIC",
    "zenodo": "Zenodo",
    "arxiv": "arXiv",
}
NAMES |= {"openaire": "OpenAIRE", "hal": "HAL", "cellar": "CELLAR", "zotero": "Zotero"}
LABELS = {"oai": "repository", "calendar": "calendar"}
STALE_YEARS = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """A row that could stand in sources.yaml, why it was thought of, and what it yielded."""

    row: Mapping[str, object]
    why: str
    trial: Trial
    weight: float

    @property
    def held(self) -> Proposal:
        """The same, whose findings wait for a curator."""
        return replace(self, row={**self.row, "review": Review.HOLD.value})

    @property
    def yaml(self) -> str:
        """The row as it would be written."""
        return yamltext.dump([dict(self.row)])


@dataclass(frozen=True, slots=True)
class Probed:
    """What a look at an address brought: rows, the best first; what was asked; who watches that address already."""

    url: str
    proposals: tuple[Proposal, ...]
    end: SourceReport
    asked: int
    watched: tuple[Source, ...] = ()


def probe(observatory: Questions, url: str, progress: Progress) -> Probed:
    """Look at a page and its site, and say what could be watched there and how. UsageError when it is no web address, or a PDF."""
    url = _address(url)
    known = [(name, options) for name, kind in kinds().items() if (options := kind.suits(url)) is not None]
    if known:
        found = _services(observatory, url, known, progress)
    else:
        _refuse_document(url)
        brought = look(observatory, [url])[url]
        _refuse_document(url, brought.snapshots)
        found = proposals(observatory, url, brought)
    watched = tuple(source for source in observatory.config.sources if _is_watched(source, found))
    return replace(found, watched=watched)


def _address(said: str) -> str:
    said = said.strip()
    url = text.tidy_url(said if "://" in said else f"https://{said}")
    if url is None or (not text.safe_url(url)):
        raise UsageError(f"{said!r} is no web address; write it as in a browser: https://www.example.org/news/")
    return url


def _refuse_document(url: str, snapshots: Iterable[Snapshot] = ()) -> None:
    """Raise UsageError for a PDF: it is one work, and nothing that lists others."""
    first = next((each for each in snapshots if each.url == url), None)
    is_pdf = first is not None and first.body.lstrip()[:5] == b"%PDF-"
    if is_pdf or urlsplit(url).path.lower().endswith(".pdf"):
        raise UsageError(
            f"{url} is one document, and no page that would show others; `observatory suggest {url}` reads it and queues it for "
            "review, and the page that lists it can be a source"
        )


def _is_watched(source: Source, found: Probed) -> bool:
    own = json.loads(source.row).get("url")
    urls = {found.url, *(str(p.row["url"]) for p in found.proposals[:1] if "url" in p.row)}
    return isinstance(own, str) and text.canonical_url(own) in {text.canonical_url(url) for url in urls}


# ---------------------------------------------------------------- asking


def _services(
    observatory: Questions, url: str, known: Sequence[tuple[str, Mapping[str, object]]], progress: Progress
) -> Probed:
    """Try the services that stand for an address: each is asked as a crawl would ask it."""
    rows = [_row(observatory, Guess(kind, options, ""), Facts(url)) for kind, options in known]
    sources = [asking(source_of(row), observatory.config.vocabulary) for row in rows]
    brought = harvested(observatory, sources, replace(observatory.config.vocabulary, cues=()), 3, progress)
    proposals = []
    for row, source in zip(rows, sources, strict=True):
        trial = yielded(brought[source.id], observatory.config.vocabulary, observatory.now)
        proposals.append(Proposal(row, "the address is the service's own", trial, SERVICE + len(row)))
    end = brought[sources[0].id].end
    return Probed(
        url, tuple(sorted(proposals, key=lambda p: -p.weight)), end, sum(b.end.visits for b in brought.values())
    )


def look(observatory: Questions, urls: Sequence[str]) -> Mapping[str, Harvested]:
    """Look at pages and what they lead to, all in one child process; what was answered, by the address of each page."""
    sources = {url: source_of({"id": f"{PROBE}-{n}", "kind": "_probe", "url": url}) for n, url in enumerate(urls, 1)}
    quiet = replace(observatory.config.vocabulary, cues=())  # no item's own page is asked for
    brought = harvested(observatory, tuple(sources.values()), quiet, MOST_VISITS, lambda _line: None)
    return {url: brought[source.id] for url, source in sources.items()}


def proposals(observatory: Questions, url: str, brought: Harvested) -> Probed:
    """Try all that a site's answers may be read as, and say what is best."""
    about = facts(brought.snapshots)
    tried = [made for guess in guesses(brought.snapshots) if (made := _tried(observatory, guess, about, brought))]
    return Probed(url, tuple(_best(tried)), brought.end, brought.end.visits)


def _tried(observatory: Questions, guess: Guess, about: Facts, brought: Harvested) -> Proposal | None:
    """Read a guess out of the answers; None when it yields nothing."""
    try:
        source = source_of({"id": PROBE, "kind": guess.kind, **guess.options})
        options = kinds()[guess.kind].Options.model_validate(dict(guess.options))
    except ValueError:  # pydantic's: a selector or an address that its kind doesn't take
        return None
    answers, end = _replayed(kinds()[guess.kind], options, brought.snapshots)
    if not answers:
        return None
    trial = yielded(Harvested(source, end, tuple(answers)), observatory.config.vocabulary, observatory.now)
    if not trial.items and not trial.records:
        return None
    row = _row(observatory, guess, about, is_of_page=_overlap(trial, about) >= HALF or not about.listed)
    return Proposal(row, guess.why, trial, _weight(trial, about, observatory.config.vocabulary))


def _replayed(
    kind: Kind[Options], options: Options, snapshots: Sequence[Snapshot]
) -> tuple[list[Snapshot], SourceReport]:
    """Let a kind ask its questions of the answers at hand; what was not asked is passed over."""
    at_hand = {url: each for each in reversed(snapshots) for url in (each.final_url, each.url)}
    memory = memory_of(snapshots[0]) if kind.api else Memory()
    waiting: list[Request] = list(kind.start(options, Memory()))
    found: list[Snapshot] = []
    while waiting and len(found) < MOST_REPLAYED:
        request = waiting.pop(0)
        answer = at_hand.get(request.url)
        if answer is None or any(each.url == request.url for each in found):
            continue
        snapshot = replace(answer, url=request.url, role=request.role, key="")
        try:
            list(read(kind, snapshot, options))
            waiting += [more for more in kind.follow(snapshot, options, memory) if not more.key]
        except UnreadableError as error:
            return found, SourceReport(
                PROBE, Outcome.OK if found else Outcome.FAILED, error.cause, len(found), detail=str(error)
            )
        found.append(snapshot)
    return found, SourceReport(PROBE, Outcome.OK, visits=len(found))


# ---------------------------------------------------------------- which is best


def _best(tried: Iterable[Proposal]) -> list[Proposal]:
    """Give the best proposals; of two of a kind that show the same, the better one stays."""
    kept: dict[tuple[str, frozenset[str]], Proposal] = {}
    for each in sorted(tried, key=lambda each: -each.weight):
        kept.setdefault((each.trial.source.kind, frozenset(_shown(each.trial))), each)
    return list(kept.values())[:MOST_SHOWN]


def _weight(trial: Trial, about: Facts, vocabulary: Vocabulary) -> float:
    """Weigh a trial: does it show what the page shows, is it dated, relevant, alive, and how well does its kind wear?"""
    kind, number = trial.source.kind, len(trial.items)
    is_elsewhere = kind == "feed" and about.section and about.listed and not _overlap(trial, about)
    weight = OTHER if is_elsewhere else WORTH.get(kind, 1.0)
    weight += min(1.0, number / 5) + 0.8 * min(1.0, trial.judged(Relevance.YES) / 3)
    weight += trial.dated / number if number else 0.0
    weight += SHOWS * _overlap(trial, about) * min(1.0, len(about.listed) / 4)
    if trial.newest and about.year - trial.newest.year >= STALE_YEARS:
        weight -= 0.5
    if kind == "listing":
        weight += _of_list(trial, about)
    if kind == "page" and not about.is_list and naming(vocabulary)(Work(title=about.title)):
        weight += 3.0
    return weight


def _overlap(trial: Trial, about: Facts) -> float:
    """Say how much of what the page lists a trial shows."""
    return len(about.listed & _shown(trial)) / len(about.listed) if about.listed else 0.0


def _of_list(trial: Trial, about: Facts) -> float:
    """Weigh what only lists may get wrong: links that lead to other sites, headings that are no items."""
    row = json.loads(trial.source.row)
    if "split" in row:
        return -3.0 if about.listed or trial.dated < len(trial.items) / 2 else 0.0
    hosts = [text.host_of(item.work.url or "") == about.host for item in trial.items]
    more = len(_shown(trial) - about.listed) / max(1, len(trial.items))  # menus and sidebars that it takes for items
    return (0.1 if "preset" in row else 0.0) - 2 * more - (2.5 if sum(hosts) < len(hosts) / 2 else 0.0)


def _shown(trial: Trial) -> set[str]:
    return {canonical for item in trial.items if (canonical := text.canonical_url(item.work.url or ""))}


# ---------------------------------------------------------------- the row


def _row(observatory: Questions, guess: Guess, about: Facts, *, is_of_page: bool = True) -> dict[str, object]:
    """Make the row of a guess: an id that is free, a name as readers see it, the kind's options, what its findings are.

    `is_of_page`: it shows what the page shows, so what the page is called and about is said of it too.
    """
    is_service = kind_of(guess.kind).api and guess.kind != "oai"
    site = NAMES.get(guess.kind, guess.kind) if is_service else _site_of(about)
    label = _label(guess, about, is_of_page=is_of_page)
    row: dict[str, object] = {
        "id": _free_id(observatory, site, label, about),
        "name": f"{site} – {label}" if label and label != site else site,
    }
    row |= {"kind": guess.kind, **guess.options}
    if about.site and not is_service:
        row["publisher"] = about.site
    if guess.kind == "page":
        row["every"] = "7d"
    if about.kind and guess.kind in ("feed", "listing", "sitemap") and is_of_page:
        row["defaults"] = {"kind": about.kind.value}
    return row


def _site_of(about: Facts) -> str:
    """Name a site: as it calls itself, else by its host, else (a host that is a number) by the page's title."""
    return about.site or (about.is_number and about.title) or about.core.capitalize()


def _label(guess: Guess, about: Facts, *, is_of_page: bool) -> str:
    if guess.kind in ("oai", "calendar"):
        return str(guess.options.get("set") or LABELS[guess.kind])
    if "filter" in guess.options:
        return str(guess.options["filter"]).partition(":")[2]
    return about.section if is_of_page else "feed"


def _free_id(observatory: Questions, site: str, label: str, about: Facts) -> str:
    taken = {source.id for source in observatory.config.sources}
    short = text.slug(site, 24) if text.slug(site) and len(site) <= 24 else text.slug(about.core, 24)
    words = [word for word in text.slug(label, 40).split("-") if word not in short.split("-")]
    base = "-".join(filter(None, [short, *words[:3]])) or "source"
    numbered = (f"{base}-{number}" for number in range(2, 1000))
    return base if base not in taken else next(each for each in numbered if each not in taken)


def add(observatory: Questions, proposal: Proposal) -> int:
    """Write a proposal to the end of the sources in sources.yaml, comments and order kept; returns its line.

    The former file stays beside it as `sources.yaml~`. ConfigError, with nothing written, when the file would not be sound.
    """
    path = observatory.config.path
    before = path.read_bytes()
    yamltext.load(before, path.name)  # names what is broken, before anything is added to it
    said = before.decode("utf-8") if not before.startswith((b"\xff\xfe", b"\xfe\xff")) else before.decode("utf-16")
    made = yamltext.append(said, [proposal.row], "sources")
    after = yamltext.load(made, path.name)
    rows = after.data["sources"] if isinstance(after.data, dict) else []
    _sources, flaws = read_sources(after, rows, kinds())
    if flaws:
        raise ConfigError(flaws)
    write_whole(path.with_name(f"{path.name}~"), before, "sources-backup")
    write_whole(path, made.encode("utf-8"), "sources")
    return after.line("sources", len(rows) - 1)
