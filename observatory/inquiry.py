"""The conductor of searches: it keeps the index up to date, reads queries, and joins what is found with the catalogue."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from observatory import text
from observatory.config import Config
from observatory.errors import Busy, Flaw, NotFound, QueryError, StorageError
from observatory.model import Entry, Status

if TYPE_CHECKING:
    from observatory.catalogue.search.query import Names, Node
    from observatory.catalogue.search.searcher import Searcher
    from observatory.catalogue.store import Store

log = logging.getLogger(__name__)

EVERYTHING = "*"  # what a mailing list of everything has in place of a query

MOST_SCANNED = (
    2_000_000  # letters of full texts that one search looks through for the page of a hit: a tenth of a second
)
# Names in use beside those of CLDR and ISO 3166.
_ALSO = {
    "uk": "GB",
    "great britain": "GB",
    "usa": "US",
    "united states of america": "US",
    "czech republic": "CZ",
    "turkey": "TR",
    "holland": "NL",
    "korea": "KR",
    "south korea": "KR",
    "russia": "RU",
    "macedonia": "MK",
    "england": "GB-ENG",
    "scotland": "GB-SCT",
    "wales": "GB-WLS",
    "northern ireland": "GB-NIR",
    "flanders": "BE-VLG",
    "catalonia": "ES-CT",
    "kosovo": "XK",
    "palestine": "PS",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that a search found; `highlights` say where it holds the words."""

    entry: Entry
    score: float
    highlights: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """Give the shape of `search --json`."""
        work = self.entry.work
        return {
            "id": self.entry.id,
            "title": work.title,
            "url": work.url,
            "kind": self.entry.kind.value,
            "published": str(work.date) if work.date else None,
            "score": self.score,
            "highlights": list(self.highlights),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the first hits of `total`. `suggestion` is the query as it may have been meant; where nothing
    was found, `without` says how many entries there are when one demand of the query is left out, the most first.

    Iterating gives the rows of `search --json`.
    """

    hits: tuple[Hit, ...]
    total: int
    suggestion: str | None = None
    without: tuple[tuple[str, int], ...] = ()

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (hit.row() for hit in self.hits)

    def __len__(self) -> int:
        return len(self.hits)


class Queries:
    """Reads queries by the names of an observatory's topics, places and languages. Needs no catalogue."""

    def __init__(self, config: Config) -> None:
        self._config = config

    def flaws(self) -> tuple[Flaw, ...]:
        """Name the queries of sources.yaml that can't be read, each with its line."""
        named = [(f"searches.{query.id}.query", query.query, query.line) for query in self._config.searches]
        named += [(f"digest.lists.{each.id}.query", each.query, each.line) for each in self._config.digest.lists]
        named = [one for one in named if one[1] != EVERYTHING]
        return tuple(self._flaws_of(named))

    def _flaws_of(self, named: Iterable[tuple[str, str, int]]) -> Iterator[Flaw]:
        for key, query, line in named:
            try:
                self.read(query)
            except QueryError as error:
                yield Flaw(
                    self._config.path.name, line, key, f"can't read the query {text.clean(query, 80)!r} {error.said}"
                )

    def read(self, query: str) -> Node:
        """Read a query. Raises QueryError: where it goes wrong and how to write it."""
        from observatory.catalogue.search.query import parse

        return parse(query, self._names)

    def relaxed(self, query: str) -> tuple[tuple[str, Node], ...]:
        """Give each demand of a query, as it was typed, with what is asked for when it is left out."""
        from observatory.catalogue.search.query import relaxed

        return relaxed(query, self._names)

    def country(self, said: str) -> str:
        """Give the code of a place by its code or English name; NotFound names the nearest."""
        from observatory.catalogue.search.query import Is

        try:
            node = self.read(f'country:"{text.clean(said).replace(chr(34), "")}"')
        except QueryError as error:
            hint = error.said.rpartition("; ")[2]
            hint = (
                hint if hint.startswith("did you mean") else "give its code or its English name, such as IE or Ireland"
            )
            raise NotFound(f"no such country: {text.clean(said, 60)!r}; {hint}") from error
        assert isinstance(node, Is)
        return node.value

    @cached_property
    def _names(self) -> Names:
        from observatory.catalogue.search.query import Names

        topics = {topic.id: topic.id for topic in self._config.vocabulary.topics}
        topics |= {text.fold(topic.label): topic.id for topic in self._config.vocabulary.topics}
        return Names(topics, lambda: self._countries, lambda: self._languages)

    @cached_property
    def _countries(self) -> Mapping[str, str]:
        import pycountry

        found = dict(_ALSO)
        for country in pycountry.countries:
            for said in (country.name, getattr(country, "common_name", ""), getattr(country, "official_name", "")):
                found[text.fold(said)] = country.alpha_2
        known = [(code, self._config.places[code].name) for code in self._config.places]
        known += [(facts.code, facts.name) for facts in self._config.countries]
        for code, name in known:
            found[text.fold(name.rstrip("*"))] = code
            found[text.fold(code)] = code
        found |= {text.fold(code): code for code in _ALSO.values() if "-" in code}
        return {name.replace("-", " ") if len(name) > 6 else name: code for name, code in found.items() if name}

    @cached_property
    def _languages(self) -> Mapping[str, str]:
        import pycountry

        known = [each for each in pycountry.languages if hasattr(each, "alpha_2")]
        return {text.fold(each.name): each.alpha_2 for each in known} | {"greek": "el", "norwegian": "no"}


class _Texts:
    """Reads full texts one by one, until enough was read for one search."""

    def __init__(self, store: Store) -> None:
        self._store, self._left = store, MOST_SCANNED

    def of(self, entry_id: str) -> str | None:
        """Give an entry's text; None when there is none, or none may be read any more."""
        if self._left <= 0:
            return None
        said = next((entry.work.text for entry in self._store.entries_by_id((entry_id,))), None) or ""
        self._left -= len(said)
        return said


class Inquiry:
    """Answers searches. `sync` brings the index up to date, or raises `Busy` when another process writes."""

    def __init__(self, config: Config, store: Store, folder: Path, sync: Callable[[], None]) -> None:
        self._config, self._store, self._folder, self._sync = config, store, folder, sync
        self._queries = Queries(config)
        self._opened: Searcher | None = None
        self._change = -1

    def close(self) -> None:
        """Close the index."""
        if self._opened:
            self._opened.close()
            self._opened = None

    def search(self, query: str, limit: int, statuses: Collection[Status]) -> Found:
        """Find the best entries. Raises QueryError: where the query goes wrong and how to write it."""
        from observatory.catalogue.search.passages import highlights, wishes

        node = self._queries.read(query)
        ranked = self._searcher().rank(node, statuses, limit)
        ids = [entry_id for entry_id, _score in ranked.first]
        entries = {entry.id: entry for entry in self._store.entries_by_id(ids, texts=False)}
        asked, texts = wishes(node), _Texts(self._store)
        hits = [
            Hit(entry, score, highlights(entry, asked, partial(texts.of, entry.id)))
            for entry_id, score in ranked.first
            if (entry := entries.get(entry_id))
        ]
        without = () if ranked.total else self._without(query, statuses)
        return Found(tuple(hits), ranked.total, _replaced(query, ranked.lacking), without)

    def _without(self, query: str, statuses: Collection[Status]) -> tuple[tuple[str, int], ...]:
        searcher = self._searcher()
        found = [(said, len(searcher.members(node, statuses))) for said, node in self._queries.relaxed(query)]
        return tuple(sorted(((said, number) for said, number in found if number), key=lambda each: -each[1]))

    def members(self, query: str, statuses: Collection[Status] = (Status.PUBLISHED,)) -> tuple[str, ...]:
        """Name all entries that a query finds, sorted: membership only, no order of a search engine."""
        return self._searcher().members(self._queries.read(query), statuses)

    def memberships(self) -> Mapping[str, tuple[str, ...]]:
        """Give the members of each named query of sources.yaml; a broken one has none, see `Queries.flaws`."""
        broken = {flaw.key for flaw in self._queries.flaws()}
        return {
            query.id: self.members(query.query)
            for query in self._config.searches
            if f"searches.{query.id}.query" not in broken
        }

    # ------------------------------------------------------------ the index

    def _searcher(self) -> Searcher:
        from observatory.catalogue.search.index import Index
        from observatory.catalogue.search.searcher import Searcher

        change = self._store.last_change()
        if self._opened and self._change == change:
            return self._opened
        self.close()
        index = Index(self._folder)
        if not index.is_fresh(self._store):
            self._freshen()
        opened = index.open()
        if opened is None:
            raise NotFound(f"no search index in {self._folder}; `observatory index` makes one")
        self._opened, self._change = Searcher(opened), change
        return self._opened

    def _freshen(self) -> None:
        try:
            self._sync()
        except (Busy, StorageError) as error:
            log.warning("the search index is not up to date: %s", error)


def _replaced(query: str, words: Mapping[str, str]) -> str | None:
    """Put the words that were probably meant in the place of those that nothing holds."""
    meant = text.clean(text.hyphens(query))
    for typed, near in words.items():
        meant = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", near, meant)
    return meant if words else None
