"""Citations in three styles: thirty golden ones, read through by eye, and what must hold of all."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from catalogues import catalogue, entry, library
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.model import Creator, Entry, EntryKind, PartialDate, Work
from observatory.publish import citations, citing
from observatory.publish.citations import OFF, ON, STYLES, cite_now, told
from observatory.publish.keeping import KeptPieces
from observatory.publish.names import Name, name_of
from observatory.publish.pieces import Pieces

GOLDEN = Path(__file__).with_name("golden_citations.txt")

# One or two of each kind and form of the library, and of what is hard to cite: bodies, editors, nobody named, no date,
# other scripts, a title in quotes.
PICKED = (
    "abramovich-2013-badges-useful-education-depends",
    "ashby-2015-whats-me-look-first",
    "athey-2024-value-non-traditional-labor",
    "berens-2023-micro-credentialing-teachers-case",
    "ifenthaler-2016-foundation-digital-badges",
    "brown-2023-call-papers-next-generation",
    "bccampus-institutional-governance-guide",
    "acqf-2024-fourth-forum",
    "acqf-2024-micro-credentials-handbook",
    "davis-2021-role-micro-credentials-vet",
    "griffith-european-approach-interview",
    "vidal-2024-entretien-micro-certifications",
    "aca-2022-dutch-pilot",
    "australia-2020-marketplace-online-microcredentials",
    "braue-2022-microcredentials-standardised",
    "kato-2020-five-things-new-credentialing",
    "bfug-2025-ects-users-guide-revision",
    "actt-trinidad-tobago-standards-micro-credentials",
    "ched-2025-memorandum-order-1",
    "bohrer-2018-open-badges-implementation-guide",
    "jutlp-affordances-complexities-practitioner-voices",
    "philippines-2025-examining-government-policies",
    "pme-2025-health-professions-scoping-review",
    "choi-2024-current-status-challenges-koreas",
    "guo-2025-eu-higher-education-micro-credential",
    "jv-campus-2025-consultation-digital-issuance",
    "kookmin-ilbo-2017-nano-degree-plan",
)


def article(**said: object) -> Work:
    whole = {
        "title": "Stacking credentials in small steps",
        "kind": EntryKind.ARTICLE,
        "creators": (Creator("Anna Müller"),),
        "container": "Journal of Small Steps",
        "volume": "12",
        "issue": "3",
        "pages": "45-67",
        "date": PartialDate(2024, 5, 2),
        "doi": "10.1234/js.2024.5",
        "language": "en",
    }
    return Work(**{**whole, **said})


def made_up() -> tuple[Entry, ...]:
    """What the library has no example of."""
    letters = "ABCDEFGHIJ"
    many = tuple(
        Creator(f"{letters[n % 10]}nna Family{letters[n // 10].lower()}{letters[n % 10].lower()}") for n in range(60)
    )
    right_to_left = Work(
        title="الشهادات المصغرة في التعليم العالي",
        title_en="Micro-credentials in higher education",
        kind=EntryKind.REPORT,
        creators=(Creator("وزارة التعليم"),),
        date=PartialDate(2023),
        language="ar",
        url="https://moe.example/report",
    )
    return (
        entry("made-volume-issue-pages", article()),
        entry("made-sixty-authors", article(creators=many)),
        entry("made-no-date", article(date=None, volume=None, issue=None)),
        entry("made-right-to-left", right_to_left),
        entry(
            "made-question", article(title="Who stacks, and why?", creators=(Creator("OECD"), Creator("Ben Ng, Jr.")))
        ),
    )


def subjects() -> tuple[Entry, ...]:
    known = {one.id: one for one in library()}
    return (*(known[key] for key in PICKED), *made_up())


def golden() -> dict[str, list[str]]:
    blocks = GOLDEN.read_text("utf-8").strip().split("\n\n")
    return {block.splitlines()[0]: block.splitlines()[1:] for block in blocks}


def written(one: Entry) -> list[str]:
    return [text.replace(ON, "_").replace(OFF, "_") for text in cite_now(one).texts]


@pytest.mark.parametrize("one", subjects(), ids=lambda one: one.id)
def test_a_golden_citation_stays_as_it_was_read(one: Entry) -> None:
    assert written(one) == golden()[one.id]


def test_the_golden_citations_are_at_least_thirty_of_every_kind() -> None:
    assert len(subjects()) >= 30
    assert {one.kind for one in subjects()} >= set(EntryKind) - {
        EntryKind.POSITION,
        EntryKind.PROJECT,
        EntryKind.RESOURCE,
    }


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_no_citation_of_the_library_shows_a_known_flaw(number: int) -> None:
    for one in library()[::9]:
        text = citations._NEVER.sub("", citations.cite(told(one))[number])
        address = re.search(r"https?://\S+$", text)
        said = text[: address.start()] if address else text
        assert not re.search(r"\.\.(?!\.)|  | ,|None|\(\)|\[\]|Retrieved|In\. ", said), text
        assert one.work.title.split()[0].strip("“‘«\"'").casefold() in text.casefold()


@pytest.mark.parametrize(
    "kind", [EntryKind.ARTICLE, EntryKind.NEWS, EntryKind.REPORT, EntryKind.CHAPTER, EntryKind.EVENT]
)
def test_a_title_that_asks_ends_in_one_mark(kind: EntryKind) -> None:
    for container in ("Journal of Small Steps", None):
        for text in written(entry("asks", article(title="Who stacks?", kind=kind, container=container))):
            assert not re.search(r"\?[’”_]*[.?]", text), text


def test_what_is_kept_is_not_cited_again(tmp_path: Path) -> None:
    entries = made_up()
    told_lines: list[str] = []

    def cited(*entries: Entry) -> dict[str, citations.Cited]:
        with KeptPieces(tmp_path / "citations", "1") as kept:
            return dict(citing.citations(catalogue(entries), "1", kept, told_lines.append))

    first = cited(*entries)
    before = (tmp_path / "citations").stat().st_mtime_ns
    assert cited(*entries) == first
    assert (tmp_path / "citations").stat().st_mtime_ns == before
    assert told_lines == ["publish: citing 5 works in three styles"]
    changed = replace(entries[0], work=replace(entries[0].work, title="Another title"))
    assert "Another title" in cited(changed, *entries[1:])[entries[0].id].plain(0)
    retagged = replace(changed, work=replace(changed.work, identifiers=((citations.OFFICIAL, "So it is cited"),)))
    assert cited(retagged, *entries[1:])[entries[0].id].official == "So it is cited"
    assert told_lines[1:] == ["publish: citing 1 works in three styles"]


def test_what_is_kept_may_be_torn(tmp_path: Path) -> None:
    (tmp_path / "citations").write_text("half of what was a file" * 1000)
    with KeptPieces(tmp_path / "citations", "1") as kept:
        assert len(citing.citations(catalogue(made_up()[:1]), "1", kept, lambda _line: None)) == 1


@pytest.mark.slow
def test_several_processes_cite_as_one_does(tmp_path: Path) -> None:
    entries = [entry(f"e{n}", article(title=f"Title number {n}")) for n in range(citing.ALONE + 5)]
    found = citing.citations(catalogue(entries), "1", Pieces(), lambda _line: None)
    assert all(found[one.id].texts == cite_now(one).texts for one in entries[::13])


def test_an_act_shows_its_official_citation() -> None:
    said = "Council Recommendation (EU) 2022/C 243/02, OJ C 243, 27.6.2022, p. 10"
    act = Work(title="T", kind=EntryKind.POLICY, identifiers=(("official-citation", said),))
    assert cite_now(entry("act", act)).official == said
    assert cite_now(entry("none", article())).official is None


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=80), st.text(max_size=30), st.text(max_size=30))
def test_nothing_hostile_stops_a_citation(title: str, name: str, container: str) -> None:
    work = article(title=title, creators=(Creator(name),) if name else (), container=container or None)
    cited = cite_now(entry("x", work))
    assert len(cited.texts) == len(STYLES)
    for number in range(len(STYLES)):
        assert cited.plain(number)
        assert "".join(text for text, _slanted in cited.runs(number)) == cited.plain(number)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("Peter van der Hijden", Name("van der Hijden", "Peter")),
        ("European Commission", Name(literal="European Commission")),
        (
            "Department of Education, Skills and Employment",
            Name(literal="Department of Education, Skills and Employment"),
        ),
        ("Don Olcott, Jr.", Name("Olcott", "Don", "Jr.")),
        ("Dana-Kristin Mah (editor)", Name("Mah", "Dana-Kristin", is_editor=True)),
        ("闫寒冰 (Yan Hanbing)", Name("Yan", "Hanbing")),
        ("Müller, Anna", Name("Müller", "Anna")),
        ("OECD", Name(literal="OECD")),
        ("大学の国際化促進フォーラム", Name(literal="大学の国際化促進フォーラム")),
        ("Mairéad Nic Giolla Mhichíl", Name("Nic Giolla Mhichíl", "Mairéad")),
    ],
)
def test_a_name_is_split_as_its_form_tells(said: str, wanted: Name) -> None:
    assert name_of(Creator(said)) == wanted


def test_parts_that_the_source_gives_are_taken() -> None:
    assert name_of(Creator("Anna Maria Ruiz Gómez", "Ruiz Gómez", "Anna Maria")) == Name("Ruiz Gómez", "Anna Maria")
