-- Sites, libraries, and who may do what there.
CREATE TABLE sites (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    purpose TEXT NOT NULL,
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL
);
CREATE INDEX sites_name ON sites (name_key, id);
CREATE TABLE libraries (
    id BIGINT PRIMARY KEY,
    site_id BIGINT NOT NULL REFERENCES sites (id),
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    purpose TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    UNIQUE (site_id, name_key)
);
-- When a library takes its site's grants as well as its own.
CREATE TABLE inheritances (
    id BIGINT PRIMARY KEY,
    library_id BIGINT NOT NULL REFERENCES libraries (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX inheritances_library ON inheritances (library_id, until_at, from_at);
-- A role on a site or library. subject_kind: 0 everyone in the realm (subject_id 0), 1 a person,
-- 2 a team, 3 an organisation. role: 1 reader, 2 contributor, 3 owner.
CREATE TABLE grants (
    id BIGINT PRIMARY KEY,
    place_id BIGINT NOT NULL,
    subject_kind BIGINT NOT NULL,
    subject_id BIGINT NOT NULL,
    role BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    given_by BIGINT NOT NULL,
    -- Who ended it before its time; 0 while nobody has.
    ended_by BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX grants_place ON grants (place_id, until_at, from_at);
CREATE INDEX grants_subject ON grants (subject_id, subject_kind, until_at, from_at, place_id, role);
