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

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from observatory import curated, text
from observatory.basis import basis, moment, note, program
from observatory.config import valid
from observatory.errors import NotFound
from observatory.model import (
    Catalogue,
    Cause,
    DayOfUse,
    Job,
    Outcome,
    Rhythm,
    SendingState,
    Source,
    SourceHealth,
    SourceReport,
    Status,
)
from observatory.opened import VALID
from observatory.questions import Questions

if TYPE_CHECKING:
    from observatory.editions import Newsroom, Shown
    from observatory.ingest import Ingest
    from observatory.outbox import Delivery
    from observatory.publish.releasing import Released
    from observatory.publish.writing import Published

log = logging.getLogger(__name__)

Counts = Mapping[str, tuple[int, int]]  # (findings, new items) by source id


@dataclass(frozen=True, slots=True)
class RunReport:
    """What a run did: a row a source, the totals, and where the site stands."""

    sources: tuple[SourceReport, ...]
    totals: Mapping[str, int]
    site: Path


class Observatory(Questions):
    """An observatory: its configuration and its data folder. Open it with `with Observatory.open(…) as obs:`."""

    # ------------------------------------------------------------ verbs

    def run(self, only: Sequence[str] = (), *, due: bool = False, offline: bool = False) -> RunReport:
        """Crawl, ingest, index, publish. A failing source is reported, never an error."""
        with self.writing("run"):
            before = self.store.ids(Status.PUBLISHED)
            reports, counts = self._collect(only, due=due, offline=offline)
            self.store.record_run(self.now)
            self._index_to_publish()
            published = self._publish()
            after = self.store.ids(Status.PUBLISHED)
            if not self._is_last_valid:
                valid.keep(self.config, self.data / VALID)
        rows = tuple(_counted(report, counts) for report in reports)
        return RunReport(rows, _totals(rows, before, after, published), self.site_folder)

    def crawl(
        self, only: Sequence[str] = (), *, due: bool = False, shard: tuple[int, int] = (1, 1)
    ) -> tuple[SourceReport, ...]:
        """Ask the sources and archive what they answer.

        `shard` (i, n): ask only the i-th of n parts, none of which shares a host with another, so that n machines may crawl.
        """
        with self.writing("crawl"):
            return self._crawl(only, due=due, offline=False, shard=shard)

    def ingest(self, *, again: bool = False) -> Mapping[str, tuple[int, int]]:
        """Read what the archive and library hold and what curators decided into the catalogue.

        `again` applies today's rules to all history. Returns (findings, new items) by source id.
        """
        with self.writing("ingest"):
            return self._ingest(again=again)

    def index(self, *, rebuild: bool = False) -> None:
        """Bring the full-text index up to date."""
        with self.writing("index"):
            self._index(rebuild=rebuild)

    def publish(self) -> Published:
        """Write what differs of the site."""
        with self.writing("publish"):
            return self._publish()

    def release(self, folder: Path | None = None) -> Released:
        """Write a dated archive of the public data."""
        from observatory.publish.releasing import release

        return release(self.catalogue(), self.config.site, folder or self.data / "releases", self.progress)

    def rebuild(self) -> Published:
        """Drop all that is derived and make it anew from archive, curators' files and ledger."""
        with self.writing("rebuild"):
            self._ingest(again=True)
            self._index_to_publish(rebuild=True)
            return self._publish()

    def take_decisions(self) -> None:
        """Let what curators decided take effect in catalogue and index; the site shows it when it is published next."""
        with self.writing("decide"):
            self._ingest(again=False)
            self._index()

    def keep_use(self, days: Iterable[DayOfUse]) -> None:
        """Keep how the site was used, as counted from logs."""
        from observatory.usage import keep

        with self.writing("usage"):
            keep(self, days)

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
        with self.writing("digest"):
            edition = newsroom.to_send(rhythm, period)
            if edition is None:  # a quiet week is no failure: cron asks every week
                return tuple(Delivery(one.id, "", Result.NOTHING, f"no new {rhythm} edition") for one in lists)
            catalogue = self.catalogue()
            outbox = Outbox(self.store, site, server, self.now)
            over = (SendingState.SENDING, *((SendingState.SENT,) if list_id else ())) if resend else ()
            posts = [(one, newsroom.post(catalogue, edition, one)) for one in lists]
            return tuple(
                outbox.send(post, over) if post else Delivery(one.id, edition.id, Result.NOTHING) for one, post in posts
            )

    # ------------------------------------------------------------ stages, under the lock

    def _collect(self, only: Sequence[str], *, due: bool, offline: bool) -> tuple[tuple[SourceReport, ...], Counts]:
        """Crawl and ingest, the one while the other goes on."""
        ingest = cache(self._reading)  # made once, when the crawl's process is on its way
        reports = self._crawl(only, due=due, offline=offline, ingest=ingest)
        return reports, ingest().run()

    def _crawl(
        self,
        only: Sequence[str],
        *,
        due: bool,
        offline: bool,
        shard: tuple[int, int] = (1, 1),
        ingest: Callable[[], Ingest] | None = None,
    ) -> tuple[SourceReport, ...]:
        """Archive what the sources answer; `ingest` reads it meanwhile."""
        from observatory.catalogue import archive
        from observatory.harvest import harvest, started

        with ExitStack() as children:
            early = children.enter_context(started()) if self._will_ask(only, due=due, offline=offline) else None
            asked, skipped = self._choose(only, due=due, offline=offline)
            asked = [source for source in asked if is_in_shard(source, *shard)]
            if not asked:
                if early:
                    early.kill()
                return skipped
            child = early or children.enter_context(started())
            reading = ingest() if ingest else self._reading()
            reading.run()  # what an interrupted run archived is known before the web is asked again
            memories = self.store.memories([source.id for source in asked])
            jobs = [Job(source, memories[source.id]) for source in asked]
            written = harvest(
                jobs,
                self.archive,
                replace(self.config.crawl, shard=shard[0] if shard[1] > 1 else 0),
                self.now,
                self.config.vocabulary,
                self.progress,
                reading if ingest else None,
                self.config.forgotten,
                child,
            )
        ends = archive.ends(written) if written else {}
        return tuple(sorted((*skipped, *(_report(source, ends) for source in asked)), key=lambda r: r.id))

    def _will_ask(self, only: Sequence[str], *, due: bool, offline: bool) -> bool:
        """Guess, before the catalogue is opened, whether any source will be asked: nearly always, unless only those due are."""
        from spiders._kind import kinds

        wanted = (source for source in self.config.sources if source.id in only or (source.enabled and not only))
        return not (due or offline) and any(not kinds()[source.kind].local for source in wanted)

    def _choose(
        self, only: Sequence[str], *, due: bool, offline: bool
    ) -> tuple[list[Source], tuple[SourceReport, ...]]:
        """Part the configured sources in those to ask now and those to skip, with the cause."""
        from observatory.schedule import NETWORK, is_due, is_left_alone
        from spiders._kind import kinds

        known = {source.id for source in self.config.sources}
        if unknown := sorted(set(only) - known):
            raise NotFound(
                f"no source {unknown[0]!r} in {self.config.path.name}; `observatory source list` shows their ids"
            )
        health = {} if offline else self.store.health()
        is_cut_off = not any(state.cause not in NETWORK for state in health.values() if state.last_visit)
        asked: list[Source] = []
        skipped: list[SourceReport] = []
        for source in self.config.sources:
            if kinds()[source.kind].local or (only and source.id not in only):
                continue
            cause, state = None, health.get(source.id)
            if not source.enabled and source.id not in only:
                cause = Cause.DISABLED
            elif offline:
                cause = Cause.OFFLINE
            elif only or self.store.row(source.id) not in (None, source.row):
                cause = None  # named, or mended in sources.yaml since it was last asked
            elif state and _is_spent(state, self.now):
                cause = Cause.QUOTA
            elif due and not is_due(source, state, self.now, self.config.site.timezone):
                cause = Cause.NOT_DUE
            elif state and is_left_alone(source, state, self.now, is_cut_off=is_cut_off):
                cause = Cause.BACKOFF
            if cause:
                skipped.append(SourceReport(source.id, Outcome.SKIPPED, cause, detail=_why(source, cause, state)))
            else:
                asked.append(source)
        return asked, tuple(skipped)

    def _reading(self) -> Ingest:
        from observatory.collector import look_seldom

        look_seldom()
        from observatory.ingest import Ingest

        return Ingest(self.config, self.store, self.archive, self.data, self.now, self.progress)

    def _ingest(self, *, again: bool) -> Counts:
        return self._reading().run(again=again)

    def _index_to_publish(self, *, rebuild: bool = False) -> None:
        """Index, and leave to publishing, which takes the most, what memory that took."""
        from observatory.collector import let_go

        if self._index(rebuild=rebuild):
            let_go()

    def _publish(self) -> Published:
        from observatory.publish.writing import stands

        flaws = self.flaws_of_queries()
        for flaw in flaws:
            log.warning("broken query flaw=%s (the site is published without it)", flaw)
        libraries = self.config.libraries
        made_of = basis(self.config.told, curated.told(self.config.path, libraries))
        published = stands(self.site_folder, self._told(made_of)) if self.desk_folder.is_dir() else None
        published = published or self._write_site(made_of)
        if not flaws:  # each publishing warns of them
            note(self.data, libraries, made_of)
        self.progress(f"publish: {published}")
        return published

    def _write_site(self, made_of: str) -> Published:
        from observatory.collector import look_seldom
        from observatory.publish.site import SHARED, publish

        look_seldom()
        self.progress("publish: reading the catalogue")
        templates, is_settled = self.config.root / "site_templates", self.store.last_run() is not None
        catalogue = self.catalogue()
        # A period is over when a run came after it: what was not looked for can't be told of, and publishing knows no clock.
        catalogue = replace(catalogue, editions=self.newsroom(catalogue.as_of).issue(catalogue))
        # Before the first run the site names the present moment: nothing that could be told again.
        told = self._told(made_of) if is_settled else ""
        is_large = len(catalogue.entries) >= SHARED
        if is_large:
            self.close()  # what is open may not be taken along into another process: each opens its own
        desk = partial(self._write_desk, catalogue, templates, is_large)
        return publish(catalogue, self.config.site, templates, self.site_folder, self.progress, told, program(), desk)

    def _write_desk(self, catalogue: Catalogue, templates: Path, is_large: bool) -> None:
        from observatory.gathering import gather
        from observatory.publish.site import publish_desk

        publish_desk(gather(self, catalogue), templates, self.desk_folder)
        if is_large:
            self.close()  # perhaps of a process that ends now, and tidies up nothing

    def _told(self, made_of: str) -> str:
        return f"{made_of} {self.store.state()} {moment(self.config, self.store, self.store.last_run() or self.now)}"


def _why(source: Source, cause: Cause, state: SourceHealth | None) -> str:
    """Say of a source that is left alone why, and what would help."""
    if cause not in (Cause.BACKOFF, Cause.NOT_DUE) or not state or state.outcome is not Outcome.FAILED:
        return ""
    if state.cause is Cause.GONE:
        return f"its address is gone for good (410): change or remove it in sources.yaml, line {source.line}"
    since = f"{state.since:%Y-%m-%d}" if state.since else "long ago"
    return f"ill since {since} ({state.cause}): asked more rarely; `--only {source.id}` asks now"


def _is_spent(state: SourceHealth, now: datetime) -> bool:
    """Whether a service's daily budget was spent today (UTC, as their budgets run): it is left alone until tomorrow."""
    return state.cause is Cause.QUOTA and state.last_visit is not None and state.last_visit.date() == now.date()


def is_in_shard(source: Source, number: int, of: int) -> bool:
    """Whether a source belongs to the part `number` of `of`; all sources of a host belong to one, so that it is asked by one."""
    address = json.loads(source.row).get("url")
    host = text.host_of(address) if isinstance(address, str) else ""
    return int.from_bytes(hashlib.sha256((host or source.kind).encode()).digest()[:4], "big") % of == number - 1


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
