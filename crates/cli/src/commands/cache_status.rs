use std::collections::BTreeMap;

use jiff::Timestamp;
use larder_app::{App, Entry, Environment, Principal, SystemEnvironment};
use serde::Serialize;

use crate::arguments::StoreFlag;
use crate::exit::Exit;
use crate::output::{bytes, complain, say, say_json, seconds, table};
use crate::session::{Given, open_kept};

const PAGE: usize = 1_000;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    store: String,
    health: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    data_types: BTreeMap<String, Held>,
}

/// What the store holds of one data type.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Held {
    entries: u64,
    /// Those inside their TTL; whether an invalidation killed them, `cache inspect` tells.
    within_ttl: u64,
    bytes: u64,
    oldest_seconds: u64,
    keys: Vec<String>,
}

/// Tells what the store holds.
pub(crate) async fn run(given: &Given, store: &StoreFlag) -> anyhow::Result<Exit> {
    let app = open_kept(given, store).await?;
    let data_types = if app.store().reason.is_none() { held(&app).await? } else { BTreeMap::new() };
    let (store, reason) = (app.store().description.clone(), app.store().reason.clone());
    let status = Status { store, health: app.store_health(), reason, data_types };
    if given.json {
        say_json(&status)?;
    } else {
        say(&for_people(&status));
    }
    let Some(unusable) = unusable(&status) else { return Ok(Exit::Done) };
    complain(&unusable);
    Ok(Exit::Failed)
}

/// What is said beside the answer where nothing can be kept.
fn unusable(status: &Status) -> Option<String> {
    let reason = status.reason.as_ref()?;
    Some(format!("error: nothing can be kept: {reason}"))
}

fn for_people(status: &Status) -> String {
    let head = format!("store   {}\nhealth  {}", status.store, status.health);
    if status.reason.is_some() {
        return head;
    }
    if status.data_types.is_empty() {
        return format!("{head}\nNothing is kept.");
    }
    let mut table = table(&["TYPE", "ENTRIES", "WITHIN TTL", "SIZE", "OLDEST"]);
    for (name, held) in &status.data_types {
        let (entries, within) = (held.entries.to_string(), held.within_ttl.to_string());
        table.add_row([name.clone(), entries, within, bytes(held.bytes), seconds(held.oldest_seconds)]);
    }
    format!("{head}\n{table}")
}

async fn held(app: &App) -> anyhow::Result<BTreeMap<String, Held>> {
    let now = SystemEnvironment::new().now().unix_millis();
    let now = Timestamp::from_millisecond(i64::try_from(now)?)?;
    let mut held = BTreeMap::<String, Held>::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = app.entries().page(&Principal::local(), None, cursor.as_deref(), PAGE).await?;
        for entry in page.entries {
            held.entry(entry.data_type.clone()).or_default().add(entry, now);
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(held);
        }
    }
}

impl Held {
    fn add(&mut self, entry: Entry, now: Timestamp) {
        let age = now.duration_since(entry.created_at).as_secs();
        self.entries += 1;
        self.within_ttl += u64::from(entry.expires_at > now);
        self.bytes += entry.size;
        self.oldest_seconds = self.oldest_seconds.max(u64::try_from(age).unwrap_or_default());
        self.keys.push(entry.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_store_that_can_not_be_used_is_a_failure() {
        let folder = tempfile::tempdir().expect("a folder");
        let no_database = folder.path().join("folder");
        std::fs::create_dir(&no_database).expect("a folder");
        let store = StoreFlag { store: Some(format!("sqlite:{}", no_database.display())) };
        let exit = run(&Given { file: None, json: false }, &store).await.expect("a status");
        assert_eq!(exit, Exit::Failed);
        let sound = StoreFlag { store: Some(format!("sqlite:{}", folder.path().join("cache.sqlite").display())) };
        assert_eq!(run(&Given { file: None, json: false }, &sound).await.expect("a status"), Exit::Done);
    }

    #[test]
    fn the_reason_is_said_once_and_beside_the_answer() {
        let reason = Some("it is a folder".to_owned());
        let status = Status { store: "sqlite:x".to_owned(), health: "absent", reason, data_types: BTreeMap::new() };
        assert!(!for_people(&status).contains("a folder"));
        assert_eq!(unusable(&status).as_deref(), Some("error: nothing can be kept: it is a folder"));
    }
}
