-- What the owners of a library want to know of each document in it: a name, a kind, and for how long it is asked.
CREATE TABLE library_columns (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    -- text, choice, date, person, number, yes-no
    kind TEXT NOT NULL,
    -- What a choice can be: a list in JSON; [] for other kinds.
    choices TEXT NOT NULL,
    hint TEXT NOT NULL,
    required BIGINT NOT NULL,
    position BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX library_columns_library ON library_columns (library_id, until_at, position);
-- What was said of a document, from one moment to another.
CREATE TABLE column_values (
    id BIGINT PRIMARY KEY,
    column_id BIGINT NOT NULL REFERENCES library_columns (id),
    item_id BIGINT NOT NULL REFERENCES items (id),
    value TEXT NOT NULL,
    -- 0 unless it is a person.
    person_id BIGINT NOT NULL,
    -- 0 for a value that came along when the document was moved or copied.
    set_by BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX column_values_item ON column_values (item_id, until_at, column_id);
-- What every document of a library says in every column of it at this moment, to be sorted and filtered by: one row for each,
-- also for those that say nothing, which come last. It can be worked out anew from the two tables above.
CREATE TABLE cells (
    -- The column and the document.
    id TEXT PRIMARY KEY,
    column_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    -- 1 where nothing is said.
    lacks BIGINT NOT NULL,
    -- What it is ordered by: a number, day, or yes or no as the first; a text, choice or the name of a person as the second.
    number BIGINT NOT NULL,
    text TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX cells_order ON cells (column_id, lacks, number, text, item_id);
CREATE UNIQUE INDEX cells_item ON cells (item_id, column_id);
CREATE INDEX cells_person ON cells (column_id, person_id, item_id) WHERE person_id > 0;
-- How somebody likes to see a library: which columns, in which order, of which documents.
CREATE TABLE library_views (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    -- Whose it is alone; 0 for one that is everybody's.
    person_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    -- In JSON.
    said TEXT NOT NULL,
    -- What everybody sees who asks for no other.
    is_default BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX library_views_library ON library_views (library_id, until_at, name_key);
-- The name of whoever made the latest version, as they were called then, to be sorted by.
ALTER TABLE items ADD COLUMN author_key TEXT NOT NULL DEFAULT '';
-- How often it was said of the document what its library asks: a part of its edition.
ALTER TABLE items ADD COLUMN filled BIGINT NOT NULL DEFAULT 0;
UPDATE items SET author_key = COALESCE((SELECT p.name_key FROM people p WHERE p.id = items.changed_by), '') WHERE is_document = 1;
-- All of a library, whatever folder it is in, in each order.
CREATE INDEX items_all_folders ON items (library_id, name_key, id) WHERE binned_at = 0 AND is_document = 0;
CREATE INDEX items_all_name ON items (library_id, name_key, id) WHERE binned_at = 0 AND is_document = 1;
CREATE INDEX items_all_changed ON items (library_id, changed_at, id) WHERE binned_at = 0 AND is_document = 1;
CREATE INDEX items_all_author ON items (library_id, author_key, id) WHERE binned_at = 0 AND is_document = 1;
CREATE INDEX items_all_by ON items (library_id, changed_by, id) WHERE binned_at = 0 AND is_document = 1;
CREATE INDEX items_all_size ON items (library_id, size, id) WHERE binned_at = 0 AND is_document = 1;
CREATE INDEX items_all_kind ON items (library_id, media_type, id) WHERE binned_at = 0 AND is_document = 1;
CREATE INDEX items_all_version ON items (library_id, version, id) WHERE binned_at = 0 AND is_document = 1;
-- What is checked out at this moment is little of all that ever was.
CREATE INDEX check_outs_until ON check_outs (until_at, document_id);
