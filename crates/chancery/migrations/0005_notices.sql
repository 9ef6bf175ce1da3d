-- What a person is told in the portal: made by a follower of the journal.
CREATE TABLE notices (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    entry_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    -- 0 until it was read.
    read_at BIGINT NOT NULL
);
CREATE INDEX notices_person ON notices (person_id, id);
CREATE INDEX notices_unread ON notices (person_id) WHERE read_at = 0;
