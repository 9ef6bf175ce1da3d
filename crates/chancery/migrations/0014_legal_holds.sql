-- Why something must be kept, whoever would rather delete it: a whole library (document_id 0) or one document of it.
CREATE TABLE legal_holds (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    document_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    placed_by BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX legal_holds_library ON legal_holds (library_id, document_id, until_at, from_at);
