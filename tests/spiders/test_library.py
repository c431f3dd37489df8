"""Hand-kept records: our YAML and what reference managers export, each record for itself."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observatory.errors import UnreadableError
from observatory.model import Cause, Creator, EntryKind, Finding, PartialDate, Snapshot, Stage
from observatory.yamltext import load
from spiders.library import KIND, LibraryOptions, flaws

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def read(body: str | bytes, name: str = "curation/library/reports.yaml") -> dict[str, Finding]:
    data = body.encode() if isinstance(body, str) else body
    snapshot = Snapshot("library", "library", name, name, NOW, 200, "", data)
    return {finding.key: finding for finding in KIND.read(snapshot, LibraryOptions(path="*"))}


YAML = """
- id: oecd-2023-policy
  kind: report
  title: Public policies for effective micro-credential learning
  creators: [OECD, {family: Kato, given: Shizuka, orcid: 0000-0002-1825-0097}]
  date: 2023
  doi: https://doi.org/10.1787/A4546EB8-EN
  countries: [INT]
  level: global
  topics: [funding, providers]
  summary: What governments do.
- id: ie-2022-framework
  kind: policy
  title: A national framework
  date: 2022-06-16
  policy_stage: implementation
  steps:
    - {date: 2022-06, stage: approved, what: Adopted}
    - {date: 2021, stage: design, what: Consulted, url: https://example.org/consultation}
"""


def test_yaml_records_become_findings_with_their_own_ids() -> None:
    found = read(YAML)
    assert list(found) == ["oecd-2023-policy", "ie-2022-framework"]
    work = found["oecd-2023-policy"].work
    assert work.creators == (Creator("OECD"), Creator("Shizuka Kato", "Kato", "Shizuka", "0000-0002-1825-0097"))
    assert (work.date, work.doi, work.kind) == (PartialDate(2023), "10.1787/a4546eb8-en", EntryKind.REPORT)
    assert [step.stage for step in found["ie-2022-framework"].work.steps] == [Stage.DESIGN, Stage.APPROVED]


def test_a_record_without_title_costs_itself_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = read("- {id: a, kind: report}\n- {id: b, kind: report, title: B}\n")
    assert list(found) == ["b"]
    assert "curation/library/reports.yaml:1: a.title: missing" in caplog.text


def test_every_flaw_of_a_file_is_named_at_once_with_its_line() -> None:
    marked = load(
        "- id: a\n  kind: reprot\n  title: A\n  topics: [recogniton]\n- id: a\n  kind: report\n  titel: A\n", "f.yaml"
    )
    said = [str(flaw) for flaw in sorted(flaws(marked, {"recognition"}, {"IE"}))]
    assert said == [
        "f.yaml:2: a.kind: no such value: 'reprot'; did you mean 'report'?",
        "f.yaml:4: a.topics: no such topic: 'recogniton'; did you mean 'recognition'?",
        "f.yaml:5: a.title: missing",
        "f.yaml:7: a.titel: unknown key; did you mean 'title'?",
    ]


def test_a_broken_file_is_refused_whole_with_its_line() -> None:
    with pytest.raises(UnreadableError, match=r"reports\.yaml:2") as caught:
        read("- id: a\n  title: B: c\n")
    assert caught.value.cause is Cause.BAD_RECORD


CSL = """[
 {"id": "http://zotero.org/groups/1/items/ABCD2345", "type": "article-journal", "title": "Badges <i>and</i> credit",
  "author": [{"family": "Brown", "given": "Mark"}, {"literal": "OECD"}], "container-title": "Distance Education",
  "issued": {"date-parts": [["2021", 7]]}, "DOI": "10.1080/1", "page": "1-9", "volume": "42", "language": "en-GB"},
 {"id": "x", "type": "report", "title": ""},
 {"id": "y", "type": "thesis", "title": "Stacking", "issued": {"date-parts": [[null]]}, "publisher": "DCU"}
]"""

BIBTEX = r"""
@article{brown2021,
  title = {The {Global} micro-credential landscape},
  author = {Brown, Mark and Nic Giolla Mhich{\'\i}l, Mair{\'e}ad and {European Commission}},
  journal = {J. Learn. Dev.}, year = {2021}, month = jul, doi = {10.56059/jl4d.v8i2.525}
}
@techreport{oecd, title = {Micro-credentials}, institution = {OECD}, year = 2023}
@book{broken, title = {No end
"""

RIS = """TY  - JOUR
TI  - Micro-credentials and quality
AU  - Gover, Anna
PY  - 2022
DO  - 10.1000/182
ER  -

TY  - RPRT
TI  - A national framework
AU  - QQI
PY  - 2023/06/01
UR  - https://www.qqi.ie/framework
ER  -
"""


def test_a_csl_json_export_is_read_record_by_record(caplog: pytest.LogCaptureFixture) -> None:
    found = read(CSL, "curation/library/zotero.json")
    works = [finding.work for finding in found.values()]
    assert [work.title for work in works] == ["Badges and credit", "Stacking"]
    assert works[0].creators == (Creator("Mark Brown", "Brown", "Mark"), Creator("OECD"))
    assert (works[0].kind, works[0].date, works[0].container) == (
        EntryKind.ARTICLE,
        PartialDate(2021, 7),
        "Distance Education",
    )
    assert (works[1].kind, works[1].date) == (EntryKind.THESIS, None)


def test_a_bibtex_export_is_read_with_its_accents_and_bodies() -> None:
    found = read(BIBTEX, "curation/library/zotero.bib")
    article, report = found["brown2021"].work, found["oecd"].work
    assert article.title == "The Global micro-credential landscape"
    assert [creator.name for creator in article.creators] == [
        "Mark Brown",
        "Mairéad Nic Giolla Mhichíl",
        "European Commission",
    ]
    assert (article.date, article.doi) == (PartialDate(2021, 7), "10.56059/jl4d.v8i2.525")
    assert (report.kind, report.publisher) == (EntryKind.REPORT, "OECD")


def test_a_ris_export_is_read() -> None:
    works = [finding.work for finding in read(RIS, "curation/library/export.ris").values()]
    assert [(work.title, work.kind, str(work.date)) for work in works] == [
        ("Micro-credentials and quality", EntryKind.ARTICLE, "2022"),
        ("A national framework", EntryKind.REPORT, "2023-06-01"),
    ]
    assert works[1].url == "https://www.qqi.ie/framework"


@given(
    st.binary(max_size=300) | st.sampled_from([YAML, CSL, BIBTEX, RIS]).map(str.encode),
    st.sampled_from(["a.yaml", "a.json", "a.bib", "a.ris"]),
    st.integers(0, 300),
)
def test_rubbish_is_read_or_refused_but_never_crashes(body: bytes, name: str, cut: int) -> None:
    try:
        found = read(body[cut:] if cut < len(body) else body, name)
    except UnreadableError:
        return
    assert all(finding.work.title and finding.key for finding in found.values())
