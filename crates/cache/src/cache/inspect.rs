use std::time::Duration;

use super::Cache;
use super::stored::Unreadable;
use crate::entry::{Usability, usability_of};
use crate::environment::Moment;
use crate::epoch::Epoch;
use crate::inspection::{InspectedEntry, InspectedPolicy, Inspection, NextRequest, Verdict};
use crate::key::Key;
use crate::policy::Policy;
use crate::selector::Selector;
use crate::store::{ItemIdentity, ItemRead, Payload, StoreError, StoredEntry};

impl Cache {
    /// What the store holds under `key`, why a reader would find it fresh, stale or dead, and what the next request
    /// would do under `policy`.
    ///
    /// # Errors
    /// The store's.
    pub async fn inspect(&self, key: &Key, policy: &Policy) -> Result<Inspection, StoreError> {
        let snapshot = self.0.store.ask(key.data_type(), |store| store.read(key)).await?;
        let (epoch, now) = (snapshot.epoch.as_ref(), self.0.environment.now());
        let found = match &snapshot.entry {
            ItemRead::Found(entry) => Some(&**entry),
            ItemRead::Absent | ItemRead::Malformed { .. } => None,
        };
        // Which resource it is, only the entry tells: a key that was read from its text doesn't.
        let resource = found.and_then(|entry| entry.identity.resource.as_deref());
        let key = &key.about(key.resource().or(resource));
        let (verdict, reason) = match &snapshot.entry {
            ItemRead::Absent => (Verdict::Absent, "nothing is stored under this key".to_owned()),
            ItemRead::Malformed { .. } => {
                (Verdict::Malformed, "the item is no entry of this version's format".to_owned())
            }
            ItemRead::Found(entry) => match judge(key, entry, epoch, now) {
                usable @ (Verdict::Fresh | Verdict::Stale, _) => self.read_through(key, entry, usable).await?,
                unusable => unusable,
            },
        };
        let matching = epoch.into_iter().flat_map(|epoch| &epoch.marks).filter(|(selector, _)| selector.matches(key));
        Ok(Inspection {
            key: key.to_string(),
            verdict,
            reason,
            next_request: next_request(verdict, found, policy, now),
            entry: found.map(|entry| inspected(entry, now)),
            policy: InspectedPolicy::of(policy),
            incarnation: epoch.map(|epoch| epoch.incarnation.to_string()),
            counter: epoch.map(|epoch| epoch.counter),
            floor: epoch.and_then(|epoch| epoch.marks.get(&Selector::EVERYTHING).copied()),
            marks: matching.map(|(selector, mark)| (selector.to_string(), *mark)).collect(),
        })
    }

    /// The same judgement of an entry whose value can be read; a reader of another meets a miss, whatever its age.
    async fn read_through(
        &self,
        key: &Key,
        entry: &StoredEntry,
        usable: (Verdict, String),
    ) -> Result<(Verdict, String), StoreError> {
        match self.0.value_of(key, entry).await {
            Ok(_) => Ok(usable),
            Err(Unreadable::Store(error)) => Err(error),
            Err(damage @ (Unreadable::ChunkMissing | Unreadable::Corrupt(_))) => {
                Ok((Verdict::Corrupt, format!("its value can't be read: {damage}")))
            }
        }
    }
}

fn judge(key: &Key, entry: &StoredEntry, epoch: Option<&Epoch>, now: Moment) -> (Verdict, String) {
    if entry.identity != ItemIdentity::of(key) || entry.key != key.as_str() {
        return (Verdict::Foreign, format!("the entry says that it is {}", entry.identity.text));
    }
    let Some(epoch) = epoch else {
        return (Verdict::Dead, "there is no epoch item, so nothing stored can be trusted".to_owned());
    };
    if let Some(death) = epoch.death_of(key, entry.fence) {
        return (Verdict::Dead, death.to_string());
    }
    let (age, lifetime) = (age_millis(entry, now), lifetime_millis(entry));
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

fn next_request(verdict: Verdict, entry: Option<&StoredEntry>, policy: &Policy, now: Moment) -> NextRequest {
    let usable = entry.filter(|_| matches!(verdict, Verdict::Fresh | Verdict::Stale));
    let Some(entry) = usable else { return NextRequest::Fetches };
    let (age, lifetime) = (Duration::from_millis(age_millis(entry, now)), lifetime_millis(entry));
    match usability_of(age, Duration::from_millis(lifetime), policy) {
        Usability::Fresh => NextRequest::ServesFresh,
        Usability::WhileRevalidate => NextRequest::ServesWhileRevalidating,
        Usability::IfError => NextRequest::FetchesOrServesStale,
        Usability::Expired => NextRequest::Fetches,
    }
}

/// How long ago its fetch began, by this process's clock, as a reader takes it.
fn age_millis(entry: &StoredEntry, now: Moment) -> u64 {
    now.unix_millis().saturating_sub(entry.created_at)
}

fn lifetime_millis(entry: &StoredEntry) -> u64 {
    entry.expires_at.saturating_sub(entry.created_at)
}

fn inspected(entry: &StoredEntry, now: Moment) -> InspectedEntry {
    let chunks = match entry.payload {
        Payload::Inline(_) => 0,
        Payload::Chunked { count, .. } => count,
    };
    InspectedEntry {
        identity: entry.identity.text.clone(),
        resource: entry.identity.resource.clone(),
        created_at: entry.created_at,
        expires_at: entry.expires_at,
        used_at: entry.used_at,
        warmed: entry.warmed,
        ttl: entry.ttl,
        age_ms: age_millis(entry, now),
        lifetime_ms: lifetime_millis(entry),
        incarnation: entry.fence.incarnation.to_string(),
        fence: entry.fence.counter,
        etag: entry.etag.clone(),
        size: entry.size,
        chunks,
    }
}
