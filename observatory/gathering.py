"""The conductor of the desk: it gathers what curators need to see, each list worst or best first and cut. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from observatory.basis import program
from observatory.catalogue import queries
from observatory.desk import decisions_of
from observatory.facts import jurisdictions, wayback
from observatory.health import standings
from observatory.judge.gaps import Said, gaps, said_by
from observatory.model import Catalogue, Decision, Entry, LinkState, PartialDate, SourceHealth, Status
from observatory.model import SourceState as State
from observatory.publish.desk.records import (
    Case,
    Desk,
    Double,
    Gap,
    Lacking,
    LinkTrouble,
    Made,
    OldFact,
    Report,
    SourceLine,
)
from observatory.publish.fingerprint import fingerprint
from observatory.publish.keeping import KeptPieces
from observatory.publish.writing import beside
from observatory.review import duplicates, queue
from observatory.usage import figures

if TYPE_CHECKING:
    from observatory.health import Standing
    from observatory.questions import Questions
    from observatory.review import Pair, Waiting

# What a page shows at most of a list: more than anybody does in a sitting, and a page that a small machine opens at once.
MOST = 200
MOST_DECISIONS = 300
MOST_GAPS = 60
LATEST = (
    2000  # entries whose words are looked through for gaps: new words come with new works, and 10,000 cost a second
)
MOST_EXAMPLES = 3
MOST_FLAWS = 20
SOUGHT = frozenset(
    {"date", "countries", "topics", "title_en"}
)  # what readers filter and read by: the desk asks for these
ILL = frozenset({State.ILL, State.GONE, State.MOVED, State.SILENT})


def gather(observatory: Questions, catalogue: Catalogue) -> Desk:
    """Gather what curators are shown. `catalogue` is what was published just now, so that it is not read twice."""
    config, now = observatory.config, catalogue.as_of
    published = [entry for entry in catalogue.entries if entry.status is Status.PUBLISHED]
    waiting = queue(observatory, published)
    asked = [waits.entry for waits in (*waiting.waiting, *waiting.parked)]
    pending = {entry.id for entry in asked}  # their doubles stand beside them
    pairs = duplicates(observatory, (*catalogue.entries, *asked))
    pairs = tuple(pair for pair in pairs if not {pair.one.id, pair.other.id} & pending)
    lacking = _lacking(published)
    dead, moved = queries.dead_links(published), queries.moved_links(published)
    changed = queries.changed_links(published)
    unverified = queries.unverified(published, now - timedelta(days=config.desk.unverified_days))
    decisions, flaws = decisions_of(config)
    facts = _old_facts(observatory, now)
    cases = tuple(map(_case, waiting.waiting))
    parked = tuple(map(_case, waiting.parked))
    known = {entry.id: entry for entry in published} | {case.entry.id: case.entry for case in (*cases, *parked)}
    reports = tuple(
        Report(each, known[each.policy], known[each.found_in])
        for each in waiting.proposals
        if each.policy in known and each.found_in in known
    )
    return Desk(
        as_of=now,
        site=config.site,
        settings=config.desk,
        topics=config.vocabulary.topics,
        places=config.places,
        budget=waiting.budget,
        waiting=cases[:MOST],
        parked=parked[:MOST],
        doubles=tuple(map(_double, pairs[:MOST])),
        reports=reports[:MOST],
        sources=tuple(map(_source, standings(observatory, now))),
        lacking=lacking[:MOST],
        dead=_troubles(dead[:MOST]),
        moved=_troubles(moved[:MOST]),
        changed=_troubles(changed[:MOST]),
        unverified=unverified[:MOST],
        decisions=_made(observatory, decisions),
        gaps=_gaps(observatory, [*published, *(case.entry for case in cases)], catalogue.digests),
        facts=facts[:MOST],
        years=figures(observatory, catalogue.entries),
        totals={
            "waiting": len(cases),
            "parked": len(parked),
            "doubles": len(pairs),
            "reports": len(reports),
            "lacking": len(lacking),
            "dead": len(dead),
            "moved": len(moved),
            "changed": len(changed),
            "unverified": len(unverified),
            "decisions": len(decisions),
            "facts": len(facts),
        },
        flaws=tuple(map(str, flaws[:MOST_FLAWS])),
        decided_last=max((decision.when for decision in decisions), default=None),
    )


def _case(waiting: Waiting) -> Case:
    return Case(waiting.entry, waiting.because, waiting.sources, tuple(map(_double, waiting.doubles)))


def _double(pair: Pair) -> Double:
    return Double(pair.one, pair.other, pair.why, pair.score)


def _lacking(entries: Iterable[Entry]) -> tuple[Lacking, ...]:
    """List the entries that lack what readers seek by, most lacking first; what else they lack is told beside it."""
    found = (Lacking(entry, fields) for entry, fields in queries.missing(entries) if SOUGHT & set(fields))
    return tuple(sorted(found, key=lambda each: -len(SOUGHT & set(each.fields))))


def _troubles(entries: Iterable[Entry]) -> tuple[LinkTrouble, ...]:
    return tuple(LinkTrouble(entry, _copy(entry.link)) for entry in entries)


def _copy(link: LinkState | None) -> str:
    return wayback(link.url, link.failing or link.at) if link else ""


def _source(standing: Standing) -> SourceLine:
    source, health = standing.source, standing.health or SourceHealth(standing.source.id)
    return SourceLine(
        id=source.id,
        name=source.name,
        kind=source.kind,
        state=standing.state.value,
        is_ill=standing.state in ILL,
        cause=health.cause.value if health.cause else "",
        detail=health.detail,
        since=standing.since,
        last_success=health.last_success,
        newest=health.newest,
        rhythm=health.rhythm,
        due=standing.due,
        entries=health.entries,
        findings=health.findings,
        relevant=health.relevant,
        advice=standing.advice,
        line=source.line,
        url=str(json.loads(source.row).get("url") or source.homepage or ""),
        months=health.months,
    )


def _made(observatory: Questions, decisions: Iterable[Decision]) -> tuple[Made, ...]:
    """List the latest decisions, each with the entry that it is about now."""
    latest = sorted(decisions, key=lambda d: (d.when, d.by, d.line), reverse=True)[:MOST_DECISIONS]
    found = {name: observatory.store.entry(name) for name in {decision.entry for decision in latest}}
    return tuple(Made(decision, found[decision.entry]) for decision in latest)


def _gaps(observatory: Questions, entries: Iterable[Entry], digests: Mapping[str, str]) -> tuple[Gap, ...]:
    latest = sorted(entries, key=lambda entry: (-entry.first_seen.timestamp(), entry.id))[:LATEST]
    said = _said(observatory, latest, digests)
    terms = gaps([said[entry.id] for entry in latest], MOST_GAPS)
    return tuple(
        Gap(term.said, len(term.works), term.publishers, term.silent, _examples(latest, term.works)) for term in terms
    )


def _said(observatory: Questions, entries: Iterable[Entry], digests: Mapping[str, str]) -> Mapping[str, Said]:
    """Say of each entry what it says that no rule knows; of one that is as it was, this is known from last time."""
    works, vocabulary = {entry.id: entry.work for entry in entries}, observatory.config.vocabulary

    def piece(entry_id: str) -> tuple[bytes]:
        said = said_by(works[entry_id], vocabulary)
        return (json.dumps([said.terms, said.publisher, said.is_silent]).encode(),)

    rules = fingerprint(vocabulary)
    with KeptPieces(beside(observatory.desk_folder, "pieces"), program()) as pieces:
        told = {entry_id: f"{rules} {digests[entry_id]}" for entry_id in works}
        pieces.keep(("terms",), told, piece, is_apart=True)
        return {entry_id: Said(*json.loads(held)) for entry_id, held in pieces.read("terms")}


def _examples(entries: list[Entry], places: tuple[int, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((entries[n].id, entries[n].work.title_en or entries[n].work.title) for n in places[:MOST_EXAMPLES])


def _old_facts(observatory: Questions, now: datetime) -> tuple[OldFact, ...]:
    """List the facts on countries that nobody looked at for the set time, the oldest first."""
    config = observatory.config
    cells = {(facts.code, fact.name): fact for facts in config.countries for fact in facts.facts}
    rows: Iterable[Mapping[str, str]] = jurisdictions(config, now.date(), config.desk.facts_days)
    found = [
        OldFact(
            row["code"],
            row["name"],
            row["fact"],
            cells[row["code"], row["fact"]].value,
            PartialDate.parse(row["checked_on"]) if row["checked_on"] else None,
            cells[row["code"], row["fact"]].source,
            _country_file(config.root, row["code"]),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda fact: (fact.checked is not None, str(fact.checked), fact.code)))


def _country_file(root: Path, code: str) -> str:
    """Name the file of a country's facts, as most are named; where it is named otherwise, only the folder."""
    file = f"curation/countries/{code.lower()}.yaml"
    return file if (root / file).is_file() else "curation/countries/"
