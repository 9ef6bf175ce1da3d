-- The pages of an office document as a PDF, made once of each content: what anybody may see of them is asked of the
-- document each time. Made again when they are needed and not there.
CREATE TABLE printed (
    id BIGINT PRIMARY KEY,
    content_id BIGINT NOT NULL,
    -- As what it was read: the same content under another name is printed in another way.
    kind TEXT NOT NULL,
    -- '' where the pages are there; otherwise why they could not be made.
    failure TEXT NOT NULL,
    size BIGINT NOT NULL,
    -- Of the stored pages; without bytes where there are none.
    address BLOB NOT NULL,
    inline BLOB,
    made_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX printed_content ON printed (content_id, kind);
CREATE INDEX printed_address ON printed (address) WHERE inline IS NULL AND size > 0;
