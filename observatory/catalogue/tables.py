"""The catalogue's tables. `ledger_…` tables can't be derived again; a rebuild re-makes all other rows.

They come to be by the migrations only (`migrations/`); a test compares the two. Times are text, ISO 8601 in
UTC, so that every database orders them alike.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, MetaData, Table, Text

SCHEMA_VERSION = "0001"  # the newest migration; a catalogue of another version is upgraded or refused

metadata = MetaData()

# ---------------------------------------------------------------- ledger: what we did

ledger_ids = Table(
    "ledger_ids",
    metadata,
    Column("key", Text, primary_key=True),
    Column("entry_id", Text, primary_key=True, index=True),
    Column("given_at", Text, nullable=False),
)

ledger_shelf = Table(
    "ledger_shelf",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("finding", Text, nullable=False),
    Column("first_seen", Text, nullable=False),
    Column("last_seen", Text, nullable=False),
    Column("gone", Text),
)

ledger_files = Table(
    "ledger_files",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)

ledger_marks = Table(  # `catalogue`: a name of its own, by which a search index knows whose it is; `last_run`
    "ledger_marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

ledger_editions = Table(  # issued once, never written again
    "ledger_editions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rhythm", Text, nullable=False),
    Column("issued_at", Text, nullable=False),
    Column(
        "data", LargeBinary, nullable=False
    ),  # the edition as JSON, compressed: a busy month has thousands of candidates
)

ledger_sendings = Table(  # steps, only ever added; the last of a list and edition tells how it stands
    "ledger_sendings",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("list_id", Text, nullable=False),
    Column("edition", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Index("ix_ledger_sendings_list", "list_id", "edition"),
)

ledger_use = (
    Table(  # how the site was used, a row a day: counts only; the logs that they were counted from are gone by now
        "ledger_use",
        metadata,
        Column("day", Text, primary_key=True),
        Column("data", LargeBinary, nullable=False),  # as JSON, compressed
    )
)

# ---------------------------------------------------------------- derived: what archive and decisions say

marks = Table(  # `position`: the last archive record that was read; notes of the conductors
    "marks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

texts = Table(  # full texts, once each, compressed: rows that scans read are short without them
    "texts",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("source_id", Text, nullable=False, index=True),
    Column("relevance", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("texts", Text, nullable=False),  # digests, parted by spaces
)

item_keys = Table(
    "item_keys",
    metadata,
    Column("ref", Text, ForeignKey("items.ref", ondelete="CASCADE"), primary_key=True),
    Column("key", Text, primary_key=True, index=True),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("status", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("year", Integer),
    Column("listed", Text),
    Column("announced", Boolean, nullable=False),
    Column("data", Text, nullable=False),
    Column("text", Text),  # digest
    Index("ix_entries_status", "status", "id"),
)

entry_items = Table(
    "entry_items",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("entry_id", Text, ForeignKey("entries.id", ondelete="CASCADE"), nullable=False, index=True),
)

entry_names = Table(  # by what an entry can be asked for: former ids, addresses, `doi:…`; the lowest rank wins
    "entry_names",
    metadata,
    Column("name", Text, primary_key=True),
    Column("entry_id", Text, ForeignKey("entries.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("rank", Integer, nullable=False),
)

entry_changes = Table(  # outlives its entry, so that the index learns of entries that are no more
    "entry_changes",
    metadata,
    Column("entry_id", Text, primary_key=True),
    Column("number", Integer, nullable=False, index=True),
    Column("digest", Text, nullable=False),  # of what a reader can find it by; empty when it is no more
)

source_rows = Table(
    "source_rows",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("row", Text, nullable=False),
)

source_states = Table(  # how a source stands after the latest harvest that told something
    "source_states",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("last_end", Text, nullable=False),
    Column("last_visit", Text),
    Column("last_success", Text),
    Column("outcome", Text, nullable=False),
    Column("cause", Text),
    Column("since", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("complete", Boolean, nullable=False),
)

source_runs = Table(  # how each source fared in each run: its history over time
    "source_runs",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("run", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("cause", Text),
    Column("items", Integer, nullable=False),  # that it had ever shown by then
    Column("relevant", Integer, nullable=False),
)

links = Table(  # each address that links were looked after, as it fared last
    "links",
    metadata,
    Column("name", Text, primary_key=True),  # canonical
    Column("data", Text, nullable=False),
)

pages = Table(  # every address asked, as last answered
    "pages",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("url", Text, primary_key=True),
    Column("ref", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("cause", Text),
    Column("unread", Text),  # why its last answer could not be read
    Column("detail", Text, nullable=False),
    Column("moved_to", Text),
    Column("moved_since", Text),
    Column("key", Text, nullable=False),
    Column("etag", Text, nullable=False),
    Column("last_modified", Text, nullable=False),
    Column("digest", Text, nullable=False),  # SHA-256 of its last readable body
    Column("findings", Integer, nullable=False),
    Column("relevant", Integer, nullable=False),
)

search_pages = Table(  # every query put to a service, run by run
    "search_pages",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("run", Text, primary_key=True),
    Column("query", Text, primary_key=True),
    Column("at", Text, nullable=False),
    Column("hits", Integer),
    Column("pages", Integer, nullable=False),
    Column("records", Integer, nullable=False),
    Column("found", Integer, nullable=False),  # of the records: those that became items
)

search_items = Table(  # by which search an item was found first
    "search_items",
    metadata,
    Column("ref", Text, primary_key=True),
    Column("source_id", Text, nullable=False),
    Column("run", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("rule", Text, nullable=False),  # in words, why it was left out; empty when it was not
)

unfinished = Table(  # what a harvest of a service has still to ask, until its end is read: it may have been killed
    "unfinished",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("run", Text, nullable=False),
    Column("note", Text, nullable=False),
)

source_marks = Table(  # what a service's kind noted of its answers so far: a library's version
    "source_marks",
    metadata,
    Column("source_id", Text, primary_key=True),
    Column("mark", Text, nullable=False),
)

LEDGER = tuple(table for table in metadata.sorted_tables if table.name.startswith("ledger_"))
DERIVED = tuple(table for table in metadata.sorted_tables if table not in LEDGER)
