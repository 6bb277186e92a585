CREATE TABLE IF NOT EXISTS items (
    hash TEXT NOT NULL,
    range TEXT NOT NULL,
    body TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires INTEGER,
    PRIMARY KEY (hash, range)
) STRICT, WITHOUT ROWID;

DELETE FROM items WHERE expires < unixepoch();
