-- E-mail that waits to be sent, and what became of it. What happened once makes one message of a kind for each person.
CREATE TABLE outgoing_mail (
    id BIGINT PRIMARY KEY,
    person_id BIGINT NOT NULL REFERENCES people (id),
    -- Where it was sent to last: the person's address then.
    address TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- What it tells of: an entry of the journal, or a row that the same commit made.
    event_id BIGINT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    -- The page that it leads to, from the realm's address on.
    path TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    -- When it is tried next. While somebody sends it, until when it is theirs.
    due_at BIGINT NOT NULL,
    -- Who sends it; 0 for nobody.
    claim BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- 0 until then.
    sent_at BIGINT NOT NULL,
    failed_at BIGINT NOT NULL,
    last_error TEXT NOT NULL
);
CREATE UNIQUE INDEX outgoing_mail_event ON outgoing_mail (kind, event_id, person_id);
CREATE INDEX outgoing_mail_due ON outgoing_mail (due_at, id) WHERE sent_at = 0 AND failed_at = 0;
CREATE INDEX outgoing_mail_claim ON outgoing_mail (claim, id) WHERE claim <> 0;
CREATE INDEX outgoing_mail_created ON outgoing_mail (created_at);
