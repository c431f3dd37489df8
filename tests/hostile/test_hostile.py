"""A hostile neighbourhood harms nothing: tests/hostile/cases.yaml, all crawled in one run beside a healthy source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import lxml.html
import pytest
from ruamel.yaml import YAML

from hostile.makers import MAKERS, RAWS, TOPIC, item, rss
from observatory.app import Observatory
from observatory.config import load
from observatory.model import Entry, Outcome, SourceReport, Status
from web.server import Host, Web

CASES: list[dict[str, Any]] = YAML(typ="safe").load(Path(__file__).with_name("cases.yaml"))
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@dataclass(frozen=True)
class Ran:
    """What a run over all cases left behind."""

    reports: Mapping[str, SourceReport]
    entries: tuple[Entry, ...]
    site: Path

    def titles(self, case: str) -> list[str]:
        return [e.work.title for e in self.entries if any(p.source_id == case for p in e.provenances)]


def _put(host: Host, case: Mapping[str, Any]) -> None:
    if "raw" in case:
        host.raw("/feed", RAWS[case["raw"]])
        return
    body = MAKERS[case["made"]]() if "made" in case else case["body"]
    headers = case.get("headers", {})
    host.put("/feed", body, case.get("type", "application/rss+xml"), status=case.get("status", 200), headers=headers)


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("hostile")
    rows: list[dict[str, Any]] = []
    with Web() as web:
        for case in CASES:
            host = web.host(case["id"])
            _put(host, case)
            rows.append(
                {
                    "id": case["id"],
                    "kind": case.get("kind", "feed"),
                    "url": host.url("/feed"),
                    **case.get("options", {}),
                }
            )
        web.host("healthy").put("/feed", rss(item(f"Healthy news on {TOPIC}")), "application/rss+xml")
        rows.append({"id": "healthy", "kind": "feed", "url": web.host("healthy").url("/feed")})
        (folder / "sources.yaml").write_text(json.dumps({"sources": rows}))
        yield _run(folder, [row["id"] for row in rows])


def _run(folder: Path, names: Sequence[str]) -> Ran:
    """Run over all cases; those that must be given up are asked apart, so that nobody else has to be quick."""
    config = load(folder / "sources.yaml")
    hasty = replace(config, crawl=replace(config.crawl, delay=0.02, response_seconds=1.0))
    patient = replace(config, crawl=replace(config.crawl, delay=0.02))
    slow = [case["id"] for case in CASES if case.get("cause") == "timeout"]
    with Observatory(hasty, folder / "output", NOW) as obs:
        given_up = obs.crawl(slow)
    with Observatory(patient, folder / "output", NOW + timedelta(minutes=1)) as obs:
        report = obs.run([name for name in names if name not in slow])
        reports = {each.id: each for each in (*report.sources, *given_up)}
        return Ran(reports, tuple(obs.store.entries((Status.PUBLISHED,))), report.site)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_its_cause_is_named_and_what_can_be_read_is_read(ran: Ran, case: Mapping[str, Any]) -> None:
    report = ran.reports[case["id"]]
    if case.get("outcome") != "any":
        outcome = case.get("outcome", "failed" if case.get("cause") else "ok")
        assert (report.outcome, report.cause) == (outcome, case.get("cause")), report.detail
    titles = ran.titles(case["id"])
    assert {title.format(TOPIC) for title in case.get("titles", [])} <= set(titles)
    for start in case.get("titles_start", []):
        assert any(title.startswith(start.format(TOPIC)) for title in titles)
    assert all(len(title) <= 500 for title in titles)
    assert len(report.detail) < 500


def test_the_healthy_neighbour_is_read(ran: Ran) -> None:
    assert ran.reports["healthy"].outcome is Outcome.OK
    assert ran.titles("healthy") == [f"Healthy news on {TOPIC}"]


def test_impossible_dates_are_left_out(ran: Ran) -> None:
    odd = [e for e in ran.entries if any(p.source_id == "odd-dates" for p in e.provenances)]
    assert len(odd) == 4
    assert all(entry.work.date is None for entry in odd)


def test_nothing_on_the_site_can_run(ran: Ran) -> None:
    for path in sorted(ran.site.rglob("*.html")):
        root = lxml.html.fromstring(path.read_bytes())
        for node in root.iter():
            if not isinstance(node.tag, str):
                continue
            assert not [name for name in node.attrib if name.lower().startswith("on")], f"{path}: {node.attrib}"
            for name in ("href", "src", "action"):
                scheme = urlsplit(node.get(name, "").strip()).scheme.lower()
                assert scheme in ("", "http", "https", "mailto", "webcal"), f"{path}: {node.get(name)}"
            if node.tag == "script" and not node.get("src"):
                assert node.get("type") in ("application/ld+json", "application/json"), path
                json.loads(node.text or "")


def test_no_forbidden_word_stands_on_the_site(ran: Ran) -> None:
    forbidden = {word for case in CASES for word in case.get("absent", [])}
    for path in sorted(p for p in ran.site.rglob("*") if p.suffix in (".html", ".atom", ".json", ".rss", ".xml")):
        said = path.read_text()
        assert not [word for word in forbidden if word in said], path


def test_the_site_stays_within_its_folder(ran: Ran) -> None:
    assert not list(ran.site.parent.parent.rglob("*passwd*"))
