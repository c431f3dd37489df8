"""Each field of a record, each hostile text, through the real chain into each file that people open: all of it stays text."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import bibtexparser
import feedparser
import icalendar
import lxml.html
import pytest
import rispy

from hostile.payloads import CONTROLS, PAYLOADS
from observatory import yamltext
from observatory.app import Observatory
from observatory.config import load
from observatory.model import Entry, Status
from observatory.text import clean
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)  # a Monday
TOPIC = "Micro-credentials"
KINDS = ("report", "article", "event", "call", "policy", "book", "chapter", "thesis", "project", "news", "media")
DANGEROUS = re.compile(r"^\s*(javascript|data|vbscript|file):", re.IGNORECASE)
FORMULA = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")


def record(number: int, name: str, said: str) -> dict[str, object]:
    """A record of the library that says it in every field that takes words."""
    kind = KINDS[number % len(KINDS)]
    where = f"https://evil.test/{name}?a='onload=hit(1)&b=%3Cscript%3E;c=(1)"
    more: dict[str, object] = {"place": said, "event_start": "2026-12-01", "deadline": "2026-12-10"}
    if kind == "policy":
        more = {
            "official": True,
            "jurisdiction": "IE",
            "level": "national",
            "steps": [{"date": "2026-11-20", "stage": "approved", "what": said, "quote": said}],
        }
    return {
        "id": f"evil-{name}", "kind": kind, "title": f"{TOPIC} {said}", "title_en": f"{TOPIC} {said}", "titles": {"fr": said},
        "creators": [said, {"family": said, "given": said}], "publisher": said, "container": said, "volume": said, "issue": said,
        "pages": said, "date": "2026-11-20", "url": where, "pdf_url": f"{where}.pdf", "identifiers": {"official-citation": said},
        "countries": ["IE"], "partners": ["FR"], "bodies": [said], "citation": said, "language": "fr", "licence": said, "summary": said,
        "summary_by": "publisher" if number % 2 else "us", "note": said, "note_by": said, "topics": ["recognition"], **more,
    }  # fmt: skip


def feed() -> str:
    """A feed that says it in every element; texts are escaped twice, so that readers of HTML get them as text."""
    items = []
    for name, said in PAYLOADS.items():
        once, twice = escape(said), escape(escape(said))
        items.append(
            f"<item><title>{TOPIC} {twice} of a feed</title><link>https://feed.evil.test/{name}</link><guid>{once}</guid>"
            f"<author>{once}</author><dc:creator>{twice}</dc:creator><category>{once}</category>"
            f'<description>{twice} {"Words on it. " * 40}</description><enclosure url="{once}" type="application/pdf"/>'
            "<pubDate>Fri, 20 Nov 2026 10:00:00 GMT</pubDate></item>"
        )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title>'
        f"{''.join(items)}</channel></rss>"
    )


def page() -> str:
    """A page of an item that lies in its head, its labels and its JSON-LD."""
    said = escape(f"{PAYLOADS['closing']}{CONTROLS}{PAYLOADS['mail']}", quote=True)
    names = ("citation_title", "citation_author", "citation_journal_title", "citation_publisher", "citation_firstpage", "citation_doi",
             "citation_pdf_url", "DC.title", "DC.creator", "DC.rights", "og:title", "og:description", "description")  # fmt: skip
    metas = "".join(f'<meta name="{name}" property="{name}" content="{TOPIC} {said}">' for name in names)
    linked = json.dumps(
        {"@type": "Report", "name": f"{TOPIC} {said}", "author": {"name": said}, "url": "javascript:hit(1)"}
    )
    return (
        f"<html><head><title>{TOPIC} {said}</title>{metas}<script type='application/ld+json'>{linked.replace('</', '<')}</script>"
        f"</head><body><main><h1>{TOPIC} {said}</h1><p>{said} {'Words on micro-credentials. ' * 30}</p></main></body></html>"
    )


@dataclass(frozen=True)
class Attacked:
    """What the chain made of it."""

    output: Path
    site: Path
    entries: tuple[Entry, ...]
    log: str
    files: Mapping[str, bytes]

    def of(self, *endings: str) -> dict[str, bytes]:
        return {path: body for path, body in self.files.items() if path.endswith(endings)}


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "curation/library").mkdir(parents=True)
    records = [record(number, name, said) for number, (name, said) in enumerate(PAYLOADS.items())]
    (folder / "curation/library/evil.yaml").write_text(yamltext.dump(records), "utf-8")
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger("observatory").addHandler(handler)
    with Web() as web:
        host = web.host("evil")
        host.put("/feed", feed(), "application/rss+xml")
        host.put("/list", "<main><ul><li><a href='/item'>Micro-credentials, told elsewhere</a></li></ul></main>")
        host.put("/item", page())
        said = "".join(PAYLOADS[name] for name in ("script", "attribute", "closing", "template"))
        rows = [
            {"id": "library", "kind": "library", "path": "curation/library/*.yaml", "name": said},
            {"id": "evil-feed", "kind": "feed", "url": host.url("/feed"), "name": said, "publisher": said, "follow": "never"},
            {"id": "evil-list", "kind": "listing", "url": host.url("/list"), "item": "li", "name": f"={said}"},
        ]  # fmt: skip
        site = {"title": "Observatory", "url": "https://observatory.example.org/", "contact": "a@example.org"}
        (folder / "sources.yaml").write_text(json.dumps({"site": site, "sources": rows}))
        config = load(folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.02))
        with Observatory(config, folder / "output", NOW) as obs:
            obs.run()
        with Observatory(config, folder / "output", NOW + timedelta(days=7, hours=1)) as obs:
            report = obs.run()  # the week has ended: its letter is made
            entries = tuple(obs.store.entries((Status.PUBLISHED,)))
    logging.getLogger("observatory").removeHandler(handler)
    files = {
        path.relative_to(report.site).as_posix(): path.read_bytes()
        for path in report.site.rglob("*")
        if path.is_file() and "pagefind" not in path.parts
    }
    return Attacked(folder / "output", report.site, entries, lines.getvalue(), files)


def titles() -> set[str]:
    return {clean(f"{TOPIC} {said}") for said in PAYLOADS.values()}


# ---------------------------------------------------------------- pages


def test_every_payload_came_in_by_each_way(attacked: Attacked) -> None:
    held = {entry.work.title for entry in attacked.entries}
    assert titles() <= held
    assert sum(title.endswith("of a feed") for title in held) >= len(PAYLOADS) - 6  # some are markup to a feed's reader
    assert any(p.source_id == "evil-list" for entry in attacked.entries for p in entry.provenances)


def test_nothing_in_a_page_can_run_or_lead_astray(attacked: Attacked) -> None:
    for path, body in attacked.of(".html").items():
        root = lxml.html.fromstring(body)
        for node in root.iter():
            if not isinstance(node.tag, str):
                continue
            assert node.tag not in ("iframe", "object", "embed", "base", "style"), (path, node.tag)
            assert not [name for name in node.attrib if name.lower().startswith("on") or name == "style"], (
                path,
                node.attrib,
            )
            for name in ("href", "src", "action", "xlink:href"):
                assert not DANGEROUS.match(node.get(name) or ""), (path, node.get(name))
            if node.tag == "script" and not node.get("src"):
                json.loads(node.text or "")
        assert b"49" not in re.findall(rb"Micro-credentials (\d+)", body), f"{path} evaluates templates"


@pytest.mark.browser
def test_in_a_browser_no_script_runs_and_no_request_leaves(attacked: Attacked, served: Any, chromium: Any) -> None:
    address = served(attacked.site)
    view = chromium.new_context().new_page()
    view.add_init_script(
        "window.hits = []; window.hit = (what) => window.hits.push(what); window.alert = window.hit;"
        "addEventListener('securitypolicyviolation', (event) => window.hits.push('policy: ' + event.violatedDirective));"
    )
    asked: list[str] = []
    said: list[str] = []
    view.on("request", lambda request: asked.append(request.url))
    view.on("console", lambda message: said.append(message.text))
    view.on("dialog", lambda dialog: said.append(dialog.message))
    entries = [path for path in attacked.of("/index.html") if path.startswith("entries/")]
    others = ["index.html", "policy/index.html", "countries/ireland/index.html", "topics/recognition/index.html", "about/index.html",
              "search/index.html?q=micro", "events/index.html", "list/index.html", "policy/moved/index.html"]  # fmt: skip
    for path in (*others, *entries):
        if path.partition("?")[0] in attacked.files:
            view.goto(address + path)
            view.mouse.move(200, 300)
            assert view.evaluate("window.hits") == [], path
    assert {url for url in asked if not url.startswith(address)} == set()
    assert [line for line in said if "Content Security Policy" in line or "hit" in line] == []


# ---------------------------------------------------------------- files


def test_feeds_parse_back_to_the_harmless_text(attacked: Attacked) -> None:
    for path, body in attacked.of(".atom", ".rss").items():
        root = ET.fromstring(body)
        assert not [
            node for node in root.iter() if node.tag.rpartition("}")[2] in ("script", "img", "iframe", "svg")
        ], path
        for item in feedparser.parse(io.BytesIO(body)).entries:
            for link in item.links:
                assert link.href.startswith(("https://observatory.example.org/", "https://", "http://127.")), (
                    path,
                    link.href,
                )
    for path, body in {**attacked.of("/feed.json"), "feed.json": attacked.files["feed.json"]}.items():
        assert all(item["url"].startswith("https://observatory.example.org/") for item in json.loads(body)["items"]), (
            path
        )


def test_calendars_hold_no_more_events_than_ours(attacked: Attacked) -> None:
    for path, body in attacked.of(".ics").items():
        calendar = icalendar.Calendar.from_ical(body)
        names = [str(event["summary"]) for event in calendar.walk("VEVENT")]
        assert "evil" not in names, path
        assert all(TOPIC in name for name in names), (path, names)
        assert not re.search(rb"(?m)^(?!BEGIN|END|[A-Z-]+[;:]| )", body.replace(b"\r\n", b"\n").strip()), path


def test_reference_files_parse_back_to_one_record_each(attacked: Attacked) -> None:
    number = len(attacked.entries)
    bib = bibtexparser.loads(attacked.files["data/observatory.bib"].decode())
    assert len(bib.entries) == number
    assert "evil" not in {entry["ID"] for entry in bib.entries}
    assert b"\\input{" not in attacked.files["data/observatory.bib"]
    assert len(rispy.loads(attacked.files["data/observatory.ris"].decode())) == number
    held = json.loads(attacked.files["data/observatory.json"])
    assert titles() <= {record["title"] for record in held}
    for record in held:
        assert not DANGEROUS.match(record.get("URL", ""))


def test_a_spreadsheet_computes_nothing(attacked: Attacked) -> None:
    for path, body in attacked.of(".csv").items():
        for row in csv.reader(io.StringIO(body.decode("utf-8-sig"))):
            assert not [cell for cell in row if FORMULA.match(cell) and not re.fullmatch(r"-?\d+(\.\d+)?", cell)], (
                path,
                row,
            )


def test_the_database_holds_the_text_as_it_is(attacked: Attacked, tmp_path: Path) -> None:
    (tmp_path / "o.sqlite").write_bytes(attacked.files["data/observatory.sqlite"])
    held = sqlite3.connect(tmp_path / "o.sqlite")
    try:
        assert titles() <= {title for (title,) in held.execute("SELECT title FROM entries")}
    finally:
        held.close()


def test_the_letter_is_harmless_in_mail(attacked: Attacked) -> None:
    letters = list((attacked.output / "mail").rglob("*.html"))
    assert letters, "the letter of the week is due"
    for path in letters:
        root = lxml.html.fromstring(path.read_bytes())
        for node in root.iter():
            if isinstance(node.tag, str):
                assert node.tag not in ("script", "iframe", "img", "svg", "base", "form"), path
                assert not [name for name in node.attrib if name.lower().startswith("on")], path
                assert not DANGEROUS.match(node.get("href") or ""), path


# ---------------------------------------------------------------- names, terminals, logs


def test_no_file_leaves_its_folder_or_has_an_odd_name(attacked: Attacked) -> None:
    assert not [path for path in attacked.files if not re.fullmatch(r"[A-Za-z0-9._/-]+", path)]
    assert not list(attacked.output.parent.rglob("evil")), "a path in a field became a path on the disk"
    assert not Path("/tmp/evil").exists()


def test_nothing_steers_a_terminal_or_turns_a_line(attacked: Attacked) -> None:
    steering = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
    for path, body in attacked.of(
        ".html", ".atom", ".rss", ".json", ".ics", ".bib", ".ris", ".csv", ".txt", ".jsonl"
    ).items():
        text = body.decode("utf-8-sig")
        assert not steering.search(text), path
    for entry in attacked.entries:
        assert not steering.search(
            repr(entry.work).encode().decode("unicode_escape", "ignore") if False else entry.work.title
        )


def test_a_source_forges_no_line_of_the_log(attacked: Attacked) -> None:
    assert not [line for line in attacked.log.splitlines() if line.startswith("ERROR evil")]
