use jiff::civil::Date;

use crate::engine::Engine;
use crate::sql::{Reader, Row, Statement};
use crate::store::spans;
use crate::{CostOfDay, CostOfMonth, CostRow, CostsOfAccount, HistoryError, Period};

/// One statement, so that the rows and their age are of one moment.
const COSTS: &str = "SELECT s.as_of, c.day, c.service, c.currency, {unblended}, {amortised}, c.estimated
    FROM sync_state s
    LEFT JOIN cost_data c ON c.account_id = s.account_id AND c.day >= $2 AND c.day < $3
    WHERE s.account_id = $1 AND s.what = 'costs' ORDER BY c.day, c.service";
const MONTHLY: &str = "SELECT month, account_id, service, currency, {unblended}, {amortised} FROM cost_month
    WHERE month >= $1 AND month < $2 AND {accounts} ORDER BY month, account_id, service, currency";
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
        // An account that was synced and has no costs in the period has one row, without a day.
        let Some(day) = row.take::<Option<Date>>()? else { continue };
        kept.rows.push(CostRow::of_day(day, &mut row)?);
    }
    let Some(mut kept) = kept else { return Ok(None) };
    let within = |days: Period| Period { from: days.from.max(period.from), to: days.to.min(period.to) };
    let known = spans(engine, &[account.to_owned()]).await?.into_iter().map(|(_, days)| within(days));
    kept.known = known.filter(|days| days.from < days.to).collect();
    Ok(Some(kept))
}

pub(crate) async fn monthly_costs(
    engine: &impl Engine,
    accounts: &[String],
    months: Period,
) -> Result<Vec<CostOfMonth>, HistoryError> {
    let statement = Statement::new(engine.dialect(), MONTHLY).bind(months.from).bind(months.to).among(accounts);
    let cost = |row: &Row| {
        let mut row = row.reader();
        Ok(CostOfMonth {
            month: row.take()?,
            account: row.take()?,
            service: row.take()?,
            currency: row.take()?,
            unblended: row.take()?,
            amortised: row.take()?,
        })
    };
    engine.ask(statement).await?.iter().map(cost).collect()
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
