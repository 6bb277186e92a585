use std::fmt;

/// One metric: the writer, the README and the tests read its row, and none repeats it.
#[derive(Debug, PartialEq, Eq)]
pub struct Metric {
    /// In CloudWatch.
    pub name: &'static str,
    /// One of CloudWatch's.
    pub unit: Unit,
    /// What it is told by.
    pub by: &'static [DimensionSet],
    /// What of its values says something.
    pub statistic: Statistic,
    /// For people, without a full stop.
    pub help: &'static str,
}

/// CloudWatch's units (`StandardUnit`), those that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A number of things.
    Count,
    /// A size.
    Bytes,
    /// A time.
    Milliseconds,
    /// A share, from 0 to 100.
    Percent,
    /// None: a 1 or a 0.
    None,
}

/// What a metric is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DimensionSet {
    /// By nothing: the whole deployment.
    Total,
    /// By data type.
    DataType,
    /// By data type and layer: `memory`, `store` or `upstream`.
    DataTypeAndLayer,
}

/// CloudWatch's statistics, those that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statistic {
    /// Of 1s and 0s: the share of 1s.
    Average,
    /// Of counts.
    Sum,
    /// Of states, where one container's is worth knowing.
    Maximum,
}

const TOTAL: &[DimensionSet] = &[DimensionSet::Total];
const BY_TYPE: &[DimensionSet] = &[DimensionSet::DataType, DimensionSet::Total];
const BY_ALL: &[DimensionSet] = &[DimensionSet::DataTypeAndLayer, DimensionSet::DataType, DimensionSet::Total];

/// The rows under their names, and the list of them, from one table.
macro_rules! metrics {
    ($($row:ident($name:literal, $unit:ident, $by:ident, $statistic:ident, $help:literal),)+) => {
        $(pub(super) const $row: Metric = Metric {
            name: $name,
            unit: Unit::$unit,
            by: $by,
            statistic: Statistic::$statistic,
            help: $help,
        };)+

        /// Every metric there is.
        pub const METRICS: &[&Metric] = &[$(&$row),+];
    };
}

metrics! {
    CACHE_HIT("CacheHit", None, BY_ALL, Average, "1 for each request that the cache answered, 0 for each that it did not: the average is the hit rate. By layer: of the requests that came to that layer"),
    CACHE_LATENCY("CacheLatency", Milliseconds, BY_ALL, Average, "how long requests took, whoever answered; by layer, how long that layer took. Several at once are told by their mean"),
    CACHE_MISSES("CacheMisses", Count, BY_ALL, Sum, "requests that the cache did not answer; by layer, how often it had nothing usable"),
    CACHE_STALE("CacheStale", Count, BY_ALL, Sum, "answers past their TTL"),
    CACHE_ERRORS("CacheErrors", Count, BY_ALL, Sum, "how often the store failed"),
    CACHE_BYTES("CacheBytes", Bytes, BY_ALL, Sum, "bytes of the values that were given; by layer, those that it gave"),
    CACHE_SIZE("CacheSize", Bytes, TOTAL, Maximum, "what a container holds in memory"),
    CACHE_ENTRIES("CacheEntries", Count, TOTAL, Maximum, "how many entries a container holds in memory"),
    UPSTREAM_CALLS("UpstreamCalls", Count, BY_TYPE, Sum, "fetches from AWS, each of as many calls as AWS has pages"),
    UPSTREAM_TIME("UpstreamTime", Milliseconds, BY_TYPE, Sum, "how long those took together"),
    UPSTREAM_ERRORS("UpstreamErrors", Count, BY_TYPE, Sum, "those that failed"),
    READ_UNITS("ReadCapacityUnits", Count, BY_TYPE, Sum, "DynamoDB read capacity units of the cache's table"),
    WRITE_UNITS("WriteCapacityUnits", Count, BY_TYPE, Sum, "DynamoDB write capacity units of the cache's table"),
    BREAKER_OPEN("BreakerOpen", None, TOTAL, Maximum, "1 while a container leaves the store alone, else 0"),
    FOREIGN_ENTRY("ForeignEntry", Count, TOTAL, Sum, "entries that said to be another key's; none was served"),
    FAILED_WRITES("FailedWrites", Count, TOTAL, Sum, "entries that could not be written to the store"),
    RUNTIME_SERVERS("RuntimeServers", Count, TOTAL, Maximum, "servers of a run of the calculator"),
    RUNTIME_REMAINING("RuntimeRemaining", Count, TOTAL, Maximum, "those that were left to the next run"),
    RUNTIME_ERROR_RATE("RuntimeErrorRate", Percent, TOTAL, Maximum, "the share of servers, and of places that could not be told of, that failed in a run"),
    WARM_REFRESHED("WarmRefreshed", Count, BY_TYPE, Sum, "entries that the warmer fetched before they expired"),
    WARM_SAVED("WarmSaved", Count, BY_TYPE, Sum, "those that a request was then served from: it did not wait for AWS"),
    WARM_WASTED("WarmWasted", Count, BY_TYPE, Sum, "those that no request was served from"),
    WARM_FAILED("WarmFailed", Count, BY_TYPE, Sum, "what the warmer could not fetch or keep"),
    EVENTS_TAKEN("EventsTaken", Count, TOTAL, Sum, "EventBridge's events that were taken"),
    EVENTS_IGNORED("EventsIgnored", Count, TOTAL, Sum, "those of which nothing followed"),
    EVENTS_INVALIDATED("EventsInvalidated", Count, TOTAL, Sum, "data types that they made old"),
}

impl DimensionSet {
    /// The names of its dimensions.
    #[must_use]
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Total => &[],
            Self::DataType => &["DataType"],
            Self::DataTypeAndLayer => &["DataType", "Layer"],
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
