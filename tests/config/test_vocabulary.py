"""The rules' words: every mistake at once, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from observatory.config.vocabulary import load_vocabulary
from observatory.errors import ConfigError
from tests.corpus.measure import vocabulary

GOOD = "topics:\n  - {id: credit, label: Credit, definition: How much, group: What, words: [ects]}\n"


def flaws(folder: Path, text: str) -> list[str]:
    (folder / "topics.yaml").write_text(GOOD, "utf-8")
    (folder / "terms.yaml").write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_vocabulary(folder)
    return [str(flaw) for flaw in caught.value.flaws]


def test_every_mistake_is_named_with_file_line_and_what_to_do(tmp_path: Path) -> None:
    text = (
        "core:\n  - words: [microcredential*]\n    wieght: 2\n  - words: []\n  - words: [x]\n    weight: heavy\n"
        "kind:\n  - value: polcy\n    words: [act]\n    where: footer\ncoer:\n  - words: [y]\n"
    )
    found = flaws(tmp_path, text)
    assert [flaw.split(": ")[0] for flaw in found] == [f"terms.yaml:{line}" for line in (3, 4, 6, 8, 10, 11)]
    assert "did you mean 'weight'" in found[0]
    assert "did you mean 'policy'" in found[3]
    assert "did you mean 'core'" in found[5]


@pytest.mark.parametrize(
    "text",
    ["- a\n", "core: x\n", "core:\n  - x\n", "core:\n  - words: [1, true]\n", "core: [\n", "core:\n  - words: ['*']\n"],
)
def test_what_has_another_shape_is_a_flaw_and_no_crash(tmp_path: Path, text: str) -> None:
    assert flaws(tmp_path, text)


def test_a_folder_without_topics_is_a_flaw(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"topics\.yaml"):
        load_vocabulary(tmp_path)


def test_the_shipped_vocabulary_has_the_topics_of_the_site_in_five_groups() -> None:
    topics = vocabulary().topics
    assert len({topic.id for topic in topics}) == 28
    assert len({topic.group for topic in topics}) == 5
    assert all(topic.label and topic.definition for topic in topics)


def test_a_topic_or_word_that_curators_add_is_used(tmp_path: Path) -> None:
    (tmp_path / "topics.yaml").write_text(GOOD, "utf-8")
    (tmp_path / "terms.yaml").write_text("core:\n  - words: [kleinstdiplom*]\n", "utf-8")
    loaded = load_vocabulary(tmp_path)
    assert {cue.about for cue in loaded.cues} == {"core", "topic"}
