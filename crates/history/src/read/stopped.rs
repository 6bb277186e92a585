use super::{attributes, moment, text};
use crate::engine::Engine;
use crate::sql::{Row, Statement};
use crate::{HistoryError, StoppedInstance};

const STOPPED: &str = "SELECT account_id, region, resource_id, state_since, attributes FROM resources
    WHERE kind = 'instance' AND gone_at IS NULL AND state = 'stopped' AND {accounts}
    ORDER BY account_id, region, resource_id";

pub(crate) async fn stopped_instances(
    engine: &impl Engine,
    accounts: &[String],
) -> Result<Vec<StoppedInstance>, HistoryError> {
    let rows = engine.ask(Statement::new(engine.dialect(), STOPPED).among(accounts)).await?;
    let mut instances = rows.iter().map(instance).collect::<Result<Vec<_>, _>>()?;
    instances.sort_by_key(|instance| instance.stopped_since);
    Ok(instances)
}

fn instance(row: &Row) -> Result<StoppedInstance, HistoryError> {
    let mut row = row.reader();
    let (account, region, instance_id, found) = (row.take()?, row.take()?, row.take()?, row.take()?);
    let told = attributes(row.take()?)?;
    let told_by_aws = moment(&told, "stoppedAt");
    Ok(StoppedInstance {
        account,
        region,
        instance_id,
        name: text(&told, "name"),
        stopped_since: told_by_aws.unwrap_or(found),
        told_by_aws: told_by_aws.is_some(),
    })
}
