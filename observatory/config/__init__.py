"""sources.yaml and the curators' files → Config. Every mistake at once, each with file, line and key."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from observatory import __version__, curated
from observatory.config.countries import read_countries
from observatory.config.forgotten import read_forgotten
from observatory.config.places import Places
from observatory.config.sources import SourcesFile, read_sources, row_of, source_of, split
from observatory.config.vocabulary import load_vocabulary
from observatory.errors import ConfigError, Flaw, UnreadableError
from observatory.forgotten import NOTHING, Forgotten
from observatory.model import (
    Cause,
    CountryFacts,
    CrawlSettings,
    Definition,
    DeskSettings,
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
from spiders import library
from spiders._checked import flaws_of, nearest
from spiders._kind import Options, kind_of, kinds
from spiders._terms import UNASKED

VOCABULARY = Path(__file__).parents[1] / "judge" / "vocabulary"


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All that curators decided before a run. `root` is the folder of sources.yaml: their paths are relative to it.

    `notes` are mistakes that cost a record only (in a reference manager's export): reported, never fatal. `told` digests the
    curators' files as they were before they were read, those of hand-kept records by the patterns of `libraries`.
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
    desk: DeskSettings
    countries: tuple[CountryFacts, ...] = ()
    peer_groups: tuple[PeerGroup, ...] = ()
    definitions: tuple[Definition, ...] = ()
    terms: tuple[TermRow, ...] = ()
    notes: tuple[Flaw, ...] = ()
    forgotten: Forgotten = NOTHING
    libraries: tuple[str, ...] = ()
    told: str = ""


def load(path: Path) -> Config:
    """Load sources.yaml and what stands beside it. Raises ConfigError with every flaw in all files; touches nothing."""
    body = _body(path)
    marked = _marked(body, path.name)
    flaws: list[Flaw] = []
    said = _whole(marked, flaws)
    root, places = path.parent, Places()
    items = [item for item in said.sources if isinstance(item, dict)]
    sources, found = read_sources(marked, items, kinds())
    flaws += found
    libraries = tuple(dict(_libraries(sources)))
    told = curated.told(path, libraries, body)  # before they are read: what changes from now on is seen to differ
    vocabulary = load_vocabulary(VOCABULARY, root / "vocabulary")
    sources = tuple(asking(source, vocabulary) for source in sources)
    topics = {topic.id for topic in vocabulary.topics}
    flaws += _flaws_of_tags(marked, items, topics, places)
    pack, found = read_countries(root / "curation" / "countries", root, places)
    flaws += found
    forgotten, found = read_forgotten(root)
    flaws += found
    notes = _check_library(root, sources, topics, places, flaws)
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
        crawl=said.crawl.record(site, __version__),
        desk=said.desk.record(),
        countries=pack.countries,
        peer_groups=pack.peer_groups,
        definitions=pack.definitions,
        terms=pack.terms,
        notes=tuple(notes),
        forgotten=forgotten,
        libraries=libraries,
        told=told,
    )


def asking(source: Source, vocabulary: Vocabulary) -> Source:
    """Give a source the words that its kind needs: terms to one that is searched, unless it says itself what is asked for.

    They go into its row, so that what is archived tells what was asked, whatever the vocabulary says later.
    """
    item, words = json.loads(source.row), kind_of(source.kind).Options.model_fields
    given: dict[str, tuple[str, ...]] = {}
    if "terms" in words and not any(item.get(name) for name in UNASKED):
        given = {"terms": vocabulary.asked, "further_terms": item.get("further_terms") or vocabulary.asked_further}
    if "calls" in words and not item.get("calls"):
        given["calls"] = vocabulary.calls
    given = {name: said for name, said in given.items() if said}
    return replace(source, row=row_of(item | given)) if given else source


def source_from_row(row: str) -> Source:
    """Make a source of an archived row. UnreadableError(Cause.BAD_SOURCE) when this version can't read it any more."""
    try:
        item = json.loads(row)
        source = source_of(item)
        options_of(source)
    except (
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:  # pydantic's ValidationError is a ValueError
        raise UnreadableError(Cause.BAD_SOURCE, f"unreadable source row: {str(error).splitlines()[0]}") from error
    return source


def options_of(source: Source) -> Options:
    """Make the options of a source's kind from its row. UnreadableError(Cause.BAD_SOURCE) as above."""
    try:
        kind = kind_of(source.kind)
    except (KeyError, ImportError, AttributeError) as error:
        raise UnreadableError(Cause.BAD_SOURCE, f"no such kind any more: {source.kind!r}") from error
    try:
        return kind.Options.model_validate(split(json.loads(source.row))[1])
    except (ValidationError, ValueError) as error:
        raise UnreadableError(Cause.BAD_SOURCE, f"unreadable options: {str(error).splitlines()[0]}") from error


# ---------------------------------------------------------------- sources.yaml


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        message = "no such file; go to the folder that holds it, or name it: observatory --config PATH/sources.yaml"
        raise ConfigError([Flaw(str(path), 0, "", message)]) from error
    except OSError as error:
        raise ConfigError([Flaw(str(path), 0, "", f"can't be read: {error.strerror}")]) from error


def _marked(body: bytes, name: str) -> Marked:
    marked = load_yaml(body, name)
    if not isinstance(marked.data, dict):
        raise ConfigError([marked.flaw("should hold keys such as site: and sources:")])
    return marked


def _whole(marked: Marked, flaws: list[Flaw]) -> SourcesFile:
    """Check the file as a whole; what is wrong is noted, and what is right of the rest is taken, so that it is checked too."""
    assert isinstance(marked.data, dict)
    try:
        return SourcesFile.model_validate(marked.data)
    except ValidationError as error:
        flaws += flaws_of(error, marked, (), SourcesFile)
        sources = marked.data.get("sources")
        items = tuple(item for item in sources if isinstance(item, dict)) if isinstance(sources, list) else ()
        return SourcesFile(sources=items)


def _flaws_of_tags(
    marked: Marked, items: Iterable[Mapping[str, Any]], topics: set[str], places: Mapping[str, Place]
) -> Iterator[Flaw]:
    """Check the topics and places in each source's defaults."""
    for number, item in enumerate(items):
        defaults = item.get("defaults")
        if not isinstance(defaults, dict):
            continue
        for key, known, what in (
            ("topics", topics, "topic"),
            ("countries", places, "code"),
            ("jurisdiction", places, "code"),
        ):
            said = defaults.get(key, ())
            for word in said if isinstance(said, list) else [said] if said else ():
                if isinstance(word, str) and word not in known:
                    message = f"no such {what}: {word!r}{nearest(word, known)}"
                    yield marked.flaw(
                        message, "sources", number, "defaults", key, key=f"sources.{item.get('id')}.{key}"
                    )


# ---------------------------------------------------------------- the library


def _libraries(sources: Iterable[Source]) -> Iterator[tuple[str, library.LibraryOptions]]:
    """Yield the patterns of the files that hand-kept records stand in, with the options of their sources."""
    for source in sources:
        options = options_of(source)
        if isinstance(options, library.LibraryOptions):
            yield options.path, options


def _check_library(
    root: Path, sources: Iterable[Source], topics: set[str], places: Mapping[str, Place], flaws: list[Flaw]
) -> list[Flaw]:
    """Check the hand-kept records; returns the notes on exports of reference managers, whose flaws cost a record only."""
    notes: list[Flaw] = []
    for pattern, options in _libraries(sources):
        for path in sorted(path for path in root.glob(pattern) if path.is_file()):
            file, form = path.relative_to(root).as_posix(), library.format_of(path.name, options)
            try:
                if form == "yaml":
                    flaws += library.flaws(load_yaml(path.read_bytes(), file), topics, places)
                else:
                    notes += library.notes(form, path.read_bytes(), file)
            except ConfigError as error:
                flaws += error.flaws
            except UnreadableError as error:
                notes.append(Flaw(file, 0, "", str(error)))
    return notes
