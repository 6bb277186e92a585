use std::collections::BTreeMap;

use jiff::Timestamp;
use larder_app::{App, Entry, Environment, Principal, SystemEnvironment};
use serde::Serialize;

use crate::arguments::StoreFlag;
use crate::exit::Exit;
use crate::output::{bytes, say, say_json, seconds, table};
use crate::session::{Given, open_once};

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
    let app = open_once(given, store).await?;
    let data_types = if app.store().reason.is_none() { held(&app).await? } else { BTreeMap::new() };
    let (store, reason) = (app.store().description.clone(), app.store().reason.clone());
    let status = Status { store, health: app.store_health(), reason, data_types };
    if given.json {
        say_json(&status)?;
    } else {
        print(&status);
    }
    Ok(Exit::Done)
}

fn print(status: &Status) {
    let reason = status.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    say(&format!("store   {}\nhealth  {}{reason}", status.store, status.health));
    if status.data_types.is_empty() {
        return say("Nothing is kept.");
    }
    let mut table = table(&["TYPE", "ENTRIES", "WITHIN TTL", "SIZE", "OLDEST"]);
    for (name, held) in &status.data_types {
        let (entries, within) = (held.entries.to_string(), held.within_ttl.to_string());
        table.add_row([name.clone(), entries, within, bytes(held.bytes), seconds(held.oldest_seconds)]);
    }
    say(&table.to_string());
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
