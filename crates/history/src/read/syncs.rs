use crate::engine::Engine;
use crate::sql::{Row, Statement};
use crate::{HistoryError, Kind, SyncOutcome, SyncRecord, SyncRecords, What, Which};

const SYNCS: &str = "SELECT account_id, region, what, as_of, requested_by, seen, added, changed, gone, superseded,
        code, error
    FROM sync_history WHERE {which} AND {accounts} ORDER BY as_of DESC, id DESC";

pub(crate) async fn syncs(engine: &impl Engine, records: &SyncRecords) -> Result<Vec<SyncRecord>, HistoryError> {
    let which = match records.which {
        Which::All => "TRUE",
        Which::Failed => "code IS NOT NULL",
    };
    let text = format!("{} LIMIT {}", SYNCS.replace("{which}", which), records.limit);
    let statement = Statement::new(engine.dialect(), &text).among(&records.accounts);
    engine.ask(statement).await?.iter().map(record).collect()
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
