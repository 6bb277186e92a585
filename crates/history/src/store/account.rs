use serde_json::value::to_raw_value;

use crate::engine::Engine;
use crate::sql::Statement;
use crate::{CloudAccount, HistoryError};

const LIST: &str = "SELECT account_id, name, role_arn, external_id, regions FROM cloud_accounts ORDER BY account_id";
const IS_THERE: &str = "SELECT count(*) FROM cloud_accounts WHERE account_id = $1";
const PUT: &str = "INSERT INTO cloud_accounts (account_id, name, role_arn, external_id, regions)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (account_id) DO UPDATE SET name = excluded.name, role_arn = excluded.role_arn,
        external_id = excluded.external_id, regions = excluded.regions";
const REMOVE: &str = "DELETE FROM cloud_accounts WHERE account_id = $1";
const PLACE: &str = "cloud_accounts";

pub(crate) async fn accounts(engine: &impl Engine) -> Result<Vec<CloudAccount>, HistoryError> {
    let rows = engine.ask_now(Statement::new(engine.dialect(), LIST)).await?;
    let account = |row: &crate::sql::Row| {
        let mut row = row.reader();
        let (id, name, role_arn, external_id) = (row.take()?, row.take()?, row.take()?, row.take()?);
        let regions = serde_json::from_value(row.take()?)
            .map_err(|error| HistoryError::Unusable(format!("cloud_accounts {id}: regions: {error}")))?;
        Ok(CloudAccount { id, name, role_arn, external_id, regions })
    };
    rows.iter().map(account).collect()
}

pub(crate) async fn put_account(engine: &impl Engine, account: &CloudAccount) -> Result<bool, HistoryError> {
    let regions = to_raw_value(&account.regions).map_err(|error| HistoryError::Invalid(error.to_string()))?;
    let mut work = engine.begin(PLACE, &[]).await?;
    let there = work.ask(Statement::new(engine.dialect(), IS_THERE).bind(account.id.as_str())).await?;
    let there = there.first().map_or(Ok(0), |row| row.reader().count())? > 0;
    let put = Statement::new(engine.dialect(), PUT)
        .bind(account.id.as_str())
        .bind(account.name.clone())
        .bind(account.role_arn.clone())
        .bind(account.external_id.clone())
        .bind(regions);
    work.run(put).await?;
    work.commit().await?;
    Ok(there)
}

pub(crate) async fn remove_account(engine: &impl Engine, id: &str) -> Result<bool, HistoryError> {
    let mut work = engine.begin(PLACE, &[]).await?;
    let removed = work.run(Statement::new(engine.dialect(), REMOVE).bind(id)).await?;
    work.commit().await?;
    Ok(removed > 0)
}
