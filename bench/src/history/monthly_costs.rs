use std::time::Duration;

use anyhow::ensure;
use bigdecimal::BigDecimal;
use jiff::civil::{Date, date};
use larder_history::{History, Period, PostgresHistory, PostgresSettings};
use larder_tests::Postgres;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::arguments::Effort;
use crate::contest::{median, percentile};
use crate::figure::Figure;
use crate::row::{Row, Target};
use crate::stopwatch::Stopwatch;

const ACCOUNTS: usize = 500;
const SERVICES: usize = 20;
const DAYS: usize = 1_000;
/// The last of them that are asked for.
const MONTHS: Period = Period { from: date(2025, 11, 1), to: date(2026, 11, 1) };
/// The day after the last that has costs.
const END: Date = date(2026, 11, 1);

/// Milliseconds that 95 of 100 answers take at most.
const MOST: f64 = 20.0;
const TIMES_QUICKER: f64 = 20.0;

/// The same query of a table that has the same rows and nothing beside them.
const BARE: &str = "SELECT date_trunc('month', day::timestamp)::date::text, service, sum(unblended), sum(amortised)
    FROM bare WHERE account_id = $1 AND day >= $2::text::date AND day < $3::text::date GROUP BY 1, 2, currency ORDER BY 1, 2";

/// A month, a service, and what it cost.
type Cost = (String, String, BigDecimal, BigDecimal);

/// The same costs, by way of Larder and in a table that is bare.
struct Costs {
    history: PostgresHistory,
    connection: PgConnection,
    accounts: usize,
    asked: usize,
}

pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let postgres = Postgres::start().await?;
    let accounts = effort.samples(ACCOUNTS);
    let mut costs = Costs::fill(&postgres.create_database("costs")?, accounts).await?;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..=effort.rounds {
        let account = costs.next();
        let (answer, _) = costs.ask(&account).await?;
        let (same, took) = costs.ask_bare(&account).await?;
        ensure!(answer == same && answer.len() == 12 * SERVICES, "they tell other costs of {account}");
        let mut round_of_ours = Vec::new();
        for _ in 0..effort.samples(50) {
            let account = costs.next();
            round_of_ours.push(costs.ask(&account).await?.1);
        }
        // The first round connects and fills caches.
        if round > 0 {
            ours.extend(round_of_ours.iter().map(Duration::as_secs_f64));
            theirs.push(took.as_secs_f64());
        }
    }
    let (ours, theirs) = (percentile(95, ours.into_iter()), median(theirs.into_iter()));
    let wanted = format!("p95 ≤ {MOST} ms, ≤ 1/{TIMES_QUICKER} ×");
    let target = Target { wanted, met: ours * 1e3 <= MOST && ours * TIMES_QUICKER <= theirs };
    let [ours, theirs] = [ours, theirs].map(|seconds| Figure::Time(seconds * 1e9));
    let rows = accounts * DAYS * SERVICES;
    let row = Row::new("p95", ours, "the same query without partitions, indexes and rollups: median", theirs);
    Ok(vec![row.reaching(target).counted(format!("{rows} rows of costs"))])
}

impl Costs {
    /// Twenty services of so many accounts over a thousand days, with the sums by month that a sync keeps beside them.
    async fn fill(url: &str, accounts: usize) -> anyhow::Result<Self> {
        let history = PostgresHistory::new(&PostgresSettings::new(url.into()))?;
        // Makes the tables.
        history.status().await?;
        let mut connection = PgConnection::connect(url).await?;
        let days = format!("date '{END}' - {DAYS}, date '{END}' - 1");
        let fill = [
            format!(
                "SELECT make_partition('cost_data', month::date) FROM generate_series(
                    date_trunc('month', date '{END}' - {DAYS}), timestamp '{END}', interval '1 month') AS month"
            ),
            format!(
                "INSERT INTO cost_data
                SELECT lpad(account::text, 12, '0'), day::date, 'Amazon Service ' || service, 'USD',
                    (hashint8(account * 7919 + service * 104729 + day::date - '2020-01-01'::date)::bigint & 1048575) / 10000.0,
                    (hashint8(account * 7919 + service * 104729 + day::date - '2020-01-01'::date)::bigint & 1048575) / 10700.0,
                    false
                FROM generate_series(1, {accounts}) AS account, generate_series({days}, interval '1 day') AS day,
                    generate_series(1, {SERVICES}) AS service"
            ),
            "INSERT INTO cost_month SELECT account_id, date_trunc('month', day::timestamp)::date AS month, service, currency,
                sum(unblended), sum(amortised) FROM cost_data GROUP BY account_id, month, service, currency"
                .to_owned(),
            "CREATE TABLE bare AS SELECT * FROM cost_data".to_owned(),
            "VACUUM ANALYZE".to_owned(),
        ];
        for statement in fill {
            sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await?;
        }
        Ok(Self { history, connection, accounts, asked: 0 })
    }

    /// Another account each time, not one after another.
    fn next(&mut self) -> String {
        self.asked += 173;
        format!("{:012}", self.asked % self.accounts + 1)
    }

    async fn ask(&self, account: &str) -> anyhow::Result<(Vec<Cost>, Duration)> {
        let accounts = [account.to_owned()];
        let watch = Stopwatch::start();
        let rows = self.history.monthly_costs(&accounts, MONTHS).await?;
        let took = watch.elapsed();
        let rows = rows.into_iter().map(|row| (row.month.to_string(), row.service, row.unblended, row.amortised));
        Ok((rows.collect(), took))
    }

    async fn ask_bare(&mut self, account: &str) -> anyhow::Result<(Vec<Cost>, Duration)> {
        let asked = sqlx::query_as(BARE).bind(account).bind(MONTHS.from.to_string()).bind(MONTHS.to.to_string());
        let watch = Stopwatch::start();
        let rows = asked.fetch_all(&mut self.connection).await?;
        Ok((rows, watch.elapsed()))
    }
}
