"""The conductor of the daily chain: it carries values from room to room and holds the one write lock.

    sources.yaml ─ config.load
      │ harvest                 WEB, child process     Job → one WARC file a run
      │ kind.read → judge       pure                   Snapshot → Finding → Item → Intent[]
      │ catalogue.store         DISK                   one transaction a snapshot
      │ catalogue.search        DISK                   Entry → Whoosh document
      │ publish                 pure, then DISK        Catalogue → output/site/

Verbs = commands = stages. Time is an argument: `now` is a value unless nobody gave one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from observatory.config import Config, load, valid
from observatory.errors import ConfigError, Flaw, NotFound
from observatory.model import (
    Catalogue,
    Cause,
    Entry,
    Job,
    Outcome,
    PartialDate,
    Proposal,
    Rhythm,
    SendingState,
    Source,
    SourceHealth,
    SourceReport,
    Status,
)

if TYPE_CHECKING:
    from observatory.catalogue.store import Store
    from observatory.editions import Newsroom, Shown
    from observatory.inquiry import Found, Inquiry
    from observatory.outbox import Delivery
    from observatory.publish.site import Published

log = logging.getLogger(__name__)

Progress = Callable[[str], None]
VALID = "valid"  # the folder beside the data that holds the curators' files as the last good run read them


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: a row a source, the totals, and where the site stands."""

    sources: tuple[SourceReport, ...]
    totals: Mapping[str, int]
    site: Path


