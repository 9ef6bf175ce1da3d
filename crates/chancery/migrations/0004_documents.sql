-- Folders and documents: the items of a library. One table, because a list shows both in one order
-- and a name is used once among both.
CREATE TABLE items (
    id BIGINT PRIMARY KEY,
    is_document BIGINT NOT NULL,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    -- 0 at the top of the library.
    folder_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    -- Of the latest published version; for a folder, of its making.
    changed_at BIGINT NOT NULL,
    changed_by BIGINT NOT NULL,
    version BIGINT NOT NULL,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    -- 0 unless it is in the recycle bin; then when, by whom, and with what it was deleted.
    binned_at BIGINT NOT NULL,
    binned_by BIGINT NOT NULL,
    -- The item whose deletion took it along (itself when it was deleted alone); 0 outside the bin.
    binned_with BIGINT NOT NULL
);
-- While it is not in the bin, a name is used once in its folder.
CREATE UNIQUE INDEX items_name ON items (library_id, folder_id, name_key) WHERE binned_at = 0;
CREATE INDEX items_by_name ON items (library_id, folder_id, binned_at, is_document, name_key, id);
CREATE INDEX items_by_change ON items (library_id, folder_id, binned_at, is_document, changed_at, id);
CREATE INDEX items_by_size ON items (library_id, folder_id, binned_at, is_document, size, id);
CREATE INDEX items_folder ON items (folder_id);
CREATE INDEX items_bin ON items (library_id, binned_at, id) WHERE binned_at > 0;
CREATE INDEX items_binned_with ON items (binned_with) WHERE binned_with > 0;

-- Which library a document was in, when.
CREATE TABLE placements (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX placements_document ON placements (document_id, until_at, from_at);
-- When a document was sealed, and the marking it had.
CREATE TABLE seals (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    reason TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX seals_document ON seals (document_id, until_at);
CREATE TABLE markings (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    level BIGINT NOT NULL,
    label TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX markings_document ON markings (document_id, until_at);

-- Stored bytes, once for equal content. Small content is kept here, encrypted; the rest in the vault.
CREATE TABLE contents (
    id BIGINT PRIMARY KEY,
    address BLOB NOT NULL UNIQUE,
    size BIGINT NOT NULL,
    inline BLOB,
    stored_at BIGINT NOT NULL
);
CREATE TABLE versions (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    number BIGINT NOT NULL,
    content_id BIGINT NOT NULL REFERENCES contents (id),
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL,
    author_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- The version that this one brought back; 0 for none.
    restored_from BIGINT NOT NULL,
    UNIQUE (document_id, number)
);
CREATE INDEX versions_content ON versions (content_id);
-- The exclusive right to make the next version: an interval, closed early by its outcome.
CREATE TABLE check_outs (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    note TEXT NOT NULL,
    -- '' while it lasts or when it expired; 'checked in', 'discarded', 'released'.
    outcome TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX check_outs_document ON check_outs (document_id, until_at);
CREATE INDEX check_outs_person ON check_outs (person_id, until_at);
-- Content that only its author can see. It outlives the check-out it was made under, so that an
-- owner's release or an expiry loses nobody's work.
CREATE TABLE drafts (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    content_id BIGINT NOT NULL REFERENCES contents (id),
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    saved_at BIGINT NOT NULL,
    -- The version it was made from.
    based_on BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX drafts_document ON drafts (document_id, person_id, until_at);
CREATE INDEX drafts_person ON drafts (person_id, until_at);
CREATE INDEX drafts_content ON drafts (content_id);
