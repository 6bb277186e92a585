use serde::Serialize;

use super::Cache;
use crate::environment::Moment;
use crate::epoch::Epoch;
use crate::key::Key;
use crate::store::{ItemIdentity, ItemRead, Payload, Snapshot, StoreError, StoredEntry};

/// What a store holds under a key, and what a reader would make of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The text under which the entry is kept.
    pub key: String,
    /// What a reader would make of it.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// The entry, if there is a well-formed one.
    pub entry: Option<InspectedEntry>,
    /// The epoch's incarnation, if there is an epoch.
    pub incarnation: Option<String>,
    /// The epoch's counter, if there is an epoch.
    pub counter: Option<u64>,
    /// The marks whose selectors match the key, by selector.
    pub marks: std::collections::BTreeMap<String, u64>,
}

/// What a reader would make of what stands under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Inside its TTL.
    Fresh,
    /// Past its TTL.
    Stale,
    /// Fenced out; never usable.
    Dead,
    /// No entry of this format.
    Malformed,
    /// Another key's entry.
    Foreign,
    /// Nothing.
    Absent,
}

/// A stored entry without its value.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectedEntry {
    /// When its fetch began, in Unix milliseconds.
    pub created_at: u64,
    /// When it stops being fresh, in Unix milliseconds.
    pub expires_at: u64,
    /// When it was first served, in Unix milliseconds, if it was.
    pub used_at: Option<u64>,
    /// When the store may forget it, in Unix seconds.
    pub ttl: u64,
    /// Its fence's incarnation.
    pub incarnation: String,
    /// Its fence's counter.
    pub fence: u64,
    /// The digest of its value.
    pub etag: String,
    /// Bytes of its value before compression.
    pub size: u64,
    /// In how many chunks it is stored; none where it is in the item itself.
    pub chunks: u32,
}

impl Cache {
    /// What the store holds under `key`, and why a reader would find it fresh, stale or dead.
    ///
    /// # Errors
    /// The store's.
    pub async fn inspect(&self, key: &Key) -> Result<Inspection, StoreError> {
        let snapshot = self.0.store.ask(key.data_type(), |store| store.read(key)).await?;
        Ok(inspection(key, &snapshot, self.0.environment.now()))
    }
}

fn inspection(key: &Key, snapshot: &Snapshot, now: Moment) -> Inspection {
    let epoch = snapshot.epoch.as_ref();
    // Which resource it is, only the entry tells: a key that was read from its text doesn't.
    let resource = match &snapshot.entry {
        ItemRead::Found(entry) => entry.identity.resource.as_deref(),
        ItemRead::Absent | ItemRead::Malformed => None,
    };
    let key = &key.about(key.resource().or(resource));
    let found = match &snapshot.entry {
        ItemRead::Found(entry) => Some(&**entry),
        ItemRead::Absent | ItemRead::Malformed => None,
    };
    let (verdict, reason) = match &snapshot.entry {
        ItemRead::Absent => (Verdict::Absent, "nothing is stored under this key".to_owned()),
        ItemRead::Malformed => (Verdict::Malformed, "the item is no entry of this version's format".to_owned()),
        ItemRead::Found(entry) => judge(key, entry, epoch, now),
    };
    let matching = epoch.into_iter().flat_map(|epoch| &epoch.marks).filter(|(selector, _)| selector.matches(key));
    Inspection {
        key: key.to_string(),
        verdict,
        reason,
        entry: found.map(InspectedEntry::of),
        incarnation: epoch.map(|epoch| epoch.incarnation.to_string()),
        counter: epoch.map(|epoch| epoch.counter),
        marks: matching.map(|(selector, mark)| (selector.to_string(), *mark)).collect(),
    }
}

fn judge(key: &Key, entry: &StoredEntry, epoch: Option<&Epoch>, now: Moment) -> (Verdict, String) {
    if entry.identity != ItemIdentity::of(key) {
        return (Verdict::Foreign, format!("the entry says that it is {}", entry.identity.text));
    }
    let Some(epoch) = epoch else {
        return (Verdict::Dead, "there is no epoch item, so nothing stored can be trusted".to_owned());
    };
    if let Some(death) = epoch.death_of(key, entry.fence) {
        return (Verdict::Dead, death.to_string());
    }
    let age = now.unix_millis().saturating_sub(entry.created_at);
    let lifetime = entry.expires_at.saturating_sub(entry.created_at);
    match lifetime.checked_sub(age) {
        Some(left) if left > 0 => {
            let seconds = left / 1_000;
            (Verdict::Fresh, format!("its fence {} is good and it expires in {seconds} s", entry.fence.counter))
        }
        _ => {
            let seconds = (age - lifetime) / 1_000;
            (Verdict::Stale, format!("its fence {} is good but it expired {seconds} s ago", entry.fence.counter))
        }
    }
}

impl InspectedEntry {
    fn of(entry: &StoredEntry) -> Self {
        let chunks = match entry.payload {
            Payload::Inline(_) => 0,
            Payload::Chunked { count, .. } => count,
        };
        Self {
            created_at: entry.created_at,
            expires_at: entry.expires_at,
            used_at: entry.used_at,
            ttl: entry.ttl,
            incarnation: entry.fence.incarnation.to_string(),
            fence: entry.fence.counter,
            etag: entry.etag.clone(),
            size: entry.size,
            chunks,
        }
    }
}
