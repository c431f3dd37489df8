"""What each service answers becomes works: the records are ours, in the shape of the services' recorded answers."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from asked import NOW, SERVICES, by_key, case, followed, kind_and_options, pages, read, snapshot, started

from observatory.errors import UnreadableError
from observatory.judge.resolve import keys
from observatory.model import Creator, EntryKind, Memory, PartialDate, Relation, RelationType, Stage, SummaryBy, Work
from spiders._documents import DOCUMENT

THREE = ("openalex", "crossref", "doaj")
ONE_DOI = "10.5555/mc.2024.017"


def day(said: str) -> PartialDate:
    return PartialDate.parse(said)


@pytest.mark.parametrize("name", SERVICES)
def test_every_finding_has_a_key_and_a_title_and_reading_twice_says_the_same(name: str) -> None:
    found = read(name, case(name))
    assert found == read(name, case(name))
    assert all(f.key and (f.work.title or f.withdrawn or f.role.startswith("note ")) for f in found)
    assert len({(finding.key, finding.role) for finding in found}) == len(found)


@pytest.mark.parametrize("name", SERVICES)
def test_another_host_can_stand_in_for_a_service(name: str) -> None:
    (request, *_) = started(name, url="http://127.0.0.1:8123")
    assert request.url.startswith("http://127.0.0.1:8123/")
    if name not in ("oai", "jsonapi"):  # these have no address of their own
        assert urlsplit(request.url).path.startswith(urlsplit(started(name)[0].url).path[:9])
    assert started(name, url="http://127.0.0.1:8123/own/path")[0].url.startswith("http://127.0.0.1:8123/own/path")


@pytest.mark.parametrize("name", [*THREE, "openaire"])
def test_services_agree_on_a_works_identity(name: str) -> None:
    works = [finding.work for finding in read(name, case(name)) if finding.work.doi == ONE_DOI]
    assert [work.title.casefold() for work in works] == [
        "recognising micro-credentials across borders: a systematic review"
    ]
    assert [creator.name for creator in works[0].creators] == ["Aoife Ní Bhriain", "Jan Kowalski"]
    assert works[0].creators[0].orcid == "0000-0002-1825-0097"
    assert (works[0].container, works[0].volume, works[0].pages) == ("Journal of Credential Studies", "6", "101–128")


def test_dates_are_no_more_exact_than_the_service_says() -> None:
    assert [by_key(read("openalex", case("openalex")))[key].work.date for key in ("W4400000001", "W4400000002")] == [
        day("2024-05-17"),
        day("2022"),  # 1 January stands for the year alone
    ]
    assert by_key(read("doaj", case("doaj")))["aa11bb22cc33dd44ee55ff6677889900"].work.date == day("2024-05")
    assert by_key(read("openaire", case("openaire")))["doi_dedup___::aa11"].work.date == day("2024")
    assert by_key(read("oai", case("oai")))["oai:repository.example.org:1001"].work.date == day("2023-05")
    assert by_key(read("crossref", case("crossref")))["10.5555/mc.nodate"].work.date is None  # 2023-13-45


def test_an_abstract_is_shown_only_under_a_licence_that_allows_it() -> None:
    free = by_key(read("openalex", case("openalex")))["W4400000001"].work
    assert free.summary == free.text.partition("\n")[0] if free.text else False
    assert free.summary_by is SummaryBy.PUBLISHER
    assert free.licence == "CC BY"
    unfree = by_key(read("openalex", case("openalex")))["W4400000002"].work
    assert unfree.summary is None
    assert unfree.text == "We interviewed 41 adults who stacked microcredentials while they worked."


def test_jats_and_html_leave_no_mark_on_titles_and_abstracts() -> None:
    assert by_key(read("openalex", case("openalex")))["W4400000002"].work.title == (
        "Stackable microcredentials and adult learners & work"
    )
    crossref = by_key(read("crossref", case("crossref")))[ONE_DOI].work
    assert crossref.text is not None
    assert crossref.text.startswith("Micro-credentials are spreading")
    guide = by_key(read("zenodo", case("zenodo")))["9900000"].work
    assert guide.summary == "How universities can design micro-credentials, step by step, with a checklist."


def test_a_retraction_marks_the_work_and_not_the_notice() -> None:
    found = read("crossref", case("crossref"))
    record = by_key(found)["10.5555/mc.2021.009"]
    notice = next(finding for finding in found if finding.role == "notice-retraction")
    assert record.work.retracted == notice.work.retracted == day("2023-11-02")
    assert (notice.key, notice.work.title) == ("10.5555/mc.2021.009", "Earnings after a micro-credential")
    assert "10.5555/mc.2023.100" not in by_key(found)
    openalex = by_key(read("openalex", case("openalex")))["W4400000003"].work
    assert openalex.retracted == day("2026-11")  # OpenAlex gives no date: the month in which it was noticed


def test_a_preprint_and_its_article_are_linked() -> None:
    preprint = by_key(read("crossref", case("crossref")))["10.5555/mc.pre.3"].work
    assert preprint.relations == (Relation(RelationType.VERSION_OF, "doi:10.5555/mc.2025.044"),)
    arxiv = by_key(read("arxiv", case("arxiv")))["2502.01234"].work
    assert (arxiv.form, arxiv.doi) == ("preprint", "10.48550/arxiv.2502.01234")
    assert arxiv.relations == (Relation(RelationType.VERSION_OF, "doi:10.5555/wallets.2025.3"),)


def test_versions_on_zenodo_are_one_work() -> None:
    work = by_key(read("zenodo", case("zenodo")))["9900000"].work
    assert work.doi == "10.5281/zenodo.9900000"
    assert ("version-doi", "10.5281/zenodo.9900001") in work.identifiers
    elsewhere = Work(title="A guide", doi="10.5281/zenodo.9900001")  # as other services know it
    assert set(keys(work)) & set(keys(elsewhere)) == {"doi:10.5281/zenodo.9900001"}


def test_names_come_in_parts_where_the_service_gives_them() -> None:
    works = by_key(read("hal", case("hal")))
    assert works["hal-04990001"].work.creators == (
        Creator("Claire Dupont", "Dupont", "Claire"),
        Creator("Collectif Formation"),
    )
    eric = by_key(read("eric", case("eric")))["EJ1400001"].work
    assert eric.creators[0] == Creator("Maeve O'Hara", "O'Hara", "Maeve")
    assert (eric.peer_reviewed, eric.container) == (True, "Teachers and Credentials Quarterly")


def test_types_become_kinds() -> None:
    kinds = {
        "EJ1400001": EntryKind.ARTICLE,
        "ED650002": EntryKind.GUIDE,
    }
    found = by_key(read("eric", case("eric")))
    assert {key: found[key].work.kind for key in kinds} == kinds
    assert by_key(read("hal", case("hal")))["hal-04990002"].work.kind is EntryKind.REPORT
    assert by_key(read("crossref", case("crossref")))["10.5555/mc.nodate"].work.kind is EntryKind.CHAPTER
    assert by_key(read("oai", case("oai")))["oai:repository.example.org:1004"].work.kind is EntryKind.THESIS


def test_services_that_rank_are_filtered_by_the_core_terms() -> None:
    assert "10.5555/tls.1" not in by_key(read("crossref", case("crossref")))
    assert "EJ1400003" not in by_key(read("eric", case("eric")))
    assert "oai:repository.example.org:1003" not in by_key(read("oai", case("oai")))
    assert "oai:repository.example.org:1003" in by_key(read("oai", case("oai"), all_records=True))
    assert set(by_key(read("jsonapi", case("jsonapi")))) == {"58970001"}


def test_a_deleted_record_is_withdrawn() -> None:
    gone = by_key(read("oai", case("oai")))["oai:repository.example.org:1002"]
    assert (gone.withdrawn, gone.role) == (True, "deleted")


# ---------------------------------------------------------------- EU law


def test_an_act_is_one_finding_with_a_title_per_language_its_proposal_and_its_stage() -> None:
    found = by_key(read("cellar", case("cellar", "details.json"), role="details 0"))
    act = found["32022H0627(02)"].work
    assert act.title.startswith("Council Recommendation of 16 June 2022 on a European approach to micro-credentials")
    assert [code for code, _title in act.titles] == ["de", "fr", "pl", "sk"]
    assert act.relations == (Relation(RelationType.ADOPTS, "celex:52021DC0770"),)
    assert act.stage is Stage.APPROVED
    assert [(str(step.date), step.stage) for step in act.steps] == [
        ("2021-12-10", Stage.LEGISLATIVE_PROCESS),
        ("2022-06-16", Stage.APPROVED),
    ]
    assert (act.date, act.celex, act.eli) == (
        day("2022-06-16"),
        "32022H0627(02)",
        "http://data.europa.eu/eli/C/2022/243/2",
    )
    proposal = found["52021DC0770"].work
    assert (proposal.stage, proposal.form) == (Stage.LEGISLATIVE_PROCESS, "proposal")
    assert [creator.name for creator in proposal.creators] == ["European Commission"]
    assert len(found) == 3


def test_cellar_is_asked_for_details_of_what_it_found_by_post() -> None:
    (first,) = started("cellar")
    assert (first.method, first.body[:6]) == ("POST", b"query=")
    assert b"micro-credential" in first.body
    (details,) = followed("cellar", case("cellar"))
    assert details.role == "details 0"
    assert unquote(details.body.decode()).count("<http://publications.europa.eu/resource/cellar/") == 3
    assert not followed("cellar", case("cellar", "details.json"), role="details 0")


def test_a_word_in_the_options_cannot_break_out_of_the_question() -> None:
    (request,) = started("cellar", words=['x") } DROP ALL #'])
    assert '\\") } drop all #"' in unquote(request.body.decode())


# ---------------------------------------------------------------- asking


def test_openalex_uses_cursors_only_with_a_key() -> None:
    (without,) = started("openalex")
    (with_key,) = started("openalex", Memory(has_key=True))
    assert parse_qs(urlsplit(without.url).query)["page"] == ["1"]
    assert "cursor" not in without.url
    assert parse_qs(urlsplit(with_key.url).query)["cursor"] == ["*"]
    assert "api_key" not in without.url + with_key.url


def test_zenodo_is_asked_for_25_a_page_unless_there_is_a_token() -> None:
    assert "size=25&" in started("zenodo")[0].url
    assert "size=100&" in started("zenodo", Memory(has_key=True))[0].url


def test_doajs_query_stands_in_the_path_with_blanks_that_are_no_plus() -> None:
    path = urlsplit(started("doaj")[0].url).path
    assert "%20OR%20" in path
    assert "+" not in path


def test_doaj_is_asked_year_by_year_when_there_are_more_than_it_gives() -> None:
    answer = json.loads(case("doaj")) | {"total": 2500}
    asked = pages(followed("doaj", answer, since="2024"))
    assert [unquote(request.url).partition("bibjson.year:")[2][:4] for request in asked] == [
        "2027",
        "2026",
        "2025",
        "2024",
    ]


@pytest.mark.parametrize("name", ["openalex", "crossref", "zenodo", "openaire", "hal", "arxiv", "eric", "cellar"])
def test_a_later_run_asks_for_what_changed_since_the_last_with_an_overlap(name: str) -> None:
    last = Memory(complete=True, last_success=datetime(2026, 11, 20, 6, tzinfo=UTC))
    first, later = started(name)[0], started(name, last, overlap_days=7)[0]
    said = unquote(later.url + later.body.decode())
    assert "2026-11-13" in said or "20261113" in said or "2026 TO" in said
    assert said != unquote(first.url + first.body.decode())


def test_oai_asks_as_exactly_as_the_repository_keeps_dates() -> None:
    (request,) = followed("oai", case("oai", "identify.xml"), role="identify")
    assert request.url.endswith("from=2015-01-01T00:00:00Z")
    by_day = case("oai", "identify.xml").replace(b"YYYY-MM-DDThh:mm:ssZ", b"YYYY-MM-DD")
    (request,) = followed("oai", by_day, role="identify", set="user-mc")
    assert request.url.endswith("from=2015-01-01&set=user-mc")


def test_oai_follows_tokens_and_an_empty_one_ends() -> None:
    (request,) = pages(followed("oai", case("oai")))
    assert parse_qs(urlsplit(request.url).query) == {"verb": ["ListRecords"], "resumptionToken": ["tok/2=="]}
    assert not followed("oai", case("oai", "last.xml"), role=request.role)


def test_oai_begins_a_window_anew_once_when_its_token_is_refused() -> None:
    refused = case("oai", "bad_token.xml")
    (again,) = followed("oai", refused, role="page 300 2015-01-01//s")
    assert (again.role, "from=2015-01-01T00:00:00Z" in again.url) == ("again 300 2015-01-01//s", True)
    assert not followed("oai", refused, role="page 300 2015-01-01//s")[0].url.count("resumptionToken")
    kind, options = kind_and_options("oai")
    with pytest.raises(UnreadableError, match="refuses its own"):  # no circle of refusals and new beginnings
        list(kind.follow(snapshot("oai", refused, again.role), options, Memory()))


def test_no_records_match_is_success() -> None:
    assert read("oai", case("oai", "none.xml")) == []
    assert followed("oai", case("oai", "none.xml")) == []


def test_large_repositories_are_asked_in_windows() -> None:
    (first,) = followed("oai", case("oai", "identify.xml"), role="identify", window_days=3650)
    assert "until=2024-12-28T23:59:59Z" in first.url
    (second,) = followed("oai", case("oai", "last.xml"), role=first.role, window_days=3650)
    assert "from=2024-12-29T00:00:00Z" in second.url
    assert "until" not in second.url  # the last window is open
    assert not followed("oai", case("oai", "last.xml"), role=second.role, window_days=3650)


def test_pages_follow_by_number_offset_cursor_and_address() -> None:
    records = [{"id": n, "title": "Microcredential"} for n in range(100)]
    for paging, answer, expected in (
        ({"by": "page", "size": 100}, {"results": records, "totalHits": 250}, "page=2"),
        ({"by": "offset", "size": 100}, {"results": records, "totalHits": 250}, "offset=100"),
        ({"by": "cursor", "at": "next"}, {"results": records, "next": "c/2="}, "cursor=c%2F2%3D"),
        ({"by": "next", "at": "next"}, {"results": records, "next": "/more?p=2"}, "/more?p=2"),
    ):
        (request,) = pages(followed("jsonapi", answer, paging=paging))
        assert expected in request.url
    elsewhere = {"results": records, "next": "https://evil.example/"}
    assert not pages(followed("jsonapi", elsewhere, paging={"by": "next", "at": "next"}))


def test_an_undated_or_authorless_record_is_completed_from_crossref() -> None:
    asked = [request for request in followed("openalex", case("openalex")) if request.role == "complete"]
    assert [(request.key, request.url) for request in asked] == [
        ("W4400000003", "https://api.crossref.org/works/10.5555%2Fmc.2021.009")
    ]
    kind, options = kind_and_options("openalex")
    answer = snapshot("openalex", case("crossref", "record.json"), "complete", asked[0].url, "W4400000003")
    (finding,) = kind.read(answer, options)
    assert (finding.key, finding.role, finding.work.date) == ("W4400000003", "complete", day("2024-05-17"))
    assert not [r for r in followed("openalex", case("openalex"), complete=False) if r.role == "complete"]


def test_open_reports_are_read_whole_and_articles_when_asked() -> None:
    def documents(which: str) -> list[str]:
        return [r.key for r in followed("openalex", case("openalex"), documents=which) if r.role == DOCUMENT]

    assert documents("reports") == ["W4400000002"]
    assert documents("none") == []
    assert [r.key for r in followed("arxiv", case("arxiv"), documents="all") if r.role == DOCUMENT] == [
        "2502.01234",
        "cs/0701001",
    ]


@pytest.mark.parametrize("name", SERVICES)
def test_a_page_tells_the_query_its_hits_and_its_records(name: str) -> None:
    kind, options = kind_and_options(name)
    tally = kind.tally(snapshot(name, case(name)), options)
    assert tally is not None
    assert "micro" in tally.query or name in ("oai", "zotero")
    assert tally.records >= len(by_key(read(name, case(name))))
    assert tally.hits is None or tally.hits >= 2


def test_cited_by_counts_bear_the_month_in_which_they_were_taken() -> None:
    work = by_key(read("openalex", case("openalex")))["W4400000001"].work
    assert (work.cited_by, work.cited_by_on) == (23, PartialDate(NOW.year, NOW.month))
    later = replace(snapshot("openalex", case("openalex")), fetched_at=NOW.replace(day=28))
    kind, options = kind_and_options("openalex")
    assert by_key(kind.read(later, options))["W4400000001"].work == work  # no churn within a month
