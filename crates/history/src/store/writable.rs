use jiff::Timestamp;

use crate::HistoryError;
use crate::engine::Engine;
use crate::sql::Statement;

/// A resource of nobody, in the table that syncs write to.
const PUT: &str = "INSERT INTO resources
    (account_id, kind, region, resource_id, digest, attributes, since, state_since)
    VALUES ($1, $1, $1, $1, $2, 'null', $3, $3)";
const REMOVE: &str = "DELETE FROM resources WHERE account_id = $1";
const NOBODY: &str = "nobody";
/// More than there is room for in pages that are begun: a database that is full has none for it.
const BYTES: usize = 64 * 1024;

pub(crate) async fn check_writable(engine: &impl Engine) -> Result<(), HistoryError> {
    let mut work = engine.begin(NOBODY, &[]).await?;
    let put = Statement::new(engine.dialect(), PUT).bind(NOBODY).bind("0".repeat(BYTES));
    work.run(put.bind(Timestamp::UNIX_EPOCH)).await?;
    work.run(Statement::new(engine.dialect(), REMOVE).bind(NOBODY)).await?;
    work.commit().await
}
