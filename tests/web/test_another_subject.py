"""An observatory of another subject, from the same program: started, run on a recreated web, judged by its own words."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from click.testing import CliRunner, Result

from observatory.app import Observatory
from observatory.cli.main import cli
from observatory.model import Status
from web.server import Host, Web

SUBJECT = "generative AI in higher education"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Agency</title><link>{base}/</link><description>d</description>
<item><title>ChatGPT and assessment: guidance for universities</title><link>{base}/chatgpt</link><guid>1</guid><pubDate>Mon, 02 Nov 2026 09:00:00 +0000</pubDate>
<description>How universities may assess when students use generative AI.</description></item>
<item><title>A new sports hall opens</title><link>{base}/sports</link><guid>2</guid><description>It has three courts.</description></item>
<item><title>Stackable badges recognised</title><link>{base}/badges</link><guid>3</guid><description>Of no interest here.</description></item>
</channel></rss>"""
RECORDS = (
    ("10.5555/ai.1", "Generative AI in the seminar: a systematic review"),
    ("10.5555/ai.2", "Stackable badges: a review"),
    ("10.5555/ai.3", "Teaching with generative-AI tools"),
)
OURS = re.compile(rb"micro[\s_-]?cred|microcred|credential|badges|microbol", re.IGNORECASE)
# Words of the web and of libraries: fetch's option, and what a manifest says of its use.
NOT_OURS = re.compile(
    rb"stackable badges(?: recognised)?|credentials?: ?\"?(?:omit|include|same-origin)|no credentials", re.IGNORECASE
)


def crossref() -> str:
    def record(doi: str, title: str) -> dict[str, object]:
        return {
            "DOI": doi,
            "title": [title],
            "type": "journal-article",
            "URL": f"https://doi.org/{doi}",
            "author": [{"given": "Anna", "family": "Gover", "sequence": "first"}],
            "container-title": ["Journal of Teaching"],
            "issued": {"date-parts": [[2026, 10, 1]]},
        }

    items = [record(*each) for each in RECORDS]
    message = {"total-results": 3, "items": items, "items-per-page": 50}
    return json.dumps({"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message})


def invoke(folder: Path, *words: str) -> Result:
    done = CliRunner().invoke(cli, ["--config", str(folder / "sources.yaml"), "--data", str(folder / "output"), *words])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Web, dict[str, str]]]:
    """An observatory that was started, run, reviewed and published; what its commands said."""
    folder = tmp_path_factory.mktemp("subject") / "genai"
    with Web() as web:
        host, service = web.host("agency"), web.host("crossref")
        host.put("/feed/", FEED, "application/rss+xml")
        service.put("/works", crossref(), "application/json")
        words = ["--subject", SUBJECT, "--title", "GenAI Observatory", "--term", "generative ai", "--term", "chatgpt*"]
        started = CliRunner().invoke(cli, ["init", str(folder), *words])
        assert started.exit_code == 0, started.output
        _watch(folder / "sources.yaml", host, service)
        said = {"init": started.output, "run": invoke(folder, "--now", "2026-11-24T06:00:00Z", "run").output}
        with Observatory.open(folder / "sources.yaml", data=folder / "output") as obs:
            (waiting,) = [entry.id for entry in obs.store.entries((Status.PENDING,)) if "chatgpt" in entry.id]
        said["accept"] = invoke(folder, "accept", waiting, "--by", "Anna", "--why", "guidance").output
        said["publish"] = invoke(folder, "publish").output
        said["mail"] = invoke(folder, "--now", "2026-12-01T08:00:00Z", "digest", "monthly", "--preview").output
        said["release"] = invoke(folder, "export", "--release").output
        yield folder, web, said


def _watch(config: Path, agency: Host, service: Host) -> None:
    added = (
        {
            "id": "agency",
            "kind": "feed",
            "url": agency.url("/feed/"),
            "publisher": "Agency",
            "follow": "never",
            "review": "hold",
        },
        {"id": "crossref", "kind": "crossref", "url": service.url("/works"), "crossref": service.url("/works")},
    )
    config.write_text(config.read_text() + "".join(f"  - {json.dumps(row)}\n" for row in added))


