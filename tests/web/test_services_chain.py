"""All services played on loopback, through the whole chain: what they know becomes entries, searches and findings in PDFs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from observatory.app import Observatory, RunReport
from observatory.config import load
from observatory.model import Cause, Entry, Outcome, RelationType, SearchRun, SourceReport, Stage, Status
from web.server import Seen, Web
from web.services import Services

DAY_ONE = datetime(2026, 11, 23, 6, tzinfo=UTC)
SITE = "site: {title: Observatory, url: https://observatory.example.org/, contact: a@example.org}\nsources:\n"


class Days:
    """An observatory over the played services, run day by day."""

    def __init__(self, web: Web, folder: Path) -> None:
        self.web, self.folder, self.services = web, folder, Services(web)
        self.ask(self.services.rows())

    def ask(self, rows: str) -> None:
        (self.folder / "sources.yaml").write_text(SITE + rows, encoding="utf-8")

    def open(self, day: int) -> Observatory:
        config = load(self.folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.02, max_seconds=60.0))
        return Observatory(config, self.folder / "output", DAY_ONE + timedelta(days=day))

    def run(self, day: int) -> RunReport:
        self.web.forget()
        with self.open(day) as obs:
            return obs.run()

    def crawl(self, day: int) -> SourceReport:
        self.web.forget()
        with self.open(day) as obs:
            (report,) = obs.crawl()
            obs.ingest()
        return report

    def entries(self) -> Mapping[str, Entry]:
        with self.open(0) as obs:
            return {entry.work.title: entry for entry in obs.store.entries(tuple(Status))}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    with Web() as web:
        yield Days(web, tmp_path_factory.mktemp("services"))


@pytest.fixture(scope="module")
def report(days: Days) -> RunReport:
    return days.run(0)


@pytest.fixture(scope="module")
def entries(days: Days, report: RunReport) -> Mapping[str, Entry]:
    return days.entries()


@pytest.fixture(scope="module")
def searches(days: Days, report: RunReport) -> tuple[str, Mapping[str, SearchRun]]:
    """What the first run says of its searches: its page, and what is kept of each source."""
    page = (days.folder / "output" / "site" / "about" / "searches" / "index.html").read_text()
    with days.open(0) as obs:
        return page, {run.source_id: run for run in obs.store.searches()}


@pytest.fixture
def fresh(web: Web, tmp_path: Path) -> Days:
    return Days(web, tmp_path)


def test_every_service_is_harvested(report: RunReport) -> None:
    assert {row.id: (row.outcome, row.cause) for row in report.sources if row.outcome is not Outcome.OK} == {}
    assert len(report.sources) == 12
    assert all(row.findings for row in report.sources)


def test_a_bad_record_costs_itself_and_stands_in_the_report(report: RunReport) -> None:
    (openalex,) = [row for row in report.sources if row.id == "openalex-test"]
    assert (openalex.outcome, openalex.cause, openalex.findings) == (Outcome.OK, Cause.BAD_RECORD, 3)
    assert "1 record could not be read" in openalex.detail


def test_one_doi_from_several_services_is_one_entry_with_a_provenance_each(entries: Mapping[str, Entry]) -> None:
    (entry,) = [entry for entry in entries.values() if entry.work.doi == "10.5555/mc.2024.017"]
    seen_by = {provenance.source_id for provenance in entry.provenances}
    assert seen_by >= {"openalex-test", "crossref-test", "doaj-test", "openaire-test"}
    assert entry.status is Status.PUBLISHED


def test_an_eu_act_is_one_entry_with_its_proposal_its_stage_and_its_titles(entries: Mapping[str, Entry]) -> None:
    (act,) = [entry for entry in entries.values() if entry.work.celex == "32022H0627(02)"]
    assert act.work.stage is Stage.APPROVED
    assert [code for code, _title in act.work.titles] == ["de", "fr", "pl", "sk"]
    assert ("adopts", "celex:52021DC0770") in {
        (relation.type.value, relation.target) for relation in act.work.relations
    }
    (proposal,) = [entry for entry in entries.values() if entry.work.celex == "52021DC0770"]
    assert proposal.id != act.id


def test_a_retraction_is_marked_with_its_date(entries: Mapping[str, Entry]) -> None:
    (entry,) = [entry for entry in entries.values() if entry.work.doi == "10.5555/mc.2021.009"]
    assert str(entry.work.retracted) == "2023-11-02"
    assert [creator.name for creator in entry.work.creators] == ["Skills Panel Consortium"]  # completed from Crossref


def test_a_preprint_points_to_its_article(entries: Mapping[str, Entry]) -> None:
    relations = entries["Verifiable Micro-Credentials on Open Wallets"].work.relations
    assert [(r.type, r.target) for r in relations] == [(RelationType.VERSION_OF, "doi:10.5555/wallets.2025.3")]


def test_a_reports_pdf_is_found_by_its_words_and_page_and_never_published(
    days: Days, entries: Mapping[str, Entry]
) -> None:
    with days.open(0) as obs:
        (hit,) = obs.search("quokka")
    assert hit["title"] == "Stackable microcredentials and adult learners & work"
    assert "in the document, page 2" in hit["highlights"]
    published = [path for path in (days.folder / "output" / "site").rglob("*") if path.is_file()]
    assert published
    assert not [path for path in published if b"quokka" in path.read_bytes().lower()]


def test_a_broken_pdf_costs_that_pdf(report: RunReport, entries: Mapping[str, Entry]) -> None:
    zenodo = next(row for row in report.sources if row.id == "zenodo-test")
    assert zenodo.outcome is Outcome.OK
    assert entries["Micro-credential design guide for universities"].status is Status.PUBLISHED


def test_the_record_of_searches_is_published_with_its_counts(
    searches: tuple[str, Mapping[str, SearchRun]], report: RunReport
) -> None:
    page, asked = searches
    assert "micro-credential micro-credentials microcredential" in page  # Crossref's words
    assert "7431" in page  # its hits
    assert set(asked) == {row.id for row in report.sources}
    crossref = asked["crossref-test"]
    assert (crossref.pages, crossref.records) == (1, 6)
    for run in asked.values():
        parted = run.duplicates + run.kept + run.waiting + sum(count for _rule, count in run.excluded)
        assert parted + run.known + run.left_out == run.records
    assert sum(run.duplicates for run in asked.values()) >= 3


@pytest.mark.usefixtures("searches")  # told of the first run
def test_a_second_run_asks_for_changes_and_doubles_nothing(days: Days, entries: Mapping[str, Entry]) -> None:
    days.run(1)
    asked = [seen.path for seen in days.web.asked("oai")]
    assert any("from=2026-11-21" in path for path in asked)
    again = days.entries()
    assert {entry.id for entry in again.values()} == {entry.id for entry in entries.values()}
    assert all(not change.kind.startswith("updated") for entry in again.values() for change in entry.changes)


# ---------------------------------------------------------------- bad services


def test_a_key_goes_to_its_service_only_and_into_no_record(fresh: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", "  top-secret-key\n")
    elsewhere = fresh.web.host("elsewhere")
    elsewhere.put("/", json.dumps({"results": []}), "application/json")
    fresh.ask(fresh.services.row("openalex", homepage=elsewhere.url("/")))
    fresh.run(0)
    asked = fresh.web.asked("openalex")
    assert all("api_key=top-secret-key" in seen.path for seen in asked)
    assert all(
        "top-secret" not in seen.path + str(seen.headers) for seen in fresh.web.asked() if seen.host != "openalex"
    )
    fresh.services.answers["openalex"] = lambda seen: (302, f"Location: {elsewhere.url('/')}\r\n", b"")
    fresh.run(1)
    assert fresh.web.asked("elsewhere")
    assert all("top-secret" not in seen.path + str(seen.headers) for seen in fresh.web.asked("elsewhere"))
    import gzip

    for path in (fresh.folder / "output").rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            assert b"top-secret" not in (gzip.decompress(body) if path.suffix == ".gz" else body), path


def test_an_empty_key_is_left_out(fresh: Days, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENALEX_API_KEY", "   ")
    fresh.ask(fresh.services.row("openalex"))
    fresh.crawl(0)
    asked = [seen.path for seen in fresh.web.asked("openalex")]
    assert not any("api_key" in path for path in asked)
    assert "page=1" in asked[0]


@pytest.mark.parametrize("wait", ["86400", "Wed, 25 Nov 2026 06:00:00 GMT"])
def test_a_spent_budget_ends_the_source_for_the_day(fresh: Days, wait: str) -> None:
    fresh.services.answers["openalex"] = lambda seen: (429, f"Retry-After: {wait}\r\n", b"{}")
    fresh.ask(fresh.services.row("openalex"))
    report = fresh.crawl(0)
    assert (report.outcome, report.cause) == (Outcome.FAILED, Cause.QUOTA)
    assert len(fresh.web.asked("openalex")) == 1
    again = fresh.crawl(0)
    assert (again.outcome, again.cause) == (Outcome.SKIPPED, Cause.QUOTA)
    assert fresh.web.asked("openalex") == []
    fresh.services.answers["openalex"] = lambda seen: fresh.services.case("openalex")
    assert fresh.crawl(1).outcome is Outcome.OK


def test_a_short_retry_after_is_waited_for(fresh: Days) -> None:
    asked: list[Seen] = []

    def answer(seen: Seen) -> tuple[int, str, bytes]:
        asked.append(seen)
        return (429, "Retry-After: 1\r\n", b"") if len(asked) == 1 else fresh.services.case("hal")

    fresh.services.answers["hal"] = answer
    fresh.ask(fresh.services.row("hal"))
    assert fresh.crawl(0).outcome is Outcome.OK
    assert asked[1].at - asked[0].at >= 1


def test_what_exceeds_max_items_waits_for_the_next_run(fresh: Days) -> None:
    fresh.services.oai_records(250)
    fresh.ask(fresh.services.row("oai", max_items=100))
    with_first = fresh.crawl(0)
    assert "wait for the next run" in with_first.detail
    assert len(fresh.entries()) == 100
    for day in (1, 2):
        fresh.crawl(day)
    assert len(fresh.entries()) == 250
    assert not [seen for seen in fresh.web.asked("oai") if "resumptionToken=100" in seen.path]


def test_a_killed_harvest_is_resumed_where_it_stopped_and_loses_and_doubles_nothing(fresh: Days) -> None:
    from multiprocessing import get_context

    fresh.services.oai_records(600)
    fresh.ask(fresh.services.row("oai", delay=0.1))
    child = get_context("spawn").Process(target=_crawl_only, args=(str(fresh.folder),))
    child.start()
    while len(fresh.web.asked("oai")) < 5 and child.is_alive():
        child.join(0.02)
    child.kill()  # the conductor dies with SIGKILL; its crawl ends with it
    child.join()
    before = -1
    while before != len(fresh.web.asked("oai")):  # the crawl notices within moments that nobody waits for it
        before = len(fresh.web.asked("oai"))
        time.sleep(0.7)
    assert before < 7
    fresh.web.forget()
    with fresh.open(1) as obs:
        obs.crawl()
        obs.ingest()
        keys = {entry.provenances[0].key for entry in obs.store.entries(tuple(Status))}
        assert obs.stats()["entries"]["published"] == 600
    assert keys == {f"oai:x:{n}" for n in range(600)}
    again = [seen.path for seen in fresh.web.asked("oai")]
    # At most the pages in flight are asked twice. Where the crawl had time to end, its harvest goes on and a new one begins.
    assert len(again) <= 7 - (before - 2)
    assert not [path for path in again if "resumptionToken=100" in path or "resumptionToken=200" in path]


def _crawl_only(folder: str) -> None:
    config = load(Path(folder) / "sources.yaml")
    config = replace(config, crawl=replace(config.crawl, delay=0.02))
    with Observatory(config, Path(folder) / "output", DAY_ONE) as obs:
        obs.crawl()


def test_a_token_that_expires_in_the_middle_costs_its_window_anew_and_nothing_else(fresh: Days) -> None:
    fresh.services.oai_records(300)
    refused: list[str] = []
    plain = fresh.services.answers["oai"]

    def answer(seen: Seen) -> tuple[int, str, bytes]:
        if "resumptionToken=200" in seen.path and not refused:
            refused.append(seen.path)
            return 422, "", (CASES / "bad_token.xml").read_bytes()
        return plain(seen)

    fresh.services.answers["oai"] = answer
    fresh.ask(fresh.services.row("oai"))
    assert fresh.crawl(0).outcome is Outcome.OK
    assert len(fresh.entries()) == 300


CASES = Path(__file__).parent.parent / "cases" / "oai"


def test_what_is_no_answer_is_named_and_asked_again(fresh: Days) -> None:
    bad = {
        "openalex": (
            b"<!doctype html><title>Down</title><h1>We are working on it</h1><p>Come back later.",
            Cause.NOT_JSON,
        ),
        "hal": (b'{"response": {"numFound": 7, "docs": [{"halId_s": "hal-1", "title_', Cause.INCOMPLETE),
        "openaire": (b'{"error": "Too complex", "message": "Query too complex"}', Cause.BAD_RECORD),
    }
    fresh.ask("".join(fresh.services.row(name) for name in bad))
    for name, (body, _cause) in bad.items():
        fresh.services.answers[name] = lambda _seen, body=body: (200, "", body)
    reports = {row.id: row for row in fresh.run(0).sources}
    for name, (_body, cause) in bad.items():
        assert (reports[f"{name}-test"].outcome, reports[f"{name}-test"].cause) == (Outcome.FAILED, cause)
        fresh.services.answers[name] = lambda seen: fresh.services.case(seen.host)
    assert {row.outcome for row in fresh.run(1).sources} == {Outcome.OK}
    assert len(fresh.entries()) >= 6


def test_a_circle_of_redirects_and_of_cursors_ends(fresh: Days) -> None:
    fresh.services.answers["hal"] = lambda seen: (302, f"Location: {fresh.services.url('hal', seen.path)}\r\n", b"")
    answer = json.loads(fresh.services.case("openaire")[2])
    turn = iter(range(10_000))

    def circle(_seen: Seen) -> tuple[int, str, bytes]:
        answer["header"]["nextCursor"] = f"c{next(turn) % 2}"
        return 200, "", json.dumps(answer).encode()

    fresh.services.answers["openaire"] = circle
    fresh.ask(fresh.services.row("hal") + fresh.services.row("openaire"))
    reports = {row.id: row for row in fresh.run(0).sources}
    assert reports["hal-test"].cause is Cause.REDIRECT_LOOP
    assert reports["openaire-test"].outcome is Outcome.OK
    assert reports["openaire-test"].visits <= 4
