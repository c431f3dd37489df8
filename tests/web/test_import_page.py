"""A page kept by hand, in the form of the Irish observatory's, taken over as library records to look through."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from observatory import yamltext
from observatory.cli.main import cli
from spiders import library
from web.server import Web

KNOWN = "- {id: unesco-2022-definition, kind: report, title: Towards a common definition of micro-credentials, url: '{url}'}\n"
OUTSIDE = "<li>Nested: <ul><li><a href='{base}/inner'>An inner report on badges</a> (2021)</li></ul></li>"


def page(base: str) -> str:
    return f"""<html lang="en"><head><title>Observatory</title></head><body><nav><ul><li><a href="/menu">Our programmes here</a></li></ul></nav>
<main><h1>Micro-Credential Observatory</h1><h2>Policy Initiatives</h2>
<ul><li><a href="{base}/framework">National Microcredentials Framework</a> Australia (March 2022)</li></ul>
<h2>National and International Reports</h2>
<ul><li>Oliver (2022). Towards a common definition of micro-credentials. UNESCO. <a href="{base}/unesco">Read more</a></li>
<li><a href="{base}/oecd">Public policies for effective micro-credential learning</a> (14 December 2023). Useful for ministries, with cases.</li></ul>
<h2>Events, Conferences and Webinars</h2><ul><li><a href="{base}/gone">A masterclass that no longer answers</a></li></ul></main>
<footer><p><a href="https://twitter.com/x">Follow us on the network</a></p></footer></body></html>"""


def test_a_page_becomes_a_library_file_in_its_order_and_nothing_waits(web: Web, tmp_path: Path) -> None:
    host = web.host("hand")
    base = host.url("")
    host.put("/observatory", page(base))
    title = "Public policies for effective micro-credential learning"
    host.put(
        "/oecd",
        f'<html><head><meta name="citation_title" content="{title}"><meta name="citation_author" content="Kato, Shizuka">'
        f'<meta name="citation_publication_date" content="2023/12/14"><title>{title}</title></head><body><main><h1>{title}</h1></main></body></html>',
    )
    host.put(
        "/framework",
        "<html><head><title>National Microcredentials Framework</title></head><body><h1>Framework</h1></body></html>",
    )
    (tmp_path / "curation" / "library").mkdir(parents=True)
    (tmp_path / "curation" / "library" / "own.yaml").write_text(KNOWN.replace("{url}", f"{base}/unesco"))
    config = tmp_path / "sources.yaml"
    config.write_text("crawl: {delay: 0.5}\nsources: [{id: library, kind: library, path: curation/library/*.yaml}]\n")
    run, made = CliRunner(), tmp_path / "curation" / "taken.yaml"

    def observatory(*words: str) -> str:
        done = run.invoke(cli, ["--config", str(config), *words], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    observatory("ingest")
    assert "4 items, 2 read, 1 known already" in observatory("import-page", host.url("/observatory"), "--to", str(made))
    marked = yamltext.load(made.read_bytes(), made.name)
    assert library.flaws(marked, (), ()) == []
    records = [work for _name, work in library.works(marked).values()]
    assert [(work.kind, work.title) for work in records] == [
        ("policy", "National Microcredentials Framework"),
        ("report", title),
        ("event", "A masterclass that no longer answers"),
    ]  # headings tell kinds; the page's order
    framework, oecd, _gone = records
    assert (str(framework.date), framework.note) == ("2022-03", "Australia (March 2022)")
    assert (str(oecd.date), [c.name for c in oecd.creators]) == ("2023-12-14", ["Shizuka Kato"])
    assert oecd.note is not None
    assert "Useful for ministries, with cases" in oecd.note
    said = made.read_text()
    assert "# ---- National and International Reports" in said
    assert "# kept by hand already as unesco-2022-definition" in said
    assert '"pending": 0' in observatory("stats", "--json")
    made.rename(tmp_path / "curation" / "library" / "taken.yaml")  # looked through: now it counts
    checked = run.invoke(cli, ["--config", str(config), "check"])
    assert checked.exit_code == 1  # sound as a file; the gate says what a policy lacks, for the curator to add
    assert "national-microcredentials-framework.level: a policy needs level" in checked.output
    observatory("ingest")
    assert '"published": 4' in observatory("stats", "--json")
