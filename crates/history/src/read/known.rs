use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::engine::Engine;
use crate::sql::{Row, Statement};
use crate::{HistoryError, KnownCosts, Period, What};

const KNOWN: &str = "SELECT account_id, from_day, to_day,
        (SELECT s.as_of FROM sync_state s WHERE s.account_id = cost_spans.account_id AND s.what = 'costs')
    FROM cost_spans WHERE {accounts} ORDER BY account_id, from_day";
const AS_OF: &str = "SELECT min(as_of) FROM sync_state WHERE what = $1 AND {accounts}";

pub(crate) async fn known_costs(engine: &impl Engine, accounts: &[String]) -> Result<Vec<KnownCosts>, HistoryError> {
    let known = |row: &Row| {
        let mut row = row.reader();
        let (account, days) = (row.take()?, Period { from: row.take()?, to: row.take()? });
        let today = row.take::<Timestamp>()?.to_zoned(TimeZone::UTC).date();
        Ok(KnownCosts { account, days: Period { to: days.to.min(today), ..days } })
    };
    let rows = engine.ask(Statement::new(engine.dialect(), KNOWN).among(accounts)).await?;
    let known: Vec<_> = rows.iter().map(known).collect::<Result<_, HistoryError>>()?;
    Ok(known.into_iter().filter(|known| known.days.from < known.days.to).collect())
}

pub(crate) async fn as_of(
    engine: &impl Engine,
    accounts: &[String],
    what: What,
) -> Result<Option<Timestamp>, HistoryError> {
    let statement = Statement::new(engine.dialect(), AS_OF).bind(what.name()).among(accounts);
    match engine.ask(statement).await?.first() {
        Some(row) => row.reader().take(),
        None => Ok(None),
    }
}
