-- Moments are microseconds since 1970 in UTC, days are YYYY-MM-DD, months are their first days. An amount is the sum of
-- its units, 1e-9 parts (nano) and 1e-18 parts (atto): integers, whose sums are exact.
CREATE TABLE cloud_accounts (
    account_id TEXT NOT NULL PRIMARY KEY,
    name TEXT,
    role_arn TEXT,
    external_id TEXT,
    regions TEXT NOT NULL CHECK (json_valid(regions))
) STRICT;

-- What was synced with success: since when, and when last. Costs have no region.
CREATE TABLE sync_state (
    account_id TEXT NOT NULL,
    what TEXT NOT NULL,
    region TEXT NOT NULL,
    first_as_of INTEGER NOT NULL,
    as_of INTEGER NOT NULL CHECK (as_of >= first_as_of),
    PRIMARY KEY (account_id, what, region)
) STRICT, WITHOUT ROWID;

CREATE TABLE resources (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    attributes TEXT NOT NULL CHECK (json_valid(attributes)),
    state TEXT,
    instance_type TEXT,
    volume_exists INTEGER,
    since INTEGER NOT NULL,
    state_since INTEGER NOT NULL,
    gone_at INTEGER CHECK (gone_at > since),
    PRIMARY KEY (account_id, kind, region, resource_id)
) STRICT;
CREATE INDEX resources_by_state ON resources (kind, state) WHERE gone_at IS NULL;
CREATE INDEX resources_without_volume ON resources (kind) WHERE gone_at IS NULL AND volume_exists = 0;

-- valid_to is 9999-01-01 as long as the version is the current one.
CREATE TABLE resource_versions (
    account_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    region TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_to INTEGER NOT NULL CHECK (valid_to > valid_from),
    digest TEXT NOT NULL,
    attributes TEXT NOT NULL CHECK (json_valid(attributes)),
    state TEXT,
    instance_type TEXT,
    PRIMARY KEY (account_id, kind, region, resource_id, valid_from),
    FOREIGN KEY (account_id, kind, region, resource_id) REFERENCES resources
) STRICT;
CREATE INDEX resource_versions_by_end ON resource_versions (kind, valid_to);

CREATE TABLE cost_data (
    account_id TEXT NOT NULL,
    day TEXT NOT NULL,
    service TEXT NOT NULL,
    currency TEXT NOT NULL,
    unblended_units INTEGER NOT NULL,
    unblended_nano INTEGER NOT NULL,
    unblended_atto INTEGER NOT NULL,
    amortised_units INTEGER NOT NULL,
    amortised_nano INTEGER NOT NULL,
    amortised_atto INTEGER NOT NULL,
    estimated INTEGER NOT NULL CHECK (estimated IN (0, 1)),
    PRIMARY KEY (account_id, day, service)
) STRICT, WITHOUT ROWID;
CREATE INDEX cost_data_by_day ON cost_data (day);

-- The sums of cost_data, written in the transaction that changes it.
CREATE TABLE cost_month (
    account_id TEXT NOT NULL,
    month TEXT NOT NULL,
    service TEXT NOT NULL,
    currency TEXT NOT NULL,
    unblended_units INTEGER NOT NULL,
    unblended_nano INTEGER NOT NULL,
    unblended_atto INTEGER NOT NULL,
    amortised_units INTEGER NOT NULL,
    amortised_nano INTEGER NOT NULL,
    amortised_atto INTEGER NOT NULL,
    PRIMARY KEY (account_id, month, service, currency)
) STRICT, WITHOUT ROWID;
CREATE INDEX cost_month_by_month ON cost_month (month);

-- The days whose costs were asked for with success, without to_day: spans that neither overlap nor touch.
CREATE TABLE cost_spans (
    account_id TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day TEXT NOT NULL CHECK (to_day > from_day),
    PRIMARY KEY (account_id, from_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE sync_history (
    id INTEGER PRIMARY KEY,
    account_id TEXT NOT NULL,
    region TEXT,
    what TEXT NOT NULL,
    as_of INTEGER NOT NULL,
    requested_by TEXT NOT NULL,
    seen INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    gone INTEGER NOT NULL,
    superseded INTEGER NOT NULL,
    code TEXT,
    error TEXT,
    CHECK ((code IS NULL) = (error IS NULL))
) STRICT;
CREATE INDEX sync_history_by_age ON sync_history (as_of, id);
CREATE INDEX sync_history_failed ON sync_history (as_of, id) WHERE code IS NOT NULL;

-- Before what moment closed versions were deleted: of moments before it nothing is known any more.
CREATE TABLE retention (
    table_name TEXT NOT NULL PRIMARY KEY,
    kept_since INTEGER NOT NULL
) STRICT;
