-- What takes long to be read is known to do so on every node, so that it is begun only where there is a place for what does.
ALTER TABLE scan_claims ADD COLUMN takes_long BIGINT NOT NULL DEFAULT 0;
-- Whose turn it is, is found by the first of each author.
CREATE INDEX versions_unread_by ON versions (author_id, id) WHERE read_at = 9223372036854775807;

-- An alert about a document that went for good is over with it. Those of before waited for a decision that nobody could make.
UPDATE alerts SET decision = 'gone', reason = 'It went for good, so there is nothing to decide about', decided_by = 0,
    decided_at = COALESCE((SELECT i.gone_at FROM items i WHERE i.id = alerts.document_id), 1)
  WHERE decided_at = 0 AND EXISTS (SELECT 1 FROM items i WHERE i.id = alerts.document_id AND i.gone_at > 0);
