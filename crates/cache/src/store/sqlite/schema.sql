CREATE TABLE epoch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    incarnation TEXT NOT NULL,
    counter INTEGER NOT NULL,
    marks TEXT NOT NULL
) STRICT;

-- The epoch if it is well-formed; anything else counts as none.
CREATE VIEW whole_epoch AS
SELECT incarnation, counter, marks FROM epoch
WHERE length(incarnation) = 32 AND incarnation NOT GLOB '*[^0-9a-fA-F]*' AND counter >= 0
    AND CASE WHEN json_valid(marks) THEN json_type(marks) = 'object' AND NOT EXISTS (
        SELECT 1 FROM json_each(marks) WHERE type <> 'integer' OR typeof(value) <> 'integer' OR value < 0
    ) ELSE FALSE END;

CREATE TABLE entry (
    cache_key TEXT NOT NULL PRIMARY KEY,
    format INTEGER NOT NULL,
    data_type TEXT NOT NULL,
    region TEXT NOT NULL,
    account_id TEXT NOT NULL,
    resource TEXT,
    identity TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    ttl INTEGER NOT NULL,
    incarnation TEXT NOT NULL,
    fence INTEGER NOT NULL,
    etag TEXT NOT NULL,
    forced INTEGER NOT NULL,
    warmed INTEGER NOT NULL,
    lease TEXT,
    size INTEGER NOT NULL,
    digest TEXT,
    chunks INTEGER,
    data BLOB
) STRICT;
CREATE INDEX entry_by_age ON entry (data_type, created_at, cache_key);
CREATE INDEX entry_by_ttl ON entry (ttl);

CREATE TABLE chunk (
    digest TEXT NOT NULL,
    number INTEGER NOT NULL,
    ttl INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (digest, number)
) STRICT;
CREATE INDEX chunk_by_ttl ON chunk (ttl);

CREATE TABLE lease (
    cache_key TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL,
    ttl INTEGER NOT NULL,
    ended INTEGER NOT NULL
) STRICT;
CREATE INDEX lease_by_ttl ON lease (ttl);

PRAGMA user_version = 3;
