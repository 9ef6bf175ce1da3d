-- Content on its way in that is not whole yet: whoever sends it goes on where it stopped.
CREATE TABLE uploads (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    -- What its sender calls it, so that it is begun once when the first answer is lost.
    once_key TEXT NOT NULL,
    -- Where it goes: a folder of a library (0 for the top of it), or a document, whose next version it becomes.
    library_id BIGINT NOT NULL,
    folder_id BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    -- For a next version: the one that was seen, or 0 for any.
    seen BIGINT NOT NULL,
    name TEXT NOT NULL,
    comment TEXT NOT NULL,
    size BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- The document that it became, or whose version; 0 until then.
    became_id BIGINT NOT NULL
);
CREATE INDEX uploads_person ON uploads (person_id, expires_at);
CREATE UNIQUE INDEX uploads_once ON uploads (person_id, once_key);
CREATE INDEX uploads_expire ON uploads (expires_at);

-- The pieces of it that are here, one after the other, each a blob of the vault of its own.
CREATE TABLE upload_parts (
    id BIGINT PRIMARY KEY,
    upload_id BIGINT NOT NULL,
    from_byte BIGINT NOT NULL,
    until_byte BIGINT NOT NULL,
    -- How many there are, with this one.
    place BIGINT NOT NULL,
    address BLOB NOT NULL,
    -- The encrypted piece itself, where it is small.
    inline BLOB
);
-- Two that begin at the same byte cannot both be the next.
CREATE UNIQUE INDEX upload_parts_upload ON upload_parts (upload_id, from_byte);
