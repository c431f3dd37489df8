"""Phrases are found in any spelling."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from observatory.judge.lexicon import Lexicon, words
from observatory.judge.records import judge_record
from observatory.model import Cue
from tests.corpus.measure import vocabulary


def found(said: str, *phrases: str) -> list[str]:
    return [hit.cue.words for hit in Lexicon(Cue("core", "", phrase) for phrase in phrases).find(words(said))]


@pytest.mark.parametrize(
    ("said", "phrase"),
    [
        ("The Micro\u2010Credentials", "microcredential*"),
        ("short   learning\nprogrammes!", "short learning program*"),
        ("Évaluation", "evaluation"),
        ("a 15 ECTS course", "a <n> ects"),
        ("日本のマイクロクレデンシャル", "マイクロクレデンシャル"),
        ("e-learning", "e learning"),
    ],
)
def test_a_phrase_is_found(said: str, phrase: str) -> None:
    assert found(said, phrase) == [phrase]


@pytest.mark.parametrize(
    ("said", "phrase"),
    [("credentialing", "credential"), ("short programmes", "short learning*"), ("", "x"), ("a b ects", "a <n> ects")],
)
def test_a_phrase_is_not_found_in_other_words(said: str, phrase: str) -> None:
    assert found(said, phrase) == []


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_text_can_be_searched(said: str) -> None:
    judge_record({"title": said, "summary": said, "url": said, "publisher": said}, vocabulary())
