-- Organisations, people and teams. What can end is an interval [from_at, until_at); an open one
-- ends at 9223372036854775807. Nothing updates an interval but the closing of its until_at.
CREATE TABLE organisations (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    sector TEXT NOT NULL,
    about TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
-- Which organisations are members of an umbrella body.
CREATE TABLE umbrellas (
    id BIGINT PRIMARY KEY,
    member_id BIGINT NOT NULL REFERENCES organisations (id),
    umbrella_id BIGINT NOT NULL REFERENCES organisations (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX umbrellas_member ON umbrellas (member_id, until_at);
CREATE INDEX umbrellas_umbrella ON umbrellas (umbrella_id, until_at);

CREATE TABLE people (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    phone TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX people_name ON people (name_key, id);
-- When an account is active.
CREATE TABLE accounts (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX accounts_person ON accounts (person_id, until_at, from_at);
-- Which organisation a person is of.
CREATE TABLE belongings (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    organisation_id BIGINT NOT NULL REFERENCES organisations (id),
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX belongings_person ON belongings (person_id, until_at, from_at, organisation_id);
CREATE INDEX belongings_organisation ON belongings (organisation_id, until_at, from_at, person_id);

CREATE TABLE teams (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
-- Who is in a team, and what they do in it.
CREATE TABLE memberships (
    id BIGINT PRIMARY KEY,
    team_id BIGINT NOT NULL REFERENCES teams (id),
    person_id BIGINT NOT NULL REFERENCES people (id),
    duty TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX memberships_team ON memberships (team_id, until_at, from_at, person_id);
CREATE INDEX memberships_person ON memberships (person_id, until_at, from_at, team_id);

-- Who runs the realm ('operator'), and who looks after an organisation ('coordinator').
CREATE TABLE offices (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    office TEXT NOT NULL,
    -- 0 where the office is of the whole realm.
    organisation_id BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX offices_person ON offices (person_id, until_at);
CREATE INDEX offices_organisation ON offices (organisation_id, until_at);

-- Up to which marking a person may read.
CREATE TABLE clearances (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    level BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX clearances_person ON clearances (person_id, until_at);

-- Signing in. A password is kept as an argon2id hash; a link and a session as a hash of their token.
CREATE TABLE passwords (
    person_id BIGINT PRIMARY KEY REFERENCES people (id),
    hash TEXT NOT NULL,
    set_at BIGINT NOT NULL
);
CREATE TABLE links (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    token BLOB NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX links_person ON links (person_id, until_at);
CREATE TABLE sessions (
    id BIGINT PRIMARY KEY,
    token BLOB NOT NULL UNIQUE,
    person_id BIGINT NOT NULL REFERENCES people (id),
    device TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX sessions_person ON sessions (person_id, until_at);
-- Failed attempts, by account and by address.
CREATE TABLE throttles (
    subject TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
