"""A snapshot's findings and the items they make: all of reading that needs no catalogue, so that any process can do it.

Carries values between source kinds and judge; touches no disk but by `page_again`.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from observatory import text
from observatory.config import options_of, source_from_row
from observatory.errors import UnreadableError
from observatory.forgotten import NOTHING, Forgotten
from observatory.judge.classify import classify
from observatory.judge.decide import Sighting, observe
from observatory.judge.extract import extract
from observatory.judge.lexicon import lexicon
from observatory.judge.naming import naming
from observatory.judge.steps import signs_of
from observatory.judge.watch import PageVisit, Reread, is_astray, look
from observatory.model import (
    Cause,
    ChangeKind,
    EntryKind,
    Finding,
    Item,
    Snapshot,
    Source,
    Verdict,
    Vocabulary,
    Watch,
    Work,
)
from observatory.withholding import findings_in, spared
from spiders._kind import kind_of, read

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a snapshot: findings, how watched pages among them were found, or why nothing could be.

    `items`: by ref, findings as the items that they make where they were never seen before; they may be missing.
    """

    findings: tuple[Finding, ...] = ()
    visits: Mapping[str, PageVisit] = field(default_factory=dict)
    cause: Cause | None = None
    detail: str = ""
    items: Mapping[str, Item] = field(default_factory=dict)


class Reader:
    """Reads with today's rules. `sources`: those configured now, by id; the row that comes with a snapshot says how it is read.

    `page_again` gives the page that an earlier answer held. What is `forgotten` is never read.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        vocabulary: Vocabulary,
        page_again: Reread | None = None,
        forgotten: Forgotten = NOTHING,
    ) -> None:
        self._sources, self._vocabulary, self._page_again = sources, vocabulary, page_again or _no_page
        self._forgotten = forgotten
        self._met: set[str] = set()

    def prepare(self) -> None:
        """Make ready what judging looks things up in (0.1 s), which else the first finding waits for."""
        lexicon(self._vocabulary)

    def elsewhere(self) -> Reader:
        """Give a reader for another process, which has no archive at hand."""
        return Reader(self._sources, self._vocabulary, forgotten=self._forgotten)

    def read(self, snapshot: Snapshot, row: str, known: Sequence[Finding] | None = None) -> Read:
        """Read a snapshot with the source row that it was fetched with; what can't be read costs this snapshot only.

        `known`: what the row's kind reads in it, where that was handed over.
        """
        try:
            if (ready := findings_in(snapshot)) is not None:
                return Read(spared(ready, self._forgotten))
            source = source_from_row(row)
            found = read(kind_of(source.kind), snapshot, options_of(source), naming(self._vocabulary), known)
            visits = _visits(snapshot, source, found)
            for visit in visits.values():
                if visit.cause and snapshot.role == "start":
                    raise UnreadableError(visit.cause, visit.note)  # its links are a login page's
            return Read(spared(map(extract, found), self._forgotten), visits)
        except UnreadableError as error:
            log.warning("unread source=%s url=%s cause=%s", snapshot.source_id, text.clean(snapshot.url), error.cause)
            return Read(cause=error.cause, detail=str(error))
        except Exception as error:  # one snapshot must not stop the others; the log holds what is needed to mend it
            log.exception("unread source=%s ref=%s", snapshot.source_id, snapshot.ref)
            return Read(cause=Cause.UNEXPECTED, detail=type(error).__name__)

    def read_ahead(self, snapshot: Snapshot, row: str, known: Sequence[Finding] | None = None) -> Read:
        """Read a snapshot, and make the items of what this reader never met: most of them are new to the catalogue too.

        What fails is left to whoever stores the findings, when the crawl of all others has ended.
        """
        found, items = self.read(snapshot, row, known), {}
        try:
            for finding in found.findings:
                ref = ref_of(finding)
                if ref not in self._met and not finding.withdrawn:
                    self._met.add(ref)
                    items[ref] = self.item(None, finding, sighting(snapshot), found.visits.get(finding.key), row)
        except Exception as error:
            log.warning("not judged ahead source=%s ref=%s: %s", snapshot.source_id, snapshot.ref, type(error).__name__)
        return replace(found, items=items)

    def item(self, before: Item | None, finding: Finding, seen: Sighting, visit: PageVisit | None, row: str) -> Item:
        """Add a finding to what its source said before; `visit`: how its page was found, if it is watched."""
        item = observe(before, finding, seen, self.classifying(finding.source_id, row))
        return self._look(before, item, visit) if visit else self.looked(item, item.watch)

    def classifying(self, source_id: str, row: str) -> Callable[[Work], Verdict]:
        """Judge works as a source shows them: by its present settings, or by its row where it has none any more."""
        return lambda work: classify(work, self._sources.get(source_id) or source_from_row(row), self._vocabulary)

    def looked(self, item: Item, watch: Watch | None) -> Item:
        """Give an item the history of its watched page, and what steps it now reports."""
        changed = replace(item, watch=watch) if watch != item.watch else item
        signs = signs_of(changed, self._vocabulary)
        return replace(changed, signs=signs) if signs != changed.signs else changed

    def _look(self, before: Item | None, item: Item, visit: PageVisit) -> Item:
        """Compare a watched page with what it said before; its title is part of that text, so it is told once."""
        if before and is_astray(before.watch, visit):
            return self.looked(before, look(before.watch, visit, self._page_again))
        told = tuple(c for c in item.changes if not (c.kind is ChangeKind.UPDATED and c.fields == ("title",)))
        return self.looked(replace(item, changes=told), look(item.watch, visit, self._page_again))


def _no_page(_ref: str) -> None:
    return None


def ref_of(finding: Finding) -> str:
    """Name the item that a finding belongs to."""
    return f"{finding.source_id}#{finding.key}"


def sighting(snapshot: Snapshot) -> Sighting:
    """Say when and where all findings of a snapshot were seen."""
    return Sighting(snapshot.fetched_at, snapshot.ref, snapshot.final_url, fresh=not snapshot.first_harvest)


def _visits(snapshot: Snapshot, source: Source, findings: Iterable[Finding]) -> Mapping[str, PageVisit]:
    """Read the pages that are watched for changes: a page that is a source itself, and every policy's own page."""
    sha256 = hashlib.sha256(snapshot.body).hexdigest()
    select = str(getattr(options_of(source), "select", None) or "")
    return {
        finding.key: PageVisit.read(finding.page, snapshot.fetched_at, snapshot.ref, sha256, select)
        for finding in findings
        if (finding.page and EntryKind.POLICY in (finding.work.kind, source.defaults.kind))
        or (finding.page and snapshot.role == "start")
    }
