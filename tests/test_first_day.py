"""A curator's first day, as docs/curators.md tells it: a source from an address, five decisions at a terminal, one taken back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from observatory.cli.main import cli
from tests.terminal import Terminal
from web import sites
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
SOURCES = """\
# What we watch.
site: {title: First day, url: https://example.org/}
crawl: {delay: 0.5}
sources:
  - {id: first, kind: feed, url: https://first.example.org/feed/, enabled: false}  # the oldest
"""
TITLES = (
    "Micro-credentials at work: a survey of employers",
    "Survey of employers on micro-credentials at work: the final results",
    "Micro-credentials for teachers: what they ask for",
    "Our micro-credentials win a prize",
    "Quality of micro-credentials: a handbook for agencies",
    "Garden of the association opens",
)
DAYS = ("12 November 2026", "9 November 2026", "30 October 2026", "2 October 2026", "15 September 2026", "1 June 2026")

LEADS = (
    "What eight hundred employers say on micro-credentials.",
    "The results of the survey on micro-credentials.",
    "Interviews in six schools on micro-credentials and time.",
    "We are proud of our micro-credentials.",
    "How agencies in Ireland judge micro-credentials, step by step.",
    "Roses, at last.",
)


def put_up(web: Web) -> str:
    """Put up a site with a list of news and their pages; returns the address that a curator pastes."""
    host = web.host("agency")
    rows = []
    for title, day, lead in zip(TITLES, DAYS, LEADS, strict=True):
        path = "/news/" + "-".join(re.findall(r"\w+", title.lower())[:5])
        host.put(path, sites.frame(title, f"<main><h1>{title}</h1><p>{lead}</p></main>"))
        rows.append(
            f'<article class="teaser"><h3 class="teaser-title"><a href="{path}">{title}</a></h3>'
            f'<span class="day">{day}</span><p class="lead">{lead}</p></article>'
        )
    head = '<meta property="og:site_name" content="Skills Agency">'
    host.put(
        "/news", sites.frame("News", f'<main><h1>News</h1><div class="list">{"".join(rows)}</div></main>', head=head)
    )
    return host.url("/news")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sources.yaml").write_text(SOURCES, "utf-8")
    return tmp_path


def root(folder: Path) -> list[str]:
    return ["--config", str(folder / "sources.yaml"), "--now", NOW.isoformat()]


def run(folder: Path, *words: str) -> str:
    done = CliRunner().invoke(cli, [*root(folder), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_new_curator_adds_a_source_reviews_five_items_and_sees_them_on_the_site(web: Web, folder: Path) -> None:
    url = put_up(web)
    with Terminal(*root(folder), "source", "add", "--hold", url) as person:
        person.expect("ways to watch it", "6 findings, newest 2026-11-12", "review: hold", "write it?")
        person.press("y\n")
        person.expect("written to sources.yaml", "observatory run --only skills-agency-news")
        person.wait()
    said = run(folder, "check", "--live", "skills-agency-news")
    assert re.search(r"findings +6, the same when asked again", said)
    assert re.search(r"verdict +fit", said)
    run(folder, "run", "--only", "skills-agency-news")
    assert not list(folder.glob("output/site/entries/*"))
    with Terminal(*root(folder), "review", "--by", "mary") as person:
        person.expect("5 to decide", "holds what it finds", "quit")
        for _each in range(5):
            decide(person, f"{url}/micro-credentials-at-work-a")
        person.expect("nothing is left here")
        person.press("u")
        person.expect("undone: merged into", "1 to decide", "quit")
        person.press("q")
        person.expect("5 decided, 1 left", "observatory publish")
        person.wait()
    run(folder, "publish")
    assert headings(folder) == {TITLES[0], TITLES[2], TITLES[4]}
    (final,) = json.loads(run(folder, "review", "--list", "--json"))["cases"]
    run(folder, "merge", final["id"], f"{url}/micro-credentials-at-work-a", "--by", "mary")
    run(folder, "publish")
    pages = {path.parent.name: path.read_text() for path in folder.glob("output/site/entries/*/index.html")}
    assert 'http-equiv="refresh"' in pages[final["id"]]
    handbook = next(page for page in pages.values() if "handbook for agencies</h1>" in page)
    assert "Skills Agency" in handbook
    assert 'href="../../topics/quality-assurance/"' in handbook
    assert 'href="../../countries/ie/"' in handbook


def headings(folder: Path) -> set[str]:
    """The titles of the entries that readers see."""
    pages = (path.read_text() for path in folder.glob("output/site/entries/*/index.html"))
    return {found[1] for page in pages if (found := re.search(r"<h1[^>]*>(.*?)</h1>", page))}


def decide(person: Terminal, kept: str) -> None:
    """Decide on the item that is shown, as its title asks for, and see the next."""
    found = re.search(r"\d of \d ─+ (.{40,80})", person.shown())
    assert found
    card = found[1]
    if "win a prize" in card:
        answers = (("r", "why?"), ("1\n", "rejected"))
    elif "the final results" in card:
        answers = (("m", "one work with which?"), (f"{kept}\n", "merged into"))
    elif "handbook" in card:
        answers = (("t", "tags?"), ("+quality-assurance +IE\n", "tagged"), ("a", "accepted"))
    else:
        answers = (("a", "accepted"),)
    for keys, answer in answers:
        person.press(keys)
        person.expect(answer)
    person.expect("quit")
