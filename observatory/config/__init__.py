"""sources.yaml and the curators' files → Config. Every mistake at once, each with file, line and key."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from observatory.config.countries import CountryPack, read_countries
from observatory.config.places import Places
from observatory.config.sources import SourceItem, SourcesFile, read_sources, source_of, split
from observatory.config.vocabulary import load_vocabulary
from observatory.errors import ConfigError, Flaw, UnreadableError
from observatory.model import (
    Cause,
    CountryFacts,
    CrawlSettings,
    Definition,
    DigestSettings,
    NamedQuery,
    PeerGroup,
    Place,
    Site,
    Source,
    TermRow,
    Vocabulary,
)
from observatory.yamltext import Marked
from observatory.yamltext import load as load_yaml
from spiders._checked import flaws_of, nearest
from spiders._kind import Options, kinds

VERSION = "0.1"  # in the crawler's User-Agent
VOCABULARY = Path(__file__).parents[1] / "judge" / "vocabulary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that curators decided before a run. `root` is the folder of sources.yaml: their paths are relative to it.

    `notes` are mistakes that cost a record only (in a reference manager's export): reported, never fatal.
    """

    path: Path
    root: Path
    site: Site
    digest: DigestSettings
    searches: tuple[NamedQuery, ...]
    sources: tuple[Source, ...]
    vocabulary: Vocabulary
    places: Mapping[str, Place]
    crawl: CrawlSettings
    countries: tuple[CountryFacts, ...] = ()
    peer_groups: tuple[PeerGroup, ...] = ()
    definitions: tuple[Definition, ...] = ()
    terms: tuple[TermRow, ...] = ()
    notes: tuple[Flaw, ...] = ()


def load(path: Path) -> Config:
    """Load sources.yaml and what stands beside it. Raises ConfigError with every flaw in all files; touches nothing."""
    marked = _open(path)
    flaws: list[Flaw] = []
    said = _whole(marked, flaws)
    vocabulary = load_vocabulary(VOCABULARY)
    root, places = path.parent, Places()
    items = [item for item in said.sources if isinstance(item, dict)]
    sources, found = read_sources(marked, items, kinds())
    flaws += found
    flaws += _flaws_of_tags(marked, items, {topic.id for topic in vocabulary.topics}, places)
    pack, found = read_countries(root / "curation" / "countries", root, places)
    flaws += found
    notes = _check_library(root, sources, vocabulary, places, flaws)
    if flaws:
        raise ConfigError(flaws)
    site = said.site.record()
    return Config(
        path=path,
        root=root,
        site=site,
        digest=said.digest_record(marked),
        searches=said.queries(marked),
        sources=sources,
        vocabulary=vocabulary,
        places=places,
        crawl=said.crawl.record(site, VERSION),
        countries=pack.countries,
        peer_groups=pack.peer_groups,
        definitions=pack.definitions,
        terms=pack.terms,
        notes=tuple(notes),
    )


def source_from_row(row: str) -> Source:
    """Make a source of an archived row. UnreadableError(Cause.BAD_SOURCE) when this version can't read it any more."""
    try:
        item = json.loads(row)
        source = source_of(item)
        options_of(source)
    except (ValueError, TypeError, AttributeError) as error:  # pydantic's ValidationError is a ValueError
        raise UnreadableError(Cause.BAD_SOURCE, f"unreadable source row: {str(error).splitlines()[0]}") from error
    return source


def options_of(source: Source) -> Options:
    """Make the options of a source's kind from its row. UnreadableError(Cause.BAD_SOURCE) as above."""
    kind = kinds().get(source.kind)
    if kind is None:
        raise UnreadableError(Cause.BAD_SOURCE, f"no such kind any more: {source.kind!r}")
    try:
        return kind.Options.model_validate(split(json.loads(source.row))[1])
    except (ValidationError, ValueError) as error:
        raise UnreadableError(Cause.BAD_SOURCE, f"unreadable options: {str(error).splitlines()[0]}") from error


# ---------------------------------------------------------------- sources.yaml
