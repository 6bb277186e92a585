use jiff::Timestamp;
use larder_app::configuration::Configuration;
use larder_app::{Environment, Pruned, Retention, SystemEnvironment};
use serde_json::json;

use crate::arguments::Prune;
use crate::database::{failed, open_history};
use crate::exit::{Exit, WrongUsage};
use crate::output::{count, say, say_json};
use crate::progress::Progress;
use crate::session::Given;

/// Deletes what is past its retention, or tells what that would be.
pub(super) async fn run(given: &Given, asked: &Prune) -> anyhow::Result<Exit> {
    let (configuration, history) = open_history(given, &asked.database).await?;
    let retention = retention(&configuration, asked)?;
    let now = Timestamp::from_millisecond(i64::try_from(SystemEnvironment::new().now().unix_millis())?)?;
    let pruned = {
        let _progress = Progress::of(format!("Pruning {}", history.description()));
        match asked.dry_run {
            true => history.prunable(retention, now).await.map_err(failed)?,
            false => history.maintain(retention, now).await.map_err(failed)?,
        }
    };
    let Pruned { versions, costs, syncs } = pruned;
    if given.json {
        say_json(&json!({"dryRun": asked.dry_run, "versions": versions, "costs": costs, "syncs": syncs}))?;
    } else {
        let did = if asked.dry_run { "would be deleted from" } else { "were deleted from" };
        let counts = [(versions, "version"), (costs, "row of costs"), (syncs, "record of a sync")];
        let counts = counts.map(|(number, what)| told(number, what)).join(", ");
        say(&format!("{counts} {did} {}", history.description()));
    }
    Ok(Exit::Done)
}

/// Nothing is deleted that nobody named a retention for.
fn retention(configuration: &Configuration, asked: &Prune) -> Result<Retention, WrongUsage> {
    let set = configuration.history.retention;
    let retention = Retention {
        versions_months: asked.versions_months.or(set.versions_months),
        costs_months: asked.costs_months.or(set.costs_months),
    };
    if retention == Retention::default() {
        let reason = "no retention is set, so everything is kept: name one with --versions-months or --costs-months, or \
                      set history.versions_months or history.costs_months";
        return Err(WrongUsage(reason.to_owned()));
    }
    Ok(retention)
}

fn told(number: u64, what: &str) -> String {
    match (number, what) {
        (1, what) => format!("1 {what}"),
        (number, "row of costs") => format!("{number} rows of costs"),
        (number, "record of a sync") => format!("{number} records of syncs"),
        (number, what) => count(usize::try_from(number).unwrap_or(usize::MAX), what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_deleted_without_a_retention_and_a_flag_counts_more_than_a_setting() {
        let asked = |versions_months, costs_months| Prune {
            versions_months,
            costs_months,
            dry_run: false,
            database: Default::default(),
        };
        let mut configuration = Configuration::default();
        assert!(retention(&configuration, &asked(None, None)).is_err());
        configuration.history.retention.versions_months = Some(24);
        let told = retention(&configuration, &asked(None, Some(36))).expect("both are set");
        assert_eq!((told.versions_months, told.costs_months), (Some(24), Some(36)));
        let told = retention(&configuration, &asked(Some(6), None)).expect("one is set");
        assert_eq!((told.versions_months, told.costs_months), (Some(6), None));
    }

    #[test]
    fn counts_read_as_people_say_them() {
        assert_eq!(told(1, "row of costs"), "1 row of costs");
        assert_eq!(told(2, "row of costs"), "2 rows of costs");
        assert_eq!(told(0, "version"), "0 versions");
    }
}
