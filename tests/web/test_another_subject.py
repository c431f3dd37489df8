"""An observatory of another subject, from the same program: started, run on a recreated web, judged by its own words."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from observatory.app import Observatory
from observatory.cli.main import cli
from observatory.model import Status
from web.server import Web

SUBJECT = "generative AI in higher education"
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Agency</title><link>{base}/</link><description>d</description>
<item><title>ChatGPT and assessment: guidance for universities</title><link>{base}/chatgpt</link><guid>1</guid><pubDate>Mon, 02 Nov 2026 09:00:00 +0000</pubDate>
<description>How universities may assess when students use generative AI.</description></item>
<item><title>A new sports hall opens</title><link>{base}/sports</link><guid>2</guid><description>It has three courts.</description></item>
<item><title>Stackable badges recognised</title><link>{base}/badges</link><guid>3</guid><description>About micro-credentials only.</description></item>
</channel></rss>"""


def test_another_subject_has_its_own_terms_topics_and_title_and_no_word_of_ours(web: Web, tmp_path: Path) -> None:
    folder, host = tmp_path / "genai", web.host("agency")
    host.put("/feed/", FEED, "application/rss+xml")
    words = ["--subject", SUBJECT, "--title", "GenAI Observatory", "--term", "generative ai", "--term", "chatgpt*"]
    started = CliRunner().invoke(cli, ["init", str(folder), *words])
    assert started.exit_code == 0, started.output
    config = folder / "sources.yaml"
    config.write_text(
        config.read_text()
        + f'  - {{id: agency, kind: feed, url: "{host.url("/feed/")}", publisher: Agency, follow: never}}\n'
    )
    with Observatory.open(config) as obs:
        assert obs.run().totals["entries"] == 1
        (entry,) = obs.store.entries((Status.PUBLISHED,))
        assert (entry.work.title, "assessment" in entry.work.topics) == (
            "ChatGPT and assessment: guidance for universities",
            True,
        )
        assert obs.config.vocabulary.measured is None  # figures of other words say nothing here
    site = folder / "output" / "site"
    pages = {path: path.read_text() for path in site.rglob("*.html")}
    assert len(pages) > 20
    assert "GenAI Observatory" in pages[site / "index.html"]
    assert "Generative AI in higher education: policy, reports and research" in pages[site / "index.html"]
    named = [str(path.relative_to(site)) for path, said in pages.items() if "micro-credential" in said.lower()]
    assert named == []
    again = CliRunner().invoke(cli, ["init", str(folder), *words])
    assert again.exit_code == 2  # nothing that stands there is overwritten
    assert "stands there already" in again.output
