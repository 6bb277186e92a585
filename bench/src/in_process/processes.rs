use std::sync::Arc;
use std::time::Duration;

use larder_cache::Key;
use larder_cache::store::Store;

use crate::asker::{Asker, Layer, key};

const KEYS: u64 = 50;

/// One process after the other, each of which asks once for every key that an earlier one has filled.
pub(super) struct Processes {
    store: Arc<dyn Store>,
    keys: Vec<Key>,
    newest: Asker,
    asked: usize,
}

impl Processes {
    /// Fills the store, and lets a process ask for everything: that an entry was used is written down once, and is no
    /// part of what is measured.
    pub(super) async fn with_filled(store: Arc<dyn Store>) -> anyhow::Result<Self> {
        let keys = (0..KEYS).map(key).collect::<anyhow::Result<Vec<_>>>()?;
        let (filler, first) = (Asker::fresh(store.clone()), Asker::fresh(store.clone()));
        for key in &keys {
            filler.ask(key, Layer::Upstream).await?;
            first.ask(key, Layer::Store).await?;
        }
        let asked = keys.len();
        Ok(Self { store, keys, newest: filler, asked })
    }

    /// Starts the next process if the last has asked for everything. What it asks for first is not measured.
    pub(super) async fn begin(&mut self) -> anyhow::Result<()> {
        if self.asked == self.keys.len() {
            self.newest = Asker::fresh(self.store.clone());
            self.newest.ask(&self.keys[0], Layer::Store).await?;
            self.asked = 1;
        }
        Ok(())
    }

    /// Asks for the next key, once begun; how long it took.
    pub(super) async fn ask(&mut self) -> anyhow::Result<Duration> {
        let took = self.newest.ask(&self.keys[self.asked], Layer::Store).await?;
        self.asked += 1;
        Ok(took)
    }

    pub(super) fn keys(&self) -> &[Key] {
        &self.keys
    }
}
