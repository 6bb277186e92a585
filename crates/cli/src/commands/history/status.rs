use larder_app::Principal;
use larder_app::history_queries::{HistoryReport, TableReport};
use larder_app::sync::{AskedRecords, Record, Which};
use serde_json::json;

use crate::arguments::HistoryStatus;
use crate::database::{known_history, read_with_database};
use crate::exit::Exit;
use crate::output::{bytes, say, say_json, table};
use crate::session::{Given, log_little, open_on};

/// What the database holds, and how the last syncs went.
pub(super) async fn run(given: &Given, asked: &HistoryStatus) -> anyhow::Result<Exit> {
    let configuration = read_with_database(given, &asked.database)?;
    log_little(&configuration);
    let history = known_history(&configuration).await;
    let app = open_on(&configuration, history).await;
    let report = app.history_report(&Principal::local()).await?;
    let records = AskedRecords { accounts: None, which: Which::All, limit: asked.syncs };
    let syncs = if asked.syncs == 0 { Vec::new() } else { app.records(&Principal::local(), &records).await?.syncs };
    if given.json {
        say_json(&json!({"status": report, "syncs": syncs}))?;
    } else {
        say(&for_people(&report));
        if !syncs.is_empty() {
            say(&syncs_for_people(&syncs));
        }
    }
    Ok(Exit::Done)
}

fn for_people(report: &HistoryReport) -> String {
    let HistoryReport { database, description, schema_version, size_bytes, tables, read_replica, .. } = report;
    let place = description.as_deref().unwrap_or_default();
    let size = size_bytes.map(|size| format!(", {}", bytes(size))).unwrap_or_default();
    let mut text = format!("{place}: {database}, schema {schema_version}{size}\n");
    if let Some(replica) = read_replica {
        text.push_str(&format!("read replica: {replica}\n"));
    }
    let mut rows = table(&["TABLE", "ROWS", "OLDEST", "NEWEST", "PARTITIONS"]);
    for TableReport { name, rows: count, oldest, newest, partitions } in tables {
        let moment = |it: &Option<_>| it.map_or_else(|| "-".to_owned(), |it: jiff::Timestamp| it.to_string());
        let partitions = if partitions.is_empty() { "-".to_owned() } else { partitions.len().to_string() };
        rows.add_row([name, &count.to_string(), &moment(oldest), &moment(newest), &partitions]);
    }
    text + &rows.to_string()
}

fn syncs_for_people(syncs: &[Record]) -> String {
    let mut rows = table(&["SYNC OF", "WHAT", "BY", "TOLD", "ADDED", "CHANGED", "GONE", "ACCOUNT", "REGION"]);
    for sync in syncs {
        let count = |it: Option<u64>| it.map_or_else(|| "-".to_owned(), |it| it.to_string());
        let seen = sync.code.clone().map_or_else(|| count(sync.seen), |code| format!("FAILED: {code}"));
        rows.add_row([
            sync.as_of.to_string(),
            sync.what.to_owned(),
            sync.by.clone(),
            seen,
            count(sync.added),
            count(sync.changed),
            count(sync.gone),
            sync.account_id.clone(),
            sync.region.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    rows.to_string()
}
