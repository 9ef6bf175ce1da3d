-- Drafts and published versions: in a library that requires publishing, readers see what was published, and nothing else.

-- When a library required publishing, and whether an owner had to approve.
CREATE TABLE publishing_rules (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    approval BIGINT NOT NULL,
    set_by BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX publishing_rules_library ON publishing_rules (library_id, until_at, from_at);
-- When readers could see a version of a document whose library requires publishing.
CREATE TABLE publications (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    number BIGINT NOT NULL,
    published_by BIGINT NOT NULL,
    -- The moment that readers are told: of the version itself where it was there before publishing was required.
    dated_at BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX publications_document ON publications (document_id, number, until_at, from_at);
-- Somebody asks an owner to publish exactly this version.
CREATE TABLE publication_requests (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    number BIGINT NOT NULL,
    note TEXT NOT NULL,
    asked_by BIGINT NOT NULL,
    -- '' while it waits; 'published', 'sent back', 'overtaken'.
    outcome TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    reason TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX publication_requests_document ON publication_requests (document_id, until_at);
CREATE INDEX publication_requests_waiting ON publication_requests (until_at, document_id);

-- What readers see of a document now, beside what is true of it: NULL where its library requires no publishing, and of
-- a folder; 0 where nothing is published.
ALTER TABLE items ADD COLUMN published BIGINT;
ALTER TABLE items ADD COLUMN published_size BIGINT;
ALTER TABLE items ADD COLUMN published_at BIGINT;
ALTER TABLE items ADD COLUMN published_by BIGINT;
ALTER TABLE items ADD COLUMN first_published_at BIGINT;
ALTER TABLE items ADD COLUMN first_published_by BIGINT;
-- The lists of readers, in their orders.
CREATE INDEX items_by_published_change ON items (library_id, folder_id, binned_at, is_document, (COALESCE(published_at, changed_at)), id);
CREATE INDEX items_by_published_size ON items (library_id, folder_id, binned_at, is_document, (COALESCE(published_size, size)), id);
CREATE INDEX items_published ON items (library_id, published_at) WHERE published > 0 AND binned_at = 0;

-- What a version is called where publishing is required: 2.0 was published, 2.1 is a draft. 0 and 0 elsewhere.
ALTER TABLE versions ADD COLUMN major BIGINT NOT NULL DEFAULT 0;
ALTER TABLE versions ADD COLUMN minor BIGINT NOT NULL DEFAULT 0;
