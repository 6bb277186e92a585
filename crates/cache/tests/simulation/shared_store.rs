use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

use bytes::Bytes;
use futures::FutureExt;
use larder_cache::store::{ChunkId, InProcessStore, ItemRead, Payload, Store, StoreResult, StoredEntry};
use larder_cache::{Epoch, Key};

use crate::history::{History, Standing, What};
use crate::random::Random;
use crate::weather::Weather;

/// What all containers share: the store that the cache ships, with what befell it.
pub(crate) struct SharedStore {
    pub(crate) entries: InProcessStore,
    pub(crate) history: Arc<History>,
    pub(crate) random: Random,
    pub(crate) largest_inline: usize,
    keys: Vec<Key>,
    fortune: Mutex<Fortune>,
}

struct Fortune {
    weather: Weather,
    /// Kept apart from the entries, so that it can be lost alone.
    epochs: Arc<InProcessStore>,
    tampered: BTreeMap<String, Tampering>,
    lost_chunks: BTreeSet<(String, u32)>,
}

/// What a reader meets instead of what was written.
#[derive(Clone, Debug)]
enum Tampering {
    /// The item of another key, under this one's name.
    Foreign(Key),
    Malformed,
    Flipped,
    Misnamed,
    Shortened,
}

impl SharedStore {
    pub(crate) fn new(history: Arc<History>, random: Random, largest_inline: usize, keys: Vec<Key>) -> Self {
        let fortune = Fortune {
            weather: Weather::Calm,
            epochs: Arc::default(),
            tampered: BTreeMap::new(),
            lost_chunks: BTreeSet::new(),
        };
        Self { entries: InProcessStore::new(), history, random, largest_inline, keys, fortune: Mutex::new(fortune) }
    }

    pub(crate) fn weather(&self) -> Weather {
        self.fortune().weather
    }

    pub(crate) fn set_weather(&self, weather: Weather) {
        self.history.note(What::Weather(format!("store: {weather:?}")));
        self.fortune().weather = weather;
    }

    pub(crate) fn lose_epoch(&self) {
        self.history.note(What::EpochLost);
        self.fortune().epochs = Arc::default();
    }

    pub(crate) fn epochs(&self) -> Arc<InProcessStore> {
        self.fortune().epochs.clone()
    }

    /// The epoch as it is.
    pub(crate) fn epoch(&self) -> Option<Epoch> {
        at_once(self.epochs().read_epoch()).expect("it never fails")
    }

    /// What was written under a key, tampered with or not.
    pub(crate) fn written(&self, key: &Key) -> Option<Arc<StoredEntry>> {
        match at_once(self.entries.read(key)).expect("it never fails").entry {
            ItemRead::Found(entry) => Some(entry),
            ItemRead::Absent | ItemRead::Malformed { .. } => None,
        }
    }

    /// What a fetch that begins now should have found: an entry that is whole.
    pub(crate) fn standing(&self, key: &Key) -> Option<Standing> {
        let entry = self.written(key)?;
        let fortune = self.fortune();
        let whole = !fortune.tampered.contains_key(key.as_str())
            && entry.payload.chunks().iter().all(|chunk| !fortune.lost_chunks.contains(&name(chunk)));
        drop(fortune);
        let alive = whole && self.epoch().is_some_and(|epoch| epoch.death_of(key, entry.fence).is_none());
        let (created_at, expires_at) = (entry.created_at, entry.expires_at);
        Some(Standing { etag: entry.etag.clone(), created_at, expires_at, alive })
    }

    pub(crate) fn tamper(&self) {
        let key = &self.keys[self.random.index(self.keys.len())];
        let other = self.keys[self.random.index(self.keys.len())].clone();
        let how = match self.random.below(6) {
            0 => Tampering::Malformed,
            1 => Tampering::Flipped,
            2 => Tampering::Misnamed,
            3 => Tampering::Shortened,
            _ if other != *key => Tampering::Foreign(other),
            _ => return self.lose_chunks(key),
        };
        self.history.note(What::Tampered { key: key.to_string(), how: format!("{how:?}") });
        self.fortune().tampered.insert(key.to_string(), how);
    }

    fn lose_chunks(&self, key: &Key) {
        let Some(entry) = self.written(key) else { return };
        let lost: Vec<_> = entry.payload.chunks().iter().map(name).filter(|_| self.random.happens(500)).collect();
        self.history.note(What::Tampered { key: key.to_string(), how: format!("{} chunks lost", lost.len()) });
        self.fortune().lost_chunks.extend(lost);
    }

    /// What a reader of `key` meets now.
    pub(crate) fn met(&self, key: &Key) -> ItemRead {
        let Some(entry) = self.written(key) else { return ItemRead::Absent };
        let tampering = self.fortune().tampered.get(key.as_str()).cloned();
        let entry = StoredEntry::clone(&entry);
        let met = match tampering {
            None => entry,
            Some(Tampering::Malformed) => return ItemRead::Malformed { lease: entry.lease },
            Some(Tampering::Foreign(other)) => match self.written(&other) {
                Some(foreign) => StoredEntry { key: key.to_string(), ..StoredEntry::clone(&foreign) },
                None => return ItemRead::Absent,
            },
            Some(Tampering::Flipped) => StoredEntry { payload: flipped(&entry.payload), ..entry },
            Some(Tampering::Misnamed) => StoredEntry { etag: "0".repeat(32), ..entry },
            Some(Tampering::Shortened) => StoredEntry { size: entry.size.saturating_sub(1), ..entry },
        };
        ItemRead::Found(Arc::new(met))
    }

    pub(crate) fn is_lost(&self, chunk: &ChunkId) -> bool {
        self.fortune().lost_chunks.contains(&name(chunk))
    }

    /// Written again, it is what was written.
    pub(crate) fn mend_entry(&self, key: &str) {
        self.fortune().tampered.remove(key);
    }

    pub(crate) fn mend_chunks(&self, chunks: &[(ChunkId, Bytes)]) {
        let mut fortune = self.fortune();
        for (chunk, _) in chunks {
            fortune.lost_chunks.remove(&name(chunk));
        }
    }

    fn fortune(&self) -> MutexGuard<'_, Fortune> {
        self.fortune.lock().expect("no panic")
    }
}

/// What the store inside the process answers: it never awaits.
pub(crate) fn at_once<T>(answer: impl Future<Output = StoreResult<T>>) -> Result<T, larder_cache::store::StoreError> {
    answer.now_or_never().expect("it never awaits").map(|metered| metered.value)
}

fn name(chunk: &ChunkId) -> (String, u32) {
    (chunk.digest.clone(), chunk.number)
}

fn flipped(payload: &Payload) -> Payload {
    match payload {
        Payload::Inline(bytes) => {
            let mut bytes = bytes.to_vec();
            let middle = bytes.len() / 2;
            bytes.iter_mut().skip(middle).take(1).for_each(|byte| *byte ^= 1);
            Payload::Inline(bytes.into())
        }
        Payload::Chunked { digest, count } => Payload::Chunked { digest: digest.clone(), count: count - 1 },
    }
}
