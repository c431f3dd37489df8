"""The conductor of trying sources out: what each would yield, asked twice, before anything counts. Nothing is kept of it."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from observatory import markup
from observatory.config import options_of
from observatory.errors import UnreadableError
from observatory.health import ADVICE
from observatory.judge import resolve
from observatory.judge.classify import classify
from observatory.judge.decide import Sighting, observe
from observatory.judge.extract import extract
from observatory.judge.naming import naming
from observatory.model import (
    Cause,
    Item,
    Job,
    Memory,
    Outcome,
    PartialDate,
    Relevance,
    Snapshot,
    Source,
    SourceReport,
    Vocabulary,
)
from spiders._kind import kind_of, read

if TYPE_CHECKING:
    from observatory.questions import Questions

MOST_PAGES = 12  # visits of a source: its lists, and the pages of a few wanted items
AGAIN_PAGES = 2  # the second time its first list will do (a service's first answer may only say how to go on)
MOST_SECONDS = 240.0
EXAMPLES = 3
# The options that name a part of a page which must be there; a list may end, so `next` is none.
_SELECTORS = ("item", "title", "link", "date", "summary", "split", "select")

Progress = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what, how it is in words, and whether that speaks against the source."""

    what: str
    said: str
    is_bad: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """What a source yielded when it was tried: `items` newest first, `records` as a service counts them on its pages.

    `is_same`: a second asking found the same (None: not asked). `known`: how many of the items the catalogue holds already from
    each other source. `missing`: the selectors that find nothing.
    """

    source: Source
    end: SourceReport
    items: tuple[Item, ...] = ()
    records: int = 0
    is_same: bool | None = None
    known: Mapping[str, int] | None = None
    missing: tuple[str, ...] = ()
    is_reserved: bool = False

    @property
    def is_fit(self) -> bool:
        return not any(check.is_bad for check in self.checks)

    @property
    def dated(self) -> int:
        return sum(_day(item) is not None for item in self.items)

    @property
    def newest(self) -> PartialDate | None:
        """The newest day of publication (or of an event)."""
        return _day(self.items[0]) if self.items else None

    def judged(self, relevance: Relevance) -> int:
        """Count the findings that the rules judge so."""
        return sum(item.verdict.relevance is relevance for item in self.items)

    @property
    def languages(self) -> tuple[tuple[str, int], ...]:
        """The languages of the findings, the most frequent first."""
        counted = Counter(item.verdict.work.language or "unknown" for item in self.items)
        return tuple(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    @property
    def examples(self) -> tuple[Item, ...]:
        """The items that say most of the source: relevant ones first, then the newest."""
        order = {Relevance.YES: 0, Relevance.UNSURE: 1, Relevance.NO: 2}
        return tuple(sorted(self.items, key=lambda item: order[item.verdict.relevance]))[:EXAMPLES]

    @property
    def checks(self) -> tuple[Check, ...]:
        """All that was looked at, in the order in which a curator asks."""
        made = [_reachable(self.end), _allowed(self)]
        if self.end.outcome is Outcome.FAILED:
            return tuple(made)
        return tuple(
            filter(None, [*made, _selectors(self), _found(self), _dates(self), *_judgement(self), _known(self)])
        )

    @property
    def verdict(self) -> str:
        """Say in words whether the source is fit to be watched, and what to mind."""
        if bad := [f"{check.what}: {check.said}" for check in self.checks if check.is_bad]:
            return "unfit. " + "; ".join(bad)
        mind = []
        if not self.judged(Relevance.YES):
            mind.append("nothing relevant just now")
        if self.items and not self.dated and self.source.kind != "page":
            mind.append("no dates: its entries will stand last")
        if self.end.cause:
            mind.append(ADVICE.get(self.end.cause, self.end.cause.value))
        return "fit" + (", but mind: " + "; ".join(mind) if mind else "")


def _day(item: Item) -> PartialDate | None:
    return item.work.date or item.work.event_start or item.work.deadline


# ---------------------------------------------------------------- in words


def _reachable(end: SourceReport) -> Check:
    if end.outcome is not Outcome.FAILED:
        visits = f"{end.visits} visit{'s' * (end.visits != 1)}"
        return Check("reachable", f"yes, {visits}" + (f"; {end.detail}" if end.detail else ""))
    cause = end.cause or Cause.UNEXPECTED
    said = [part for part in (f"{cause}: {end.detail}" if end.detail else cause.value, ADVICE.get(cause)) if part]
    return Check("reachable", " – ".join(said), is_bad=True)


def _allowed(trial: Trial) -> Check:
    if trial.end.cause is Cause.ROBOTS:
        return Check("allowed", "no: robots.txt asks us to stay away", is_bad=True)
    if trial.is_reserved or trial.end.cause is Cause.TDM:
        said = "text and data mining is reserved: only title, address and date are taken"
        return Check("allowed", said, is_bad=trial.end.outcome is Outcome.FAILED)
    if trial.end.outcome is Outcome.FAILED:
        return Check("allowed", "not known: it was not reached")
    return Check(
        "allowed", "robots.txt and TDM reservations let us" if not _is_service(trial.source) else "a public interface"
    )


def _is_service(source: Source) -> bool:
    return kind_of(source.kind).api


def _selectors(trial: Trial) -> Check | None:
    named = [name for name in _SELECTORS if isinstance(getattr(options_of(trial.source), name, None), str)]
    if not named:
        return None
    if trial.missing:
        parts = ", ".join(f"{name} {getattr(options_of(trial.source), name)!r}" for name in trial.missing)
        return Check("selectors", f"nothing on the page for {parts}", is_bad=True)
    return Check("selectors", f"{', '.join(named)}: found")


def _found(trial: Trial) -> Check:
    number = len(trial.items)
    if not number and trial.records:
        return Check("findings", f"none of {trial.records} records looked at names a core term")
    if not number:
        return Check("findings", "none: it answers and holds no item", is_bad=True)
    said = f"{number}" + (f" out of {trial.records} records" if trial.records > number else "")
    if trial.is_same is False:
        return Check(
            "findings", f"{said}, but other ones when asked again: what tells its items apart changes", is_bad=True
        )
    return Check("findings", said + (", the same when asked again" if trial.is_same else ""))


def _dates(trial: Trial) -> Check | None:
    if not trial.items:
        return None
    newest = f", newest {trial.newest}" if trial.newest else ""
    return Check("dates", f"{trial.dated} of {len(trial.items)}{newest}")


def _judgement(trial: Trial) -> Iterable[Check]:
    if not trial.items:
        return
    unsure = trial.judged(Relevance.UNSURE)
    waiting = f", {unsure} for a curator to decide" if unsure else ""
    yield Check("relevant", f"{trial.judged(Relevance.YES)} of {len(trial.items)}{waiting}")
    yield Check("languages", ", ".join(f"{code} {number}" for code, number in trial.languages))


def _known(trial: Trial) -> Check | None:
    if trial.known is None or not trial.items:
        return None
    if not trial.known:
        return Check("known already", "none")
    parts = ", ".join(f"{number} by {name}" for name, number in sorted(trial.known.items()))
    return Check("known already", f"{parts} (of {len(trial.items)})")


# ---------------------------------------------------------------- asking


def trials(observatory: Questions, sources: Sequence[Source], progress: Progress) -> tuple[Trial, ...]:
    """Try sources out: asked twice like a first harvest, read and judged by the real rules, compared with the catalogue."""
    config = observatory.config
    asked = [source for source in sources if not kind_of(source.kind).local]
    if not asked:
        return ()
    progress("first asking")
    first = harvested(observatory, asked, config.vocabulary, MOST_PAGES, progress)
    progress("asking again")
    again = harvested(observatory, asked, replace(config.vocabulary, cues=()), AGAIN_PAGES, progress)
    return tuple(_trial(observatory, first[source.id], again[source.id]) for source in asked)


@dataclass(frozen=True, slots=True)
class Harvested:
    """What one harvest of a source brought, before it is read."""

    source: Source
    end: SourceReport
    snapshots: tuple[Snapshot, ...]


def harvested(
    observatory: Questions,
    sources: Sequence[Source],
    vocabulary: Vocabulary,
    pages: int,
    progress: Progress,
    memory: Memory | None = None,
) -> Mapping[str, Harvested]:
    """Ask sources as a crawl does, at most so many visits each, into an archive that is thrown away; by source id.

    Only the pages of items that the vocabulary wants are fetched.
    """
    from observatory.catalogue import archive
    from observatory.harvest import harvest

    settings = replace(observatory.config.crawl, max_pages=pages, max_seconds=MOST_SECONDS)
    jobs = [Job(source, memory or Memory()) for source in sources]
    with tempfile.TemporaryDirectory() as folder:
        written = harvest(jobs, Path(folder), settings, observatory.now, vocabulary, progress)
        assert written is not None  # there are jobs
        ends = archive.ends(written)
        found = [record for _ref, record in archive.read(Path(folder)) if isinstance(record, Snapshot)]
    return {
        source.id: Harvested(
            source,
            ends.get(source.id) or SourceReport(source.id, Outcome.FAILED, Cause.KILLED),
            tuple(snapshot for snapshot in found if snapshot.source_id == source.id),
        )
        for source in sources
    }


def _trial(observatory: Questions, first: Harvested, again: Harvested) -> Trial:
    made = yielded(first, observatory.config.vocabulary, observatory.now)
    store = observatory.store if (observatory.data / "catalogue.sqlite").is_file() else None
    known = _elsewhere(made.items, lambda keys: store.block(keys, ()) if store else (), observatory)
    return replace(made, is_same=_is_same(first, again), known=known)


# ---------------------------------------------------------------- what it yields


def yielded(harvested: Harvested, vocabulary: Vocabulary, now: datetime) -> Trial:
    """Read and judge what a harvest brought. Pure."""
    source = harvested.source
    items = items_of(harvested, vocabulary)
    kind, options = kind_of(source.kind), options_of(source)
    tallies = [tally for each in harvested.snapshots if (tally := _quietly(partial(kind.tally, each, options)))]
    return Trial(
        source,
        harvested.end,
        items=tuple(sorted(items, key=partial(_newest_first, now))),
        records=sum(tally.records for tally in tallies),
        missing=_missing(harvested),
        is_reserved=any(("tdm-reservation", "1") in snapshot.headers for snapshot in harvested.snapshots),
    )


def items_of(harvested: Harvested, vocabulary: Vocabulary) -> tuple[Item, ...]:
    """Make the items of what a harvest brought, as an ingest would; an answer that can't be read costs itself only."""
    source = harvested.source
    kind, options = kind_of(source.kind), options_of(source)
    items: dict[str, Item] = {}
    for snapshot in harvested.snapshots:
        seen = Sighting(snapshot.fetched_at, snapshot.ref, snapshot.final_url)
        for finding in _quietly(partial(read, kind, snapshot, options, naming(vocabulary))) or ():
            if not finding.withdrawn:
                judge = partial(classify, source=source, vocabulary=vocabulary)
                items[finding.key] = observe(items.get(finding.key), extract(finding), seen, judge)
    return tuple(items.values())


def _quietly(work: Callable[[], T]) -> T | None:
    try:
        return work()
    except UnreadableError:
        return None


def _newest_first(now: datetime, item: Item) -> tuple[bool, int, str]:
    day = _day(item)
    return (day is None, -(day.first_day.toordinal() if day else 0), item.key)


def _missing(harvested: Harvested) -> tuple[str, ...]:
    """Name the selectors of a source's row that find nothing on its first list."""
    options = options_of(harvested.source)
    page = next((snapshot for snapshot in harvested.snapshots if snapshot.role == "start"), None)
    if page is None:
        return ()
    named = {name: css for name in _SELECTORS if isinstance(css := getattr(options, name, None), str)}
    if not named:
        return ()
    try:
        root = markup.html(page.body, page.content_type)
    except UnreadableError:
        return ()
    return tuple(name for name, css in named.items() if not markup.select(root, css))


def _is_same(first: Harvested, again: Harvested) -> bool | None:
    """Whether two askings found the same on the lists that both read; None when they share none."""
    shared = {s.url for s in first.snapshots if not s.key} & {s.url for s in again.snapshots if not s.key}
    if not shared:
        return None
    said = [_said(one, shared) for one in (first, again)]
    return said[0] == said[1]


def _said(harvested: Harvested, urls: set[str]) -> list[tuple[str, str]]:
    kind, options = kind_of(harvested.source.kind), options_of(harvested.source)
    lists = [snapshot for snapshot in harvested.snapshots if snapshot.url in urls and not snapshot.key]
    found = [finding for each in lists for finding in _quietly(partial(read, kind, each, options)) or ()]
    return sorted((finding.key, finding.work.title) for finding in found)


def _elsewhere(
    items: Sequence[Item], block: Callable[[set[str]], Sequence[Item]], observatory: Questions
) -> Mapping[str, int]:
    """Count, by the name of each other source, the items that are the same work as one of its own."""
    names = {source.id: source.name for source in observatory.config.sources}
    own = {item.ref for item in items}
    others = [item for item in block({key for item in items for key in item.keys}) if item.ref not in own]
    if not items:
        return {}
    others = [item for item in others if item.source_id != items[0].source_id]
    by_ref = {item.ref: item for item in others}
    counted: Counter[str] = Counter()
    for group in resolve.group([*items, *others], frozenset(), frozenset()) if others else ():
        mine = sum(ref in own for ref in group.refs)
        for source_id in {by_ref[ref].source_id for ref in group.refs if ref in by_ref} if mine else ():
            counted[names.get(source_id, source_id)] += mine
    return dict(counted)
