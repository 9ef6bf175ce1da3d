-- How long things are kept: one row in force for a library (document_id 0), and one for a document of its own.
CREATE TABLE retention_rules (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    document_id BIGINT NOT NULL,
    -- For how many days the recycle bin keeps things; 0 for as long as the realm says.
    bin_days BIGINT NOT NULL,
    -- Nothing goes for good for so many years; 0 for no such rule.
    keep_years BIGINT NOT NULL,
    -- Counted from when it was 'changed' or 'added'.
    keep_since TEXT NOT NULL,
    -- What nobody has changed for so many years goes to the recycle bin; 0 for no such rule.
    delete_years BIGINT NOT NULL,
    set_by BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX retention_rules_library ON retention_rules (library_id, document_id, until_at, from_at);
CREATE INDEX retention_rules_document ON retention_rules (document_id, until_at) WHERE document_id > 0;

-- Documents whose owners were told that they will go to the recycle bin, and of which state of them that was said.
CREATE TABLE retention_warnings (
    document_id BIGINT PRIMARY KEY REFERENCES items (id),
    library_id BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    warned_at BIGINT NOT NULL
);
CREATE INDEX retention_warnings_library ON retention_warnings (library_id, warned_at);

-- When it went for good, and by whom (0 when its time was over); 0 while it is here. Then it is in no recycle bin any
-- more (binned_with 0), and what is known of its versions is in gone_versions: no row refers to their content.
ALTER TABLE items ADD COLUMN gone_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN gone_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX items_gone ON items (library_id, gone_at, id) WHERE gone_at > 0;
CREATE INDEX items_in_bin ON items (library_id, binned_at, id) WHERE binned_at > 0 AND gone_at = 0;
CREATE INDEX items_expiring ON items (binned_at, id) WHERE binned_at > 0 AND gone_at = 0;
CREATE TABLE gone_versions (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    number BIGINT NOT NULL,
    size BIGINT NOT NULL,
    media_type TEXT NOT NULL,
    comment TEXT NOT NULL,
    author_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    restored_from BIGINT NOT NULL
);
CREATE UNIQUE INDEX gone_versions_document ON gone_versions (document_id, number);
