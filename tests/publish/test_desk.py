"""The curators' desk as a browser shows it from disk: what is clicked becomes a block that does just that."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from axed import flaws
from desks import NOW, build

from observatory.app import Observatory
from observatory.catalogue import curation
from observatory.config.countries import CELLS
from observatory.model import Entry, PartialDate, Stage, Status
from observatory.publish.desk.pages import PAGES

pytestmark = pytest.mark.browser

ESTONIA = "2026-estonia-adopts-act-on-micro-credentials"
HOSTILE = "2026-micro-credentials-n-view"
QUALITY = "2026-how-quality-agencies-in-small-countries-of-europe-look"
STACKING = "2026-stacking-micro-credentials-towards-a-degree"
IRISH = "2026-a-framework-for-micro-credentials-in-irish-universities"
REASON = '</textarea><script>alert(3)</script> "it\'s" \\ # an advert: yes\u2028no \u202e🎓 – é'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a full desk; made once, since it is crawled."""
    folder = tmp_path_factory.mktemp("desk")
    build(folder, tuple(CELLS))
    return folder


@pytest.fixture
def page(chromium: Any, home: Path) -> Iterator[Any]:
    """A page of a browser that has kept nothing yet; it must ask for nothing but files, and have nothing to complain of."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    page = context.new_page()
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: told.append(dialog.message))
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda error: told.append(str(error)))
    yield page
    context.close()
    assert not [url for url in asked if not url.startswith((f"file://{home}/output/desk/", "blob:"))]
    assert told == []


def at(home: Path, name: str = "index.html") -> str:
    return f"file://{home}/output/desk/{name}"


def case(page: Any, entry: str) -> Any:
    return page.locator(f'.case[data-entry="{entry}"]').first


def pair(page: Any, one: str) -> Any:
    return page.locator(f'.pair-box[data-one="{one}"]').first


def decide(page: Any, home: Path) -> str:
    """Click one of everything on both pages; returns the policy whose step was taken, as the rules found it."""
    page.goto(at(home))
    case(page, ESTONIA).get_by_role("button", name="Accept").click()
    case(page, HOSTILE).get_by_role("button", name="Reject").click()
    case(page, HOSTILE).locator("[name=why]").fill(REASON)
    case(page, HOSTILE).locator("form").get_by_role("button", name="Reject").click()
    pair(page, QUALITY).get_by_role("button", name="One work").click()
    change = case(page, STACKING)
    change.get_by_role("button", name="Change").click()
    change.locator("[name=kind]").select_option("guide")
    change.locator("[name=date]").fill("2026-10")
    change.locator("[name=countries]").fill("IE, MT")
    change.locator("[name=title_en]").fill("yes")
    change.get_by_label("Recognition and portability").check()
    change.get_by_label("Stackability and pathways").uncheck()
    change.get_by_role("button", name="Note the changes").click()
    case(page, STACKING).get_by_role("button", name="Accept").click()
    step = page.locator(".case[data-step-stage]").first
    policy: str = step.get_attribute("data-entry")
    step.locator("[name=step-date]").fill("2026-08-27")
    step.get_by_role("button", name="It is a step").click()
    pair(page, "oecd-report").get_by_role("button", name="Two works").click()
    page.goto(at(home, "mend.html"))
    mend = case(page, "de-positionen")
    mend.locator("[name=date]").fill("2025")
    mend.locator("[name=topics]").select_option(["recognition", "definitions"])
    mend.locator("[name=title_en]").fill("Micro-credentials: what rectors say")
    mend.get_by_role("button", name="Note it").click()
    return policy


def test_the_block_pasted_into_the_decisions_does_what_was_clicked(page: Any, home: Path) -> None:
    policy = decide(page, home)
    page.goto(at(home))
    assert page.inner_text("#basket-count") == "10 decisions"
    block = page.input_value("#basket-yaml")
    assert block.count("\n") == 10  # a line each, so that git keeps the lines of two branches
    folder = home / "curation/decisions"
    (folder / "mary.yaml").write_text(block, "utf-8")
    decisions, broken = curation.load(folder)
    assert not broken
    assert min(each.when for each in decisions if each.by == "mary") > max(d.when for d in decisions if d.by == "joe")
    try:
        with Observatory.open(home / "sources.yaml", home / "output", now=NOW + timedelta(days=1)) as observatory:
            observatory.take_decisions()
            found = {name: observatory.store.entry(name) for name in (ESTONIA, HOSTILE, QUALITY, STACKING, IRISH)}
            act, report, german = (observatory.entry(name) for name in (policy, "oecd-report", "de-positionen"))
            left = observatory.queue()
            pairs = [(each.one.id, each.other.id) for each in observatory.duplicates()]
    finally:
        (folder / "mary.yaml").unlink()
        with Observatory.open(home / "sources.yaml", home / "output", now=NOW) as observatory:
            observatory.take_decisions()
    assert_done(found, act, german)
    assert [waiting.entry.id for waiting in left.waiting] == [IRISH]
    assert (report.id, pairs, left.proposals) == ("oecd-report", [], ())


def assert_done(found: dict[str, Entry | None], act: Entry, german: Entry) -> None:
    """Compare what stands with what was clicked."""
    status = {name: each and each.status for name, each in found.items()}
    assert status == {
        ESTONIA: Status.PUBLISHED,
        HOSTILE: Status.REJECTED,
        QUALITY: Status.PUBLISHED,
        STACKING: Status.PUBLISHED,
        IRISH: Status.PENDING,
    }
    hostile, quality, stacking = found[HOSTILE], found[QUALITY], found[STACKING]
    assert hostile is not None
    assert quality is not None
    assert stacking is not None
    assert hostile.reasons[0].text.endswith(
        '</textarea><script>alert(3)</script> "it\'s" \\ # an advert: yes no 🎓 – é'
    )
    assert (quality.id, quality.aliases) == ("enqa-2026-quality", (QUALITY,))
    work = stacking.work
    assert (work.kind, str(work.date), work.title_en) == ("guide", "2026-10", "yes")
    assert (work.countries, work.topics) == (("IE", "MT"), ("recognition",))
    assert [(step.date, step.stage) for step in act.work.steps] == [(PartialDate(2026, 8, 27), Stage.APPROVED)]
    work = german.work
    assert (str(work.date), work.countries, work.topics) == ("2025", ("DE",), ("definitions", "recognition"))
    assert work.title_en == "Micro-credentials: what rectors say"


def test_what_was_decided_outlives_the_page_and_can_be_undone(page: Any, home: Path) -> None:
    page.goto(at(home))
    for name in (ESTONIA, STACKING):
        case(page, name).get_by_role("button", name="Accept").click()
    page.reload()
    assert page.inner_text("#basket-count") == "2 decisions"
    accept = case(page, ESTONIA).get_by_role("button", name="Accept")
    assert accept.get_attribute("aria-pressed") == "true"
    accept.click()
    case(page, STACKING).get_by_role("button", name="Undo").click()
    assert page.inner_text("#basket-count") == "Nothing decided yet"
    assert page.input_value("#basket-yaml") == ""
    case(page, ESTONIA).get_by_role("button", name="Accept").click()
    case(page, ESTONIA).get_by_role("button", name="Reject").click()
    page.locator("form [name=why]").fill("no")
    page.keyboard.press("Enter")
    assert page.input_value("#basket-yaml").count("entry:") == 1  # of two decisions on one thing the later counts
    page.get_by_role("button", name="Show").click()
    page.get_by_role("button", name="Clear").click()
    assert page.inner_text("#basket-count") == "1 decision"
    page.get_by_role("button", name="Sure?").click()
    assert page.inner_text("#basket-count") == "Nothing decided yet"


def test_the_block_is_copied_and_downloaded_under_the_curators_name(page: Any, home: Path) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(at(home))
    case(page, ESTONIA).get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Show").click()
    page.fill("#basket-name", "mary")
    link = page.get_by_role("link", name="curation/decisions/mary.yaml")
    assert link.get_attribute("href") == "https://git.example.org/o/r/edit/main/curation/decisions/mary.yaml"
    block = page.input_value("#basket-yaml")
    page.click("#basket-copy")
    assert page.evaluate("navigator.clipboard.readText()") == block
    with page.expect_download() as download:
        page.click("#basket-download")
    assert download.value.suggested_filename == "mary.yaml"
    assert Path(download.value.path()).read_text("utf-8") == block


def test_a_decision_is_taken_back_where_decisions_are_listed(page: Any, home: Path) -> None:
    folder = home / "curation/decisions"
    (folder / "ann.yaml").write_text(f"- {{entry: {ESTONIA}, action: accept, when: 2026-11-23T05:00:00Z}}\n", "utf-8")
    try:
        with Observatory.open(home / "sources.yaml", home / "output", now=NOW) as observatory:
            observatory.take_decisions()
            observatory.publish()
        page.goto(at(home, "decisions.html"))
        case(page, ESTONIA).get_by_role("button", name="Take it back").click()
        block = page.input_value("#basket-yaml")
    finally:
        (folder / "ann.yaml").unlink()
        with Observatory.open(home / "sources.yaml", home / "output", now=NOW) as observatory:
            observatory.take_decisions()
            observatory.publish()
    assert block.startswith(f'- {{entry: "{ESTONIA}", action: restore, when: "2')


def test_a_curator_decides_by_keyboard_alone(page: Any, home: Path) -> None:
    page.goto(at(home))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.dataset.act") == "reject":
            break
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "why"
    page.keyboard.type("an advert")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.act") == "reject"
    assert page.inner_text("#basket-count") == "1 decision"
    assert 'why: "an advert"' in page.input_value("#basket-yaml")


@pytest.mark.parametrize(
    ("width", "scheme", "names"),
    [(1280, "light", [row.file for row in PAGES]), (360, "dark", ["index.html", "sources.html"])],
)
def test_axe_finds_nothing(width: int, scheme: Any, names: list[str], chromium: Any, home: Path) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, bypass_csp=True, color_scheme=scheme)
    page = context.new_page()
    found: list[str] = []
    for name in names:
        page.goto(at(home, name))
        if name == "index.html":
            case(page, ESTONIA).get_by_role("button", name="Accept").click()
            case(page, STACKING).get_by_role("button", name="Change").click()
            page.get_by_role("button", name="Show").click()
        found += [f"{name} {flaw}" for flaw in flaws(page)]
    context.close()
    assert found == [], "\n".join(found)


def test_nothing_runs_out_of_the_window(page: Any, home: Path) -> None:
    for width in (320, 360, 768):
        page.set_viewport_size({"width": width, "height": 800})
        for row in PAGES:
            page.goto(at(home, row.file))
            assert page.evaluate("document.documentElement.scrollWidth") <= width, row.file
        page.goto(at(home))
        case(page, STACKING).get_by_role("button", name="Change").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_all_is_read_and_no_button_stands(chromium: Any, home: Path) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    for row in PAGES:
        page.goto(at(home, row.file))
        assert page.locator("button:visible").count() == 0, row.file
    page.goto(at(home))
    assert page.get_by_text("The buttons need JavaScript").is_visible()
    assert case(page, ESTONIA).is_visible()
    context.close()


def test_no_text_becomes_markup_and_no_page_takes_in_more_than_its_own_style_and_script(home: Path) -> None:
    for row in PAGES:
        told = (home / "output/desk" / row.file).read_text("utf-8")
        head, _, _body = unescape(told).partition("<style>")
        assert told.count("<script>") == 1
        assert "onerror=" not in told.replace("&lt;img src=x onerror=", "")
        policy = head.partition('http-equiv="Content-Security-Policy" content="')[2].partition('"')[0]
        assert "unsafe" not in policy
        assert policy.startswith("default-src 'none'; script-src 'sha256-")


def test_the_desk_stands_beside_the_site_and_is_written_only_when_it_differs(home: Path) -> None:
    desk = home / "output/desk"
    assert not list((home / "output/site").rglob("*desk*"))
    before = {path.name: path.stat().st_mtime_ns for path in desk.iterdir()}
    (desk / "of-somebody-else.txt").write_text("x", "utf-8")
    with Observatory.open(home / "sources.yaml", home / "output", now=NOW) as observatory:
        observatory.publish()
    assert {path.name: path.stat().st_mtime_ns for path in desk.iterdir() if path.name in before} == before
    (desk / "of-somebody-else.txt").unlink()


def test_lists_tell_what_is_ill_old_and_decided(home: Path) -> None:
    def told(name: str) -> str:
        return (home / "output/desk" / name).read_text("utf-8")

    assert "its server fails (5xx): wait" in told("sources.html")
    assert told("facts.html").count("curation/countries/ie.yaml</a>") == len(CELLS)
    assert "chapter 3: &lt;b&gt;on learners&lt;/b&gt;" in told("decisions.html")
    assert "1 Nov 2026" in told("decisions.html")


def test_a_look_by_a_person_is_noted_and_counts(chromium: Any, home: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    shutil.copytree(home, later)
    (later / "sources.yaml").write_text(
        (home / "sources.yaml").read_text("utf-8").replace("facts_days: 300", "unverified_days: 1")
    )
    with Observatory.open(later / "sources.yaml", later / "output", now=NOW + timedelta(days=5)) as observatory:
        observatory.run(offline=True)
    page = chromium.new_page()
    page.goto(at(later, "mend.html"))
    old = page.locator("section[aria-labelledby=unverified] .case").first
    entry = old.get_attribute("data-entry")
    old.get_by_role("button", name="Looked at: it is right").click()
    block = page.input_value("#basket-yaml")
    page.close()
    assert "action: verify" in block
    (later / "curation/decisions/mary.yaml").write_text(block, "utf-8")
    decisions, broken = curation.load(later / "curation/decisions")
    assert not broken
    (look,) = [each for each in decisions if each.by == "mary"]
    with Observatory.open(later / "sources.yaml", later / "output", now=NOW + timedelta(days=6)) as observatory:
        before = observatory.entry(entry).verified
        observatory.take_decisions()
        found = observatory.entry(entry)
    assert before is None or before < look.when
    assert found.verified == look.when
    assert any(reason.text.startswith("looked at by mary on ") for reason in found.reasons)


def test_a_broken_file_is_named_on_every_page_until_it_is_mended(home: Path) -> None:
    def told() -> list[bool]:
        pages = [(home / "output/desk" / row.file).read_text("utf-8") for row in PAGES]
        return ["anna.yaml:1" in page and "&lt;b&gt;" in page for page in pages]

    broken = home / "curation/decisions/anna.yaml"
    broken.write_text("- {entry: oecd-report, action: '<b>', when: 2026-11-20}\n", "utf-8")
    try:
        with Observatory.open(home / "sources.yaml", home / "output", now=NOW) as observatory:
            observatory.publish()
        assert told() == [True] * len(PAGES)
    finally:
        broken.unlink()
        with Observatory.open(home / "sources.yaml", home / "output", now=NOW) as observatory:
            observatory.publish()
    assert told() == [False] * len(PAGES)
