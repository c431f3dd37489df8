"""A small observatory whose desk is full: things wait, may be double, lack something; a source is ill; some texts are hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from observatory.app import Observatory
from observatory.config import load
from web.server import Web

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script> "micro-credentials" \'n\' {{ view }} \\ 🎓 # - : |'
ITEMS = (  # path, title, words
    ("/framework-news", "A framework for micro-credentials in Irish universities", "How universities recognise them."),
    (
        "/advert",
        "Micro-credentials in welding: enrol now",
        "Our college offers micro-credentials. Enrol today, places are few.",
    ),
    ("/hostile", HOSTILE, "A report on micro-credentials and their recognition across borders."),
    (
        "/quality",
        "How quality agencies in small countries of Europe look at micro-credentials",
        "A report on quality assurance of micro-credentials.",
    ),
    ("/stacking", "Stacking micro-credentials towards a degree", "Universities on stackability of micro-credentials."),
    (
        "/act",
        "Estonia adopts act on micro-credentials",
        "The Estonian parliament adopted the act on micro-credentials on 27 August 2026.",
    ),
)
LIBRARY = """
- id: ee-act
  kind: policy
  title: Act on micro-credentials
  publisher: Ministry of Education and Research
  date: 2026-03-01
  url: https://www.hm.ee/act
  level: national
  official: true
  instrument: law
  jurisdiction: EE
  countries: [EE]
  language: en
  topics: [recognition]
  policy_stage: legislative-process
  summary: The bill that orders micro-credentials.
- id: enqa-2026-quality
  kind: report
  title: How quality agencies in small countries of Europe look at micro-credentials
  creators: [Anna Gover]
  publisher: ENQA
  date: 2026-02
  url: https://www.enqa.eu/publications/quality/
  countries: [EHEA]
  level: EHEA
  language: en
  topics: [quality-assurance]
  summary: How agencies look at short learning.
- id: de-positionen
  kind: report
  title: Mikrozertifikate
  publisher: Hochschulrektorenkonferenz
  url: https://www.hrk.de/mikro
  language: de
- id: oecd-report
  kind: report
  title: Public policies for micro-credentials
  publisher: OECD
  date: 2023
  url: https://www.oecd.org/one
  countries: [INT]
  language: en
  topics: [funding]
  summary: Public policies compared.
- id: oecd-report-again
  kind: report
  title: Public policies for micro-credentials
  publisher: OECD
  date: 2023
  url: https://www.oecd.org/two
  countries: [INT]
  language: en
  topics: [funding]
  summary: Public policies compared.
"""
DECISIONS = """
- entry: oecd-report
  action: tag
  topics: {add: [learners]}
  when: 2026-11-01T10:00:00Z
  why: "chapter 3: <b>on learners</b>"
"""
IRELAND = """
code: IE
name: Ireland
summary: Small awards.
checked_on: 2024-05-01
facts:
"""
CELLS = (
    "status",
    "definition_instrument",
    "credits_and_size",
    "framework",
    "quality_assurance",
    "who_may_award",
    "recognition_and_stacking",
    "register",
    "funding",
    "support_bodies",
    "supplement",
    "digital",
)


def feed(base: str) -> str:
    """A feed of the items, in the form of any news system's."""
    items = "".join(
        f"<item><title>{escape(title)}</title><link>{base}{path}</link><guid>{base}{path}</guid>"
        f"<pubDate>Fri, 20 Nov 2026 09:00:00 GMT</pubDate><description>{escape(said)}</description></item>"
        for path, title, said in ITEMS
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>{base}/</link>{items}</channel></rss>'


def build(folder: Path, cells: tuple[str, ...]) -> None:
    """Crawl, ingest and publish in `folder`."""
    with Web() as web:
        host, ill = web.host("news"), web.host("ill")
        host.put("/feed/", feed(host.url("").rstrip("/")), "application/rss+xml")
        ill.fail(503)
        (folder / "curation/library").mkdir(parents=True)
        (folder / "curation/decisions").mkdir()
        (folder / "curation/countries").mkdir()
        (folder / "curation/library/all.yaml").write_text(LIBRARY, "utf-8")
        (folder / "curation/decisions/joe.yaml").write_text(DECISIONS, "utf-8")
        facts = "".join(f"  {cell}: {{value: not-checked}}\n" for cell in cells)
        (folder / "curation/countries/ie.yaml").write_text(IRELAND + facts, "utf-8")
        (folder / "sources.yaml").write_text(
            f"""
site: {{title: Test observatory, url: https://example.org/}}
desk: {{edit_url: "https://git.example.org/o/r/edit/main/{{path}}", facts_days: 300}}
sources:
  - {{id: library, kind: library, path: curation/library/*.yaml}}
  - {{id: news, name: News of a university, kind: feed, url: "{host.url("/feed/")}", review: hold, follow: never}}
  - {{id: ill, name: An ill source, kind: feed, url: "{ill.url("/feed/")}"}}
""",
            "utf-8",
        )
        config = load(folder / "sources.yaml")
        config = replace(config, crawl=replace(config.crawl, delay=0.02))
        with Observatory(config, folder / "output", NOW) as observatory:
            observatory.run()
