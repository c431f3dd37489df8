BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE entries (
	id TEXT NOT NULL, 
	status TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	year INTEGER, 
	listed TEXT, 
	announced BOOLEAN NOT NULL, 
	data TEXT NOT NULL, 
	text TEXT, 
	PRIMARY KEY (id)
);
CREATE TABLE entry_changes (
	entry_id TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (entry_id)
);
CREATE TABLE entry_items (
	ref TEXT NOT NULL, 
	entry_id TEXT NOT NULL, 
	PRIMARY KEY (ref), 
	FOREIGN KEY(entry_id) REFERENCES entries (id) ON DELETE CASCADE
);
CREATE TABLE entry_names (
	name TEXT NOT NULL, 
	entry_id TEXT NOT NULL, 
	rank INTEGER NOT NULL, 
	PRIMARY KEY (name, entry_id), 
	FOREIGN KEY(entry_id) REFERENCES entries (id) ON DELETE CASCADE
);
CREATE TABLE item_keys (
	ref TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	PRIMARY KEY (ref, "key"), 
	FOREIGN KEY(ref) REFERENCES items (ref) ON DELETE CASCADE
);
CREATE TABLE items (
	ref TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	relevance TEXT NOT NULL, 
	data TEXT NOT NULL, 
	texts TEXT NOT NULL, 
	PRIMARY KEY (ref)
);
CREATE TABLE ledger_editions (
	id TEXT NOT NULL, 
	rhythm TEXT NOT NULL, 
	issued_at TEXT NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE ledger_files (
	path TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	PRIMARY KEY (path)
);
CREATE TABLE ledger_ids (
	"key" TEXT NOT NULL, 
	entry_id TEXT NOT NULL, 
	given_at TEXT NOT NULL, 
	PRIMARY KEY ("key", entry_id)
);
INSERT INTO "ledger_ids" VALUES('item:library#enqa-2023-quality','enqa-2023-quality','2026-11-23T06:00:00');
CREATE TABLE ledger_marks (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "ledger_marks" VALUES('catalogue','00000000000000000000000000000000');
INSERT INTO "ledger_marks" VALUES('last_run','2026-11-23T06:00:00');
CREATE TABLE ledger_sendings (
	number INTEGER NOT NULL, 
	list_id TEXT NOT NULL, 
	edition TEXT NOT NULL, 
	state TEXT NOT NULL, 
	at TEXT NOT NULL, 
	message_id TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE ledger_shelf (
	source_id TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	finding TEXT NOT NULL, 
	first_seen TEXT NOT NULL, 
	last_seen TEXT NOT NULL, 
	gone TEXT, 
	PRIMARY KEY (source_id, "key")
);
INSERT INTO "ledger_shelf" VALUES('library','enqa-2023-quality','{"source_id":"library","key":"enqa-2023-quality","work":{"title":"Quality assurance of micro-credentials","kind":"report","date":"2023"},"role":"record"}','2026-11-23T06:00:00','2026-11-23T06:00:00',NULL);
CREATE TABLE ledger_use (
	day TEXT NOT NULL, 
	data BLOB NOT NULL, 
	PRIMARY KEY (day)
);
CREATE TABLE links (
	name TEXT NOT NULL, 
	data TEXT NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE marks (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "marks" VALUES('written','68a4e8edd0fb4e1490a1fbb57841c950');
INSERT INTO "marks" VALUES('position','20261123T060000Z-0001/000001');
CREATE TABLE pages (
	source_id TEXT NOT NULL, 
	url TEXT NOT NULL, 
	ref TEXT NOT NULL, 
	at TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	cause TEXT, 
	unread TEXT, 
	detail TEXT NOT NULL, 
	moved_to TEXT, 
	moved_since TEXT, 
	"key" TEXT NOT NULL, 
	etag TEXT NOT NULL, 
	last_modified TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	findings INTEGER NOT NULL, 
	relevant INTEGER NOT NULL, 
	PRIMARY KEY (source_id, url)
);
CREATE TABLE search_items (
	ref TEXT NOT NULL, 
	source_id TEXT NOT NULL, 
	run TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	PRIMARY KEY (ref)
);
CREATE TABLE search_pages (
	source_id TEXT NOT NULL, 
	run TEXT NOT NULL, 
	"query" TEXT NOT NULL, 
	at TEXT NOT NULL, 
	hits INTEGER, 
	pages INTEGER NOT NULL, 
	records INTEGER NOT NULL, 
	found INTEGER NOT NULL, 
	PRIMARY KEY (source_id, run, "query")
);
CREATE TABLE source_marks (
	source_id TEXT NOT NULL, 
	mark TEXT NOT NULL, 
	PRIMARY KEY (source_id)
);
CREATE TABLE source_rows (
	source_id TEXT NOT NULL, 
	at TEXT NOT NULL, 
	"row" TEXT NOT NULL, 
	PRIMARY KEY (source_id)
);
CREATE TABLE source_runs (
	source_id TEXT NOT NULL, 
	run TEXT NOT NULL, 
	at TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	cause TEXT, 
	items INTEGER NOT NULL, 
	relevant INTEGER NOT NULL, 
	PRIMARY KEY (source_id, run)
);
CREATE TABLE source_states (
	source_id TEXT NOT NULL, 
	last_end TEXT NOT NULL, 
	last_visit TEXT, 
	last_success TEXT, 
	outcome TEXT NOT NULL, 
	cause TEXT, 
	since TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	cursor TEXT NOT NULL, 
	complete BOOLEAN NOT NULL, 
	PRIMARY KEY (source_id)
);
CREATE TABLE texts (
	digest TEXT NOT NULL, 
	body BLOB NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE unfinished (
	source_id TEXT NOT NULL, 
	run TEXT NOT NULL, 
	note TEXT NOT NULL, 
	PRIMARY KEY (source_id)
);
CREATE INDEX ix_entries_status ON entries (status, id);
CREATE INDEX ix_entry_changes_number ON entry_changes (number);
CREATE INDEX ix_entry_names_entry_id ON entry_names (entry_id);
CREATE INDEX ix_items_source_id ON items (source_id);
CREATE INDEX ix_ledger_ids_entry_id ON ledger_ids (entry_id);
CREATE INDEX ix_ledger_sendings_list ON ledger_sendings (list_id, edition);
CREATE INDEX ix_entry_items_entry_id ON entry_items (entry_id);
CREATE INDEX ix_item_keys_key ON item_keys ("key");
COMMIT;
