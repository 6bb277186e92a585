use larder_cache::FetchOncePer;

use super::value::{self, Parsed};
use super::{Configuration, auth, history, page};

/// A setting that there is once, whatever data types there are.
pub(super) struct Plain {
    /// In `larder.toml`, with the table it stands in.
    pub(super) key: &'static str,
    /// In the environment.
    pub(super) variable: &'static str,
    /// For people.
    pub(super) default: &'static str,
    /// For people, without a full stop.
    pub(super) help: &'static str,
    /// Puts a value in its place.
    pub(super) apply: fn(&mut Configuration, &str) -> Parsed<()>,
}

/// These settings, in the order of the README.
pub(super) const PLAIN: &[Plain] = &[
    Plain {
        key: "store",
        variable: "LARDER_STORE",
        default: "`sqlite:` in the user's cache folder",
        help: "where entries are kept: `sqlite:PATH`, `dynamodb:TABLE` or `memory`",
        apply: |it, text| put(&mut it.store, value::store(text).map(Some)),
    },
    Plain {
        key: "table",
        variable: "CACHE_TABLE_NAME",
        default: "none",
        help: "the DynamoDB table of the Lambda functions, and the store where LARDER_STORE is not set",
        apply: |it, text| put(&mut it.table, value::table(text).map(Some)),
    },
    Plain {
        key: "environment",
        variable: "ENVIRONMENT",
        default: "none",
        help: "the name of the deployment, for the log",
        apply: |it, text| put(&mut it.deployment, value::name(text).map(Some)),
    },
    Plain {
        key: "log_level",
        variable: "LOG_LEVEL",
        default: "info; error for commands that end with their answer",
        help: "error, warn, info, debug or trace",
        apply: |it, text| put(&mut it.log_level, value::log_level(text).map(Some)),
    },
    Plain {
        key: "listen",
        variable: "LARDER_LISTEN",
        default: "127.0.0.1:8080",
        help: "where `larder serve` listens; port 0 takes a free one. Anywhere but on this machine it needs `auth.issuer`",
        apply: |it, text| put(&mut it.listen, value::address(text)),
    },
    Plain {
        key: "auth.issuer",
        variable: "LARDER_AUTH_ISSUER",
        default: "none",
        help: "whose access tokens `larder serve` takes: their claim `iss`, to the letter. It asks for one then, wherever it listens",
        apply: |it, text| put(&mut it.auth.issuer, auth::issuer(text).map(Some)),
    },
    Plain {
        key: "auth.audience",
        variable: "LARDER_AUTH_AUDIENCE",
        default: "none",
        help: "the clients or resources of which a token must be for one, with commas between them: its `aud` or, where it has none, its `client_id`",
        apply: |it, text| put(&mut it.auth.audience, auth::audience(text)),
    },
    Plain {
        key: "auth.jwks",
        variable: "LARDER_AUTH_JWKS",
        default: "where the issuer's OpenID discovery document says",
        help: "the issuer's keys (a JSON Web Key Set): a file, or a URL with https",
        apply: |it, text| put(&mut it.auth.jwks, auth::jwks(text).map(Some)),
    },
    Plain {
        key: "account_id",
        variable: "LARDER_ACCOUNT_ID",
        default: "asked of STS",
        help: "the account of the AWS credentials",
        apply: |it, text| put(&mut it.own_account, value::account(text).map(Some)),
    },
    Plain {
        key: "accounts_table",
        variable: "ACCOUNTS_TABLE_NAME",
        default: "none",
        help: "the DynamoDB table of the other accounts that can be asked; `[[accounts]]` in the file names more",
        apply: |it, text| put(&mut it.accounts_table, value::table(text).map(Some)),
    },
    Plain {
        key: "region_concurrency",
        variable: "LARDER_REGION_CONCURRENCY",
        default: "5",
        help: "how many regions of one question are asked side by side; a slow one makes room for the next after its share of the time",
        apply: |it, text| put(&mut it.region_concurrency, value::count(text)),
    },
    Plain {
        key: "runtime.app_tag",
        variable: "LARDER_APP_TAG",
        default: "none",
        help: "the tag of the servers whose running minutes are worked out, as `Key=Value`",
        apply: |it, text| put(&mut it.runtime.app_tag, value::app_tag(text).map(Some)),
    },
    Plain {
        key: "runtime.servers_table",
        variable: "SERVERS_TABLE_NAME",
        default: "none",
        help: "the DynamoDB table of the servers, beside which their running minutes are kept",
        apply: |it, text| put(&mut it.runtime.servers_table, value::table(text).map(Some)),
    },
    Plain {
        key: "runtime.table",
        variable: "RUNTIME_TABLE_NAME",
        default: "none",
        help: "the DynamoDB table of what running minutes are worked out of, and of earlier months",
        apply: |it, text| put(&mut it.runtime.table, value::table(text).map(Some)),
    },
    Plain {
        key: "runtime.lookup_pages",
        variable: "LARDER_LOOKUP_PAGES",
        default: "1000",
        help: "how many pages of 50 events a lookup may have; minutes of an account and region with more are `stale`",
        apply: |it, text| put(&mut it.runtime.most_pages, value::count::<u16>(text).map(usize::from)),
    },
    Plain {
        key: "runtime.deadline_s",
        variable: "LARDER_RUNTIME_DEADLINE_S",
        default: "840",
        help: "how long `larder serve` and `larder runtime` may take over working out running minutes, in seconds, 10 at least; the rest is left to the next time. A function has its own time",
        apply: |it, text| put(&mut it.runtime.deadline, value::seconds_from(10, text)),
    },
    Plain {
        key: "runtime.max_age_s",
        variable: "LARDER_RUNTIME_MAX_AGE_S",
        default: "any",
        help: "how old what GET /runtime/servers/{instanceId} tells may be, in seconds, before it is worked out for whoever asks",
        apply: |it, text| put(&mut it.runtime.greatest_age, value::seconds(text).map(Some)),
    },
    Plain {
        key: "history.database",
        variable: "LARDER_DATABASE",
        default: "`sqlite:` in the user's data folder; none in a function",
        help: "where the history is kept: `sqlite:PATH`, `postgres://USER:PASSWORD@HOST/DATABASE` or `none`",
        apply: |it, text| put(&mut it.history.database, history::database(text).map(Some)),
    },
    Plain {
        key: "history.read_replica",
        variable: "LARDER_DATABASE_READ",
        default: "none",
        help: "a PostgreSQL of the same content that is read instead, as long as it answers",
        apply: |it, text| put(&mut it.history.read_replica, history::read_replica(text).map(Some)),
    },
    Plain {
        key: "history.database_secret",
        variable: "LARDER_DATABASE_SECRET",
        default: "none",
        help: "the ARN of the Secrets Manager secret that has the PostgreSQL's URL, or `{username, password, host, port, dbname}`; it is read again when a password is refused",
        apply: |it, text| put(&mut it.history.secret, history::secret(text).map(Some)),
    },
    Plain {
        key: "history.database_host",
        variable: "LARDER_DATABASE_HOST",
        default: "what the secret says",
        help: "where the PostgreSQL of a secret without a URL is: one that RDS manages has only `username` and `password`",
        apply: |it, text| put(&mut it.history.place.host, history::host(text).map(Some)),
    },
    Plain {
        key: "history.database_port",
        variable: "LARDER_DATABASE_PORT",
        default: "what the secret says, else 5432",
        help: "the port there",
        apply: |it, text| put(&mut it.history.place.port, value::count(text).map(Some)),
    },
    Plain {
        key: "history.database_name",
        variable: "LARDER_DATABASE_NAME",
        default: "what the secret says, else `larder`",
        help: "the database there",
        apply: |it, text| put(&mut it.history.place.name, history::database_name(text).map(Some)),
    },
    Plain {
        key: "history.pool",
        variable: "LARDER_DATABASE_POOL",
        default: "10",
        help: "how many connections to PostgreSQL there may be",
        apply: |it, text| put(&mut it.history.pool, value::count(text)),
    },
    Plain {
        key: "history.statement_timeout_ms",
        variable: "LARDER_STATEMENT_TIMEOUT_MS",
        default: "5000",
        help: "how long one statement may take, in milliseconds",
        apply: |it, text| put(&mut it.history.statement_timeout, value::milliseconds_above_zero(text)),
    },
    Plain {
        key: "history.versions_months",
        variable: "LARDER_VERSIONS_MONTHS",
        default: "for ever",
        help: "for how many months before the current one versions that are no longer current and records of syncs are kept",
        apply: |it, text| put(&mut it.history.retention.versions_months, history::months(text)),
    },
    Plain {
        key: "history.costs_months",
        variable: "LARDER_COSTS_MONTHS",
        default: "for ever",
        help: "for how many months before the current one costs are kept",
        apply: |it, text| put(&mut it.history.retention.costs_months, history::months(text)),
    },
    Plain {
        key: "sync.every_s",
        variable: "LARDER_SYNC_EVERY_S",
        default: "3600",
        help: "how often `larder serve` syncs instances, snapshots and images, in seconds; 0 is never",
        apply: |it, text| put(&mut it.sync.every, value::seconds(text)),
    },
    Plain {
        key: "sync.costs_every_s",
        variable: "LARDER_SYNC_COSTS_EVERY_S",
        default: "0",
        help: "how often it syncs costs, in seconds; 0 is only when asked, since AWS charges for each page",
        apply: |it, text| put(&mut it.sync.costs_every, value::seconds(text)),
    },
    Plain {
        key: "page.login_domain",
        variable: "LARDER_LOGIN_DOMAIN",
        default: "none",
        help: "the host of the Cognito page where people log in who open the page behind the HTTP API",
        apply: |it, text| put(&mut it.page.login_domain, page::login_domain(text).map(Some)),
    },
    Plain {
        key: "page.client_id",
        variable: "LARDER_LOGIN_CLIENT_ID",
        default: "none",
        help: "the client that the page is there",
        apply: |it, text| put(&mut it.page.client_id, page::client_id(text).map(Some)),
    },
    Plain {
        key: "warm.every_s",
        variable: "LARDER_WARM_EVERY_S",
        default: "300",
        help: "how often the function `cache-warmer` runs, in seconds, 60 at least, as its schedule has it",
        apply: |it, text| put(&mut it.warm.every, value::seconds_from(60, text)),
    },
    Plain {
        key: "warm.fetches_per_minute",
        variable: "LARDER_WARM_FETCHES_PER_MINUTE",
        default: "60",
        help: "how many fetches of a data type it may make in a minute; a fetch is as many calls of AWS as the answer has pages",
        apply: |it, text| put(&mut it.warm.fetches_per_minute, value::count::<u16>(text).map(usize::from)),
    },
    Plain {
        key: "warm.keys",
        variable: "LARDER_WARM_KEYS",
        default: "none",
        help: "what it keeps warm whether or not it is used: keys with commas between them, such as `ec2-subnets#us-east-1#111122223333`",
        apply: |it, text| put(&mut it.warm.keys, value::keys(text)),
    },
    Plain {
        key: "metrics.namespace",
        variable: "LARDER_METRICS_NAMESPACE",
        default: "none",
        help: "the CloudWatch namespace of the functions' metrics, one for each deployment; where it is not set, none are written",
        apply: |it, text| put(&mut it.metrics_namespace, value::namespace(text).map(Some)),
    },
    Plain {
        key: "cache.disabled",
        variable: "LARDER_CACHE_DISABLED",
        default: "false",
        help: "the emergency switch: every question goes to AWS",
        apply: |it, text| put(&mut it.cache.disabled, value::switch(text)),
    },
    Plain {
        key: "cache.coherence_window_ms",
        variable: "LARDER_COHERENCE_WINDOW_MS",
        default: "2000",
        help: "how long a process may trust its last look at the epoch, in milliseconds; 0 is strict",
        apply: |it, text| put(&mut it.cache.settings.coherence_window, value::milliseconds(text)),
    },
    Plain {
        key: "cache.memory_bytes",
        variable: "LARDER_MEMORY_BYTES",
        default: "64MiB",
        help: "what the memory layer may hold, in bytes or as 64MiB",
        apply: |it, text| put(&mut it.cache.settings.memory_bytes, value::bytes(text)),
    },
    Plain {
        key: "cache.largest_value_bytes",
        variable: "LARDER_LARGEST_VALUE",
        default: "64MiB",
        help: "the largest answer that is kept, in bytes or as 64MiB",
        apply: |it, text| put(&mut it.cache.settings.largest_value, value::bytes(text)),
    },
    Plain {
        key: "cache.ttl_jitter",
        variable: "LARDER_TTL_JITTER",
        default: "0.1",
        help: "the largest share by which a TTL is shortened at random, 0 to 0.9",
        apply: |it, text| put(&mut it.cache.settings.ttl_jitter, value::share(text)),
    },
    Plain {
        key: "cache.negative_ttl_ms",
        variable: "LARDER_NEGATIVE_TTL_MS",
        default: "2000",
        help: "how long a failed fetch is remembered, in milliseconds; 0 is not at all",
        apply: |it, text| put(&mut it.cache.settings.negative_ttl, value::milliseconds(text)),
    },
    Plain {
        key: "cache.lease",
        variable: "LARDER_LEASE",
        default: "on",
        help: "whether a key is fetched once per fleet (`on`) or once per process (`off`)",
        apply: |it, text| put(&mut it.cache.fetch_once_per, value::switch(text).map(once_per)),
    },
    Plain {
        key: "cache.store_timeout_ms",
        variable: "LARDER_STORE_TIMEOUT_MS",
        default: "3000",
        help: "how long one store operation may take, in milliseconds",
        apply: |it, text| put(&mut it.cache.settings.store_timeout, value::store_timeout(text)),
    },
    Plain {
        key: "cache.breaker_failures",
        variable: "LARDER_BREAKER_FAILURES",
        default: "5",
        help: "how many failures in a row make the store be left alone",
        apply: |it, text| put(&mut it.cache.settings.breaker.failures, value::count(text)),
    },
    Plain {
        key: "cache.breaker_open_ms",
        variable: "LARDER_BREAKER_OPEN_MS",
        default: "60000",
        help: "how long it is left alone, in milliseconds",
        apply: |it, text| put(&mut it.cache.settings.breaker.open_for, value::milliseconds_above_zero(text)),
    },
    Plain {
        key: "cache.bypass_concurrency",
        variable: "LARDER_BYPASS_CONCURRENCY",
        default: "16",
        help: "how many fetches may run at once while the store is out of reach",
        apply: |it, text| put(&mut it.cache.settings.bypass_concurrency, value::count(text)),
    },
];

fn put<T>(place: &mut T, value: Parsed<T>) -> Parsed<()> {
    *place = value?;
    Ok(())
}

fn once_per(lease: bool) -> FetchOncePer {
    if lease { FetchOncePer::Fleet } else { FetchOncePer::Process }
}
