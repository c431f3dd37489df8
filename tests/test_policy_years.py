"""Two simulated years of a policy on the recreated web: exactly the right history, differences, feeds and lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from observatory import desk
from observatory.app import Observatory
from observatory.config import load
from observatory.model import ChangeKind, Entry, Stage
from web.server import Web

pytestmark = pytest.mark.slow

START = datetime(2024, 12, 2, 6, tzinfo=UTC)
RECORD = """
- id: ee-act-2026
  kind: policy
  title: Act on micro-credentials
  level: national
  official: true
  jurisdiction: EE
  countries: [EE]
  stage_placeholder: x
"""
SOURCES = """
site: {title: Test, url: https://example.org/, timezone: Europe/Tallinn}
digest: {weekly: null, monthly: 1 06:00}
sources:
  - {id: library, kind: library, path: curation/library/*.yaml}
  - {id: ministry, kind: page, url: "URL"SELECT, links: false, on_topic: true}
"""
TITLE = "Act on micro-credentials"
INTRO = [
    "Micro-credentials are small units of learning that universities and vocational schools award to adult learners.",
    "The ministry of education and research is responsible for the policy and for the national register of curricula.",
    "Learners find all micro-credentials in the education portal together with their size, price and language.",
]
STEPS = {  # month → what the page says from then on
    0: "A public consultation on the draft act is open until 31 January 2025 and everybody may send the ministry an opinion.",
    4: "The government tabled the bill in parliament on 28 March 2025 and the first reading is planned for the spring session.",
    9: "The parliament adopted the act on 27 August 2025 and it was published in the official gazette in the same week.",
    14: "The act entered into force on 1 January 2026 and all providers need the agency's approval from this day.",
    21: "The final evaluation of the act was published by the ministry on 24 August 2026 with advice for its next revision.",
}
REDESIGNS = {6: "portal", 16: "tiles"}
SELECTOR_FROM = 11
VISITS = (
    0,
    1,
    4,
    5,
    6,
    7,
    9,
    10,
    11,
    12,
    14,
    15,
    16,
    17,
    21,
    22,
)  # months: each event, and a visit that shows it again
STAGES = [Stage.DESIGN, Stage.LEGISLATIVE_PROCESS, Stage.APPROVED, Stage.IMPLEMENTATION, Stage.COMPLETED]


def page(month: int) -> str:
    said = [*INTRO, *(step for at, step in STEPS.items() if at <= month)]
    dress = next((dress for at, dress in sorted(REDESIGNS.items(), reverse=True) if at <= month), "plain")
    when = START + timedelta(days=30 * month)
    noise = f"<p>Last updated: {when:%d.%m.%Y}</p><p>{1000 + 37 * month} views</p>"
    if dress == "plain":
        body = "".join(f"<p>{escape(one)}</p>" for one in said)
        return f"<html lang=en><title>{TITLE}</title><body><main><h1>{TITLE}</h1>{body}{noise}</main></body></html>"
    if dress == "portal":
        body = "<br>".join(map(escape, said[:2])) + "".join(f"<div>{escape(one)}</div>" for one in said[2:])
        menu = "<ul>" + "".join(f"<li><a href=/{n}>Topic {n}</a></li>" for n in range(9)) + "</ul>"
        banner = "<div class=cookie-bar><p>We use cookies. Accept all?</p></div>"
        return (
            f"<html lang=en-GB><title>{TITLE} | Portal</title><body>{banner}{menu}<div id=content><h1>{TITLE}</h1>{body}{noise}"
            f"</div><footer>Munga 18, Tartu</footer></body></html>"
        )
    body = "".join(f"<section><p>{escape(one)}</p></section>" for one in reversed(said))
    return f"<html lang=en><title>{TITLE}</title><body><article id=content><h1>{TITLE}</h1>{body}{noise}</article></body></html>"


@dataclass(frozen=True)
class Years:
    """What stands at the end, and what was counted in each month."""

    folder: Path
    entry: Entry
    diff: dict[str, Any]
    counted: dict[int, int]
    moved: dict[int, Stage]


@pytest.fixture(scope="module")
def years(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Years]:
    folder = tmp_path_factory.mktemp("years")
    record = RECORD.replace("  stage_placeholder: x\n", "")
    with Web() as web:
        host = web.host("ministry")
        write(folder, host.url("/act"), "")
        (folder / "curation/library").mkdir(parents=True)
        (folder / "curation/library/policy.yaml").write_text(f"{record}  url: {host.url('/act')}\n", "utf-8")
        counted: dict[int, int] = {}
        moved: dict[int, Stage] = {}
        for month in VISITS:
            host.put("/act", page(month))
            if month == SELECTOR_FROM:
                write(folder, host.url("/act"), ', select: "#content"')
            visit(folder, month, counted, moved)
    with opened(folder, 24) as observatory:
        yield Years(folder, observatory.entry("ee-act-2026"), dict(observatory.diff("ee-act-2026")), counted, moved)


def write(folder: Path, url: str, select: str) -> None:
    (folder / "sources.yaml").write_text(SOURCES.replace("URL", url).replace("SELECT", select), "utf-8")


def opened(folder: Path, month: int) -> Observatory:
    config = load(folder / "sources.yaml")
    config = replace(config, crawl=replace(config.crawl, delay=0.02))
    return Observatory(config, folder / "output", START + timedelta(days=30 * month))


def visit(folder: Path, month: int, counted: dict[int, int], moved: dict[int, Stage]) -> None:
    """Crawl once, and let a curator accept what the page reports."""
    with opened(folder, month) as observatory:
        observatory.crawl()
        observatory.ingest()
        before = observatory.entry("ee-act-2026")
        counted[month] = len(before.texts)
        for proposal in observatory.proposals():
            if proposal.moves:
                decision = desk.step(observatory, proposal.policy, proposal.sign.stage, "aoife", said={})
                desk.decide(observatory, [decision])
                after = observatory.entry("ee-act-2026").work.stage
                assert after is not None
                moved[month] = after
        observatory.store.record_run(observatory.now)
        observatory.publish()


def test_each_real_change_is_counted_once_and_nothing_else_is(years: Years) -> None:
    grew = [month for before, month in pairwise(VISITS) if years.counted[month] > years.counted[before]]
    assert grew == [month for month in STEPS if month]
    assert [change.sentence.split(" …")[0] for change in years.entry.texts] == [
        " ".join(said.split()[:15]) for month, said in STEPS.items() if month
    ]
    assert all(change.removed == 0 for change in years.entry.texts)


def test_the_stages_moved_as_they_did_and_only_when_a_curator_said_so(years: Years) -> None:
    assert list(years.moved.values()) == STAGES
    assert years.entry.work.stage is Stage.COMPLETED
    assert [step.stage for step in years.entry.work.steps] == STAGES
    assert all(step.url and step.quote and step.snapshot for step in years.entry.work.steps)
    assert all(len(step.quote.strip("… ").split()) <= 15 for step in years.entry.work.steps)
    told = [change for change in years.entry.changes if change.kind is ChangeKind.STAGE]
    assert len(told) == len(STAGES)


def test_the_redesigns_and_our_selector_leave_notes_for_curators_at_most(years: Years) -> None:
    notes = [note["note"] for page in years.diff["pages"] for note in page["notes"]]
    assert len(notes) <= 3
    assert any("selector" in note for note in notes)


def test_the_history_is_the_same_when_all_is_made_anew(years: Years) -> None:
    with opened(years.folder, 24) as observatory:
        observatory.ingest(again=True)
        assert observatory.entry("ee-act-2026") == years.entry
        assert json.dumps(observatory.diff("ee-act-2026")) == json.dumps(years.diff)


def test_the_site_tells_the_steps_and_serves_no_archived_page(years: Years) -> None:
    with opened(years.folder, 24) as observatory:
        observatory.publish()
    site = years.folder / "output/site"
    said = (site / "entries/ee-act-2026/index.html").read_text("utf-8")
    assert "entered into force on 1 January 2026" in said
    moved = (site / "policy/moved/index.html").read_text("utf-8")
    assert TITLE in moved
    assert not list(site.rglob("*.warc*"))
    feed = (site / "policy/stages/completed/feed.atom").read_text("utf-8")
    assert "final evaluation of the act" in feed


def test_the_steps_carry_the_dates_and_words_of_their_own_sentences(years: Years) -> None:
    dates = [str(step.date) for step in years.entry.work.steps]
    assert dates == ["2024-12-02", "2025-03-28", "2025-08-27", "2026-01-01", "2026-08-24"]
    for step, said in zip(years.entry.work.steps, STEPS.values(), strict=True):
        assert said.startswith(step.quote.removesuffix(" …"))


def test_the_digest_tells_each_move_once_with_its_stages(years: Years) -> None:
    editions = {path.parent.name: path for path in (years.folder / "output/site").glob("digest/*/edition.json")}
    told = {name: json.loads(path.read_text("utf-8"))["items"] for name, path in sorted(editions.items())}
    assert all(item["moved"]["to"] for items in told.values() for item in items)
    assert {name: [item["badge"].removeprefix("policy: ") for item in items] for name, items in told.items()} == {
        "2024-12": ["preparing"],
        "2025-03": ["preparing → in parliament"],
        "2025-08": ["in parliament → adopted"],
        "2026-01": ["adopted → in force"],
        "2026-08": ["in force → ended"],
    }
