-- The latest change of a library, whatever folder it was in.
CREATE INDEX items_changed ON items (library_id, changed_at) WHERE binned_at = 0 AND is_document = 1;
