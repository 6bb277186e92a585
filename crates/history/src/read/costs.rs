use jiff::civil::Date;

use crate::engine::Engine;
use crate::sql::{Reader, Row, Statement};
use crate::{CostOfDay, CostOfMonth, CostRow, CostsOfAccount, HistoryError, Period};

/// One statement, so that the rows, the days that are known and their age are of one moment. Every cost is on a day that is
/// known.
const COSTS: &str = "SELECT s.as_of, p.from_day, p.to_day, c.day, c.service, c.currency, {unblended}, {amortised},
        c.estimated
    FROM sync_state s
    LEFT JOIN cost_spans p ON p.account_id = s.account_id AND p.from_day < $3 AND p.to_day > $2
    LEFT JOIN cost_data c ON c.account_id = p.account_id AND c.day >= p.from_day AND c.day < p.to_day
        AND c.day >= $2 AND c.day < $3
    WHERE s.account_id = $1 AND s.what = 'costs' ORDER BY p.from_day, c.day, c.service";
const MONTHLY: &str = "SELECT month, account_id, service, currency, {unblended}, {amortised} FROM cost_month
    WHERE month >= $1 AND month < $2 AND {accounts} ORDER BY month, account_id, service, currency";
const SUMS: &str =
    "SELECT {month_of day}, account_id, service, currency, {sum unblended}, {sum amortised} FROM cost_data
    WHERE (day >= $1 AND day < $2 OR day >= $3 AND day < $4) AND {accounts}
    GROUP BY {month_of day}, account_id, service, currency ORDER BY account_id, service, currency";
const DAILY: &str = "SELECT day, service, currency, {sum unblended}, {sum amortised} FROM cost_data
    WHERE day >= $1 AND day < $2 AND {accounts} GROUP BY day, service, currency ORDER BY day, service, currency";

pub(crate) async fn costs(
    engine: &impl Engine,
    account: &str,
    period: Period,
) -> Result<Option<CostsOfAccount>, HistoryError> {
    let statement = Statement::new(engine.dialect(), COSTS).bind(account).bind(period.from).bind(period.to);
    let mut kept: Option<CostsOfAccount> = None;
    for row in engine.ask(statement).await? {
        let mut row = row.reader();
        let as_of = row.take()?;
        let kept = kept.get_or_insert_with(|| CostsOfAccount { as_of, known: Vec::new(), rows: Vec::new() });
        let (from, to) = (row.take::<Option<Date>>()?, row.take::<Option<Date>>()?);
        let known = from.zip(to).map(|(from, to)| Period { from: from.max(period.from), to: to.min(period.to) });
        let known = known.filter(|days| days.from < days.to);
        if known.as_ref() != kept.known.last() {
            kept.known.extend(known);
        }
        // Days without costs, and an account of which no day of the period is known, have one row, without a day.
        let Some(day) = row.take::<Option<Date>>()? else { continue };
        kept.rows.push(CostRow::of_day(day, &mut row)?);
    }
    Ok(kept)
}

pub(crate) async fn monthly_costs(
    engine: &impl Engine,
    accounts: &[String],
    months: Period,
) -> Result<Vec<CostOfMonth>, HistoryError> {
    let statement = Statement::new(engine.dialect(), MONTHLY).bind(months.from).bind(months.to).among(accounts);
    engine.ask(statement).await?.iter().map(cost_of_month).collect()
}

/// What these days of two months sum up to, by month, account and service.
pub(crate) async fn sums_by_month(
    engine: &impl Engine,
    accounts: &[String],
    [one, other]: [Period; 2],
) -> Result<Vec<CostOfMonth>, HistoryError> {
    let statement = Statement::new(engine.dialect(), SUMS).bind(one.from).bind(one.to).bind(other.from).bind(other.to);
    engine.ask(statement.among(accounts)).await?.iter().map(cost_of_month).collect()
}

fn cost_of_month(row: &Row) -> Result<CostOfMonth, HistoryError> {
    let mut row = row.reader();
    Ok(CostOfMonth {
        month: row.take()?,
        account: row.take()?,
        service: row.take()?,
        currency: row.take()?,
        unblended: row.take()?,
        amortised: row.take()?,
    })
}

pub(crate) async fn daily_costs(
    engine: &impl Engine,
    accounts: &[String],
    days: Period,
) -> Result<Vec<CostOfDay>, HistoryError> {
    let statement = Statement::new(engine.dialect(), DAILY).bind(days.from).bind(days.to).among(accounts);
    let cost = |row: &Row| {
        let mut row = row.reader();
        Ok(CostOfDay {
            day: row.take()?,
            service: row.take()?,
            currency: row.take()?,
            unblended: row.take()?,
            amortised: row.take()?,
        })
    };
    engine.ask(statement).await?.iter().map(cost).collect()
}

impl CostRow {
    /// The day's cost in the next columns: `service, currency, unblended, amortised, estimated`.
    pub(crate) fn of_day(day: Date, row: &mut Reader<'_>) -> Result<Self, HistoryError> {
        Ok(Self {
            day,
            service: row.take()?,
            currency: row.take()?,
            unblended: row.take()?,
            amortised: row.take()?,
            estimated: row.take()?,
        })
    }
}
