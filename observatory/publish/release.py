"""A dated release of the public data: what its archive holds, file by file, and who may cite it how. Pure."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from observatory import __version__
from observatory.model import Source
from observatory.publish.exports import FILES, FOLDER, PACKAGE, DataFile
from observatory.publish.metadata import CC_BY
from observatory.publish.sbom import sbom
from observatory.publish.shelf import Shelf
from observatory.publish.table import SCHEMA

COUNTS = ("service", "kind", "queries", "hits", "duplicates", "excluded", "kept")
# Where the options of a source kind hold what a service is asked for.
_QUERIES = ("queries", "query", "search", "q", "filter", "terms", "sets")


@dataclass(frozen=True, slots=True)
class Counted:
    """How what one service showed became entries: hits = duplicates + excluded + kept, as a flow diagram of PRISMA asks."""

    service: str
    kind: str
    queries: tuple[str, ...]
    hits: int
    duplicates: int
    excluded: int
    kept: int


def day_of(shelf: Shelf) -> str:
    """The day of a release: that of the last run."""
    return str(shelf.day(shelf.catalogue.as_of))


def counts(shelf: Shelf) -> tuple[Counted, ...]:
    """Count by service. An entry is kept for the source that saw it first; whoever saw it too saw a duplicate."""
    kept: dict[str, int] = {}
    again: dict[str, int] = {}
    for entry in shelf.entries.values():
        seen = sorted(entry.provenances, key=lambda found: (found.first_seen, found.source_id, found.key))
        for number, found in enumerate(seen):
            tally = again if number else kept
            tally[found.source_id] = tally.get(found.source_id, 0) + 1
    return tuple(_counted(shelf, source, kept, again) for source in shelf.catalogue.sources)


def _counted(shelf: Shelf, source: Source, kept: Mapping[str, int], again: Mapping[str, int]) -> Counted:
    health = shelf.catalogue.health.get(source.id)
    mine, other = kept.get(source.id, 0), again.get(source.id, 0)
    hits = max(health.findings if health else 0, mine + other)
    return Counted(source.name, source.kind, _queries(source), hits, other, hits - mine - other, mine)


def _queries(source: Source) -> tuple[str, ...]:
    """What a service is asked, as sources.yaml says; a feed or a page is asked nothing."""
    row = json.loads(source.row)
    asked = next((row[name] for name in _QUERIES if row.get(name)), ())
    return (asked,) if isinstance(asked, str) else tuple(map(str, asked))


# ---------------------------------------------------------------- the files


def members(shelf: Shelf, codebook: str, lock: str) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Give the files of the archive, by name and piece by piece; `codebook` is docs/data.md, `lock` the lock file."""
    sums: list[str] = []
    texts = {
        "README.md": _readme(shelf),
        "CODEBOOK.md": codebook,
        "CITATION.cff": citation_file(shelf),
        ".zenodo.json": _json(zenodo(shelf)),
        "counts.csv": _counts_file(shelf),
        "sbom.cdx.json": sbom(lock, __version__),
        "counts.json": _json([as_json(count) for count in counts(shelf)]),
    }
    for name, text in sorted(texts.items()):
        yield name, _summed(name, (text.encode("utf-8", "replace"),), sums)
    for file in (*FILES, PACKAGE):
        name = file.path.removeprefix(FOLDER)
        yield name, _summed(name, _made(file, shelf), sums)
    yield "SHA256SUMS", ("".join(sorted(sums, key=lambda line: line[66:])).encode(),)


def _made(file: DataFile, shelf: Shelf) -> Iterable[bytes]:
    return file.make(shelf)


def _summed(name: str, pieces: Iterable[bytes], sums: list[str]) -> Iterator[bytes]:
    found = hashlib.sha256()
    for piece in pieces:
        found.update(piece)
        yield piece
    sums.append(f"{found.hexdigest()}  {name}\n")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_json(count: Counted) -> Mapping[str, Any]:
    """Give a count as JSON."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in _values(count).items()}


def _values(count: Counted) -> Mapping[str, Any]:
    return {name: getattr(count, name) for name in COUNTS}


def _counts_file(shelf: Shelf) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COUNTS)
    for count in counts(shelf):
        writer.writerow(" | ".join(value) if isinstance(value, tuple) else value for value in _values(count).values())
    return buffer.getvalue()


def citation_file(shelf: Shelf) -> str:
    """Write CITATION.cff (Citation File Format 1.2.0). JSON strings are YAML strings, whatever a title holds."""
    site = shelf.site
    lines = [
        "cff-version: 1.2.0",
        'message: "If you use these data, please cite this release."',
        "type: dataset",
        f"title: {json.dumps(site.title, ensure_ascii=False)}",
        "authors:",
        f"  - name: {json.dumps(site.maintainer or site.title, ensure_ascii=False)}",
        f"version: {json.dumps(day_of(shelf))}",
        f"date-released: {json.dumps(day_of(shelf))}",
        "license: CC-BY-4.0",
        f"url: {json.dumps(f'{site.url}{FOLDER}')}",
        "keywords:",
        f"  - {json.dumps(site.subject, ensure_ascii=False)}",
        "  - higher education",
        "  - lifelong learning",
    ]
    return "\n".join([*lines, ""])


def zenodo(shelf: Shelf) -> Mapping[str, Any]:
    """Give the metadata with which Zenodo deposits the release."""
    site = shelf.site
    return {
        "title": f"{site.title}: data of {day_of(shelf)}",
        "upload_type": "dataset",
        "description": f"<p>{_said(shelf)}</p>",
        "creators": [{"name": site.maintainer or site.title}],
        "publication_date": day_of(shelf),
        "version": day_of(shelf),
        "access_right": "open",
        "license": "cc-by-4.0",
        "language": "eng",
        "keywords": [site.subject, "higher education", "lifelong learning", "policy"],
        "related_identifiers": [{"identifier": f"{site.url}{FOLDER}", "relation": "isAlternateIdentifier"}],
    }


def _said(shelf: Shelf) -> str:
    count = len(shelf.entries)
    return (
        f"A catalogue of {count} policy initiatives, reports, research, events and projects on {shelf.site.subject}, "
        f"collected from {len(shelf.catalogue.sources)} declared sources; state of {day_of(shelf)}."
    )


def _readme(shelf: Shelf) -> str:
    site = shelf.site
    files = "\n".join(f"- `{file.path.removeprefix(FOLDER)}`: {file.what}" for file in (*FILES, PACKAGE))
    return f"""# {site.title}: data of {day_of(shelf)}

{_said(shelf)}

{files}
- `CODEBOOK.md`: what each field means (schema {SCHEMA})
- `counts.csv`, `counts.json`: by service, the queries sent and what became of the hits: duplicates, excluded, kept
- `CITATION.cff`, `.zenodo.json`: how to cite, and what Zenodo asks for
- `sbom.cdx.json`: the components of the program that made these files (CycloneDX)
- `SHA256SUMS`: `sha256sum -c SHA256SUMS` checks the files

Our metadata and summaries: CC BY 4.0 ({CC_BY}). Publishers' own teasers and abstracts are left out unless their licence lets
them be passed on. {site.url}{FOLDER}
"""
