"""The full-text index: what is found, how it is ordered, and that it is always what the catalogue says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made import put

from observatory.catalogue.search.index import Index
from observatory.catalogue.search.passages import highlights, wishes
from observatory.catalogue.search.query import Names, parse
from observatory.catalogue.search.searcher import Ranked, Searcher
from observatory.catalogue.store import Store
from observatory.errors import QueryError
from observatory.model import (
    Creator,
    DropEntry,
    EntryKind,
    EvidenceType,
    Level,
    PartialDate,
    Provenance,
    PutEntry,
    Stage,
    Status,
    SummaryBy,
)
from pace import takes_at_most

NAMES = Names(topics={"recognition": "recognition"}, countries=lambda: {"ie": "IE", "be": "BE", "flanders": "BE-VLG"})
Find = Callable[..., list[str]]


def quiet(_line: str) -> None:
    """Tell nobody."""


@pytest.fixture
def index(tmp_path: Path) -> Index:
    return Index(tmp_path / "search")


@pytest.fixture
def searchers() -> Iterator[list[Searcher]]:
    opened: list[Searcher] = []
    yield opened
    for searcher in opened:
        searcher.close()


@pytest.fixture
def ask(store: Store, index: Index, searchers: list[Searcher]) -> Callable[..., Ranked]:
    """Bring the index up to date and put a question."""

    def ask(query: str, *statuses: Status, limit: int = 100) -> Ranked:
        index.sync(store, quiet)
        opened = index.open()
        assert opened is not None
        searchers.append(Searcher(opened))
        return searchers[-1].rank(parse(query, NAMES), statuses or (Status.PUBLISHED,), limit)

    return ask


@pytest.fixture
def find(ask: Callable[..., Ranked]) -> Find:
    def find(query: str, *statuses: Status) -> list[str]:
        return [entry_id for entry_id, _score in ask(query, *statuses).first]

    return find


# ---------------------------------------------------------------- words

SPELLINGS = (
    "micro-credentials",
    "microcredentials",
    "micro credentials",
    "Micro\u2011Credential",
    "MICRO–CREDENTIAL",
    "micro\u00adcredential",
    "Mikro-Credentials",
    "'micro credential'",
    '"micro-credentials"',
    '"Microcredential"',
    "micro- credentials",
)


@pytest.mark.parametrize("asked", SPELLINGS)
def test_every_spelling_of_micro_credential_finds_every_other(store: Store, find: Find, asked: str) -> None:
    store.apply([put(f"e{n}", title=f"On {spelling} in Europe") for n, spelling in enumerate(SPELLINGS)])
    assert sorted(find(asked)) == sorted(f"e{n}" for n in range(len(SPELLINGS)))


def test_every_spelling_gives_the_same_list_in_the_same_order(store: Store, ask: Callable[..., Ranked]) -> None:
    store.apply([put(f"e{n}", title=f"Microcredentials {'and more ' * n}") for n in range(5)])
    answers = {ask(f"{spelling} more").first for spelling in SPELLINGS[:4]}
    assert len(answers) == 1


def test_accents_capitals_and_hyphens_do_not_count(store: Store, find: Find) -> None:
    store.apply(
        [
            put("fr", title="Développement de l’Université à Besançon", language="fr"),
            put("hr", title="Life‑long e-learning"),
            put("pl", title="Łódź", language="pl"),
            put("nfd", title="Be\u0301zier", language="fr"),
        ]
    )
    assert find("developpement") == find("DÉVELOPPEMENT universite") == ["fr"]
    assert find("besancon") == find("l'université") == ["fr"]
    assert find("lifelong") == find("life-long") == find("life long") == find('"life long"') == ["hr"]
    assert find("elearning") == find("e-learning") == ["hr"]
    assert find("lodz") == ["pl"]
    assert find("bézier") == find("bezier") == ["nfd"]


@pytest.mark.parametrize(
    ("language", "title", "asked"),
    [
        ("en", "Recognised credentials", "recognise credential"),
        ("de", "Anerkennungen der Prüfungen", "anerkennung prüfung"),
        ("fr", "Reconnaissances des universités", "reconnaissance université"),
        ("es", "Reconocimientos nacionales", "reconocimiento nacional"),
        ("it", "Riconoscimenti nazionali", "riconoscimento nazionale"),
        ("pt", "Reconhecimentos", "reconhecimento"),
        ("nl", "Erkenningen", "erkenning"),
        ("sv", "Utbildningarna", "utbildning"),
        ("da", "Uddannelserne", "uddannelse"),
        ("nb", "Utdanningene", "utdanning"),
        ("fi", "Osaamismerkit", "osaamismerkki"),
        ("ro", "Calificările naționale", "calificări național"),
        ("hu", "Bizonyítványok", "bizonyítvány"),
        ("ru", "Признание квалификаций", "квалификация"),
    ],
)
def test_words_are_found_in_any_form_by_the_entrys_language(
    store: Store, find: Find, language: str, title: str, asked: str
) -> None:
    store.apply([put("a", title=title, language=language)])
    assert find(asked) == ["a"]


def test_rules_of_one_language_do_not_join_words_of_another(store: Store, find: Find) -> None:
    store.apply([put("a", title="Police colleges"), put("b", title="Policies of colleges")])
    assert find("policy") == ["b"]


def test_our_english_summary_of_a_foreign_work_is_read_as_english(store: Store, find: Find) -> None:
    store.apply(
        [put("a", title="Kleine Abschlüsse", language="de", summary="Recognised studies", summary_by=SummaryBy.US)]
    )
    assert find("recognise study") == ["a"]


def test_titles_people_publishers_summaries_and_texts_are_searched(store: Store, find: Find) -> None:
    store.apply(
        [
            put("a", title="alpha", title_en="beta", titles=(("fr", "gamma"),), creators=(Creator("Mark Brown"),)),
            put("b", title="x", publisher="ENQA", container="Journal of Badges", summary="delta", text="epsilon\fzeta"),
        ]
    )
    assert [find(word) for word in ("alpha", "beta", "gamma", "brown")] == [["a"]] * 4
    assert [find(word) for word in ("enqa", "badges", "delta", "epsilon", "zeta")] == [["b"]] * 5


def test_a_title_counts_more_than_a_summary_and_that_more_than_a_text(store: Store, find: Find) -> None:
    store.apply(
        [
            put("c", title="other", text="stackability"),
            put("b", title="other", summary="stackability"),
            put("a", title="stackability"),
            put("d", title="other"),
        ]
    )
    assert find("stackability") == ["a", "b", "c"]


def test_equal_scores_are_ordered_by_id(store: Store, ask: Callable[..., Ranked]) -> None:
    store.apply([put(name, title="same words") for name in ("c", "a", "b")])
    assert [entry_id for entry_id, _ in ask("words").first] == ["a", "b", "c"]
    assert [entry_id for entry_id, _ in ask("words", limit=2).first] == ["a", "b"]
    assert ask("words", limit=2).total == 3


def test_phrases_prefixes_and_booleans(store: Store, find: Find) -> None:
    store.apply(
        [
            put("a", title="Recognition of prior learning", summary="by universities"),
            put("b", title="Learning of prior recognition"),
            put("c", title="Recognising badges"),
        ]
    )
    assert find('"prior learning"') == ["a"]
    assert find('"learning by universities"') == []  # no phrase runs from the title into the summary
    assert sorted(find("recogn*")) == ["a", "b", "c"]
    assert sorted(find("re?ognition learn*")) == sorted(find("recognition AND prior")) == ["a", "b"]
    assert find("recognition -universities") == ["b"]
    assert sorted(find("badges OR universities")) == ["a", "c"]
    assert find("(badges OR universities) NOT recognition") == ["c"]
    assert sorted(find('"recognition"')) == ["a", "b"]


def test_words_that_say_nothing_do_not_hinder(store: Store, find: Find) -> None:
    store.apply([put("a", title="Recognition, prior learning"), put("b", title="The Who")])
    assert find("the recognition of prior learning") == ["a"]
    assert find("the") == ["b"]


def test_signs_of_scripts_without_blanks_are_found(store: Store, find: Find) -> None:
    store.apply(
        [put("a", title="日本のマイクロクレデンシャル機構", language="ja"), put("b", title="机构", language="zh")]
    )
    assert find("マイクロクレデンシャル") == ["a"]
    assert find("机构") == ["b"]


# ---------------------------------------------------------------- fields


def test_every_field_can_be_asked_for(store: Store, find: Find, tmp_path: Path) -> None:
    seen = Provenance("enqa-news", "k", "https://enqa.example/k", *[put("x").entry.first_seen] * 2, "run/1")
    store.apply(
        [
            put(
                "a",
                kind=EntryKind.POLICY,
                title="Framework",
                topics=("recognition", "funding"),
                countries=("IE",),
                jurisdiction="BE-VLG",
                level=Level.NATIONAL,
                date=PartialDate(2022, 6),
                language="de",
                publisher="QQI",
                creators=(Creator("Brown, Mark"),),
                doi="10.1787/abc",
                url="https://www.qqi.ie/f/",
                stage=Stage.APPROVED,
                evidence_type=EvidenceType.CASE,
                provenances=(seen,),
                aliases=("old-a",),
            ),
            put("b", title="Other", publisher="Framework House"),
        ]
    )
    for query in (
        *("topic:recognition", "country:IE", "country:BE", "country:flanders", "kind:policy", "section:policy"),
        *("level:national", "year:2022", "year:2020..2022", "year:>=2022", "year:[2021 TO 2023]", "lang:de"),
        *(
            "publisher:qqi",
            "author:brown",
            'author:"Brown, Mark"',
            "doi:10.1787/ABC",
            "10.1787/abc",
            "source:enqa-news",
        ),
        *("stage:approved", "stage:adopted", "evidence:case", "id:a", "id:old-a", "title:framework", "title:frame*"),
        *("http://qqi.ie/f", "url:https://www.qqi.ie/f", "framework topic:recognition -country:FR year:(2021 OR 2022)"),
    ):
        names = Names(NAMES.topics, lambda: {**NAMES.countries(), "fr": "FR"})
        index = Index(tmp_path / "fields")
        index.sync(store, quiet)
        opened = index.open()
        assert opened is not None
        searcher = Searcher(opened)
        assert searcher.members(parse(query, names), (Status.PUBLISHED,)) == ("a",), query
        searcher.close()
    assert find("publisher:framework") == ["b"]
    assert find("-kind:policy") == ["b"]


def test_what_waits_or_was_rejected_is_found_on_request_only(store: Store, find: Find) -> None:
    store.apply([put(status.value, title="badges", status=status) for status in Status])
    assert find("badges") == ["published"]
    assert find("badges", Status.PENDING) == ["pending"]
    assert find("badges", *Status) == ["gone", "pending", "published", "rejected"]
    assert find("status:rejected", *Status) == ["rejected"]


# ---------------------------------------------------------------- highlights, did you mean


def _shown(query: str, **fields: Any) -> tuple[str, ...]:
    return highlights(put("a", **fields).entry, wishes(parse(query, NAMES)), lambda: fields.get("text"))


def test_highlights_mark_the_words_in_any_form(store: Store) -> None:
    assert _shown("recognition micro-credential", title="Recognition of Micro credentials", summary="Nothing") == (
        "**Recognition** of **Micro credentials**",
    )
    assert _shown('"prior learning"', title="x", summary="On prior learning.") == ("On **prior** **learning**.",)
    assert _shown("stack*", title="Stackability", summary="") == ("**Stackability**",)
    assert _shown("author:brown", title="x", creators=(Creator("Mark Brown"),)) == ("Mark **Brown**",)
    assert _shown("-badges recognition", title="Badges", summary="Recognition") == ("**Recognition**",)


def test_a_long_summary_is_shown_around_the_words() -> None:
    said = _shown("stackability", title="x", summary="word " * 200 + "stackability " + "word " * 200)
    assert len(said) == 1
    assert "**stackability**" in said[0]
    assert len(said[0]) < 260


def test_full_text_is_never_shown_but_its_page_is_told() -> None:
    text = "\f".join(["cover", "contents", "the secret sentence on stackability", "end of stackability"])
    assert _shown("secret stackability", title="x", text=text) == ("in the document, page 3",)
    assert _shown("stackability", title="x", text="one page on stackability") == ("in the document",)
    assert _shown("secret title", title="Title", text=text) == ("**Title**", "in the document, page 3")
    assert _shown("title", title="Title", text="title") == ("**Title**",)


def test_words_of_a_phrase_are_marked_only_where_all_of_it_stands() -> None:
    assert _shown('"end of study"', title="Of studies", summary="The end of study") == ("The **end** **of** **study**",)


def test_a_word_that_nothing_holds_is_answered_by_the_nearest(store: Store, ask: Callable[..., Ranked]) -> None:
    store.apply(
        [put("a", title="Recognition of microcredentials"), put("b", title="recogniton", status=Status.REJECTED)]
    )
    assert ask("recogntion").lacking == {"recogntion": "recognition"}
    assert ask("microcredntials").lacking == {"microcredntials": "microcredential"}
    assert ask("recogniton") == Ranked(0, (), {})
    assert ask("recognition zzzzzzzz").lacking == {}


# ---------------------------------------------------------------- the index on disk


def test_a_sound_index_is_left_alone(store: Store, index: Index, tmp_path: Path) -> None:
    store.apply([put("a")])
    assert (index.is_fresh(store), index.sync(store, quiet), index.is_fresh(store)) == (False, 1, True)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "search").rglob("*")}
    assert index.sync(store, quiet) == 0
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "search").rglob("*")} == before


def test_only_what_changed_is_written(store: Store, index: Index, find: Find) -> None:
    store.apply([put(f"e{n}", title="badges") for n in range(30)])
    index.sync(store, quiet)
    store.apply([put("e1", title="changed"), DropEntry("e2")])
    assert index.sync(store, quiet) == 1
    assert find("changed") == ["e1"]
    assert len(find("badges")) == 28


@pytest.mark.parametrize("harm", ["cut", "flip", "lose", "mark", "all"])
def test_a_damaged_index_is_made_anew(store: Store, index: Index, find: Find, tmp_path: Path, harm: str) -> None:
    store.apply([put("a", title="badges")])
    index.sync(store, quiet)
    folder = tmp_path / "search"
    segment = max((path for path in folder.glob("*/*") if path.is_file()), key=lambda path: path.stat().st_size)
    body = segment.read_bytes()
    segment.unlink()
    if harm == "cut":
        segment.write_bytes(body[: len(body) // 2])
    elif harm == "flip":
        segment.write_bytes(body[:100] + bytes([body[100] ^ 1]) + body[101:])
    elif harm == "mark":
        segment.write_bytes(body)
        (folder / "index.json").write_text("{")
    elif harm == "all":
        shutil.rmtree(folder)
    assert not index.is_fresh(store)
    assert find("badges") == ["a"]


def test_an_index_made_by_other_analysers_or_of_another_catalogue_is_made_anew(
    store: Store, index: Index, tmp_path: Path
) -> None:
    store.apply([put("a"), put("b")])
    index.sync(store, quiet)
    path = tmp_path / "search" / "index.json"
    for name in ("made_by", "catalogue"):
        path.write_text(json.dumps(json.loads(path.read_text()) | {name: "other"}))
        assert (index.is_fresh(store), index.sync(store, quiet)) == (False, 2)


def test_a_crash_while_writing_leaves_the_former_index(store: Store, index: Index, find: Find, tmp_path: Path) -> None:
    store.apply([put("a", title="badges")])
    index.sync(store, quiet)
    (tmp_path / "search" / "2").mkdir()  # what a process that was killed leaves behind
    (tmp_path / "search" / "2" / "half").write_bytes(b"x")
    assert index.is_fresh(store)
    store.apply([put("b", title="badges")])
    assert find("badges") == ["a", "b"]


def test_two_processes_make_the_same_index(store: Store, index: Index, ask: Callable[..., Ranked]) -> None:
    store.apply([put(f"e{n:04}", title=f"badges {n % 7}", topics=("recognition",) * (n % 2)) for n in range(1600)])
    assert index.sync(store, quiet) == 1600
    assert ask("badges 3").total == len([n for n in range(1600) if n % 7 == 3])
    assert ask("topic:recognition").total == 800


_WORDS = ("recognition", "recognised", "micro-credentials", "microcredential", "badges", "of", "learning")
_TITLES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=6)
_STEPS = st.lists(st.tuples(st.integers(0, 9), st.none() | _TITLES), min_size=1, max_size=12)


@given(rounds=st.lists(_STEPS, min_size=1, max_size=4))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_index_that_grew_is_one_made_anew(
    empty_catalogue: Path, tmp_path_factory: pytest.TempPathFactory, rounds: Any
) -> None:
    folder = tmp_path_factory.mktemp("grown")
    with Store.open(Path(shutil.copy(empty_catalogue, folder / "catalogue.sqlite"))) as store:
        grown, anew = Index(folder / "grown"), Index(folder / "anew")
        for steps in rounds:
            store.apply([_step(number, title) for number, title in steps])
            grown.sync(store, quiet)
        anew.sync(store, quiet, rebuild=True)
        assert [_answers(grown)] == [_answers(anew)]


def test_many_small_changes_are_merged_and_lose_nothing(store: Store, index: Index, tmp_path: Path) -> None:
    store.apply([put(f"e{n}", title="recognition of badges") for n in range(20)])
    for n in range(25):
        store.apply([put(f"e{n % 20}", title=f"recognised micro-credentials {n}"), DropEntry(f"e{(n + 5) % 20}")])
        index.sync(store, quiet)
    assert len(list((tmp_path / "search").glob("*/*.seg"))) <= 10
    anew = Index(tmp_path / "anew")
    anew.sync(store, quiet, rebuild=True)
    assert _answers(index) == _answers(anew)


def _step(number: int, title: list[str] | None) -> PutEntry | DropEntry:
    return put(f"e{number}", title=" ".join(title)) if title else DropEntry(f"e{number}")


def _answers(index: Index) -> list[Ranked]:
    opened = index.open()
    assert opened is not None
    searcher = Searcher(opened)
    queries = (
        "recognition",
        "micro credentials",
        '"badges of"',
        "learn*",
        "-badges",
        "recognised OR badges",
        "kind:report",
    )
    answers = [searcher.rank(parse(query, NAMES), (Status.PUBLISHED,), 5) for query in queries]
    searcher.close()
    return answers


# ---------------------------------------------------------------- hostile queries

HOSTILE = (
    "re* ab* cd* ef* gh*",
    "aa*a*a*a*a*a*a*a*a*b",
    " OR ".join(f"word{n}" for n in range(99)),
    "(" * 20 + "badges" + ")" * 20,
    "-".join("a" * 900),
    '"' + "a " * 900 + '"',
    "NOT " * 150 + "badges",
    "日" * 1900,
)


@pytest.mark.parametrize("query", HOSTILE)
def test_what_can_be_asked_is_answered_in_bounded_time(store: Store, ask: Callable[..., Ranked], query: str) -> None:
    store.apply([put(f"e{n}", title=f"badges aa word{n} recognition a a a") for n in range(50)])
    ask("badges")
    assert takes_at_most(lambda: ask(query), 2)


def test_a_pattern_that_stands_for_too_many_words_says_so(store: Store, ask: Callable[..., Ranked]) -> None:
    store.apply([put("a", title="x", text=" ".join(f"word{n}" for n in range(1200)))])
    with pytest.raises(QueryError, match="write more letters"):
        ask("word*")
