"""What can be asked of an observatory: entries, searches, trails, counts, facts. Changes nothing but the index it asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from observatory.errors import Flaw, NotFound
from observatory.forgotten import address_names, id_name
from observatory.judge.noted import noted
from observatory.judge.related import words_of
from observatory.model import Catalogue, Entry, PartialDate, Proposal, Source, SourceHealth, Status
from observatory.opened import Opened

if TYPE_CHECKING:
    from observatory.health import Standing
    from observatory.inquiry import Found
    from observatory.publish.desk.figures import Year
    from observatory.review import Pair, Queue, Waiting
    from observatory.trial import Trial


class Questions(Opened):
    """The verbs that only ask. Each imports what it needs when it is asked, so that small commands stay quick."""

    def entry(self, id_or_url: str) -> Entry:
        """Find an entry by id, former id, address or DOI."""
        found = self.store.entry(id_or_url)
        if found is None and self.config.forgotten.holds({id_name(id_or_url), *address_names(id_or_url)}):
            raise NotFound(f"{id_or_url!r} was erased on request (curation/forgotten.yaml)")
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

    def jurisdictions(self, older: int | None = None) -> Sequence[Mapping[str, Any]]:
        """List the jurisdictions that have facts; with `older`, their cells not looked at for so many days."""
        from observatory.facts import jurisdictions

        return jurisdictions(self.config, self.now.date(), older)

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

    def queue(self) -> Queue:
        """Gather what waits for a curator, the best first."""
        from observatory.review import queue

        return queue(self)

    def rejected(self) -> tuple[Waiting, ...]:
        """List what is kept out, the latest first."""
        from observatory.review import rejected

        return rejected(self)

    def duplicates(self) -> tuple[Pair, ...]:
        """List the pairs of entries that may be one work, the likeliest first."""
        from observatory.review import duplicates

        return duplicates(self)

    def health(self) -> tuple[Standing, ...]:
        """Say how every source stands, the worst first."""
        from observatory.health import standings

        return standings(self)

    def trials(self, ids: Sequence[str] = ()) -> tuple[Trial, ...]:
        """Try sources out on the web, all that are enabled unless some are named: what each would yield. Keeps nothing."""
        from observatory.trial import trials

        known = {source.id for source in self.config.sources}
        if unknown := sorted(set(ids) - known):
            raise NotFound(
                f"no source {unknown[0]!r} in {self.config.path.name}; `observatory source list` shows their ids"
            )
        wanted = [source for source in self.config.sources if (source.id in ids if ids else source.enabled)]
        return trials(self, wanted, self.progress)

    def figures(self) -> tuple[Year, ...]:
        """Count what was added, mended, decided and read, year by year, the latest first."""
        from observatory.usage import figures

        return figures(self)

    def unfit(self) -> tuple[Flaw, ...]:
        """Hold the library's records, whatever else was published, and the decisions to what they should be."""
        from observatory import desk
        from observatory.config.gate import read_hosts, unfit_entries, unfit_records

        day = PartialDate.of(self.now.date())
        hosts, flaws = read_hosts(self.config.root)
        flaws += unfit_records(self.config, hosts, day)
        flaws += desk.unfit(self)
        if (self.data / "catalogue.sqlite").is_file():
            flaws += unfit_entries(self.store.entries((Status.PUBLISHED,)), hosts, day)
        return tuple(sorted(flaws))

    def lacking(self) -> tuple[Flaw, ...]:
        """Say what entries that a crawl found lack and a curator may add; nobody's mistake."""
        from observatory.config.gate import lacking

        if not (self.data / "catalogue.sqlite").is_file():
            return ()
        return tuple(sorted(lacking(self.store.entries((Status.PUBLISHED,)))))

    def catalogue(self) -> Catalogue:
        """Read all that publishing may know, at one moment."""
        from observatory import editions
        from observatory.catalogue import picks
        from observatory.health import stands_of
        from observatory.neighbours import related

        config, store = self.config, self.store
        topics = {topic.id for topic in config.vocabulary.topics}
        entries, digests = tuple(store.entries((Status.PUBLISHED, Status.GONE))), store.digests()
        memberships = self.inquiry.memberships() if config.searches else {}
        self.inquiry.close()  # what it holds of the index is no longer needed, and memory is
        as_of, health = store.last_run() or self.now, store.health()
        return Catalogue(
            as_of=as_of,
            entries=entries,
            digests=digests,
            related=related(entries, digests, self.data / ".site.related", words_of(config.vocabulary)),
            aliases=store.aliases(),
            sources=config.sources,
            health=health,
            stands=stands_of(config.sources, health, as_of, config.site.timezone),
            topics=config.vocabulary.topics,
            measured=config.vocabulary.measured,
            told=config.vocabulary.told,
            places=config.places,
            searches=config.searches,
            memberships=memberships,
            countries=config.countries,
            peer_groups=config.peer_groups,
            definitions=config.definitions,
            terms=config.terms,
            editions=store.editions(),
            corrections=editions.corrections(config, self.data),
            lists=config.digest.lists,
            rhythms=config.digest.rhythms,
            asked=store.searches(),
            pending=store.status_counts().get(Status.PENDING, 0),
            picks=noted(entries, topics, picks.load_kept(config.root, self.data, topics)),
        )
