use super::attributes;
use crate::engine::Engine;
use crate::sql::Statement;
use crate::{HistoryError, KeptResources, Kind, Resource};

/// One statement, so that the rows and their age are of one moment.
const RESOURCES: &str = "SELECT s.region, s.as_of, r.resource_id, r.attributes FROM sync_state s
    LEFT JOIN resources r ON r.account_id = s.account_id AND r.kind = s.what AND r.region = s.region
        AND r.gone_at IS NULL
    WHERE s.account_id = $1 AND s.what = $2 AND {region} ORDER BY s.region, r.resource_id";

pub(crate) async fn resources(
    engine: &impl Engine,
    account: &str,
    kind: Kind,
    region: Option<&str>,
) -> Result<Vec<KeptResources>, HistoryError> {
    let text = RESOURCES.replace("{region}", if region.is_some() { "s.region = $3" } else { "TRUE" });
    let statement = Statement::new(engine.dialect(), &text).bind(account).bind(kind.name());
    let statement = match region {
        Some(region) => statement.bind(region),
        None => statement,
    };
    let mut kept: Vec<KeptResources> = Vec::new();
    for row in engine.ask(statement).await? {
        let mut row = row.reader();
        let (region, as_of) = (row.take::<String>()?, row.take()?);
        if kept.last().is_none_or(|last| last.region != region) {
            kept.push(KeptResources { region, as_of, resources: Vec::new() });
        }
        // A region that was synced and has none has one row, without a resource.
        let (Some(id), Some(last)) = (row.take::<Option<String>>()?, kept.last_mut()) else { continue };
        last.resources.push(Resource { id, attributes: attributes(row.take()?)? });
    }
    Ok(kept)
}
