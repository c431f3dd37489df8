"""The JSON Schema for editors: fresh, and of one mind with `observatory check` on what is right and what is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from observatory import yamltext
from observatory.config import schema
from spiders._kind import kinds

ROOT = Path(__file__).parents[2]
MADE = json.loads(schema.FILE.read_text("utf-8"))
VALIDATOR = Draft7Validator(MADE)
FEED: dict[str, Any] = {"id": "enqa", "kind": "feed", "url": "https://www.enqa.eu/feed/"}


def test_the_file_is_what_the_models_say() -> None:
    assert schema.FILE.read_text("utf-8") == schema.text(), "run `make schema`"
    Draft7Validator.check_schema(MADE)


def test_the_real_sources_are_valid_and_name_the_schema() -> None:
    said = (ROOT / "sources.yaml").read_text("utf-8")
    assert said.startswith("# yaml-language-server: $schema=observatory/sources.schema.json\n")
    assert [error.message for error in VALIDATOR.iter_errors(yamltext.load(said, "").data)] == []


def test_every_kind_has_a_form_of_its_own() -> None:
    forms = MADE["properties"]["sources"]["items"]["oneOf"]
    assert {form["properties"]["kind"]["const"] for form in forms} == set(kinds())


@pytest.mark.parametrize(
    "more",
    [
        {"exclude": "/courses/"},
        {"exclude": ["/courses/", "/jobs/"]},
        {"defaults": {"kind": "news", "topics": "recognition", "countries": ["IE"]}},
        {"every": "0 6 * * mon", "review": "hold", "follow": "never"},
    ],
)
def test_what_is_right_is_valid(more: dict[str, Any]) -> None:
    assert VALIDATOR.is_valid({"sources": [FEED | more], "searches": None})


@pytest.mark.parametrize(
    "wrong",
    [
        {"folow": "never"},
        {"follow": "sometimes"},
        {"kind": "fed"},
        {"id": "Not a Slug"},
        {"defaults": {"topics": ["recogniton"]}},
        {"review": "later"},
        {"split": "h2"},
    ],
)
def test_what_is_wrong_is_not(wrong: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid({"sources": [FEED | wrong]})
    assert not VALIDATOR.is_valid({"sources": [{"id": "x", "kind": "feed"}]}), "without its address"


def test_what_one_may_write_is_told_while_typing() -> None:
    common = MADE["definitions"]["Source"]["properties"]
    assert not [key for key, said in common.items() if "description" not in said]
    assert "recognition" in json.dumps(MADE["definitions"]["Defaults"]["properties"]["topics"])
