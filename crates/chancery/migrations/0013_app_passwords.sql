-- Which door a token opens: 'programs' (the API) or 'file clients' (WebDAV). One never opens the other.
ALTER TABLE tokens ADD COLUMN door TEXT NOT NULL DEFAULT 'programs';