def test_it_takes_in_what_its_own_terms_let_in_and_sorts_it_by_its_own_topics(
    lived: tuple[Path, Web, dict[str, str]],
) -> None:
    folder, _web, _said = lived
    with Observatory.open(folder / "sources.yaml", data=folder / "output") as obs:
        entries = {entry.work.title: entry.work.topics for entry in obs.store.entries((Status.PUBLISHED,))}
        assert obs.config.vocabulary.measured is None  # figures of other words say nothing here
    assert set(entries) == {"ChatGPT and assessment: guidance for universities", RECORDS[0][1], RECORDS[2][1]}
    assert "assessment" in entries["ChatGPT and assessment: guidance for universities"]
    home = (folder / "output" / "site" / "index.html").read_text()
    assert "GenAI Observatory" in home
    assert "Generative AI in higher education: policy, reports and research" in home


def test_services_are_asked_in_its_own_words_and_by_its_own_name(lived: tuple[Path, Web, dict[str, str]]) -> None:
    folder, web, _said = lived
    asked = [seen for seen in web.seen if seen.host == "crossref"]
    assert any("query.bibliographic=chatgpt" in unquote(seen.path) for seen in asked)
    agents = {seen.headers["user-agent"].partition("/")[0] for seen in web.seen}
    assert agents == {"GenaiObservatory"}
    searches = (folder / "output" / "site" / "about" / "searches" / "index.html").read_text()
    assert "chatgpt" in searches


def test_no_page_feed_mail_query_schema_or_file_name_of_it_speaks_of_our_subject(
    lived: tuple[Path, Web, dict[str, str]],
) -> None:
    folder, web, said = lived
    told = dict(_files(folder)) | {f"said by {name}": text.encode() for name, text in said.items()}
    told |= {f"asked {n}": unquote(f"{seen.path} {seen.headers}").encode() for n, seen in enumerate(web.seen)}
    assert len(told) > 150
    for part in (
        ".html",
        "feed.atom",
        "feed.json",
        ".ics",
        ".js",
        ".css",
        "sources.schema.json",
        ".zip!",
        ".sqlite!",
        "desk",
    ):
        assert any(part in name for name in told), part
    found = {name: _ours(name.encode() + b"\n" + body) for name, body in told.items()}
    leaks = [f"{name}: {words[:3]!r}" for name, words in found.items() if words]
    assert not leaks, "\n".join(leaks)


def _ours(said: bytes) -> list[bytes]:
    """Find words of our subject; the title of a work that a source showed is not ours, nor the generator's own name."""
    said = said.replace(b'"name": "microcredential-observatory"', b"")  # the program, among the parts of a release
    said = re.sub(rb'<meta name="generator"[^>]*>|<generator[^>]*>[^<]*</generator>', b"", said)
    return [said[max(0, m.start() - 60) : m.end() + 20] for m in OURS.finditer(NOT_OURS.sub(b"", said))]


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Give what it shows and hands out, and what its curators edit; archives and databases by their parts."""
    output = folder / "output"
    roots = (output / "site", output / "desk", output / "releases")
    own = [folder / "sources.yaml", folder / "sources.schema.json", *(folder / "vocabulary").iterdir()]
    for path in (*own, *(path for root in roots for path in sorted(root.rglob("*")) if path.is_file())):
        name = str(path.relative_to(folder))
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as held:
                yield from (
                    (f"{name}!{member}", held.read(member)) for member in held.namelist() if ".sqlite" not in member
                )
        elif path.suffix == ".sqlite":
            yield f"{name}!", "\n".join(sqlite3.connect(path).iterdump()).encode()
        else:
            yield name, path.read_bytes()


def test_nothing_that_stands_there_is_overwritten(lived: tuple[Path, Web, dict[str, str]]) -> None:
    again = CliRunner().invoke(cli, ["init", str(lived[0]), "--subject", SUBJECT])
    assert again.exit_code == 2
    assert "stands there already" in again.output
