"""The catalogue keeps what it is given: items and blocks, ids, entries, sources. Written to run on any database."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import day

from observatory.catalogue.ledger import Shelved
from observatory.catalogue.store import Store
from observatory.model import (
    Cause,
    DropEntry,
    EntryKind,
    Finding,
    GiveId,
    GivenId,
    HarvestEnd,
    Outcome,
    PartialDate,
    Provenance,
    PutEntry,
    Relevance,
    SourceRow,
    Status,
    Verdict,
    Visit,
    Work,
)

# ---------------------------------------------------------------- items


def test_items_read_back_as_they_were_with_their_texts(store: Store) -> None:
    long = made.item(key="b", text="Full text. " * 1000, doi="10.1/x", date=PartialDate(2022, 6))
    short = made.item(key="a")
    store.put_items([long, short])
    assert store.items(["enqa#b", "enqa#a", "enqa#none"]) == (short, long)
    assert store.item("enqa#b") == long
    assert store.item("enqa#none") is None
    assert store.item_refs("enqa") == ("enqa#a", "enqa#b")


def test_an_item_put_again_takes_the_place_of_the_former(store: Store) -> None:
    store.put_items([made.item(keys=("doi:1", "title:x"))])
    newer = made.item(keys=("doi:2",), title="Other")
    store.put_items([newer])
    assert store.item("enqa#a") == newer
    assert store.block(["doi:1"], ()) == ()
    assert store.block(["doi:2"], ()) == (newer,)


def test_a_text_is_kept_once_and_swept_when_unused(store: Store) -> None:
    store.put_items(
        [made.item(key="a", text="same"), made.item(key="b", text="same"), made.item(key="c", text="other")]
    )
    assert store.sweep_texts() == 0
    store.drop_items(["enqa#a", "enqa#c"])
    assert store.sweep_texts() == 1
    kept = store.item("enqa#b")
    assert kept is not None
    assert kept.work.text == "same"


def test_a_block_reaches_over_shared_keys_and_no_further(store: Store) -> None:
    a = made.item(key="a", keys=("1",))
    b = made.item(key="b", keys=("1", "2"))
    c = made.item(key="c", keys=("2", "3"))
    apart = made.item(key="d", keys=("4",))
    store.put_items([c, apart, a, b])
    for keys, refs in [(("1",), ()), (("3",), ()), ((), ("enqa#c",)), (("1", "3"), ("enqa#a",))]:
        assert store.block(keys, refs) == (a, b, c)
    assert store.block((), ()) == ()


@settings(deadline=None, max_examples=40)
@given(
    spread=st.dictionaries(st.sampled_from("abcdefgh"), st.frozensets(st.sampled_from("12345678"), max_size=3)),
    start=st.sampled_from("12345678"),
)
def test_blocks_are_the_connected_parts(
    spread: dict[str, frozenset[str]],
    start: str,
    tmp_path_factory: pytest.TempPathFactory,
    empty_catalogue: object,
) -> None:
    path = tmp_path_factory.mktemp("s") / "catalogue.sqlite"
    path.write_bytes(empty_catalogue.read_bytes())  # type: ignore[attr-defined]
    with Store.open(path) as store:
        store.put_items([made.item(key=name, keys=tuple(sorted(keys))) for name, keys in spread.items()])
        found = {each.key for each in store.block([start], ())}
    reached, keys = set(), {start}
    while grown := {name for name, own in spread.items() if own & keys} - reached:
        reached |= grown
        keys |= {key for name in grown for key in spread[name]}
    assert found == reached


def test_many_items_are_one_block_in_bounded_statements(store: Store) -> None:
    names = [f"{number:04}" for number in range(1200)]
    store.put_items([made.item(key=each, keys=("shared", f"own:{each}")) for each in names])
    assert [each.key for each in store.block(["own:0007"], ())] == names


# ---------------------------------------------------------------- ids


def test_ids_are_given_once_and_found_by_any_key_oldest_first(store: Store) -> None:
    store.apply([GiveId("b", ("doi:1", "url:x"), day(1)), GiveId("a", ("doi:1",), day(2))])
    store.apply([GiveId("b", ("doi:1", "doi:9"), day(9))])
    assert store.given(["doi:1"]) == (GivenId("b", "doi:1", day(1)), GivenId("a", "doi:1", day(2)))
    assert [given.key for given in store.given_to(["b"])] == ["doi:1", "url:x", "doi:9"]
    assert store.taken(["a", "c"]) == {"a"}


# ---------------------------------------------------------------- entries


def test_entries_read_back_by_every_name_they_have(store: Store) -> None:
    one = made.entry(
        "a",
        doi="10.1787/abc",
        celex="32022H0627(02)",
        url="https://example.org/report",
        seen_at="https://portal.example/1",
        pdf_url="https://example.org/report.pdf",
        text="full text",
        aliases=("former",),
    )
    store.apply([PutEntry(one, ("enqa#a",)), made.put("b")])
    for name in ["a", "former", "https://example.org/report", "http://example.org/report#top", "10.1787/abc",
                 "https://doi.org/10.1787/ABC", "https://portal.example/1", " a ", "https://example.org/report.pdf"]:  # fmt: skip
        assert store.entry(name) == one, name
    assert store.entry("nothing") is None
    assert store.entries_of(["enqa#a", "enqa#zzz"]) == (one,)
    assert store.refs_of(["a", "b"]) == ("enqa#a",)
    assert store.aliases() == {"former": "a"}


def test_an_entrys_own_address_says_more_than_where_another_was_seen(store: Store) -> None:
    store.apply([made.put("a", seen_at="https://x.example/1"), made.put("b", url="https://x.example/1")])
    found = store.entry("https://x.example/1")
    assert found is not None
    assert found.id == "b"


def test_entries_stream_sorted_without_their_texts(store: Store) -> None:
    names = [f"e{number:04}" for number in range(900)]
    store.apply(
        [made.put(each, text="long", status=Status.PENDING if each > "e0500" else Status.PUBLISHED) for each in names]
    )
    assert [each.id for each in store.entries()] == names
    assert {each.work.text for each in store.entries()} == {None}
    assert [each.id for each in store.entries([Status.PENDING])] == names[501:]
    assert list(store.entries([])) == []


def test_an_item_moves_from_entry_to_entry(store: Store) -> None:
    store.apply([made.put("a", ("enqa#1", "enqa#2")), made.put("b", ("enqa#3",))])
    store.apply([made.put("b", ("enqa#2", "enqa#3")), made.put("a", ("enqa#1",))])
    assert store.refs_of(["a"]) == ("enqa#1",)
    assert store.refs_of(["b"]) == ("enqa#2", "enqa#3")


def test_a_dropped_entry_is_found_under_its_new_name_only(store: Store) -> None:
    store.apply([made.put("a", ("enqa#1",)), made.put("b", ("enqa#2",))])
    store.apply([DropEntry("a"), made.put("b", ("enqa#1", "enqa#2"), aliases=("a",))])
    found = store.entry("a")
    assert found is not None
    assert found.id == "b"
    assert [each.id for each in store.entries()] == ["b"]


def test_of_several_intents_for_an_entry_the_last_counts(store: Store) -> None:
    store.apply([made.put("a"), DropEntry("a"), made.put("b"), DropEntry("c"), made.put("c")])
    assert [each.id for each in store.entries()] == ["b", "c"]


# ---------------------------------------------------------------- change numbers


def changes(store: Store, since: int = 0) -> list[str]:
    return [entry_id for _number, entry_id in store.changed_since(since)]


def test_a_number_rises_only_when_content_differs(store: Store) -> None:
    store.apply([made.put("a"), made.put("b", text="x")])
    before = store.last_change()
    assert changes(store) == ["a", "b"]
    store.apply([made.put("a"), made.put("b", text="x")])
    assert changes(store, before) == []
    store.apply([made.put("b", text="y"), made.put("a")])
    assert changes(store, before) == ["b"]
    assert store.last_change() > before


def test_being_seen_again_is_no_change(store: Store) -> None:
    store.apply([made.put("a")])
    before = store.last_change()
    later = Provenance("enqa", "a", "https://enqa.example/a", day(0), day(9), "run/00000099")
    store.apply([made.put("a", provenances=(later,), verified=day(9))])
    assert changes(store, before) == []
    found = store.entry("a")
    assert found is not None
    assert found.provenances == (later,)


def test_a_drop_and_a_return_are_changes(store: Store) -> None:
    store.apply([made.put("a"), made.put("b")])
    first = store.last_change()
    store.apply([DropEntry("a"), DropEntry("never-there")])
    assert changes(store, first) == ["a"]
    second = store.last_change()
    store.apply([made.put("a")])
    assert changes(store, second) == ["a"]


def test_numbers_go_on_rising_over_a_rebuild(store: Store) -> None:
    store.apply([made.put("a"), made.put("b")])
    before = store.last_change()
    store.clear_derived()
    assert store.last_change() > before
    store.apply([made.put("a")])
    assert sorted(changes(store, before)) == ["a", "b"]  # b is no more: an index must learn of it


# ---------------------------------------------------------------- transactions and rebuilds


def test_a_transaction_stands_whole_or_not_at_all(store: Store) -> None:
    with pytest.raises(RuntimeError), store.transaction():
        store.apply([made.put("a"), GiveId("a", ("doi:1",), day(1))])
        with store.transaction():
            store.set_position("run/00000001")
        raise RuntimeError
    assert store.entry("a") is None
    assert store.given(["doi:1"]) == ()
    assert store.position() == ""


def test_a_reader_sees_one_moment(store: Store, where: Path | str) -> None:
    store.apply([made.put("a")])
    with Store.open(where, read_only=True) as reader, reader.reading():
        assert [each.id for each in reader.entries()] == ["a"]
        store.apply([made.put("b")])
        assert [each.id for each in reader.entries()] == ["a"]


def test_a_rebuild_keeps_the_ledger_and_drops_the_rest(store: Store) -> None:
    shelved = Shelved("library", "x", Finding("library", "x", Work(title="X")), day(1), day(2))
    with store.transaction():
        store.put_items([made.item(keys=("doi:1",), text="t")])
        store.apply([GiveId("a", ("doi:1",), day(1)), made.put("a", ("enqa#a",), aliases=("b",))])
        store.shelve([shelved])
        store.set_file_digests({"curation/library/a.yaml": "0"})
        store.record_run(day(3))
        store.set_position("run/00000009")
        store.set_meta("decisions", "x")
        store.record_row(SourceRow("enqa", day(1), "{}"))
        store.record_snapshot(made.snapshot("run/00000001"), 1, 1)
        store.record_end("run/00000002", end())
    name = store.name_of_catalogue()
    store.clear_derived()
    assert store.given(["doi:1"])
    assert store.shelf() == (shelved,)
    assert store.file_digests() == {"curation/library/a.yaml": "0"}
    assert store.last_run() == day(3)
    assert store.name_of_catalogue() == name
    assert (store.position(), store.meta("decisions"), store.row("enqa")) == ("", "", None)
    assert (list(store.entries()), store.items(["enqa#a"]), store.aliases()) == ([], (), {})
    assert store.health() == {}
    assert store.sweep_texts() == 0


def test_the_shelf_keeps_the_latest_form_of_each_record(store: Store) -> None:
    first = Shelved("library", "x", Finding("library", "x", Work(title="X")), day(1), day(1))
    store.shelve([first, replace(first, key="a")])
    gone = replace(first, last_seen=day(2), gone=day(3))
    store.shelve([gone])
    assert store.shelf() == (replace(first, key="a"), gone)
    store.set_file_digests({"b": "1", "a": "2"})
    store.set_file_digests({"c": "3"})
    assert store.file_digests() == {"c": "3"}


# ---------------------------------------------------------------- sources


def end(number: int = 0, outcome: Outcome = Outcome.OK, cause: Cause | None = None, **fields: object) -> HarvestEnd:
    known = {"complete": True, "visits": 1, "not_modified": 0} | fields
    return HarvestEnd("enqa", day(number), outcome, cause, **known)  # type: ignore[arg-type]


def test_the_latest_row_of_a_source_counts(store: Store) -> None:
    assert store.row("enqa") is None
    store.record_row(SourceRow("enqa", day(1), '{"a":1}'))
    store.record_row(SourceRow("enqa", day(2), '{"a":2}'))
    assert store.row("enqa") == '{"a":2}'


def test_a_source_is_remembered_for_its_next_harvest(store: Store) -> None:
    assert not store.memory("enqa").complete
    headers = (("ETag", '"1"'), ("Last-Modified", "Mon, 23 Nov 2026 06:00:00 GMT"))
    store.record_snapshot(made.snapshot("r1/00000001", headers=headers), 3, 2)
    store.record_snapshot(made.snapshot("r1/00000002", "https://enqa.example/1", role="page", key="k1"), 1, 1)
    store.record_visit("r1/00000003", Visit("enqa", "https://enqa.example/2", day(0), Outcome.FAILED, Cause.NOT_FOUND))
    store.record_end("r1/00000004", end(cursor="page=3", complete=False))
    memory = store.memory("enqa")
    assert memory.validators == {"https://enqa.example/feed": ('"1"', "Mon, 23 Nov 2026 06:00:00 GMT")}
    assert memory.seen == {"k1"}
    assert (memory.cursor, memory.complete, memory.last_success) == ("page=3", False, day(0))
    store.record_end("r2/00000001", end(1))
    store.record_end("r3/00000001", end(2, Outcome.FAILED, Cause.TIMEOUT, complete=False))
    memory = store.memory("enqa")
    assert (memory.cursor, memory.complete, memory.last_success) == ("", True, day(1))


def test_unchanged_and_failed_visits_leave_the_validators(store: Store) -> None:
    store.record_snapshot(made.snapshot("r1/00000001", headers=(("etag", "x"),), key="k"), 3, 2)
    for number, outcome in enumerate([Outcome.NOT_MODIFIED, Outcome.FAILED], start=2):
        store.record_visit(f"r{number}/00000001", Visit("enqa", "https://enqa.example/feed", day(number), outcome))
    assert store.memory("enqa").validators == {"https://enqa.example/feed": ("x", "")}
    assert store.memory("enqa").seen == {"k"}


def test_an_unreadable_answer_is_asked_for_again_and_makes_its_source_ill(store: Store) -> None:
    store.record_end("r0/00000001", end(0))
    unread = made.snapshot("r1/00000001", headers=(("etag", "x"),))
    store.record_snapshot(unread, 0, 0, Cause.NOT_A_FEED, "an HTML page")
    store.record_end("r1/00000002", end(1))
    assert store.memory("enqa").validators == {}
    health = store.health()["enqa"]
    assert (health.outcome, health.cause, health.detail) == (Outcome.FAILED, Cause.NOT_A_FEED, "an HTML page")
    assert (health.last_success, health.since) == (day(0), day(1))
    store.record_snapshot(made.snapshot("r2/00000001"), 3, 0)
    store.record_end("r2/00000002", end(2))
    assert store.health()["enqa"].outcome is Outcome.OK


def test_one_unreadable_page_of_many_leaves_a_source_well(store: Store) -> None:
    store.record_snapshot(made.snapshot("r1/00000001"), 3, 3)
    store.record_snapshot(made.snapshot("r1/00000002", "https://enqa.example/2"), 0, 0, Cause.NOT_HTML)
    store.record_end("r1/00000003", end())
    assert store.health()["enqa"].outcome is Outcome.OK


def test_health_says_since_when(store: Store) -> None:
    ends = [
        end(0),
        end(1, Outcome.NOT_MODIFIED),
        end(2, Outcome.FAILED, Cause.TIMEOUT),
        end(3, Outcome.FAILED, Cause.TIMEOUT),
        end(4, Outcome.FAILED, Cause.DNS, visits=0),
        end(5, Outcome.SKIPPED, Cause.NOT_DUE),
        end(6, Outcome.SKIPPED, Cause.ROBOTS),
    ]
    since = []
    for number, each in enumerate(ends):
        store.record_end(f"r{number}/00000001", each)
        since.append(store.health()["enqa"].since)
    assert since == [day(0), day(0), day(2), day(2), day(4), day(4), day(6)]
    health = store.health()["enqa"]
    assert (health.last_success, health.last_visit, health.cause) == (day(1), day(6), Cause.ROBOTS)
    assert store.last_run() == day(6)


def test_health_counts_what_a_source_gave(store: Store) -> None:
    store.put_items([made.item(key="a"), made.item(key="b"), made.item("nidl", "c")])
    useless = made.item(key="d")
    store.put_items([replace(useless, verdict=Verdict(Relevance.NO, 0, Work(), ()))])
    store.apply([made.put("x", ("enqa#a", "enqa#b", "nidl#c")), made.put("y", ("enqa#d",), status=Status.REJECTED)])
    health = store.health()
    assert (health["enqa"].entries, health["enqa"].findings, health["enqa"].relevant) == (1, 3, 2)
    assert (health["nidl"].entries, health["nidl"].findings, health["nidl"].outcome) == (1, 1, None)


def test_a_moved_source_is_named_with_where_to(store: Store) -> None:
    visit = Visit("enqa", "https://enqa.example/feed", day(0), Outcome.OK, moved_to="https://enqa.example/rss")
    store.record_visit("r1/00000001", visit)
    store.record_snapshot(made.snapshot("r1/00000002"), 1, 1)
    store.record_end("r1/00000003", end())
    assert store.health()["enqa"].moved_to == "https://enqa.example/rss"
    store.record_snapshot(made.snapshot("r2/00000002"), 1, 1)
    assert store.health()["enqa"].moved_to is None


def test_kinds_and_years_stand_in_columns_as_in_the_record(store: Store) -> None:
    store.apply([made.put("a", kind=EntryKind.POLICY, date=PartialDate(2022)), made.put("b", kind=None)])
    kinds = {each.id: (each.kind, each.year) for each in store.entries()}
    assert kinds == {"a": (EntryKind.POLICY, 2022), "b": (EntryKind.RESOURCE, None)}


def test_positions_sort_as_the_archive_does(store: Store) -> None:
    refs = [f"20261123T060000Z-abc/{number:08}" for number in (1, 2, 10)]
    for ref in refs:
        store.set_position(ref)
        assert store.position() == ref
    assert all(before < after for before, after in pairwise(refs))
