-- What people say of the marking of a document, and what a library says of documents that carry none. A row of scans whose
-- version is 0 is no reading: it is what somebody said, whose words an alert goes back to.

-- A marking that was read in this content and does not count in this document any more, as a policy names it: an exception of
-- the kind 'marking'. Empty in an exception from an alert.
ALTER TABLE exceptions ADD COLUMN scheme TEXT NOT NULL DEFAULT '';
ALTER TABLE exceptions ADD COLUMN marking TEXT NOT NULL DEFAULT '';

-- Somebody asks for a document to carry less, or says that its originator agreed to it being here. One waits for each document.
CREATE TABLE marking_requests (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    -- The latest version when it was asked: what is read in later ones counts.
    version BIGINT NOT NULL,
    -- The alert that it answers; 0 for none.
    alert_id BIGINT NOT NULL,
    scheme TEXT NOT NULL,
    marking TEXT NOT NULL,
    label TEXT NOT NULL,
    -- What it carried then; may be empty.
    instead TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_by BIGINT NOT NULL,
    -- '' while it waits; 'agreed', 'refused', 'withdrawn', 'overtaken'.
    outcome TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    answer TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX marking_requests_waiting ON marking_requests (document_id) WHERE until_at = 9223372036854775807;
CREATE INDEX marking_requests_document ON marking_requests (document_id, until_at);
CREATE INDEX marking_requests_open ON marking_requests (until_at, id);

-- The marking that documents of a library have in which none is found.
CREATE TABLE library_markings (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    scheme TEXT NOT NULL,
    marking TEXT NOT NULL,
    set_by BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX library_markings_library ON library_markings (library_id, until_at, from_at);
