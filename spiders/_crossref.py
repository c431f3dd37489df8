"""A record of Crossref made into a work: also what the other kinds complete theirs with. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from observatory import text
from observatory.errors import UnreadableError
from observatory.model import Cause, Creator, Finding, PartialDate, Relation, RelationType, Snapshot, Work
from spiders._records import date_of_parts, first, kind_of, language_of, only_year, people, person
from spiders._scholar import (
    NO_WORKS,
    WORK_KINDS,
    abstract_of,
    any_url,
    doi_address,
    identified,
    known,
    licence_of,
    month_of,
    pages_of,
    title_of,
)
from spiders._service import at, dicts, read_json, whole

# Crossref's words in `update-to`: what withdraws a work and what mends it.
# https://www.crossref.org/documentation/crossmark/participating-in-crossmark/
RETRACTING = frozenset({"retraction", "withdrawal", "removal", "partial_retraction"})
CORRECTING = frozenset({"correction", "corrigendum", "erratum", "expression_of_concern", "addendum", "clarification"})
_VERSIONS = ("is-preprint-of", "has-preprint", "is-version-of", "has-version", "is-same-as", "is-identical-to")


def work_of(record: dict[str, Any], snapshot: Snapshot) -> Work:
    """Make the work that a record describes; every field may be absent or of a wrong sort."""
    kind, form = kind_of(record.get("type"), WORK_KINDS)
    doi = text.doi(first(record.get("DOI")))
    licence = licence_of(
        [part.get("URL") for part in dicts(record.get("license")) if part.get("content-version") != "tdm"]
    )
    cited = whole(record.get("is-referenced-by-count"))
    return Work(
        title=title_of(record.get("title"), record.get("subtitle")),
        kind=kind,
        form=form,
        creators=people(known(_people(record))),
        publisher=text.clean(first(record.get("publisher")), 200) or None,
        container=text.clean(first(record.get("container-title")), 300) or None,
        volume=first(record.get("volume")) or None,
        issue=first(record.get("issue")) or None,
        pages=pages_of(record.get("page") or record.get("article-number")),
        date=date_in(record),
        url=any_url(at(record, "resource", "primary", "URL")) or doi_address(doi),
        doi=doi,
        isbn=text.isbn(first(record.get("ISBN"))),
        identifiers=identified([("issn", first(record.get("ISSN")))]),
        language=language_of(record.get("language")),
        open_access=True if licence and licence.startswith("CC") else None,
        licence=licence,
        relations=_relations(record, doi),
        retracted=_notice(record, RETRACTING),
        corrected=_notice(record, CORRECTING),
        cited_by=cited,
        cited_by_on=month_of(snapshot.fetched_at) if cited is not None else None,
        **abstract_of(record.get("abstract"), licence),
    )


def is_work(record: dict[str, Any]) -> bool:
    """Whether a record is a work: not a review report, a grant, or the notice that corrects or retracts another."""
    updates = {first(part.get("type")).lower() for part in dicts(record.get("update-to"))}
    return first(record.get("type")).lower() not in NO_WORKS and not updates & (RETRACTING | CORRECTING)


def date_in(record: dict[str, Any]) -> PartialDate | None:
    """Give when a work came out: `issued` is the earliest of print and online; `[[null]]` is no date."""
    for name in ("issued", "published", "published-online", "published-print", "posted", "approved"):
        if found := date_of_parts(at(record, name, "date-parts", 0)):
            return only_year(found)
    return None


def _people(record: dict[str, Any]) -> Iterator[Creator | None]:
    for name in dicts(record.get("author")) or dicts(record.get("editor")):
        if name.get("family") or name.get("given"):
            yield person(name.get("family"), name.get("given"), name.get("ORCID"))
        else:
            body = text.clean(first(name.get("name")), 200)
            yield Creator(body) if body else None


def _notice(record: dict[str, Any], kinds: frozenset[str]) -> PartialDate | None:
    """Give the date of the first notice of the kinds that a later record gave of this one."""
    found = [
        day
        for part in dicts(record.get("updated-by"))
        if first(part.get("type")).lower().replace("-", "_") in kinds
        and (day := date_of_parts(at(part, "updated", "date-parts", 0)))
    ]
    return min(found, default=None)


def notices(record: dict[str, Any]) -> Iterator[tuple[str, str, PartialDate | None]]:
    """Give what a record says of others: (DOI, word for it, date): a retraction or correction published as a work."""
    for part in dicts(record.get("update-to")):
        kind = first(part.get("type")).lower().replace("-", "_")
        if (doi := text.doi(first(part.get("DOI")))) and kind in RETRACTING | CORRECTING:
            yield doi, kind, date_of_parts(at(part, "updated", "date-parts", 0)) or date_in(record)


def _relations(record: dict[str, Any], own: str | None) -> tuple[Relation, ...]:
    """Link a preprint and its article; which of the two is the earlier their forms say."""
    found = {
        Relation(RelationType.VERSION_OF, f"doi:{doi}")
        for name in _VERSIONS
        for part in dicts(at(record, "relation", name))
        if (doi := text.doi(first(part.get("id")))) and doi != own
    }
    return tuple(sorted(found))


def completion(snapshot: Snapshot) -> Iterator[Finding]:
    """Read the record that was asked for to complete another's; it bears the other's key."""
    record = at(read_json(snapshot.body), "message")
    if not isinstance(record, dict):
        raise UnreadableError(Cause.BAD_RECORD, "the answer holds no record")
    work = work_of(record, snapshot)
    if work.title:
        yield Finding(snapshot.source_id, snapshot.key, work, role="complete")
