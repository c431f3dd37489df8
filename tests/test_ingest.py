"""Reading step by step and all at once must agree, also where what is read changes which things are one."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from observatory.app import Observatory
from observatory.catalogue.archive import Writer
from observatory.model import HarvestEnd, Outcome, Snapshot, SourceRow
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCES = """
sources:
  - {id: library, kind: library, path: curation/library/*.yaml}
  - {id: enqa, kind: feed, url: "https://enqa.example/feed/", publisher: ENQA}
"""
ITEM = (
    "<item><title>Micro-credentials: a study of stackability</title><link>https://doi.org/10.1000/stack</link>"
    "<guid>1</guid><description>What micro-credentials are worth.</description></item>"
)
RECORD = (
    "- {{id: stack-2023, kind: article, title: 'Micro-credentials: a study of stackability', date: 2023, doi: {doi}}}\n"
)


def test_a_hand_kept_record_that_loses_its_doi_gives_back_what_it_was_one_with(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    library = tmp_path / "curation/library/all.yaml"
    library.parent.mkdir(parents=True)
    library.write_text(RECORD.format(doi="10.1000/stack"), "utf-8")
    with Observatory.open(tmp_path / "sources.yaml", now=NOW) as obs:
        _archive(obs)
        obs.ingest()
        assert [entry.id for entry in obs.store.entries()] == ["stack-2023"]
        library.write_text(RECORD.format(doi="10.1000/other").replace("stackability", "something else"), "utf-8")
        obs.ingest()
        grown = tuple(obs.store.entries())
        obs.ingest(again=True)
        assert tuple(obs.store.entries()) == grown
        assert len(grown) == 2


def test_reading_while_the_crawl_goes_on_comes_to_the_same(tmp_path: Path, web: Web) -> None:
    rows = []
    for name in ("enqa", "oecd", "eua"):
        host = web.host(name)
        items = "".join(
            ITEM.replace("1000/stack", f"1000/{name}.{n}")
            .replace("stackability", f"{name} {n}")
            .replace(">1<", f">{n}<")
            for n in range(3)
        )
        host.put("/feed/", f"<rss version='2.0'><channel>{items}</channel></rss>", "application/rss+xml")
        rows.append({"id": name, "kind": "feed", "url": host.url("/feed/")})
    for folder in ("live", "apart"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "sources.yaml").write_text(json.dumps({"sources": rows}), "utf-8")
    with Observatory.open(tmp_path / "live" / "sources.yaml", now=NOW) as live:
        report = live.run()
        assert {row.id: (row.findings, row.new) for row in report.sources} == dict.fromkeys(
            ("enqa", "eua", "oecd"), (3, 3)
        )
    with Observatory.open(tmp_path / "apart" / "sources.yaml", now=NOW) as apart:
        apart.crawl()
        apart.ingest()
        # The archive's order is that in which hosts answer, so refs of snapshots may differ; nothing else may.
        assert _known(apart) == _known(live)
        assert len(_known(live)) == 9


def _known(obs: Observatory) -> list[object]:
    return [(e.id, e.work, e.status, e.listed, e.announced, e.reasons) for e in obs.store.entries()]


def _archive(obs: Observatory) -> None:
    url = "https://enqa.example/feed/"
    body = f"<rss version='2.0'><channel><title>ENQA</title>{ITEM}</channel></rss>".encode()
    row = next(source.row for source in obs.config.sources if source.id == "enqa")
    with Writer.begin(obs.archive, NOW) as writer:
        writer.source(SourceRow("enqa", NOW, row))
        writer.response(Snapshot("", "enqa", url, url, NOW, 200, "application/rss+xml", body))
        writer.end(HarvestEnd("enqa", NOW, Outcome.OK, None, complete=True, visits=1, not_modified=0))
