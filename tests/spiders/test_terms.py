"""What services are asked for agrees with the vocabulary: nothing that it would let in is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from observatory.config import VOCABULARY, asking
from observatory.config.sources import source_of
from observatory.config.vocabulary import load_vocabulary
from observatory.judge.lexicon import lexicon, words
from observatory.judge.naming import naming
from observatory.model import Work
from spiders._terms import bag, each, either, names_one, parts

OURS = load_vocabulary(VOCABULARY)
MAIN = OURS.asked
OWN = "core:\n  - words: [generative ai, chatgpt*]\n"


@pytest.mark.parametrize("term", [*MAIN, *OURS.asked_further])
def test_every_term_asked_for_is_a_core_term_of_the_vocabulary(term: str) -> None:
    assert any(hit.cue.about == "core" for hit in lexicon(OURS).find(words(f"On {term} today")))


def test_every_core_term_of_the_vocabulary_passes_the_filter_of_services_that_only_rank() -> None:
    core = [cue.words for cue in OURS.cues if cue.about == "core" and cue.weight >= 1]
    assert len(core) > 40
    names = naming(OURS)
    assert [said for said in core if not names(Work(title=f"x {said.replace('*', '').strip('- ')} x"))] == []


def test_the_filter_knows_spellings_and_passes_over_other_subjects() -> None:
    names = naming(OURS)
    for said in (
        "Micro‑credentials",
        "MICRO CREDENTIAL",
        "microCredentials",
        "Mikro-Zertifikate",
        "μικροδιαπιστευτήρια",
    ):
        assert names(Work(title=said)), said
    for said in ("Haemophilia and clotting", "microbiology", "credit transfer", ""):
        assert not names(Work(title=said)), said


def test_services_take_terms_each_in_its_own_way() -> None:
    assert either(MAIN[:3]) == '"micro-credential" OR "micro-credentials" OR microcredential'
    assert either(MAIN[2:3], field="all:") == 'all:"microcredential"'
    assert each(MAIN[3:]) == ("microcredentials", '"micro credentials"')
    assert bag(MAIN) == "micro-credential micro-credentials microcredential microcredentials"
    assert bag(("generative ai",)) == "generative ai"
    assert parts(MAIN) == ("micro-credential", "microcredential", "micro credentials")
    assert names_one(MAIN, Work(title="A micro\u2010credential"))
    assert not names_one(MAIN, Work(title="Credit"))


def test_a_source_is_asked_in_the_observatorys_own_words_unless_it_says_its_own(tmp_path: Path) -> None:
    (tmp_path / "terms.yaml").write_text(OWN, encoding="utf-8")
    own = load_vocabulary(VOCABULARY, tmp_path)
    assert (own.asked, own.asked_further, own.told) == (("generative ai", "chatgpt"), (), ())
    assert '"terms":["generative ai","chatgpt"]' in asking(source_of({"id": "a", "kind": "crossref"}), own).row
    for item in (
        {"id": "a", "kind": "eric", "queries": ["x"]},
        {"id": "a", "kind": "feed", "url": "https://a.example"},
    ):
        source = source_of(item)
        assert asking(source, own) is source
