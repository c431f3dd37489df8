"""What services are asked for agrees with the vocabulary: nothing that it would let in is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from observatory.config.vocabulary import load_vocabulary
from observatory.judge.lexicon import lexicon, words
from spiders._terms import CORE, ENGLISH, either, names_a_term

VOCABULARY = load_vocabulary(Path(__file__).parents[2] / "observatory" / "judge" / "vocabulary")


@pytest.mark.parametrize("term", CORE)
def test_every_term_asked_for_is_a_core_term_of_the_vocabulary(term: str) -> None:
    assert any(hit.cue.about == "core" for hit in lexicon(VOCABULARY).find(words(f"On {term} today")))


def test_every_core_term_of_the_vocabulary_passes_the_filter_of_services_that_only_rank() -> None:
    core = [cue.words for cue in VOCABULARY.cues if cue.about == "core" and cue.weight >= 1]
    assert len(core) > 40
    lost = [said for said in core if not names_a_term(f"x {said.replace('*', '')} x")]
    assert lost == []


def test_the_filter_knows_spellings_and_passes_over_other_subjects() -> None:
    for said in (
        "Micro‑credentials",
        "MICRO CREDENTIAL",
        "microCredentials",
        "Mikro-Zertifikate",
        "μικροδιαπιστευτήρια",
    ):
        assert names_a_term(said), said
    for said in ("Haemophilia and clotting", "microbiology", "credit transfer", "", None):
        assert not names_a_term(said), said


def test_alternatives_are_quoted_where_they_hold_a_hyphen_or_a_blank() -> None:
    assert either(ENGLISH).startswith('"micro-credential" OR "micro-credentials" OR microcredential OR ')
