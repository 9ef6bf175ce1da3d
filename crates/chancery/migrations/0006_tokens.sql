-- Tokens: how a program acts for the person who made them. Kept as a hash, like a session's.
CREATE TABLE tokens (
    id BIGINT PRIMARY KEY,
    token BLOB NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    name TEXT NOT NULL,
    -- 'read', 'contribute', 'everything'.
    may TEXT NOT NULL,
    -- 0 unless it reaches only this site.
    site_id BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    -- 0 until it was used.
    seen_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX tokens_person ON tokens (person_id, until_at);

-- What a program asked to be done once, written in the commit that did it; forgotten after a day.
CREATE TABLE done_once (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL,
    -- 0 when it was not by token.
    token_id BIGINT NOT NULL,
    once_key TEXT NOT NULL,
    fingerprint BLOB NOT NULL,
    -- The entry of the journal that says what was done.
    entry_id BIGINT NOT NULL,
    done_at BIGINT NOT NULL,
    -- 0 until the first answer is kept.
    status BIGINT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX done_once_key ON done_once (person_id, token_id, once_key);
CREATE INDEX done_once_done ON done_once (done_at);

-- What the rule of access reads about whoever acts. A token that reaches less than its person puts
-- a narrower table of the same name in front of each (kernel/reach.rs).
CREATE VIEW reachable_grants AS
    SELECT id, place_id, subject_kind, subject_id, role, from_at, until_at FROM grants;
CREATE VIEW reachable_offices AS
    SELECT id, person_id, office, organisation_id, from_at, until_at FROM offices;
CREATE VIEW reachable_belongings AS
    SELECT id, person_id, organisation_id, from_at, until_at FROM belongings;
CREATE VIEW reachable_memberships AS
    SELECT id, team_id, person_id, from_at, until_at FROM memberships;
