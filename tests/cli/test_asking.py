"""search, explain, stats, policy, country and source list, as people and programs call them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from observatory.cli.show import as_json

Run = Callable[..., Result]
Said = Callable[..., Any]


@pytest.fixture
def filled(observatory: Run) -> Run:
    assert observatory("ingest").exit_code == 0
    return observatory


# ---------------------------------------------------------------- search


def test_search_prints_rows_of_the_agreed_shape(filled: Run, said: Said) -> None:
    assert said("search", "micro credential", "quality", "--json") == [
        {
            "id": "enqa-2023-quality",
            "title": "Quality assurance of micro-credentials",
            "url": "https://www.enqa.eu/publications/quality-assurance-of-micro-credentials/",
            "kind": "report",
            "published": "2023-12",
            "score": pytest.approx(5, abs=5),
            "highlights": ["**Quality** assurance of **micro-credentials**"],
        }
    ]


def test_search_brings_its_index_up_to_date_by_itself(filled: Run, said: Said, folder: Path) -> None:
    assert not (folder / "output" / "search").exists()
    assert len(said("search", "microcredentials", "--json")) == 2
    (folder / "output" / "search" / "index.json").write_text("rubbish", encoding="utf-8")
    assert len(said("search", "microcredentials", "--json")) == 2


def test_search_shows_people_a_table(filled: Run) -> None:
    shown = filled("search", "country:Ireland").output
    assert "1 entry" in shown
    assert "A national micro-credential framework" in shown
    assert "ie-2022-framework · https://www.qqi.ie/framework" in shown
    assert "nothing found" in filled("search", "zzzzzzzzzz").output
    assert "nothing found; without year:<2000 1 entry" in filled("search", "country:Ireland year:<2000").output


def test_a_minus_is_part_of_the_query_and_a_mistaken_option_is_named(filled: Run, said: Said) -> None:
    assert [hit["id"] for hit in said("search", "microcredentials", "-framework", "--json")] == ["enqa-2023-quality"]
    mistaken = filled("search", "x", "--limt", "3")
    assert (mistaken.exit_code, "--limit" in mistaken.output) == (2, True)


def test_a_misspelt_word_is_answered_by_the_nearest(filled: Run) -> None:
    found = filled("search", "qualty assurance")
    assert "did you mean: quality assurance" in found.output
    as_json = filled("search", "qualty assurance", "--json")
    assert (json.loads(as_json.stdout), "did you mean" in as_json.stderr) == ([], True)


def test_a_query_that_cannot_be_read_says_how_to_write_it(filled: Run) -> None:
    refused = filled("search", "topic:recogniton")
    assert refused.exit_code == 2
    assert "at column 7: no such topic: 'recogniton'; did you mean recognition?" in refused.output
    assert "\n  topic:recogniton\n        ^" in refused.output


def test_search_help_shows_six_queries_that_work(filled: Run) -> None:
    shown = filled("search", "--help").output
    queries = [line.split("'")[1] for line in shown.splitlines() if line.strip().startswith("observatory search '")]
    assert len(queries) == 6
    for query in queries:
        assert filled("search", query).exit_code == 0, query


def test_limit_cuts_and_the_number_of_all_is_told(filled: Run) -> None:
    assert "2 entries, the best 1" in filled("search", "microcredentials", "--limit", "1").output


# ---------------------------------------------------------------- named queries


def test_named_queries_give_their_page_its_entries(observatory: Run, folder: Path) -> None:
    _search(folder, "country:IE")
    assert observatory("run", "--offline").exit_code == 0
    page = (folder / "output/site/searches/mine/index.html").read_text(encoding="utf-8")
    assert "A national micro-credential framework" in page
    assert "Quality assurance of micro-credentials" not in page


def test_a_broken_named_query_is_named_with_its_line_and_harms_nothing_else(
    observatory: Run, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    line = _search(folder, "topic:recogniton")
    expected = f"sources.yaml:{line}: searches.mine.query: can't read the query 'topic:recogniton' at column 7"
    checked = observatory("check")
    assert (checked.exit_code, expected in checked.output) == (2, True)
    ran = observatory("run", "--offline")
    assert ran.exit_code == 0
    assert expected in caplog.text + ran.output
    assert (folder / "output/site/entries/enqa-2023-quality/index.html").exists()


def _search(folder: Path, query: str) -> int:
    path = folder / "sources.yaml"
    body = path.read_text(encoding="utf-8") + f"searches:\n  - {{id: mine, title: Mine, query: '{query}'}}\n"
    path.write_text(body, encoding="utf-8")
    return len(body.splitlines())


# ---------------------------------------------------------------- explain


def test_explain_tells_the_trail_of_an_entry(filled: Run, said: Said) -> None:
    told = said("explain", "enqa-2023-quality", "--json")
    assert told["answer"] == "enqa-2023-quality is published"
    assert told["entry"]["first_seen"] == "2026-11-23T06:00:00+00:00"
    assert [(seen["source"], seen["snapshots"][0]["ref"]) for seen in told["provenances"]] == [("library", "library")]
    assert told["verdict"]["relevance"] == "yes"
    assert any(key.startswith("url:https://enqa.eu/publications") for key in told["identity"]["keys"])
    shown = filled("explain", "https://www.enqa.eu/publications/quality-assurance-of-micro-credentials").output
    for part in ("enqa-2023-quality is published", "seen by", "verdict: yes", "identity:", "entry: published"):
        assert part in shown


def test_explain_says_what_was_decided_by_whom_and_where(filled: Run, said: Said) -> None:
    filled("reject", "enqa-2023-quality", "--why", "a test", "--by", "mary")
    told = said("explain", "enqa-2023-quality", "--json")
    assert told["answer"] == "enqa-2023-quality is rejected (rejected by mary on 2026-11-23: a test)"
    assert [(d["action"], d["by"], d["file"], d["line"]) for d in told["decisions"]] == [
        ("reject", "mary", "curation/decisions/mary.yaml", 1)
    ]


def test_explain_says_how_an_address_that_was_never_seen_would_be_read(filled: Run) -> None:
    shown = filled("explain", "https://www.example.org/news/micro-credentials-for-all").output
    assert "never seen: https://www.example.org/news/micro-credentials-for-all" in shown
    assert "would be read as relevant" in shown
    assert "never seen: nothing-such is no id" in filled("explain", "nothing-such").output


# ---------------------------------------------------------------- stats, policy, country, source list


def test_stats_have_the_agreed_shape(filled: Run, said: Said) -> None:
    counts = said("stats", "--json")
    assert list(counts) == ["entries", "kinds", "topics", "countries", "sources"]
    assert (counts["entries"]["published"], counts["kinds"], counts["sources"]) == (
        2,
        {"policy": 1, "report": 1},
        {"library": 2},
    )
    assert "published" in filled("stats").output


def test_policy_shows_stage_and_refuses_what_is_none(filled: Run, said: Said) -> None:
    told = said("policy", "ie-2022-framework", "--json")
    assert (told["stage"], told["jurisdiction"], told["instrument"]) == ("implementation", "IE", "framework")
    assert "A national micro-credential framework" in filled("policy", "ie-2022-framework").output
    refused = filled("policy", "enqa-2023-quality")
    assert (refused.exit_code, "is no policy" in refused.output) == (1, True)


def test_country_is_known_by_code_and_by_name(filled: Run, said: Said) -> None:
    assert said("country", "IE", "--json") == said("country", "Ireland", "--json")
    assert said("country", "ie", "--json")["kinds"] == {"policy": 1}
    refused = filled("country", "Irland")
    assert (refused.exit_code, "did you mean Ireland?" in refused.output) == (1, True)
    assert "give its code or its English name" in filled("country", "IRE").output


def test_source_list_shows_what_is_watched(filled: Run, said: Said) -> None:
    assert [(row["id"], row["kind"], row["entries"]) for row in said("source", "list", "--json")] == [
        ("library", "library", 2)
    ]
    assert "library" in filled("source", "list").output


# ---------------------------------------------------------------- what sources say


def test_no_control_character_of_data_reaches_a_terminal(observatory: Run, folder: Path) -> None:
    path = folder / "curation/library/reports.yaml"
    evil = '"Quality \\e]0;owned\\a \\e[31mof micro-credentials\\u202E"'
    path.write_text(
        path.read_text(encoding="utf-8").replace("Quality assurance of micro-credentials", evil), encoding="utf-8"
    )
    observatory("ingest")
    for command in (("search", "quality"), ("explain", "enqa-2023-quality"), ("stats",), ("source", "list")):
        shown = observatory(*command).output
        assert not [char for char in shown if ord(char) < 32 and char != "\n"], command
        assert "\u202e" not in shown


def test_json_escapes_what_could_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"title": "é \x1b[31m \x9b31m \u202e"}
    as_json(value)
    printed = capsys.readouterr().out
    assert json.loads(printed) == value
    assert "é" in printed
    assert not [
        char for char in printed if (ord(char) < 32 or 127 <= ord(char) < 160 or char == "\u202e") and char != "\n"
    ]
