"""A dated release: complete, the same bytes again, citable."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from catalogues import catalogue, entry, library
from ruamel.yaml import YAML

from observatory.model import Catalogue, EntryKind, Provenance, Site, Source, SourceHealth, Work
from observatory.publish.release import citation_file, counts
from observatory.publish.releasing import release
from observatory.publish.shelf import make_shelf

SITE = Site(title='A "title": with {marks}', url="https://ours.example/", maintainer="An Institute")


def whole() -> Catalogue:
    return catalogue(library()[:40])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return release(whole(), SITE, tmp_path_factory.mktemp("releases")).file


def test_the_same_catalogue_makes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    assert release(whole(), SITE, tmp_path / "new").file.read_bytes() == made.read_bytes()
    assert made.name == "a-title-with-marks-2026-11-23.zip"


def test_it_is_complete_and_its_sums_are_right(made: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        base = made.stem + "/"
        names = {name.removeprefix(base) for name in archive.namelist()}
        sums = dict(reversed(line.split("  ")) for line in archive.read(f"{base}SHA256SUMS").decode().splitlines())
        assert set(sums) == names - {"SHA256SUMS"}
        assert {"CITATION.cff", ".zenodo.json", "CODEBOOK.md", "README.md", "counts.csv", "datapackage.json"} < names
        assert {f"observatory.{ending}" for ending in ("sqlite", "csv", "jsonl", "json", "bib", "ris")} < names
        for name, wanted in sums.items():
            assert hashlib.sha256(archive.read(base + name)).hexdigest() == wanted
        assert json.loads(archive.read(f"{base}.zenodo.json"))["license"] == "cc-by-4.0"
        assert len(list(csv.DictReader(io.StringIO(archive.read(f"{base}observatory.csv").decode())))) == 40


def test_its_citation_file_is_yaml_whatever_the_title_holds() -> None:
    told = YAML(typ="safe").load(citation_file(make_shelf(whole(), SITE, lambda text: text)))
    assert told["title"] == SITE.title
    assert told["cff-version"] == "1.2.0"
    assert told["authors"] == [{"name": "An Institute"}]
    assert told["date-released"] == "2026-11-23"


def test_counts_say_what_became_of_the_hits_of_each_service() -> None:
    base = entry("x", Work(title="T", kind=EntryKind.REPORT))
    first, later = base.first_seen, base.first_seen.replace(hour=9)
    seen = (
        Provenance("one", "a", "https://a.example/", first, first, "s"),
        Provenance("two", "b", "https://b.example/", later, later, "s"),
    )
    asked = Source(id="two", kind="openalex", name="Two", row='{"query": "micro-credential"}')
    held = replace(
        catalogue([replace(base, provenances=seen)]),
        sources=(Source(id="one", kind="feed", name="One", row="{}"), asked),
        health={"one": SourceHealth("one", findings=5), "two": SourceHealth("two", findings=3)},
    )
    one, two = counts(make_shelf(held, SITE, lambda text: text))
    assert (one.hits, one.duplicates, one.excluded, one.kept, one.queries) == (5, 0, 4, 1, ())
    assert (two.hits, two.duplicates, two.excluded, two.kept) == (3, 1, 2, 0)
    assert two.queries == ("micro-credential",)
