-- Rules are tried before they are switched on: each version is read by them, and only what would change is written down.
-- One trial is open at a time. What became of it is the rulebook that was switched on, or 0 where it was withdrawn; how far it
-- was then is kept, because the versions tell it only of the newest trial.
CREATE TABLE trials (
    rulebook_id BIGINT PRIMARY KEY REFERENCES rulebooks (id),
    ended_at BIGINT NOT NULL,
    ended_by BIGINT NOT NULL,
    became BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL
);
CREATE UNIQUE INDEX trials_open ON trials (ended_at) WHERE ended_at = 9223372036854775807;

-- What a trial found: a row for each version, with an empty effect where nothing would change, and a row of version 0 for a
-- document whose marking would change.
CREATE TABLE trial_findings (
    id BIGINT PRIMARY KEY,
    rulebook_id BIGINT NOT NULL REFERENCES rulebooks (id),
    version_id BIGINT NOT NULL,
    document_id BIGINT NOT NULL REFERENCES items (id),
    version BIGINT NOT NULL,
    effect TEXT NOT NULL,
    verdict_before TEXT NOT NULL,
    label_before TEXT NOT NULL,
    verdict_after TEXT NOT NULL,
    label_after TEXT NOT NULL,
    why TEXT NOT NULL,
    carries TEXT NOT NULL,
    clearance BIGINT NOT NULL,
    rank BIGINT NOT NULL
);
CREATE UNIQUE INDEX trial_findings_version ON trial_findings (rulebook_id, document_id, version);
CREATE INDEX trial_findings_effect ON trial_findings (rulebook_id, id) WHERE effect <> '';

-- The newest trial that has read a version.
ALTER TABLE versions ADD COLUMN tried_by BIGINT NOT NULL DEFAULT 0;
CREATE INDEX versions_tried ON versions (tried_by, id);

-- The marking that was read, as a policy names it: what a document carries follows from those of its versions and the policy.
ALTER TABLE scans ADD COLUMN scheme TEXT NOT NULL DEFAULT '';
ALTER TABLE scans ADD COLUMN marking TEXT NOT NULL DEFAULT '';
