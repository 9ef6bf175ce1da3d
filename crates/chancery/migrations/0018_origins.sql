-- Uploads that are whole and wait for an answer: its sender is asked (asks 1) what becomes of content that is here already.
ALTER TABLE uploads ADD COLUMN asks BIGINT NOT NULL DEFAULT 0;
ALTER TABLE uploads ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
-- The address of all of it, once that is known.
ALTER TABLE uploads ADD COLUMN address BLOB;

-- Documents that had the same content, and why somebody kept both.
CREATE TABLE kept_apart (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL,
    other_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    person_id BIGINT NOT NULL,
    kept_at BIGINT NOT NULL
);
CREATE INDEX kept_apart_document ON kept_apart (document_id);
CREATE INDEX kept_apart_other ON kept_apart (other_id);
CREATE INDEX items_copied_from ON items (copied_from) WHERE copied_from > 0;
