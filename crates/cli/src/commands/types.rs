use larder_app::DATA_TYPES;
use larder_app::configuration::load;
use serde_json::json;

use crate::exit::Exit;
use crate::output::{say, say_json, seconds, table};
use crate::session::Given;

/// Lists the rows. A wrong configuration is said here too, although no setting matters to it.
pub(crate) fn run(given: &Given) -> anyhow::Result<Exit> {
    load(given.file.clone(), &[])?;
    if given.json {
        let row = |row: &larder_app::DataType| {
            json!({
                "name": row.name,
                "summary": row.summary,
                "path": row.path,
                "ttlSeconds": row.ttl.fresh.as_secs(),
                "scope": row.scope,
                "iamActions": row.iam_actions,
            })
        };
        say_json(&DATA_TYPES.iter().map(row).collect::<Vec<_>>())?;
        return Ok(Exit::Done);
    }
    let mut table = table(&["TYPE", "WHAT", "TTL", "ASKED BY"]);
    for row in DATA_TYPES {
        let parts = [("region", row.scope.has_region()), ("account", row.scope.has_account())];
        let parts: Vec<_> = parts.into_iter().filter(|(_, has)| *has).map(|(part, _)| part).collect();
        table.add_row([row.name, row.summary, &seconds(row.ttl.fresh.as_secs()), &parts.join(", ")]);
    }
    say(&table.to_string());
    Ok(Exit::Done)
}
