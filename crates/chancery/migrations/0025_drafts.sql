-- What is not published, or has newer drafts, is found by itself among however many documents a library has.
CREATE INDEX items_drafts ON items (library_id, id) WHERE binned_at = 0 AND is_document = 1 AND published < version;
