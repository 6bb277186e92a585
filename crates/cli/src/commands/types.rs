use larder_app::configuration::{Configuration, load};
use larder_app::{DATA_TYPES, DataType};
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::output::{say, say_json, seconds, table_of_names};
use crate::session::Given;

/// Lists the rows, with what was set.
pub(crate) fn run(given: &Given) -> anyhow::Result<Exit> {
    let configuration = load(given.file.clone(), &[])?;
    if given.json {
        say_json(&DATA_TYPES.iter().map(|row| for_programs(row, &configuration)).collect::<Vec<_>>())?;
    } else {
        say(&for_people(&configuration));
    }
    Ok(Exit::Done)
}

fn for_programs(row: &DataType, configuration: &Configuration) -> Value {
    json!({
        "name": row.name,
        "summary": row.summary,
        "path": row.path,
        "ttlSeconds": configuration.policy(row).ttl.as_secs(),
        "scope": row.scope,
        "iamActions": row.iam_actions,
    })
}

fn for_people(configuration: &Configuration) -> String {
    let mut table = table_of_names(&["TYPE", "WHAT", "TTL", "ASKED BY", "IAM ACTIONS"]);
    for row in DATA_TYPES {
        let parts = [("region", row.scope.has_region()), ("account", row.scope.has_account())];
        let parts: Vec<_> = parts.into_iter().filter(|(_, has)| *has).map(|(part, _)| part).collect();
        let ttl = seconds(configuration.policy(row).ttl.as_secs());
        table.add_row([row.name, row.summary, &ttl, &parts.join(", "), &row.iam_actions.join("\n")]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use larder_app::configuration::Windows;

    use super::*;

    #[test]
    fn every_action_is_listed() {
        let text = for_people(&Configuration::default());
        for action in DATA_TYPES.iter().flat_map(|row| row.iam_actions) {
            assert!(text.contains(action), "{action} is not in\n{text}");
        }
    }

    #[test]
    fn the_ttl_is_the_one_that_was_set() {
        let mut configuration = Configuration::default();
        for (_, windows) in &mut configuration.windows {
            *windows = Windows { ttl: Some(Duration::from_secs(77)), ..Windows::default() };
        }
        for row in DATA_TYPES {
            assert_eq!(for_programs(row, &configuration)["ttlSeconds"], 77);
        }
        assert_eq!(for_people(&configuration).matches("77 s").count(), DATA_TYPES.len());
    }
}
