-- All that a sync reads of what is kept, without the attributes, which are most of the file.
CREATE INDEX resources_by_digest ON resources (account_id, kind, region, resource_id, digest, gone_at);
