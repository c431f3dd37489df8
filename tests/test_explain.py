"""What is told of an address that made no entry: where it was seen and why it is not in, or who asked for it in vain."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from observatory.catalogue.store import Store
from observatory.config import load
from observatory.explain import explain
from observatory.model import Cause, Finding, Item, Outcome, Reason, Relevance, Verdict, View, Visit, Work

CONFIG = load(Path(__file__).parent.parent / "sources.yaml")
MOMENT = datetime(2026, 11, 3, 6, tzinfo=UTC)
URL = "https://www.enqa.eu/news/staff-party/"


def test_an_address_that_was_left_out_is_explained_by_source_date_and_reason(tmp_path: Path) -> None:
    work = Work(title="Staff party", url=URL)
    verdict = Verdict(Relevance.NO, 0.0, Work(), (Reason("relevance", "no core term"),))
    view = View(Finding("library", "k", work), MOMENT, MOMENT, "20261103T060000Z-x/00000004", URL)
    with Store.open(tmp_path / "catalogue.sqlite") as store:
        item = Item(
            "library", "k", work, verdict, (view,), MOMENT, MOMENT, keys=("url:https://enqa.eu/news/staff-party",)
        )
        store.put_items([item])
        told = explain(CONFIG, store, "http://enqa.eu/news/staff-party")
    assert told["answer"] == "seen in Starter library on 2026-11-03; not relevant because no core term"
    assert told["entry"] is None
    assert told["provenances"][0]["snapshots"][0]["ref"] == "20261103T060000Z-x/00000004"
    assert told["verdict"]["reasons"] == ["relevance: no core term"]


def test_an_address_that_was_asked_for_in_vain_says_so(tmp_path: Path) -> None:
    with Store.open(tmp_path / "catalogue.sqlite") as store:
        store.record_visit("run/1", Visit("library", URL, MOMENT, Outcome.FAILED, Cause.FORBIDDEN, 403))
        told = explain(CONFIG, store, URL)
    assert told["answer"] == f"no record was read at {URL}; Starter library asked for it on 2026-11-03: failed (403)"
    assert told["visits"][0]["cause"] == "403"
