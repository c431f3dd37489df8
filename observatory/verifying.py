"""The conductor of link care: which links are due for a look, and what came of it. The crawl's child process does the asking."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from observatory import text
from observatory.catalogue import archive
from observatory.model import Entry, LinkState, Outcome, Status, Visit

if TYPE_CHECKING:
    from observatory.app import Observatory

ROUND = timedelta(days=28)  # in which each link is looked at once
AGAIN = timedelta(days=3)  # after which a missing one gets its second look
A_HOST = 10  # links of one host a day
LEAST = 25  # links a day, however few there are in all


@dataclass(frozen=True, slots=True)
class Look:
    """How one link fared: the entry, its address, and what is known of it now."""

    entry: str
    url: str
    visit: Visit
    state: LinkState | None


def due(observatory: Observatory, limit: int | None = None, names: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """Choose the links to look at today: (entry id, address), the longest unseen first; those `names` name whatever their day."""
    if names:
        entries = [observatory.entry(name) for name in names]
        return tuple((entry.id, url) for entry in entries if (url := _address(entry)))
    store, now = observatory.store, observatory.now
    known = [(entry, url) for entry in store.entries((Status.PUBLISHED,)) if (url := _address(entry))]
    waits = [(entry, url) for entry, url in known if _is_due(entry.link, observatory)]
    waits.sort(key=lambda pair: (pair[0].link.at if pair[0].link else now - timedelta(days=9999), pair[0].id))
    most = limit if limit is not None else max(LEAST, -(-len(known) // ROUND.days))
    chosen: list[tuple[str, str]] = []
    hosts: Counter[str] = Counter()
    for entry, url in waits:
        if len(chosen) < most and hosts[text.host_of(url)] < A_HOST:
            hosts[text.host_of(url)] += 1
            chosen.append((entry.id, url))
    return tuple(chosen)


def _address(entry: Entry) -> str | None:
    """Give the address that its sources name, which may lead elsewhere by now."""
    return text.safe_url((entry.link.url if entry.link else entry.work.url) or "")


def _is_due(link: LinkState | None, observatory: Observatory) -> bool:
    if link is None:
        return True
    return observatory.now - link.at >= (AGAIN if link.failing and not link.dead else ROUND)


def verify(observatory: Observatory, limit: int | None = None, names: Sequence[str] = ()) -> tuple[Look, ...]:
    """Look at the links that are due, archive how each fared, and let the catalogue know."""
    from observatory.harvest import look_after

    with observatory.writing("verify"):
        observatory.ingest()
        chosen = due(observatory, limit, names)
        if not chosen:
            return ()
        config = observatory.config
        settings = replace(config.crawl, max_seconds=max(config.crawl.max_seconds, 60.0 * A_HOST))
        sources = [source for source in config.sources if source.kind != "library"]
        urls = list(dict.fromkeys(url for _entry, url in chosen))
        written = look_after(
            urls,
            sources,
            observatory.archive,
            settings,
            observatory.now,
            config.vocabulary,
            observatory.progress,
            config.forgotten,
        )
        visits = {r.url: r for _ref, r in archive.records(written) if isinstance(r, Visit)}
        observatory.ingest()
        observatory.index()
        states = observatory.store.links(urls)
    return tuple(
        Look(entry, url, visits[url], states.get(text.canonical_url(url) or ""))
        for entry, url in chosen
        if url in visits
    )


def told(look: Look) -> str:
    """Say in a word or two how a link fared."""
    state, visit = look.state, look.visit
    if visit.outcome is Outcome.SKIPPED:
        return f"not asked ({visit.cause})"
    if state and state.dead:
        return f"dead since {state.dead:%Y-%m-%d} ({visit.cause})"
    if visit.cause:
        return f"no answer ({visit.cause}); looked at again"
    if state and state.moved_to:
        return f"moved for good to {state.moved_to}"
    return "changed" if state and state.changed == visit.at else "there"
