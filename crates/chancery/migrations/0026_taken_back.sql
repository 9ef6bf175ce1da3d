-- What officers decided about an alert and took back: the alert itself has only what counts of it now.
CREATE TABLE decisions_taken_back (
    id BIGINT PRIMARY KEY,
    alert_id BIGINT NOT NULL REFERENCES alerts (id),
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL,
    -- Why it was taken back.
    why TEXT NOT NULL,
    taken_back_by BIGINT NOT NULL,
    taken_back_at BIGINT NOT NULL
);
CREATE INDEX decisions_taken_back_alert ON decisions_taken_back (alert_id, id);
