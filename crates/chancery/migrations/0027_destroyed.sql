-- A certificate is about a whole document, or about one content of it; and says where else in the realm that content was found when
-- it was destroyed, as JSON: '' in one from before that was looked for.
ALTER TABLE certificates ADD COLUMN whole BIGINT NOT NULL DEFAULT 1;
ALTER TABLE certificates ADD COLUMN elsewhere TEXT NOT NULL DEFAULT '';
