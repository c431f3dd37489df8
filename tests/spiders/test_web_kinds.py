"""The kinds for web pages read what tests/cases/<kind>/ says, and never raise anything but `UnreadableError` on rubbish."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from observatory.errors import UnreadableError
from observatory.model import Finding, Memory, Snapshot
from spiders._kind import Kind, Options, kinds

CASES = Path(__file__).parents[1] / "cases"
WEB_KINDS = ("feed", "listing", "sitemap", "page", "calendar")
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
MEMORY = Memory()


def _cases() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in WEB_KINDS:
        for path in sorted((CASES / name).glob("*.yaml")):
            yield from ((name, case) for case in YAML(typ="safe").load(path))


ALL = list(_cases())
NAMES = [f"{kind}-{case['name']}" for kind, case in ALL]


def _kind(name: str, case: Mapping[str, Any]) -> tuple[Kind[Options], Options]:
    kind = kinds()[name]
    return kind, kind.Options.model_validate({"url": _url(case), **case.get("options", {})})


def _url(case: Mapping[str, Any]) -> str:
    return str(case.get("url", "https://a.example.org/feed/"))


def _snapshot(name: str, case: Mapping[str, Any], body: bytes | None = None, role: str = "start") -> Snapshot:
    said = body if body is not None else case["body"].encode()
    form = case.get("type", "application/rss+xml" if name == "feed" else "text/html; charset=utf-8")
    key = "k" if role == "item" else ""
    return Snapshot("r/1", "source", _url(case), _url(case), NOW, 200, form, said, role, key)


def _shown(finding: Finding, name: str) -> str | None:
    value = getattr(finding, name) if name in ("key", "role") else getattr(finding.work, name)
    return None if value is None else str(value)


@pytest.mark.parametrize(("name", "case"), ALL, ids=NAMES)
def test_a_case_is_read_as_it_says(name: str, case: Mapping[str, Any]) -> None:
    kind, options = _kind(name, case)
    snapshot = _snapshot(name, case)
    found = list(kind.read(snapshot, options))
    assert [f.work.title for f in found] == [expected["title"] for expected in case["findings"]]
    for finding, expected in zip(found, case["findings"], strict=True):
        assert {field: _shown(finding, field) for field in expected} == dict(expected)
    assert found == list(kind.read(snapshot, options))
    assert all(finding.key for finding in found)
    assert len({finding.key for finding in found}) == len(found)
    if "follow" in case:
        assert [request.url for request in kind.follow(snapshot, options, MEMORY)] == case["follow"]


def _reads(name: str, case: Mapping[str, Any], snapshot: Snapshot) -> None:
    kind, options = _kind(name, case)
    for work in (
        lambda: list(kind.read(snapshot, options)),
        lambda: list(kind.follow(snapshot, options, MEMORY)),
        lambda: kind.flaw(snapshot, options),
    ):
        with suppress(UnreadableError):
            work()


@pytest.mark.parametrize("role", ["start", "page:2", "map", "item"])
@pytest.mark.parametrize("name", WEB_KINDS)
@given(body=st.binary(max_size=400))
@settings(max_examples=40, deadline=None)
def test_rubbish_is_unreadable_and_nothing_worse(name: str, role: str, body: bytes) -> None:
    case = next(case for kind, case in ALL if kind == name)
    _reads(name, case, _snapshot(name, case, body, role))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_cut_or_changed_answer_is_unreadable_and_nothing_worse(data: st.DataObject) -> None:
    name, case = data.draw(st.sampled_from(ALL))
    body = bytearray(case["body"].encode())
    for _change in range(data.draw(st.integers(0, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(body[: data.draw(st.integers(0, len(body)))])
    _reads(name, case, _snapshot(name, case, cut))


def test_a_list_read_before_is_not_paged_further_when_nothing_is_new() -> None:
    name, case = next((k, c) for k, c in ALL if c["name"] == "ecl-titles-of-any-tag")
    kind, options = _kind(name, case)
    snapshot = _snapshot(name, case)
    keys = frozenset(finding.key for finding in kind.read(snapshot, options))
    further = [r.url for r in kind.follow(snapshot, options, Memory(complete=True, known=keys)) if not r.key]
    assert further == []
    assert [r.role for r in kind.follow(snapshot, options, Memory(complete=True)) if not r.key] == ["page:2"]


def test_a_sitemap_asks_again_only_for_what_changed_since() -> None:
    name, case = next((k, c) for k, c in ALL if c["name"] == "addresses-by-pattern-newest-first")
    kind, options = _kind(name, case)
    memory = Memory(complete=True, last_success=datetime(2025, 1, 1, tzinfo=UTC))
    asked = {r.url: r.again for r in kind.follow(_snapshot(name, case), options, memory)}
    assert asked == {
        "https://a.example.org/news/newest_item/": True,
        "https://a.example.org/news/micro-credentials-report.html": False,
    }


@pytest.mark.parametrize("options", [{"pattern": "("}, {"item": "a["}, {}, {"split": "h2", "pages": 0}, {"itemm": "a"}])
def test_a_wrong_option_of_a_list_is_named(options: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        kinds()["listing"].Options.model_validate({"url": "https://a.example.org/", **options})
