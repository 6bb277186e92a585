use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use larder_runtime::{Evidence, Second};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Item, Items, Place, Progress, TableError};

mod answers;
mod checkpoints;
mod history;
mod months;

pub use history::{History, Ran};
pub use months::MonthBefore;

/// Checkpoints stand by themselves: until they are older than this, in seconds, what they were made of is kept too.
const EVIDENCE_KEPT_FOR: i64 = 120 * 24 * 60 * 60;
const PROGRESS: &str = "progress";
const PLACES: &str = "places";
/// Before every account.
const FIRST: &str = "0";
/// Behind everything that a key may go on with.
const LAST: char = '~';
/// Instances that are written side by side.
const SIDE_BY_SIDE: usize = 16;

/// What the runtime table keeps: evidence, and what was made of it.
#[derive(Clone, Debug)]
pub struct Ledger {
    items: Arc<dyn Items>,
}

impl Ledger {
    /// The ledger in that table.
    #[must_use]
    pub fn new(items: Arc<dyn Items>) -> Self {
        Self { items }
    }

    /// How far the events of a place were read.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn progress(&self, place: &Place) -> Result<Progress, TableError> {
        let item = self.items.get(&place.to_string(), PROGRESS).await?;
        item.map_or_else(|| Ok(Progress::default()), |item| read(&item))
    }

    /// Keeps it. All evidence that it says was read must have been added before.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn keep_progress(&self, place: &Place, progress: &Progress) -> Result<(), TableError> {
        self.items.put(vec![known(place)?, item(place.to_string(), PROGRESS.to_owned(), progress, None)?]).await
    }

    /// The accounts and regions that were looked at, in order.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn places(&self) -> Result<Vec<Place>, TableError> {
        let items = self.items.between(PLACES, FIRST, &LAST.to_string()).await?;
        Ok(items.iter().filter_map(|item| item.range.parse().ok()).collect())
    }

    /// The servers that were found in a place and are not over and done with, by id.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn servers(&self, place: &Place) -> Result<BTreeSet<String>, TableError> {
        let items = self.items.between(&place.to_string(), &server_key(""), &server_key(&LAST.to_string())).await?;
        Ok(items.into_iter().filter_map(|item| Some(item.range.split_once('#')?.1.to_owned())).collect())
    }

    /// Whether a server is one of those.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn has_server(&self, place: &Place, id: &str) -> Result<bool, TableError> {
        Ok(self.items.get(&place.to_string(), &server_key(id)).await?.is_some())
    }

    /// Adds servers to those of a place.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn add_servers(&self, place: &Place, ids: impl IntoIterator<Item = &String>) -> Result<(), TableError> {
        let server = |id: &String| item(place.to_string(), server_key(id), &(), None);
        let servers = ids.into_iter().map(server).collect::<Result<Vec<_>, _>>()?;
        self.items.put([vec![known(place)?], servers].concat()).await
    }

    /// Takes a server from those of a place; what is known of it stays.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn remove_server(&self, place: &Place, id: &str) -> Result<(), TableError> {
        self.items.remove(&place.to_string(), &server_key(id)).await
    }

    /// Adds samples that were taken just now: no checkpoint reaches them.
    ///
    /// # Errors
    /// If the table can't be written.
    pub async fn add_samples(&self, samples: &[(String, Evidence)]) -> Result<(), TableError> {
        self.items
            .put(samples.iter().map(|(id, evidence)| evidence_item(id, evidence)).collect::<Result<_, _>>()?)
            .await
    }

    /// Adds evidence of any time, in any order and as often as it comes, by the instance that it tells of.
    ///
    /// A checkpoint that would not have it is given up, also one that somebody else is about to write. Whoever is
    /// stopped in between has to add the evidence again.
    ///
    /// # Errors
    /// If the table can't be read or written.
    pub async fn add(&self, evidence: &[(String, Evidence)]) -> Result<(), TableError> {
        self.add_samples(evidence).await?;
        let mut earliest = BTreeMap::new();
        for (id, evidence) in evidence {
            let first: &mut Second = earliest.entry(id).or_insert(Second::MAX);
            *first = evidence.time().min(*first);
        }
        let disturbed: Vec<_> = earliest.into_iter().map(|(id, time)| self.disturb(id, time)).collect();
        stream::iter(disturbed).buffer_unordered(SIDE_BY_SIDE).try_collect().await
    }

    /// All evidence that is kept of an instance.
    ///
    /// # Errors
    /// If the table can't be read.
    pub async fn all_evidence(&self, id: &str) -> Result<Vec<Evidence>, TableError> {
        self.evidence(id, "evidence#").await
    }

    async fn evidence(&self, id: &str, from: &str) -> Result<Vec<Evidence>, TableError> {
        self.items.between(id, from, &format!("evidence#{LAST}")).await?.iter().map(read).collect()
    }
}

/// That the place is one of those that are looked at.
fn known(place: &Place) -> Result<Item, TableError> {
    item(PLACES.to_owned(), place.to_string(), &(), None)
}

fn server_key(id: &str) -> String {
    format!("server#{id}")
}

fn evidence_key(time: Second) -> String {
    format!("evidence#{time}")
}

/// Under a key of its own, and always the same one.
fn evidence_item(id: &str, evidence: &Evidence) -> Result<Item, TableError> {
    let source = match evidence {
        Evidence::Recorded(recorded) => format!("cloudtrail#{}", recorded.event_id),
        Evidence::Changed(changed) => format!("eventbridge#{}", changed.event_id),
        Evidence::Seen(_) => "sample".to_owned(),
    };
    let time = evidence.time();
    item(id.to_owned(), format!("{}#{source}", evidence_key(time)), evidence, Some(time.plus(EVIDENCE_KEPT_FOR)))
}

fn item(hash: String, range: String, body: &impl Serialize, expires: Option<Second>) -> Result<Item, TableError> {
    let body = serde_json::to_string(body).map_err(|error| unreadable(&hash, &range, &error))?;
    Ok(Item { hash, range, body, version: 0, expires })
}

fn read<T: DeserializeOwned>(item: &Item) -> Result<T, TableError> {
    serde_json::from_str(&item.body).map_err(|error| unreadable(&item.hash, &item.range, &error))
}

fn unreadable(hash: &str, range: &str, error: &serde_json::Error) -> TableError {
    TableError { table: "the runtime table".to_owned(), reason: format!("the item {hash}, {range}: {error}") }
}
