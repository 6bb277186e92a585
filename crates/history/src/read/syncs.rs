use jiff::Timestamp;

use crate::engine::Engine;
use crate::sql::{Dialect, Row, Statement, Value};
use crate::{HistoryError, Kind, SyncOutcome, SyncRecord, SyncRecords, What, Which};

const SYNCS: &str = "SELECT account_id, region, what, as_of, requested_by, seen, added, changed, gone, superseded,
        code, error
    FROM sync_history WHERE {which} AND {accounts} ORDER BY as_of DESC, id DESC";
const LONGEST_UNSYNCED: &str = "SELECT min(newest) FROM (SELECT max(as_of) AS newest FROM sync_history
    WHERE as_of >= $1 AND {which} AND {accounts} GROUP BY account_id, region, what) AS places";
const ACCOUNTS: &str = "SELECT DISTINCT account_id FROM sync_state ORDER BY account_id";

pub(crate) async fn syncs(engine: &impl Engine, records: &SyncRecords) -> Result<Vec<SyncRecord>, HistoryError> {
    let text = format!("{SYNCS} LIMIT {}", records.limit);
    engine.ask(about(records, engine.dialect(), &text, Vec::new())).await?.iter().map(record).collect()
}

pub(crate) async fn longest_unsynced(
    engine: &impl Engine,
    records: &SyncRecords,
    since: Timestamp,
) -> Result<Option<Timestamp>, HistoryError> {
    let rows = engine.ask(about(records, engine.dialect(), LONGEST_UNSYNCED, vec![since.into()])).await?;
    rows.first().map_or(Ok(None), |row| row.reader().take())
}

pub(crate) async fn synced_accounts(engine: &impl Engine) -> Result<Vec<String>, HistoryError> {
    let rows = engine.ask(Statement::new(engine.dialect(), ACCOUNTS)).await?;
    rows.iter().map(|row| row.reader().take()).collect()
}

/// A statement about these records, which takes the values before those that tell which records they are.
fn about(records: &SyncRecords, dialect: Dialect, text: &str, mut values: Vec<Value>) -> Statement {
    let mut which = match records.which {
        Which::All => "TRUE",
        Which::Failed => "code IS NOT NULL",
        Which::Succeeded => "code IS NULL",
    }
    .to_owned();
    if !records.whats.is_empty() {
        let names: Vec<_> = records.whats.iter().map(|what| what.name().to_owned()).collect();
        values.push(names.into());
        which.push_str(&format!(" AND what {{any {}}}", values.len()));
    }
    if let Some(by) = &records.by {
        values.push(by.as_str().into());
        which.push_str(&format!(" AND requested_by = ${}", values.len()));
    }
    let statement = Statement::new(dialect, &text.replace("{which}", &which));
    values.into_iter().fold(statement, Statement::bind).among(&records.accounts)
}

fn record(row: &Row) -> Result<SyncRecord, HistoryError> {
    let mut row = row.reader();
    let (account, region, what) = (row.take()?, row.take()?, row.take::<String>()?);
    let (as_of, by) = (row.take()?, row.take()?);
    let outcome = SyncOutcome {
        seen: row.count()?,
        added: row.count()?,
        changed: row.count()?,
        gone: row.count()?,
        superseded: row.take()?,
    };
    let problem = row.take::<Option<String>>()?.zip(row.take()?);
    let what = What::parse(&what).ok_or_else(|| HistoryError::Unusable(format!("a sync of {what:?}")))?;
    Ok(SyncRecord { account, region, what, as_of, by, result: problem.map_or(Ok(outcome), Err) })
}

impl What {
    fn parse(name: &str) -> Option<Self> {
        let kinds = Kind::ALL.into_iter().map(Self::Resources);
        kinds.chain([Self::Costs]).find(|what| what.name() == name)
    }
}
