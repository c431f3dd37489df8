"""Each field of a record, each hostile text, through the real chain into each file that people open: all of it stays text."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
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
from click.testing import CliRunner

from hostile.payloads import CONTROLS, PAYLOADS
from observatory import yamltext
from observatory.app import Observatory
from observatory.config import load
from observatory.model import Entry, MailingList, Site, Status
from observatory.outbox import Post, compose
from observatory.text import clean
from terminal import Terminal
from web.server import Web

ROOT = Path(__file__).parents[2]
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


CALM = [
    "Micro-credentials are small units of learning that universities and vocational schools award to adult learners.",
    "The ministry of education is responsible for the policy and for the national register of micro-credentials.",
    "Learners find all micro-credentials in the education portal together with their size, price and language.",
]


def policy_page(*more: str) -> str:
    """A watched page of a policy; what comes to it later becomes the text of a difference."""
    said = "".join(f"<p>{escape(each)}</p>" for each in (*CALM, *more))
    return f"<html lang=en><title>An act</title><main><h1>Act on micro-credentials</h1>{said}</main></html>"


def lies() -> list[str]:
    """What the watched page says at last: a sentence a payload, as a law would put it."""
    return [f"From 1 March 2026 on {said} {CONTROLS} is in force for micro-credentials." for said in PAYLOADS.values()]


def json_answer() -> str:
    """An answer in JSON, which can hold any letter in every field, control letters too."""
    items = [
        {
            "id": f"{said}{CONTROLS}", "url": f"https://json.evil.test/{name}", "title": f"{TOPIC} {said} {CONTROLS} in JSON",
            "abstract": f"{said}{CONTROLS} {'Words on it. ' * 40}", "date": "2026-11-20", "people": [{"name": said + CONTROLS}],
            "publisher": said + CONTROLS, "language": said + CONTROLS,
        }
        for name, said in PAYLOADS.items()
    ]  # fmt: skip
    return json.dumps({"results": items})


FIELDS = {"key": "id", "title": "title", "url": "url", "date": "date", "summary": "abstract", "creators": "people",
          "publisher": "publisher", "language": "language"}  # fmt: skip


@dataclass(frozen=True)
class Attacked:
    """What the chain made of it; `folder` holds sources.yaml."""

    folder: Path
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
        host.put("/act", policy_page())
        host.put("/json", json_answer(), "application/json")
        host.redirect("/ill", f"javascript:{PAYLOADS['script']}{PAYLOADS['direction']}")
        act = {"id": "evil-act", "kind": "policy", "title": "Act on micro-credentials", "level": "national", "official": True,
               "jurisdiction": "EE", "countries": ["EE"], "date": "2025-01-02", "url": host.url("/act")}  # fmt: skip
        (folder / "curation/library/act.yaml").write_text(yamltext.dump([act]), "utf-8")
        said = "".join(PAYLOADS[name] for name in ("script", "attribute", "closing", "template"))
        rows = [
            {"id": "library", "kind": "library", "path": "curation/library/*.yaml", "name": said},
            {"id": "evil-feed", "kind": "feed", "url": host.url("/feed"), "name": said, "publisher": said, "follow": "never"},
            {"id": "evil-list", "kind": "listing", "url": host.url("/list"), "item": "li", "name": f"={said}"},
            {"id": "evil-json", "kind": "jsonapi", "url": host.url("/json"), "name": said, "records": "results", "fields": FIELDS, "review": "hold"},
            {"id": "evil-act-page", "kind": "page", "url": host.url("/act"), "name": said, "links": False, "on_topic": True},
            {"id": "evil-ill", "kind": "feed", "url": host.url("/ill"), "name": said},
        ]  # fmt: skip
        site = {"title": "Observatory", "url": "https://observatory.example.org/", "contact": "a@example.org"}
        (folder / "sources.yaml").write_text(json.dumps({"site": site, "sources": rows}))
        config = load(folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.02))
        with Observatory(config, folder / "output", NOW) as obs:
            obs.run()
        host.put("/act", policy_page(*lies()))
        with Observatory(config, folder / "output", NOW + timedelta(days=1)) as obs:
            obs.run(["evil-act-page"])
        with Observatory(config, folder / "output", NOW + timedelta(days=7, hours=1)) as obs:
            report = obs.run()  # the week has ended: its letter is made
            entries = tuple(obs.store.entries((Status.PUBLISHED,)))
    logging.getLogger("observatory").removeHandler(handler)
    files = {
        path.relative_to(report.site).as_posix(): path.read_bytes()
        for path in report.site.rglob("*")
        if path.is_file() and "pagefind" not in path.parts
    }
    return Attacked(folder, folder / "output", report.site, entries, lines.getvalue(), files)


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
              "search/index.html?q=micro", "events/index.html", "list/index.html", "policy/moved/index.html", "policy/texts/index.html",
              "policy/map/index.html", "trends/index.html", "digest/2026-W48/index.html", "sources/evil-ill/index.html"]  # fmt: skip
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


def test_what_changed_on_a_watched_page_stays_text(attacked: Attacked) -> None:
    (change,) = next(entry for entry in attacked.entries if entry.id == "evil-act").texts
    said = " ".join(words for hunk in change.hunks for _how, words in hunk.pieces)
    for payload in PAYLOADS.values():
        assert clean(payload) in said, payload
    shown = lxml.html.fromstring(attacked.files["policy/texts/index.html"]).text_content()
    item = json.loads(attacked.files["policy/texts/feed.json"])["items"][0]
    (entry,) = feedparser.parse(io.BytesIO(attacked.files["policy/texts/feed.atom"])).entries
    for name in ("script", "attribute", "template"):
        assert clean(PAYLOADS[name]) in clean(shown), name
        assert clean(PAYLOADS[name]) in clean(lxml.html.fromstring(item["content_html"]).text_content()), name
        assert clean(PAYLOADS[name]) in clean(lxml.html.fromstring(entry.content[0].value).text_content()), name
    for root in (lxml.html.fromstring(item["content_html"]), lxml.html.fromstring(entry.content[0].value)):
        assert {node.tag for node in root.iter()} <= {"div", "p", "del", "ins", "span"}


def drawings(attacked: Attacked) -> Iterator[tuple[str, Any]]:
    """Yield every drawing of the site: those that stand in pages, and files of their own."""
    for path, body in attacked.of(".html").items():
        for node in lxml.html.fromstring(body).iter("svg"):
            yield path, node
    for path, body in attacked.of(".svg").items():
        yield path, ET.fromstring(body)


def test_a_drawing_is_lines_and_words(attacked: Attacked) -> None:
    seen = 0
    known = {
        "svg",
        "g",
        "rect",
        "path",
        "text",
        "tspan",
        "title",
        "desc",
        "a",
        "defs",
        "pattern",
        "line",
        "circle",
        "use",
        "polygon",
    }
    for path, drawing in drawings(attacked):
        seen += 1
        for node in drawing.iter():
            assert str(node.tag).rpartition("}")[2] in known, (path, node.tag)
            assert not [name for name in node.attrib if name.lower().startswith("on")], (path, node.attrib)
            for name, value in node.attrib.items():
                assert not (name.rpartition("}")[2] in ("href", "src") and DANGEROUS.match(value)), (path, value)
    assert seen > 5


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


@pytest.mark.parametrize("name", [*PAYLOADS, "controls"])
def test_no_text_becomes_a_head_of_a_mail(name: str) -> None:
    said = {**PAYLOADS, "controls": f"x{CONTROLS}\nBcc: evil@evil.test\n\nevil"}[name]
    site = Site(title="Observatory", url="https://observatory.example.org/", contact="a@example.org")
    post = Post(
        MailingList("all", "*", "weekly", "a@example.org", "https://example.org/all"),
        "2026-W47",
        said,
        said,
        said,
        said,
    )
    sent = message_from_bytes(compose(post, site, "b@example.org", NOW).as_bytes(), policy=policy.default)
    heads = [head.lower() for head in sent.keys()]  # noqa: SIM118 - a head may come twice
    assert "bcc" not in heads
    assert len(set(heads)) == len(heads)
    assert (sent["to"], sent["from"].addresses[0].addr_spec) == ("a@example.org", "b@example.org")
    assert {part.get_content_type() for part in sent.walk()} == {"multipart/alternative", "text/plain", "text/html"}


# ---------------------------------------------------------------- names, terminals, logs


def test_no_file_leaves_its_folder_or_has_an_odd_name(attacked: Attacked) -> None:
    assert not [path for path in attacked.files if not re.fullmatch(r"[A-Za-z0-9._/-]+", path)]
    assert not list(attacked.output.parent.rglob("evil")), "a path in a field became a path on the disk"
    assert not Path("/tmp/evil").exists()


STEERING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")
# What our own drawing sends: colours and weights, the cursor shown or hidden and moved, lines cleared, pastes marked.
OURS = re.compile(rb"\x1b\[[0-9;]*[mKHJAG]|\x1b\[\?(25|2004)[hl]|\r|\t")


def test_nothing_steers_a_terminal_or_turns_a_line(attacked: Attacked) -> None:
    files = attacked.of(".html", ".atom", ".rss", ".json", ".ics", ".bib", ".ris", ".csv", ".txt", ".jsonl")
    for path, body in files.items():
        assert not STEERING.search(body.decode("utf-8-sig")), path
    for entry in attacked.entries:
        assert not STEERING.search("".join(map(str, entry.work.creators)) + entry.work.title), entry.id


COMMANDS = (
    "search micro-credentials", "search evil --json", "explain evil-script", "explain evil-script --json", "policy evil-act",
    "policy evil-act --json", "diff evil-act", "diff evil-act --json", "country EE", "stats", "stats --json", "source list",
    "source health", "source health --json", "review --list", "review --json", "review --list --duplicates", "review --list --rejected",
    "step list", "digest weekly --preview", "digest weekly --json", "check", "judge {lines}", "resolve {pairs}",
    "-vv ingest --again", "usage {log}",
)  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_text_steer_the_terminal(attacked: Attacked, tmp_path: Path, command: str) -> None:
    from observatory.cli.main import cli

    said = [f"{TOPIC} {each}{CONTROLS}\u202e\ud800" for each in PAYLOADS.values()]
    lines = [json.dumps({"title": each, "summary": each, "publisher": each, "url": each}) for each in said]
    (tmp_path / "lines").write_text("\n".join([*lines, f"no JSON {CONTROLS}"]), "utf-8")
    (tmp_path / "pairs").write_text("\n".join(f'{{"a": {each}, "b": {each}}}' for each in lines), "utf-8")
    log = "".join(
        f'1.2.3.4 - - [20/Nov/2026:10:00:00 +0000] "GET /{each}{CONTROLS} HTTP/1.1" 200 1 "-" "{each}{CONTROLS}"\n'
        for each in PAYLOADS.values()
    )
    (tmp_path / "log").write_text(log, "utf-8")
    words = command.format(lines=tmp_path / "lines", pairs=tmp_path / "pairs", log=tmp_path / "log").split()
    root = ["--config", str(attacked.folder / "sources.yaml"), "--now", (NOW + timedelta(days=8)).isoformat()]
    result = CliRunner().invoke(cli, [*root, *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
    assert len(result.output) > 5
    assert not STEERING.search(result.output), ascii(STEERING.search(result.output))
    assert not [line for line in result.output.splitlines() if line.startswith("ERROR evil")]


@pytest.mark.parametrize(("words", "keys"), [("review", "q"), ("search micro-credentials", ""), ("source list", "")])
def test_on_a_terminal_only_our_own_drawing_moves_it(attacked: Attacked, words: str, keys: str) -> None:
    root = ["--config", str(attacked.folder / "sources.yaml"), "--now", (NOW + timedelta(days=8)).isoformat()]
    with Terminal(*root, *words.split()) as terminal:
        if keys:
            terminal.expect(f"{TOPIC} ")
            terminal.press(keys)
        terminal.wait()
    assert b"hit(" in terminal.raw or b"script>" in terminal.raw
    assert not STEERING.search(OURS.sub(b"", terminal.raw).decode())


def test_the_log_of_a_crawl_is_json_to_its_last_line_where_that_is_asked_for(web: Web, tmp_path: Path) -> None:
    host = web.host("evil")
    host.redirect("/ill", f"javascript:{PAYLOADS['script']}\x9b31m\x1b]0;evil\x07")
    row = {"id": "evil-ill", "kind": "feed", "url": host.url("/ill"), "name": PAYLOADS["direction"]}
    (tmp_path / "sources.yaml").write_text(json.dumps({"crawl": {"delay": 0.5}, "sources": [row]}))
    command = [
        sys.executable,
        "-m",
        "observatory",
        "--config",
        str(tmp_path / "sources.yaml"),
        "-vv",
        "--log-format",
        "json",
        "crawl",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("crawl: ")]
    assert len([json.loads(line) for line in lines]) > 1, done.stderr
    assert "javascript:" in done.stdout + done.stderr
    assert not STEERING.search(done.stdout + done.stderr)


def test_a_record_of_the_log_is_one_line_and_a_traceback_no_record() -> None:
    code = (
        "import logging; from observatory import loglines; loglines.configure(loglines.Style(10));\n"
        "try: raise ValueError('x\\nERROR evil\\x1b]0;evil\\x07\\u202e')\n"
        "except ValueError: logging.exception('a\\nERROR evil \\x9b31m \\u2028 b')\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stderr
    assert not STEERING.search(said)
    first, *others = said.splitlines()
    assert first.startswith("ERROR root a")
    assert all(line.startswith("| ") for line in others)


def test_a_source_forges_no_line_of_the_log(attacked: Attacked) -> None:
    assert not [line for line in attacked.log.splitlines() if line.startswith("ERROR evil")]
