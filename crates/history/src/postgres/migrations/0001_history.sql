CREATE TABLE cloud_accounts (
    account_id text COLLATE "C" PRIMARY KEY,
    name text,
    role_arn text,
    external_id text,
    regions jsonb NOT NULL CHECK (jsonb_typeof(regions) = 'array')
);

-- What was synced with success: since when, and when last. Costs have no region.
CREATE TABLE sync_state (
    account_id text COLLATE "C" NOT NULL,
    what text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    first_as_of timestamptz NOT NULL,
    as_of timestamptz NOT NULL CHECK (as_of >= first_as_of),
    PRIMARY KEY (account_id, what, region)
);

CREATE TABLE resources (
    account_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    digest text NOT NULL,
    attributes jsonb NOT NULL,
    state text,
    instance_type text,
    volume_exists boolean,
    since timestamptz NOT NULL,
    state_since timestamptz NOT NULL,
    gone_at timestamptz CHECK (gone_at > since),
    PRIMARY KEY (account_id, kind, region, resource_id)
);
CREATE INDEX resources_by_state ON resources (kind, state) WHERE gone_at IS NULL;
CREATE INDEX resources_without_volume ON resources (kind) WHERE gone_at IS NULL AND NOT volume_exists;

-- Partitioned by the month in which a version ended, so that retention never meets one that is still current: those have
-- valid_to 9999-01-01, and a partition of their own.
CREATE TABLE resource_versions (
    account_id text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    region text COLLATE "C" NOT NULL,
    resource_id text COLLATE "C" NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_to timestamptz NOT NULL CHECK (valid_to > valid_from),
    digest text NOT NULL,
    attributes jsonb NOT NULL,
    state text,
    instance_type text,
    PRIMARY KEY (account_id, kind, region, resource_id, valid_from, valid_to),
    FOREIGN KEY (account_id, kind, region, resource_id) REFERENCES resources
) PARTITION BY RANGE (valid_to);
CREATE TABLE resource_versions_current PARTITION OF resource_versions
    FOR VALUES FROM ('9999-01-01 00:00:00+00') TO ('9999-01-02 00:00:00+00');
CREATE INDEX resource_versions_by_end ON resource_versions (kind, valid_to);

CREATE TABLE cost_data (
    account_id text COLLATE "C" NOT NULL,
    day date NOT NULL,
    service text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    unblended numeric NOT NULL,
    amortised numeric NOT NULL,
    estimated boolean NOT NULL,
    PRIMARY KEY (account_id, day, service)
) PARTITION BY RANGE (day);

-- The sums of cost_data, written in the transaction that changes it.
CREATE TABLE cost_month (
    account_id text COLLATE "C" NOT NULL,
    month date NOT NULL,
    service text COLLATE "C" NOT NULL,
    currency text COLLATE "C" NOT NULL,
    unblended numeric NOT NULL,
    amortised numeric NOT NULL,
    PRIMARY KEY (account_id, month, service, currency)
);
CREATE INDEX cost_month_by_month ON cost_month (month);

-- The days whose costs were asked for with success, without to_day: spans that neither overlap nor touch.
CREATE TABLE cost_spans (
    account_id text COLLATE "C" NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL CHECK (to_day > from_day),
    PRIMARY KEY (account_id, from_day)
);

CREATE SEQUENCE sync_history_id;
CREATE TABLE sync_history (
    id bigint NOT NULL DEFAULT nextval('sync_history_id'),
    account_id text COLLATE "C" NOT NULL,
    region text COLLATE "C",
    what text COLLATE "C" NOT NULL,
    as_of timestamptz NOT NULL,
    requested_by text NOT NULL,
    seen bigint NOT NULL,
    added bigint NOT NULL,
    changed bigint NOT NULL,
    gone bigint NOT NULL,
    superseded boolean NOT NULL,
    code text,
    error text,
    PRIMARY KEY (as_of, id),
    CHECK ((code IS NULL) = (error IS NULL))
) PARTITION BY RANGE (as_of);
ALTER SEQUENCE sync_history_id OWNED BY sync_history.id;
CREATE INDEX sync_history_failed ON sync_history (as_of, id) WHERE code IS NOT NULL;

-- Before what moment closed versions were deleted: of moments before it nothing is known any more.
CREATE TABLE retention (
    table_name text COLLATE "C" PRIMARY KEY,
    kept_since timestamptz NOT NULL
);

-- The name of a table's partition of the month that begins on this day: cost_data_2026_11.
CREATE FUNCTION partition_of(partitioned text, month date) RETURNS text LANGUAGE sql STABLE
    RETURN partitioned || to_char(month::timestamp, '_YYYY_MM');

-- Whether there is one. The catalogue itself is asked: to_regclass may answer from what this session saw before.
CREATE FUNCTION has_partition(partitioned text, month date) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (SELECT 1 FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = partitioned::regclass AND c.relname = partition_of(partitioned, month))
$$;

-- Makes the partition of a month, unless it is there. One transaction at a time: two could make the same.
CREATE FUNCTION make_partition(partitioned text, month date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('larder partitions', 0));
    IF NOT has_partition(partitioned, month) THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            partition_of(partitioned, month), partitioned,
            to_char(month::timestamp, 'YYYY-MM-DD 00:00:00+00'),
            to_char(month + interval '1 month', 'YYYY-MM-DD 00:00:00+00'));
    END IF;
END $$;

-- Begins a transaction's work: no other of the same place goes on before it ends, and there is room for rows of these
-- months, unless it was taken away in between. Whoever drops a partition waits from here on.
CREATE FUNCTION begin_work(place text, tables text[], months date[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    wanted record;
    missing bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(place, 0));
    FOR wanted IN SELECT * FROM unnest(tables, months) AS w(partitioned, month) LOOP
        IF NOT has_partition(wanted.partitioned, wanted.month) THEN
            PERFORM make_partition(wanted.partitioned, wanted.month);
        END IF;
    END LOOP;
    FOR wanted IN SELECT DISTINCT w.partitioned FROM unnest(tables) AS w(partitioned) ORDER BY 1 LOOP
        EXECUTE format('LOCK TABLE %I IN ROW EXCLUSIVE MODE', wanted.partitioned);
    END LOOP;
    SELECT count(*) INTO missing FROM unnest(tables, months) AS w(partitioned, month)
    WHERE NOT has_partition(w.partitioned, w.month);
    RETURN missing = 0;
END $$;

-- Drops the partitions of the months before this one, and no other table.
CREATE FUNCTION drop_partitions(from_table text, before date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('larder partitions', 0));
    FOR old IN SELECT c.oid::regclass AS partition FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = from_table::regclass AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
            AND c.relname::text COLLATE "C" < partition_of(from_table, before)
    LOOP
        EXECUTE format('DROP TABLE %s', old.partition);
    END LOOP;
END $$;

-- The months in which writes are to be expected soon.
SELECT make_partition(partitioned, (date_trunc('month', now() AT TIME ZONE 'UTC') + ahead * interval '1 month')::date)
FROM unnest(ARRAY['resource_versions', 'cost_data', 'sync_history']) AS partitioned, generate_series(-2, 3) AS ahead;
