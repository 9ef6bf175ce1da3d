-- Until when a version was not read for its marking: until then only its author opens its document. What was there before
-- documents were read stays open, and is read in its turn (judged_by).
ALTER TABLE versions ADD COLUMN read_at BIGINT NOT NULL DEFAULT 9223372036854775807;
-- The rules by which it was judged last; 0 where it was not yet.
ALTER TABLE versions ADD COLUMN judged_by BIGINT NOT NULL DEFAULT 0;
UPDATE versions SET read_at = created_at;
CREATE INDEX versions_read ON versions (document_id, read_at);
CREATE INDEX versions_unread ON versions (id) WHERE read_at = 9223372036854775807;
CREATE INDEX versions_judged ON versions (judged_by, id);

-- The person for whom a seal does not count: whoever made the version that somebody has to decide about. 0 for nobody.
ALTER TABLE seals ADD COLUMN open_to BIGINT NOT NULL DEFAULT 0;
ALTER TABLE seals ADD COLUMN alert_id BIGINT NOT NULL DEFAULT 0;
CREATE INDEX seals_alert ON seals (alert_id);

-- Where a marking is from: what was read of the document, or a person. 0 for nobody.
ALTER TABLE markings ADD COLUMN source TEXT NOT NULL DEFAULT 'person';
ALTER TABLE markings ADD COLUMN scheme TEXT NOT NULL DEFAULT '';
ALTER TABLE markings ADD COLUMN marking TEXT NOT NULL DEFAULT '';
ALTER TABLE markings ADD COLUMN set_by BIGINT NOT NULL DEFAULT 0;
-- Where it is on the realm's line of markings, for those that everybody may see too.
ALTER TABLE markings ADD COLUMN rank BIGINT NOT NULL DEFAULT 0;

-- By which rules a realm judges: the policy and the schemes of its own, as text, and the program whose rules they were. What
-- was proposed and is not in force has both times at the end of all time.
CREATE TABLE rulebooks (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    policy TEXT NOT NULL,
    schemes TEXT NOT NULL,
    program TEXT NOT NULL,
    proposed_by BIGINT NOT NULL,
    proposed_at BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX rulebooks_until ON rulebooks (until_at, from_at);

-- Who is reading a version at the moment, and how often that was begun.
CREATE TABLE scan_claims (
    version_id BIGINT PRIMARY KEY,
    holder BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);

-- What was found in a version, each time it was read. The evidence is JSON, without the words around it once the content was
-- destroyed.
CREATE TABLE scans (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    version BIGINT NOT NULL,
    content_id BIGINT NOT NULL,
    rulebook_id BIGINT NOT NULL,
    at BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    label TEXT NOT NULL,
    confidence BIGINT NOT NULL,
    rule TEXT NOT NULL,
    malware TEXT NOT NULL,
    evidence TEXT NOT NULL
);
CREATE INDEX scans_document ON scans (document_id, version, id);

-- What an assurance officer must decide on.
CREATE TABLE alerts (
    id BIGINT PRIMARY KEY,
    document_id BIGINT NOT NULL REFERENCES items (id),
    version BIGINT NOT NULL,
    scan_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    raised_at BIGINT NOT NULL,
    placed_by BIGINT NOT NULL,
    in_hand_by BIGINT NOT NULL,
    in_hand_at BIGINT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX alerts_document ON alerts (document_id, decided_at);
CREATE INDEX alerts_open ON alerts (decided_at, id);

-- What an officer has found to be no such marking, in this content.
CREATE TABLE exceptions (
    id BIGINT PRIMARY KEY,
    content_id BIGINT NOT NULL,
    -- In this document only; 0 for wherever the content is.
    document_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,
    alert_id BIGINT NOT NULL,
    reason TEXT NOT NULL,
    made_by BIGINT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL
);
CREATE INDEX exceptions_content ON exceptions (content_id, until_at);

-- What was destroyed, and what there was of it: the versions as JSON.
CREATE TABLE certificates (
    id BIGINT PRIMARY KEY,
    alert_id BIGINT NOT NULL,
    document_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    removed TEXT NOT NULL,
    reason TEXT NOT NULL,
    destroyed_by BIGINT NOT NULL,
    destroyed_at BIGINT NOT NULL
);
CREATE INDEX certificates_document ON certificates (document_id);
