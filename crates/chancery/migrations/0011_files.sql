-- What file programs (WebDAV) need and the pages do not: their locks, what they say of things, and
-- the files that they put beside a document for a moment.

-- A lock (RFC 4918 §6). An exclusive one on a document is a check-out too, unless its holder had the
-- document checked out already.
CREATE TABLE file_locks (
    id BIGINT PRIMARY KEY,
    token TEXT NOT NULL UNIQUE,
    library_id BIGINT NOT NULL,
    -- The folder, the document, or the library itself.
    target_id BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    shared BIGINT NOT NULL,
    -- It covers everything in the folder or library too.
    deep BIGINT NOT NULL,
    -- What the program said of who holds it: XML, as it is given back.
    owner TEXT NOT NULL,
    -- The check-out that it is; 0 for none.
    check_out_id BIGINT NOT NULL,
    -- How long it lasts each time it is refreshed, in seconds.
    seconds BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX file_locks_target ON file_locks (target_id, until_at);
CREATE INDEX file_locks_library ON file_locks (library_id, until_at);
CREATE INDEX file_locks_person ON file_locks (person_id, until_at);
CREATE INDEX file_locks_until ON file_locks (until_at);

-- Dead properties (RFC 4918 §4): what programs said of a folder, a document or a library.
CREATE TABLE file_properties (
    target_id BIGINT PRIMARY KEY,
    -- JSON: a list of [namespace, name, XML].
    properties TEXT NOT NULL
);

-- What a program keeps beside documents for a moment, seen by nobody else: its lock files, what a
-- machine says of a folder, the file that will take a document's place. Gone after a day.
CREATE TABLE scraps (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    library_id BIGINT NOT NULL,
    -- 0 at the top of the library.
    folder_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    -- 0 where it stands for a document that was moved out of the way.
    content_id BIGINT NOT NULL,
    size BIGINT NOT NULL,
    -- The document that it stands for, which stays where it is for everybody else; 0 for none.
    item_id BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX scraps_name ON scraps (person_id, library_id, folder_id, name_key);
CREATE INDEX scraps_item ON scraps (item_id) WHERE item_id > 0;
CREATE INDEX scraps_content ON scraps (content_id) WHERE content_id > 0;
CREATE INDEX scraps_until ON scraps (until_at);

-- Of which version of which document this one began as a copy; 0 for none.
ALTER TABLE items ADD COLUMN copied_from BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN copied_version BIGINT NOT NULL DEFAULT 0;
