-- Which wrapping keys each running process has loaded, so that none writes under a key that another
-- cannot read yet.
CREATE TABLE key_rings (
    node BIGINT PRIMARY KEY,
    -- The ids of the wrapping keys, the one for new content last.
    keys TEXT NOT NULL,
    -- Since when the last one has been the last one.
    since_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
