use jiff::civil::Date;

use crate::engine::Work;
use crate::sql::{Dialect, Statement};
use crate::{HistoryError, Period};

/// Those that overlap the new one or touch it.
const TOUCHING: &str = "SELECT from_day, to_day FROM cost_spans
    WHERE account_id = $1 AND from_day <= $3 AND to_day >= $2";
const REPLACED: &str = "DELETE FROM cost_spans WHERE account_id = $1 AND from_day <= $3 AND to_day >= $2";
const ADD: &str = "INSERT INTO cost_spans (account_id, from_day, to_day) VALUES ($1, $2, $3)";

/// Notes that the costs of these days are known now.
pub(super) async fn extend(
    work: &mut dyn Work,
    dialect: Dialect,
    account: &str,
    days: Period,
) -> Result<(), HistoryError> {
    let of = |text, days: Period| Statement::new(dialect, text).bind(account).bind(days.from).bind(days.to);
    let mut merged = days;
    for row in work.ask(of(TOUCHING, days)).await? {
        let mut row = row.reader();
        let (from, to): (Date, Date) = (row.take()?, row.take()?);
        merged = Period { from: merged.from.min(from), to: merged.to.max(to) };
    }
    work.run(of(REPLACED, days)).await?;
    work.run(of(ADD, merged)).await?;
    Ok(())
}