class Observatory:
    """An observatory: its configuration and its data folder. Open it with `with Observatory.open(…) as obs:`."""

    def __init__(
        self,
        config: Config,
        data: Path,
        now: datetime | None = None,
        progress: Progress | None = None,
        *,
        is_last_valid: bool = False,
    ) -> None:
        self.config = config
        self.data = data
        self._now = now
        self._progress: Progress = progress or (lambda _line: None)
        self._store: Store | None = None
        self._inquiry: Inquiry | None = None
        self._writes = False
        self._is_last_valid = is_last_valid

    @classmethod
    def open(
        cls,
        sources: str | Path = "sources.yaml",
        data: str | Path | None = None,
        *,
        now: datetime | None = None,
        progress: Progress | None = None,
        or_last_valid: bool = False,
    ) -> Self:
        """Load the configuration; `data` is `output` beside it unless given.

        Raises `ConfigError` with every flaw at once. Nothing is touched on disk before a verb needs it. With `or_last_valid` (the
        daemon's runs) the flaws are logged, and what the last good run was told stays in force.
        """
        path = Path(sources)
        folder = Path(data) if data else path.parent / "output"
        try:
            return cls(load(path), folder, now, progress)
        except ConfigError as error:
            kept = valid.last(folder / VALID, path.name) if or_last_valid else None
            if kept is None:
                raise
            for flaw in error.flaws:
                log.error("broken settings flaw=%s (the last valid form stays in force)", flaw)
            return cls(kept, folder, now, progress, is_last_valid=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the catalogue and its index."""
        if self._inquiry is not None:
            self._inquiry.close()
            self._inquiry = None
        if self._store is not None:
            self._store.close()
            self._store = None

    @property
    def now(self) -> datetime:
        """The moment of this run, to the second; the clock is read once."""
        if self._now is None:
            self._now = datetime.now(UTC)
        self._now = self._now.replace(microsecond=0)
        return self._now

    @property
    def archive(self) -> Path:
        return self.data / "archive"

    @property
    def site_folder(self) -> Path:
        return self.data / "site"

    @property
    def store(self) -> Store:
        """The catalogue, opened at first need."""
        if self._store is None:
            from observatory.catalogue.store import Store

            self.data.mkdir(parents=True, exist_ok=True)
            self._store = Store.open(self.data / "catalogue.sqlite")
        return self._store

    @property
    def inquiry(self) -> Inquiry:
        """What answers searches; it brings the index up to date at need."""
        if self._inquiry is None:
            from observatory.inquiry import Inquiry

            self._inquiry = Inquiry(self.config, self.store, self.data / "search", self._freshen)
        return self._inquiry

    # ------------------------------------------------------------ verbs

    def run(self, only: Sequence[str] = (), *, due: bool = False, offline: bool = False) -> RunReport:
        """Crawl, ingest, index, publish. A failing source is reported, never an error."""
        with self._writing("run"):
            before = self.store.ids(Status.PUBLISHED)
            reports = self._crawl(only, due=due, offline=offline)
            counts = self._ingest(again=False)
            self.store.record_run(self.now)
            self._index()
            published = self._publish()
            after = self.store.ids(Status.PUBLISHED)
            if not self._is_last_valid:
                valid.keep(self.config, self.data / VALID)
        rows = tuple(_counted(report, counts) for report in reports)
        return RunReport(rows, _totals(rows, before, after, published), self.site_folder)

    def crawl(self, only: Sequence[str] = (), *, due: bool = False) -> tuple[SourceReport, ...]:
        """Ask the sources and archive what they answer."""
        with self._writing("crawl"):
            return self._crawl(only, due=due, offline=False)

    def ingest(self, *, again: bool = False) -> Mapping[str, tuple[int, int]]:
        """Read what the archive and library hold and what curators decided into the catalogue.

        `again` applies today's rules to all history. Returns (findings, new items) by source id.
        """
        with self._writing("ingest"):
            return self._ingest(again=again)

    def index(self, *, rebuild: bool = False) -> None:
        """Bring the full-text index up to date."""
        with self._writing("index"):
            self._index(rebuild=rebuild)

    def publish(self) -> Published:
        """Write what differs of the site."""
        with self._writing("publish"):
            return self._publish()

    def rebuild(self) -> Published:
        """Drop all that is derived and make it anew from archive, curators' files and ledger."""
        with self._writing("rebuild"):
            self._ingest(again=True)
            self._index(rebuild=True)
            return self._publish()

    def take_decisions(self) -> None:
        """Let what curators decided take effect in catalogue and index; the site shows it when it is published next."""
        with self._writing("decide"):
            self._ingest(again=False)
            self._index()

    # ------------------------------------------------------------ questions

    def entry(self, id_or_url: str) -> Entry:
        """Find an entry by id, former id, address or DOI."""
        found = self.store.entry(id_or_url)
        if found is None:
            raise NotFound(
                f"no entry {id_or_url!r}; `observatory search` finds entries, `observatory explain` says why one is missing"
            )
        return found

    def search(self, query: str, limit: int = 20, statuses: Collection[Status] = (Status.PUBLISHED,)) -> Found:
        """Search titles, people, publishers, summaries and full texts, in the language of docs/curators.md.

        Raises `QueryError`, which says where the query goes wrong and how to write it. Iterating over what is found gives the
        rows of `search --json`.
        """
        return self.inquiry.search(query, limit, statuses)

    def flaws_of_queries(self) -> tuple[Flaw, ...]:
        """Name the queries of sources.yaml that can't be read, each with its line. Touches no catalogue."""
        from observatory.inquiry import Queries

        return Queries(self.config).flaws()

    def stats(self) -> Mapping[str, Mapping[str, int]]:
        """Count entries by status, kind, topic, country and source: the shape of `stats --json`."""
        from observatory.catalogue.queries import stats

        return stats(self.store)

    def policy(self, id_or_url: str) -> Mapping[str, Any]:
        """Tell a policy's stage, steps and relations: the shape of `policy --json`."""
        from observatory.facts import policy

        return policy(self.entry(id_or_url), self.store, self.now.date())

    def diff(
        self, id_or_url: str, since: PartialDate | None = None, until: PartialDate | None = None
    ) -> Mapping[str, Any]:
        """Tell how the text of an entry's watched pages changed: the shape of `diff --json`."""
        from observatory.facts import differences

        return differences(id_or_url, self.store, since, until)

    def proposals(self) -> tuple[Proposal, ...]:
        """List the steps in policies' lives that texts report and that wait for a curator."""
        from observatory.facts import proposals_of

        return proposals_of(self.store, self.now.date())

    def country(self, code_or_name: str) -> Mapping[str, Any]:
        """Tell what is known of a country, by code or English name: the shape of `country --json`."""
        from observatory.facts import country
        from observatory.inquiry import Queries

        return country(Queries(self.config).country(code_or_name), self.config, self.store)

    def explain(self, id_or_url: str) -> Mapping[str, Any]:
        """Tell an entry's trail, or that of an address that made none: the shape of `explain --json`."""
        from observatory.explain import explain

        return explain(self.config, self.store, id_or_url)

    def judge(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        """Judge a record {title, summary, url, publisher, language}: the shape of `judge --json`."""
        from observatory.judge.records import judge_record

        return judge_record(record, self.config.vocabulary)

    def resolve(self, pair: Mapping[str, Any]) -> Mapping[str, Any]:
        """Say what two records {a, b} are to each other: the shape of `resolve --json`."""
        from observatory.judge.records import resolve_pair

        return resolve_pair(pair)

    def due(self) -> tuple[tuple[Source, SourceHealth | None, datetime | None], ...]:
        """Say of each source how it stands and when it is due next (None: never, or not by itself)."""
        from observatory.schedule import due_at
        from spiders._kind import kinds

        health, zone = self.store.health(), self.config.site.timezone
        asked = [source for source in self.config.sources if not kinds()[source.kind].local]
        return tuple(
            (source, health.get(source.id), due_at(source, health.get(source.id), zone) if source.enabled else None)
            for source in asked
        )

    def unfit(self) -> tuple[Flaw, ...]:
        """Hold the library's records, and whatever else was published, to the gate on what is published."""
        from observatory.config.gate import read_hosts, unfit_entries, unfit_records

        day = PartialDate.of(self.now.date())
        hosts, flaws = read_hosts(self.config.root)
        flaws += unfit_records(self.config, hosts, day)
        if (self.data / "catalogue.sqlite").is_file():
            flaws += unfit_entries(self.store.entries((Status.PUBLISHED,)), hosts, day)
        return tuple(sorted(flaws))

    def catalogue(self) -> Catalogue:
        """Read all that publishing may know, at one moment."""
        from observatory import editions
        from observatory.judge.related import related

        config, store = self.config, self.store
        entries = tuple(store.entries((Status.PUBLISHED, Status.GONE)))
        return Catalogue(
            as_of=store.last_run() or self.now,
            entries=entries,
            related=related(entries),
            aliases=store.aliases(),
            sources=config.sources,
            health=store.health(),
            topics=config.vocabulary.topics,
            places=config.places,
            searches=config.searches,
            memberships=self.inquiry.memberships() if config.searches else {},
            countries=config.countries,
            peer_groups=config.peer_groups,
            definitions=config.definitions,
            terms=config.terms,
            editions=store.editions(),
            corrections=editions.corrections(config, self.data),
            lists=config.digest.lists,
            rhythms=config.digest.rhythms,
            pending=store.status_counts().get(Status.PENDING, 0),
        )

    def newsroom(self, now: datetime | None = None) -> Newsroom:
        """Open the room where editions of the digest are made; `now` decides which periods have ended."""
        from observatory.editions import Newsroom
        from observatory.publish.site import Templates

        templates = Templates(self.config.root / "site_templates", self.config.site.language)
        return Newsroom(self.config, self.store, now or self.now, templates, self.inquiry.members)

    def digest(self, rhythm: Rhythm, period: str | None = None, list_id: str | None = None) -> Shown:
        """Show the letter of a period (the next to be issued unless named), and why each item is in it or not."""
        newsroom = self.newsroom()
        wanted = newsroom.mailing_list(list_id, rhythm) if list_id else None
        return newsroom.show(self.catalogue(), newsroom.period(rhythm, period), wanted)

    def send_digest(
        self, rhythm: Rhythm, period: str | None = None, list_id: str | None = None, *, resend: bool = False
    ) -> tuple[Delivery, ...]:
        """Send each list of this rhythm its letter of the latest edition (or the period named), each once.

        `resend`: send again what was begun and never confirmed; of a list that is named, also what went out.
        """
        import os

        from observatory.outbox import Delivery, Outbox, Result, Server

        newsroom, site = self.newsroom(), self.config.site
        lists = (newsroom.mailing_list(list_id, rhythm),) if list_id else newsroom.lists(rhythm)
        server = Server.of(os.environ, site)
        with self._writing("digest"):
            edition, catalogue = newsroom.to_send(rhythm, period), self.catalogue()
            outbox = Outbox(self.store, site, server, self.now)
            over = (SendingState.SENDING, *((SendingState.SENT,) if list_id else ())) if resend else ()
            posts = [(one, newsroom.post(catalogue, edition, one)) for one in lists]
            return tuple(
                outbox.send(post, over) if post else Delivery(one.id, edition.id, Result.NOTHING) for one, post in posts
            )

    # ------------------------------------------------------------ stages, under the lock

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        from observatory.catalogue.lock import Lock

        with Lock(self.data / "write.lock", what):
            self._writes = True
            try:
                yield
            finally:
                self._writes = False

    def _freshen(self) -> None:
        """Bring the index up to date for a search; Busy when another process writes."""
        if self._writes:
            self._index()
        else:
            with self._writing("search"):
                self._index()

    def _crawl(self, only: Sequence[str], *, due: bool, offline: bool) -> tuple[SourceReport, ...]:
        asked, skipped = self._choose(only, due=due, offline=offline)
        if not asked:
            return skipped
        from observatory.catalogue import archive
        from observatory.harvest import harvest

        self._ingest(again=False)  # what an interrupted run archived is known before the web is asked again
        jobs = [Job(source, self.store.memory(source.id)) for source in asked]
        written = harvest(jobs, self.archive, self.config.crawl, self.now, self.config.vocabulary, self._progress)
        ends = archive.ends(written) if written else {}
        return tuple(sorted((*skipped, *(_report(source, ends) for source in asked)), key=lambda r: r.id))

    def _choose(
        self, only: Sequence[str], *, due: bool, offline: bool
    ) -> tuple[list[Source], tuple[SourceReport, ...]]:
        """Part the configured sources in those to ask now and those to skip, with the cause."""
        from observatory.schedule import is_due
        from spiders._kind import kinds

        known = {source.id for source in self.config.sources}
        if unknown := sorted(set(only) - known):
            raise NotFound(
                f"no source {unknown[0]!r} in {self.config.path.name}; `observatory source list` shows their ids"
            )
        health = self.store.health() if due else {}
        asked: list[Source] = []
        skipped: list[SourceReport] = []
        for source in self.config.sources:
            if kinds()[source.kind].local or (only and source.id not in only):
                continue
            cause = None
            if not source.enabled and source.id not in only:
                cause = Cause.DISABLED
            elif offline:
                cause = Cause.OFFLINE
            elif due and not is_due(source, health.get(source.id), self.now, self.config.site.timezone):
                cause = Cause.NOT_DUE
            if cause:
                skipped.append(SourceReport(source.id, Outcome.SKIPPED, cause))
            else:
                asked.append(source)
        return asked, tuple(skipped)

    def _ingest(self, *, again: bool) -> dict[str, tuple[int, int]]:
        from observatory.ingest import Ingest

        return Ingest(self.config, self.store, self.archive, self.data, self.now, self._progress).run(again=again)

    def _index(self, *, rebuild: bool = False) -> None:
        from observatory.catalogue.search.index import Index

        Index(self.data / "search").sync(self.store, self._progress, rebuild=rebuild)

    def _publish(self) -> Published:
        from observatory.publish.site import publish

        for flaw in self.flaws_of_queries():
            log.warning("broken query flaw=%s (the site is published without it)", flaw)
        self._progress("publish: reading the catalogue")
        templates = self.config.root / "site_templates"
        catalogue = self.catalogue()
        # A period is over when a run came after it: what was not looked for can't be told of, and publishing knows no clock.
        catalogue = replace(catalogue, editions=self.newsroom(catalogue.as_of).issue(catalogue))
        published = publish(catalogue, self.config.site, templates, self.site_folder, self._progress)
        self._progress(
            f"publish: {published.written} files written, {published.unchanged} unchanged, {published.removed} removed"
        )
        return published


def _report(source: Source, ends: Mapping[str, SourceReport]) -> SourceReport:
    return ends.get(source.id) or SourceReport(source.id, Outcome.FAILED, Cause.KILLED)


def _counted(report: SourceReport, counts: Mapping[str, tuple[int, int]]) -> SourceReport:
    findings, new = counts.get(report.id, (0, 0))
    return replace(report, findings=findings, new=new)


def _totals(
    rows: Iterable[SourceReport], before: frozenset[str], after: frozenset[str], published: Published
) -> dict[str, int]:
    rows = tuple(rows)
    totals = {outcome.value: sum(row.outcome is outcome for row in rows) for outcome in Outcome}
    return {
        **totals,
        "visits": sum(row.visits for row in rows),
        "findings": sum(row.findings for row in rows),
        "entries": len(after),
        "new_entries": len(after - before),
        "files_written": published.written,
        "files_removed": published.removed,
    }
