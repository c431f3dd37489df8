"""Holds the library's records and the catalogue's entries to the gate on what is published; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from observatory.config import Config, options_of
from observatory.errors import ConfigError, Flaw
from observatory.model import Entry, PartialDate
from observatory.publish import gate
from observatory.yamltext import Marked, load
from spiders import library

HOSTS = "curation/hosts.yaml"
Hosts = Mapping[str, tuple[str, ...]]


def read_hosts(root: Path) -> tuple[Hosts, list[Flaw]]:
    """Read which hosts belong to publishers under another name; without the file there are none."""
    path = root / HOSTS
    if not path.is_file():
        return {}, []
    try:
        marked = load(path.read_bytes(), HOSTS)
    except ConfigError as error:
        return {}, list(error.flaws)
    if not isinstance(marked.data, dict):
        return {}, [marked.flaw("should hold lines such as `example.org: [Name of the publisher]`")]
    wrong = [host for host, names in marked.data.items() if not _are_names(names)]
    flaws = [marked.flaw("should be a list of publishers' names", host) for host in wrong]
    return {host: tuple(names) for host, names in marked.data.items() if host not in wrong}, flaws


def _are_names(said: object) -> bool:
    return isinstance(said, list) and all(isinstance(name, str) for name in said)


def unfit_records(config: Config, hosts: Hosts, as_of: PartialDate) -> Iterator[Flaw]:
    """Say which records of the library's YAML files are not fit to be published, and why, each with its line."""
    for path in library_files(config, "yaml"):
        marked = load(path.read_bytes(), path.relative_to(config.root).as_posix())
        for number, (name, work) in library.works(marked).items():
            yield from _of_record(marked, number, name, (*gate.flaws(work, as_of, hosts), *gate.gaps(work)))


def library_files(config: Config, form: str = "") -> Iterator[Path]:
    """List the files of hand-kept records, wherever they stand; those of one `form`, or all."""
    for source in config.sources:
        options = options_of(source)
        if isinstance(options, library.LibraryOptions):
            found = (path for path in sorted(config.root.glob(options.path)) if path.is_file())
            yield from (path for path in found if not form or library.format_of(path.name, options) == form)


def _of_record(marked: Marked, number: int, name: str, found: Iterable[tuple[str, str]]) -> Iterator[Flaw]:
    for field, message in found:
        yield marked.flaw(message, number, field, key=f"{name}.{field}")


def unfit_entries(entries: Iterable[Entry], hosts: Hosts, as_of: PartialDate) -> Iterator[Flaw]:
    """Say which published entries are wrong; what the library says itself is judged by its records."""
    for entry in filter(_is_found, entries):
        for field, message in gate.flaws(entry.work, as_of, hosts):
            yield Flaw("catalogue", 0, f"{entry.id}.{field}", message)


def lacking(entries: Iterable[Entry]) -> Iterator[Flaw]:
    """Say what published entries lack that their sources don't tell, and how a curator adds it."""
    for entry in filter(_is_found, entries):
        for field, message in gate.gaps(entry.work):
            step = f"if you know it: observatory set {entry.id} {field}={_EXAMPLES[field]}"
            yield Flaw("catalogue", 0, f"{entry.id}.{field}", f"{message}; {step}")


def _is_found(entry: Entry) -> bool:
    """Whether sources found it; what the library holds is no crawl's finding."""
    return all(seen.snapshot != "library" for seen in entry.provenances)


_EXAMPLES = {"title_en": "'…'", "level": "national", "official": "true", "jurisdiction": "IE"}
