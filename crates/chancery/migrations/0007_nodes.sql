-- The processes that serve the realm, each with a row that it keeps fresh.
CREATE TABLE nodes (
    id BIGINT PRIMARY KEY,
    -- A small number that no other living node has: the last bits of the ids that it makes.
    slot BIGINT NOT NULL,
    version TEXT NOT NULL,
    -- The newest migration that it knows.
    schema_number BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
-- 'expand': programs that do not know it go on working. 'contract': they do not.
ALTER TABLE migrations ADD COLUMN sort TEXT NOT NULL DEFAULT 'expand';
