"""Answers of services, asked and read without any network: what the tests of the service kinds share."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from observatory.config import VOCABULARY
from observatory.config.vocabulary import load_vocabulary
from observatory.judge.naming import naming
from observatory.model import Finding, Memory, Request, Snapshot
from spiders._kind import Kind, Options, kinds
from spiders._kind import read as read_with
from spiders._terms import Terms

CASES = Path(__file__).parent.parent / "cases"
ASKED = load_vocabulary(VOCABULARY)
NOW = datetime(2026, 11, 24, 6, tzinfo=UTC)
OPTIONS: dict[str, dict[str, Any]] = {
    "zotero": {"group": 2373077},
    "oai": {"url": "https://repository.example.org/oai"},
    "jsonapi": {
        "url": "https://core.example.org/v3/search/works/",
        "parameters": {"q": "microcredential", "limit": 100, "offset": 0},
        "records": "results",
        "total": "totalHits",
        "fields": {
            "key": "id",
            "title": "title",
            "url": "links[?type=='display'].url",
            "date": "publishedDate",
            "doi": "doi",
            "creators": "authors",
            "summary": "abstract",
            "language": "language.code",
            "publisher": "publisher",
        },
        "paging": {"by": "offset", "size": 100},
    },
}
JSON_KINDS = ("openalex", "crossref", "doaj", "eric", "zenodo", "openaire", "hal", "cellar", "jsonapi", "zotero")
XML_KINDS = ("arxiv", "oai")
SERVICES = (*JSON_KINDS, *XML_KINDS)
LIST_ROLE = {"oai": "page 0 2015-01-01//s"}  # the others' first answer is a page of results


def kind_and_options(name: str, **options: Any) -> tuple[Kind[Options], Options]:
    kind = kinds()[name]
    terms = {"terms": ASKED.asked, "further_terms": ASKED.asked_further} if issubclass(kind.Options, Terms) else {}
    return kind, kind.Options.model_validate({**OPTIONS.get(name, {}), **terms, **options})


def started(name: str, memory: Memory | None = None, **options: Any) -> list[Request]:
    kind, said = kind_and_options(name, **options)
    return list(kind.start(said, memory or Memory()))


def case(name: str, file: str = "") -> bytes:
    return (CASES / name / (file or ("answer.xml" if name in XML_KINDS else "answer.json"))).read_bytes()


def snapshot(
    name: str, body: bytes | object, role: str | None = None, url: str | None = None, key: str = ""
) -> Snapshot:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    address = url or started(name)[0].url
    said = role if role is not None else LIST_ROLE.get(name, "start")
    return Snapshot("r/1", f"{name}-source", address, address, NOW, 200, "text/html", raw, said, key)


def read(name: str, body: bytes | object, role: str | None = None, **options: Any) -> list[Finding]:
    kind, said = kind_and_options(name, **options)
    return read_with(kind, snapshot(name, body, role), said, naming(ASKED))


def followed(
    name: str,
    body: bytes | object,
    role: str | None = None,
    memory: Memory | None = None,
    url: str | None = None,
    **options: Any,
) -> list[Request]:
    kind, said = kind_and_options(name, **options)
    return list(kind.follow(snapshot(name, body, role, url), said, memory or Memory()))


def pages(requests: Iterable[Request]) -> list[Request]:
    return [request for request in requests if not request.key]


def by_key(findings: Iterable[Finding]) -> dict[str, Finding]:
    return {finding.key: finding for finding in findings if finding.role in ("record", "listed", "deleted")}
