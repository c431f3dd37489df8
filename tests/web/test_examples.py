"""Every example of a source in docs/curators.md is run against the recreated web, and every kind has one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from observatory import yamltext
from observatory.app import Observatory
from observatory.config import load
from observatory.model import Outcome, Status
from spiders._kind import kinds
from web import real, sites
from web.server import Web
from web.services import Services

PAGE = (Path(__file__).parents[2] / "docs" / "curators.md").read_text("utf-8")
BLOCKS = [yamltext.load(block, "docs/curators.md").data for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]
ITEMS: list[dict[str, Any]] = [
    item for block in BLOCKS if isinstance(block, list) for item in block if isinstance(item, dict) and item.get("id")
]
SOURCES = [item for item in ITEMS if item.get("kind") in kinds()]
RECORDS = [item for item in ITEMS if "title" in item]
# The hosts of the examples, and the names under which they stand in the recreated web.
HOSTS = {
    "www.enqa.eu": "enqa",
    "education.ec.europa.eu": "eea",
    "www.eadtu.eu": "eadtu",
    "learnworkecosystemlibrary.com": "learnwork",
    "www.dcu.ie": "dcu",
    "microcredentials.eu": "microbol",
    "agency.example.org": "agency",
}


def here(web: Web, services: Services, item: Mapping[str, Any]) -> dict[str, Any]:
    """Turn an example's addresses to the recreated web; all else stays as it is written."""
    kind = str(item["kind"])
    if kind in services.answers:
        made = {**item, "url": services.url(kind)}
        return made | (
            {"crossref": services.url("crossref", "/works")} if "crossref" in kinds()[kind].Options.model_fields else {}
        )
    if "url" not in item:
        return dict(item)
    parts = urlsplit(str(item["url"]))
    return {**item, "url": web.host(HOSTS[parts.netloc]).url(parts.path)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    folder = tmp_path_factory.mktemp("examples")
    with Web() as web:
        services = Services(web)
        real.build(web)
        web.host("agency").put("/events.ics", sites.calendar(web.host("agency")), "text/calendar")
        rows = [here(web, services, item) for item in SOURCES]
        (folder / "sources.yaml").write_text(json.dumps({"sources": rows}), "utf-8")
        (folder / "curation/library").mkdir(parents=True)
        (folder / "curation/library/all.yaml").write_text(yamltext.dump(RECORDS), "utf-8")
        config = load(folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.02))
        with Observatory(config, folder / "output", datetime(2026, 11, 23, 6, tzinfo=UTC)) as observatory:
            ran = {row.id: row for row in observatory.crawl()}
            counts = observatory.ingest()
            kept = observatory.store.ids(Status.PUBLISHED)
        yield {"ran": ran, "counts": counts, "kept": kept}


def test_every_kind_of_source_has_a_worked_example() -> None:
    assert {str(item["kind"]) for item in SOURCES} == set(kinds())


@pytest.mark.parametrize("item", SOURCES, ids=lambda item: str(item["id"]))
def test_an_example_brings_what_it_promises(reports: dict[str, Any], item: dict[str, Any]) -> None:
    if item["kind"] != "library":
        assert reports["ran"][item["id"]].outcome is Outcome.OK
        assert reports["counts"][item["id"]][0] > 0


def test_the_records_of_the_library_stand_as_they_are_written(reports: dict[str, Any]) -> None:
    assert RECORDS
    assert {str(record["id"]) for record in RECORDS} <= reports["kept"]
