use futures::FutureExt;
use futures::future::BoxFuture;
use larder_history::{History, HistoryError, Kind, What};
use serde_json::{Map, Value};

use super::parameter::{BY, FROM, Given, LIMIT, METRIC, MONTH, ONE_MONTH, QueryParameter, TO};
use super::rows;

/// A question to the history.
pub struct HistoryQuery {
    /// The kebab-case name: `monthly-costs`.
    pub name: &'static str,
    /// One line for people, without a full stop.
    pub summary: &'static str,
    /// What it can be told, besides the accounts.
    pub parameters: &'static [QueryParameter],
    /// What each row tells, in the order of a table.
    pub columns: &'static [Column],
    /// The most days that it can be asked about.
    pub(super) most_days: usize,
    /// Which syncs it lives on.
    pub(super) what: What,
    pub(super) run: Run,
}

/// One thing that each row tells.
#[derive(Debug)]
pub struct Column {
    /// The field: `accountId`.
    pub name: &'static str,
    /// For people, without a full stop.
    pub help: &'static str,
}

type Rows = Result<Vec<Map<String, Value>>, HistoryError>;
type Run = for<'a> fn(&'a dyn History, &'a Given) -> BoxFuture<'a, Rows>;

/// Ten years.
const MOST_DAYS: usize = 3_660;

const ACCOUNT: Column = column("accountId", "12 digits");
const SERVICE: Column = column("service", "As Cost Explorer names it");
const CURRENCY: Column = column("currency", "ISO 4217");
const UNBLENDED: Column = column("unblended", "As billed, an exact decimal number");
const AMORTISED: Column = column("amortised", "Spread over the days that it is for, an exact decimal number");
const REGION: Column = column("region", "By name");

/// Every query, one row each.
pub static HISTORY_QUERIES: &[HistoryQuery] = &[
    HistoryQuery {
        name: "monthly-costs",
        summary: "What each service cost each account, by month",
        parameters: &[ONE_MONTH, FROM, TO],
        columns: &[
            column("month", "Its first day"),
            ACCOUNT,
            SERVICE,
            CURRENCY,
            UNBLENDED,
            AMORTISED,
            column(
                "complete",
                "Whether all days of the month are known and over; else it is the sum of those that are known",
            ),
        ],
        most_days: MOST_DAYS,
        what: What::Costs,
        run: |history, given| {
            async {
                let costs = history.monthly_costs(&given.accounts, given.months()).await?;
                let known = history.known_costs(&given.accounts).await?;
                Ok(costs.iter().map(|cost| rows::month(cost, &known)).collect())
            }
            .boxed()
        },
    },
    HistoryQuery {
        name: "daily-costs",
        summary: "What each service cost in all accounts, by day",
        parameters: &[ONE_MONTH, FROM, TO],
        columns: &[column("day", "In UTC"), SERVICE, CURRENCY, UNBLENDED, AMORTISED],
        most_days: MOST_DAYS,
        what: What::Costs,
        run: |history, given| {
            async { Ok(history.daily_costs(&given.accounts, given.days()).await?.iter().map(rows::day).collect()) }
                .boxed()
        },
    },
    HistoryQuery {
        name: "movers",
        summary: "The services whose cost moved most against the month before, either way; of a month that is not over, against the same days",
        parameters: &[MONTH, METRIC, LIMIT],
        columns: &[
            ACCOUNT,
            SERVICE,
            CURRENCY,
            column("cost", "In the month through that day, an exact decimal number"),
            column(
                "before",
                "In as many days of the month before, or all where the month is whole, an exact decimal number",
            ),
            column("change", "The difference, an exact decimal number"),
            column("through", "The last day of the month that is known and over"),
            column("complete", "Whether that is the month's last"),
        ],
        most_days: MOST_DAYS,
        what: What::Costs,
        run: |history, given| {
            async {
                let movers = history.movers(&given.accounts, given.month(), given.metric, given.limit).await?;
                Ok(movers.iter().map(rows::mover).collect())
            }
            .boxed()
        },
    },
    HistoryQuery {
        name: "instances-over-time",
        summary: "How many instances there were, by state, type or region, at the beginning of each day",
        parameters: &[BY, ONE_MONTH, FROM, TO],
        columns: &[
            column("at", "The moment"),
            column("value", "The state, type or region; null where it was not told"),
            column("count", "How many"),
        ],
        most_days: 400,
        what: What::Resources(Kind::Instance),
        run: |history, given| {
            async {
                let counts = history.instances_over_time(&given.accounts, given.by, &given.moments()).await?;
                Ok(counts.iter().map(rows::count).collect())
            }
            .boxed()
        },
    },
    HistoryQuery {
        name: "snapshots-without-volume",
        summary: "The snapshots whose volume is no more, the oldest first",
        parameters: &[],
        columns: &[
            ACCOUNT,
            REGION,
            column("snapshotId", "snap-…"),
            column("volumeId", "The volume that it was made of"),
            column("volumeSize", "In GiB"),
            column("startTime", "When it was begun"),
        ],
        most_days: MOST_DAYS,
        what: What::Resources(Kind::Snapshot),
        run: |history, given| {
            async { Ok(history.snapshots_without_volume(&given.accounts).await?.iter().map(rows::snapshot).collect()) }
                .boxed()
        },
    },
    HistoryQuery {
        name: "stopped-instances",
        summary: "The instances that are stopped, the longest first",
        parameters: &[],
        columns: &[
            ACCOUNT,
            REGION,
            column("instanceId", "i-…"),
            column("name", "Its tag Name"),
            column("stoppedSince", "Since when at the latest"),
            column("days", "How many whole days that is"),
            column("toldByAws", "Whether AWS said since when; else it may have been stopped for longer"),
        ],
        most_days: MOST_DAYS,
        what: What::Resources(Kind::Instance),
        run: |history, given| {
            async {
                let stopped = history.stopped_instances(&given.accounts).await?;
                Ok(stopped.iter().map(|instance| rows::stopped(instance, given.now)).collect())
            }
            .boxed()
        },
    },
];

const fn column(name: &'static str, help: &'static str) -> Column {
    Column { name, help }
}

impl HistoryQuery {
    /// The query of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        HISTORY_QUERIES.iter().find(|row| row.name == name)
    }

    /// Its HTTP path.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/history/{}", self.name)
    }
}
