mod held;
mod kept;
mod tables;

use std::collections::BTreeMap;

use jiff::Timestamp;
use larder_app::{Entry, Environment, Stats, SystemEnvironment};
use serde::Serialize;

use crate::arguments;
use crate::exit::Exit;
use crate::progress::Progress;
use crate::session::{Given, open_kept};
use crate::watch::{self, Round};
use held::{Held, Recent};
use kept::Kept;

/// What is kept, for programs as it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    store: String,
    health: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    data_types: BTreeMap<String, Held>,
    /// The newest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    recent_entries: Option<Vec<Entry>>,
    /// What the server's process counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    process: Option<Stats>,
}

/// Tells what the store holds, or the store of a running server.
pub(crate) async fn run(given: &Given, asked: &arguments::Status) -> anyhow::Result<Exit> {
    let kept = match asked.server.named()? {
        Some(server) => Kept::ByServer(server),
        None => Kept::InStore(open_kept(given, &asked.store).await?),
    };
    // One of many answers for programs is a line.
    let to_json = if asked.watch.watch.is_some() { serde_json::to_string } else { serde_json::to_string_pretty };
    let round = async |progress: &Progress| {
        let status = Status::of(&kept, asked, progress).await?;
        let answer = if given.json { to_json(&status)? } else { tables::of(&status, now()?) };
        let beside = unusable(&status);
        let exit = if beside.is_some() { Exit::Failed } else { Exit::Done };
        Ok(Round { answer, beside, exit })
    };
    watch::answer(given, asked.watch.watch, format!("asking {}", kept.name()), round).await
}

/// What is said beside the answer where nothing can be kept.
fn unusable(status: &Status) -> Option<String> {
    let reason = status.reason.as_ref()?;
    Some(format!("error: nothing can be kept: {reason}"))
}

impl Status {
    async fn of(kept: &Kept, asked: &arguments::Status, progress: &Progress) -> anyhow::Result<Self> {
        let stats = kept.stats().await?;
        let recent = asked.recent_entries.map(|most| Recent::of_at_most(most as usize));
        let (data_types, recent) = if stats.store.reason.is_none() {
            read(kept, asked, recent, progress).await?
        } else {
            (BTreeMap::new(), recent)
        };
        Ok(Self {
            url: asked.server.url.clone(),
            store: stats.store.description.clone(),
            health: stats.store.health.clone(),
            reason: stats.store.reason.clone(),
            data_types,
            recent_entries: recent.map(Recent::newest_first),
            process: (asked.detailed && asked.server.url.is_some()).then_some(stats),
        })
    }
}

/// Every entry, summed up by data type, and the newest.
async fn read(
    kept: &Kept,
    asked: &arguments::Status,
    mut recent: Option<Recent>,
    progress: &Progress,
) -> anyhow::Result<(BTreeMap<String, Held>, Option<Recent>)> {
    let now = now()?;
    let mut held = BTreeMap::<String, Held>::new();
    let (mut cursor, mut count) = (None, 0);
    loop {
        let page = kept.page(cursor.as_deref()).await?;
        count += page.entries.len();
        progress.now(format!("reading what is kept: {count} entries"));
        for entry in page.entries {
            held.entry(entry.data_type.clone()).or_insert_with(|| Held::new(asked.detailed)).add(&entry, now);
            if let Some(recent) = &mut recent {
                recent.add(entry);
            }
        }
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok((held, recent));
        }
    }
}

fn now() -> anyhow::Result<Timestamp> {
    let now = SystemEnvironment::new().now().unix_millis();
    Ok(Timestamp::from_millisecond(i64::try_from(now)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arguments::{ServerFlag, StoreFlag, WatchFlag};

    fn of_store(store: String) -> arguments::Status {
        arguments::Status {
            detailed: false,
            recent_entries: None,
            server: ServerFlag::default(),
            watch: WatchFlag { watch: None },
            store: StoreFlag { store: Some(store) },
        }
    }

    #[tokio::test]
    async fn a_store_that_can_not_be_used_is_a_failure() {
        let folder = tempfile::tempdir().expect("a folder");
        let no_database = folder.path().join("folder");
        std::fs::create_dir(&no_database).expect("a folder");
        let given = Given::default();
        let asked = of_store(format!("sqlite:{}", no_database.display()));
        assert_eq!(run(&given, &asked).await.expect("a status"), Exit::Failed);
        let path = folder.path().join("cache.sqlite");
        std::fs::write(&path, "").expect("an empty file, which any command fills");
        let sound = of_store(format!("sqlite:{}", path.display()));
        assert_eq!(run(&given, &sound).await.expect("a status"), Exit::Done);
    }

    #[test]
    fn the_reason_is_said_once_and_beside_the_answer() {
        let status = Status {
            url: None,
            store: "sqlite:x".to_owned(),
            health: "absent".to_owned(),
            reason: Some("it is a folder".to_owned()),
            data_types: BTreeMap::new(),
            recent_entries: None,
            process: None,
        };
        assert!(!tables::of(&status, now().expect("a clock")).contains("a folder"));
        assert_eq!(unusable(&status).as_deref(), Some("error: nothing can be kept: it is a folder"));
    }
}
