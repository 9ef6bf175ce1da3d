-- The one append-only record, and what reads it. 0 stands for none in every id here.
CREATE TABLE journal (
    id BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    person_id BIGINT NOT NULL,
    session_id BIGINT NOT NULL,
    action TEXT NOT NULL,
    sort TEXT NOT NULL,
    site_id BIGINT NOT NULL,
    library_id BIGINT NOT NULL,
    item_id BIGINT NOT NULL,
    subject_id BIGINT NOT NULL,
    data TEXT NOT NULL,
    -- 0 until the sealer gives it its place in the chain.
    position BIGINT NOT NULL DEFAULT 0,
    hash BLOB
);
CREATE INDEX journal_unsealed ON journal (id) WHERE position = 0;
CREATE UNIQUE INDEX journal_position ON journal (position) WHERE position > 0;
CREATE INDEX journal_site ON journal (site_id, id);
CREATE INDEX journal_library ON journal (library_id, sort, id);
CREATE INDEX journal_library_order ON journal (library_id, id);
CREATE INDEX journal_reads ON journal (library_id, person_id, at) WHERE sort = 'read';
CREATE INDEX journal_item ON journal (item_id, id);
CREATE INDEX journal_person ON journal (person_id, id);
CREATE INDEX journal_subject ON journal (subject_id, id);

-- Where the chain has got to.
CREATE TABLE chain (id BIGINT PRIMARY KEY, position BIGINT NOT NULL, hash BLOB NOT NULL);
-- Who may do, for a while, what only one may do at a time.
CREATE TABLE leases (name TEXT PRIMARY KEY, holder BIGINT NOT NULL, until_at BIGINT NOT NULL);
-- How far each follower of the journal has read.
CREATE TABLE followers (name TEXT PRIMARY KEY, position BIGINT NOT NULL);
