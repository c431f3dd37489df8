"""sources.yaml and what stands beside it: every mistake at once, with file, line and key; nothing is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from observatory.config import Config, load, options_of, source_from_row
from observatory.errors import ConfigError, UnreadableError
from observatory.model import Cause, EntryKind, Review

ROOT = Path(__file__).parents[2]
SMALL = """
site: {title: Test, url: https://example.org/mc, contact: curator@example.org}
sources:
  - {id: library, kind: library, path: curation/library/*.yaml}
  - id: enqa-news
    kind: feed
    url: https://www.enqa.eu/feed/
    publisher: ENQA
    every: 12h
    review: hold
    defaults: {kind: news, topics: [quality-assurance], countries: IE}
"""


def config(folder: Path, text: str = SMALL, **files: str) -> Config:
    for name, body in files.items():
        path = folder / "curation" / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
    path = folder / "sources.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def flaws(folder: Path, text: str, **files: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        config(folder, text, **files)
    assert caught.value.exit_code == 2
    return [str(flaw) for flaw in caught.value.flaws]


def test_a_small_file_is_enough_and_defaults_are_sensible(tmp_path: Path) -> None:
    made = config(tmp_path)
    library, enqa = made.sources
    assert (enqa.name, enqa.every, enqa.review, enqa.enabled) == ("enqa-news", "12h", Review.HOLD, True)
    assert (enqa.defaults.kind, enqa.defaults.topics, enqa.defaults.countries) == (
        EntryKind.NEWS,
        ("quality-assurance",),
        ("IE",),
    )
    assert (library.every, made.site.url) == ("1d", "https://example.org/mc/")
    assert "curator@example.org" in made.crawl.user_agent
    assert made.root == tmp_path


def test_every_mistake_is_named_at_once_with_line_key_and_nearest(tmp_path: Path) -> None:
    said = flaws(
        tmp_path,
        """site:
  titel: Test
  timezone: Europe/Dublinn
digest: {weekly: monday}
sources:
  - id: a
    kind: fed
    url: https://example.org/feed
  - id: a
    kind: feed
    url: ftp://example.org/feed
    colour: red
    every: 1 day
    defaults: {topics: [recogniton], kind: polcy}
  - kind: feed
    url: https://example.org/
  - just words
""",
    )
    text = "\n".join(said)
    for part in (
        "sources.yaml:2: site.titel: unknown key; did you mean 'title'?",
        "sources.yaml:3: site.timezone: no such time zone: 'Europe/Dublinn'; did you mean 'Europe/Dublin'?",
        "sources.yaml:4: digest.weekly: 'monday' isn't a weekly time",
        "sources.yaml:7: sources.a.kind: no such kind: 'fed'; did you mean 'feed'?",
        "sources.yaml:9: sources.a.id: this id is taken by the source on line 6",
        "sources.yaml:11: sources.a.url: 'ftp://example.org/feed' isn't a web address",
        "sources.yaml:12: sources.a.colour: unknown key",
        "sources.yaml:13: sources.a.every: '1 day' isn't a rhythm",
        "sources.yaml:14: sources.a.topics: no such topic: 'recogniton'; did you mean 'recognition'?",
        "sources.yaml:14: sources.a.defaults.kind: no such value: 'polcy'; did you mean 'policy'?",
        "sources.yaml:15: sources[2].id: missing",
        "sources.yaml:17: sources[3]: should hold keys of its own",
    ):
        assert part in text, f"{part}\n--- not in ---\n{text}"


def test_flaws_of_library_and_countries_are_named_in_the_same_breath(tmp_path: Path) -> None:
    said = flaws(
        tmp_path,
        SMALL.replace("every: 12h", "evry: 12h"),
        library__reports_yaml="- {id: x, kind: report}\n",
        countries__ie_yaml="code: IE\nname: Ireland\nfacts: {statuss: {value: pilot}}\n",
    )
    text = "\n".join(said)
    assert "sources.yaml:9: sources.enqa-news.evry: unknown key; did you mean 'every'?" in text
    assert "curation/library/reports.yaml:1: x.title: missing" in text
    assert "curation/countries/ie.yaml:3: facts.statuss: unknown key; did you mean 'status'?" in text


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("sources: {a: b}\n", "sources.yaml:1: sources: should be a list"),
        ("- a\n", "sources.yaml:1: should hold keys such as site: and sources:"),
        ("sources:\n\t- id: a\n", "sources.yaml:2: a tab in the indentation"),
        ("<<<<<<< HEAD\nsources: []\n", "sources.yaml:1: a conflict mark of git"),
        ("", "should hold keys"),
    ],
)
def test_a_broken_file_says_where_and_what_to_do(tmp_path: Path, text: str, part: str) -> None:
    assert part in "\n".join(flaws(tmp_path, text))


def test_a_part_with_nothing_but_comments_is_empty(tmp_path: Path) -> None:
    made = config(tmp_path, "site:\n  # title: later\nsearches:\nsources:\n  # - id: first\n  #   kind: feed\n")
    assert (made.sources, made.searches) == ((), ())


def test_a_missing_file_says_how_to_name_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file; go to the folder"):
        load(tmp_path / "sources.yaml")


def test_a_source_can_be_made_again_from_its_archived_row(tmp_path: Path) -> None:
    source = config(tmp_path).sources[1]
    again = source_from_row(source.row)
    assert (again.id, again.defaults, again.every) == (source.id, source.defaults, source.every)
    assert options_of(again) == options_of(source)


@pytest.mark.parametrize("row", ["", "[]", '{"id": "a"}', '{"id": "a", "kind": "gopher"}'])
def test_a_row_that_this_version_cannot_read_is_a_named_cause(row: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        source_from_row(row)
    assert caught.value.cause is Cause.BAD_SOURCE


def test_the_real_files_are_sound() -> None:
    made = load(ROOT / "sources.yaml")
    assert len(made.countries) == 60
    assert made.notes == ()


COUNTRY = """\
code: ZZ
name: Nowhere
summary: Nothing.
facts:
  status: {value: law in forse, source: not an address}
  sectors: {value: [HE, VETT], source_date: 2026-13}
"""


def test_a_country_file_names_unknown_code_wrong_value_and_false_source_each_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "curation" / "countries"
    folder.mkdir(parents=True)
    (folder / "zz.yaml").write_text(COUNTRY, encoding="utf-8")
    (tmp_path / "sources.yaml").write_text("sources: []\n", encoding="utf-8")
    said = flaws_of(tmp_path, "zz.yaml")
    assert any(line.startswith("curation/countries/zz.yaml:5: ") and "source" in line for line in said), said
    assert any(line.startswith("curation/countries/zz.yaml:6: ") and "source_date" in line for line in said), said
    (folder / "zz.yaml").write_text(
        COUNTRY.replace(", source: not an address", "").replace(", source_date: 2026-13", ""), encoding="utf-8"
    )
    said = flaws_of(tmp_path, "zz.yaml")
    assert any(line.startswith("curation/countries/zz.yaml:1: code: no such code: 'ZZ'") for line in said), said
    assert any(
        ":5: " in line and "no such value: 'law in forse'; did you mean 'law in force'?" in line for line in said
    )
    assert any(":6: " in line and "no such value: 'VETT'; did you mean 'VET'?" in line for line in said)


def flaws_of(folder: Path, name: str) -> list[str]:
    with pytest.raises(ConfigError) as error:
        load(folder / "sources.yaml")
    return [str(flaw) for flaw in error.value.flaws if name in str(flaw)]
