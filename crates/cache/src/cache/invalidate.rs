use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use super::load::EPOCH;
use super::{Cache, Inner};
use crate::answer::{InvalidateError, Invalidated};
use crate::epoch::Epoch;
use crate::look::Look;
use crate::selector::Selector;
use crate::store::StoreError;

/// How often an epoch item that is lost between two writes is made again before giving up.
const ATTEMPTS: usize = 3;
/// How many entries of an index page a purge deletes at once.
const PURGE_PAGE: usize = 100;

impl Cache {
    /// Kills every entry that `selector` matches, with one write whatever the store holds. When this returns, it is
    /// in effect for every request that begins after the coherence window, in every container.
    ///
    /// # Errors
    /// [`InvalidateError::Store`] when the store did not acknowledge it.
    pub async fn invalidate(&self, selector: &Selector) -> Result<Invalidated, InvalidateError> {
        let look = self.0.advance(selector).await?;
        self.0.fold_if_full(&look.epoch).await;
        let effective_within = self.0.settings.coherence_window;
        Ok(Invalidated { epoch: look.epoch.fence(), effective_within, purged: None })
    }

    /// [`Cache::invalidate`], then deletes what the index knows of it, by data type. The invalidation does not wait
    /// for the deletion, and the deletion is best effort: the index lags.
    ///
    /// # Errors
    /// Those of [`Cache::invalidate`], and [`InvalidateError::Purge`] when the invalidation is in effect but items
    /// are left.
    pub async fn purge(&self, selector: &Selector, data_types: &[&str]) -> Result<Invalidated, InvalidateError> {
        let invalidated = self.invalidate(selector).await?;
        let mut purged = 0;
        for data_type in data_types {
            purged += self.0.delete_matching(selector, data_type).await.map_err(InvalidateError::Purge)?;
        }
        Ok(Invalidated { purged: Some(purged), ..invalidated })
    }
}

impl Inner {
    async fn advance(&self, selector: &Selector) -> Result<Arc<Look>, StoreError> {
        for _ in 0..ATTEMPTS {
            let sent = self.looks.start(&*self.environment);
            if let Some(epoch) = self.store.insist(EPOCH, |store| store.advance_epoch(selector)).await? {
                return Ok(self.looks.keep(epoch, sent));
            }
            self.create_epoch().await?;
        }
        Err(StoreError::Failed("its epoch item is lost as often as it is made".into()))
    }

    /// Folds half of the marks where there are too many, so that it is rare. If the epoch moved on meanwhile nothing
    /// is written, and the next invalidation folds.
    async fn fold_if_full(&self, epoch: &Epoch) {
        if epoch.marks.len() <= self.settings.most_marks {
            return;
        }
        let marks = epoch.folded(self.settings.most_marks / 2);
        match self.store.insist(EPOCH, |store| store.fold_epoch(epoch, &marks)).await {
            Ok(true) => {
                self.statistics.events.folded.fetch_add(1, Relaxed);
            }
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the epoch's marks were not folded; the next invalidation will"),
        }
    }

    async fn delete_matching(&self, selector: &Selector, data_type: &str) -> Result<u64, StoreError> {
        let mut deleted = 0;
        let mut after: Option<String> = None;
        loop {
            let position = after.as_deref();
            let page = self.store.insist(data_type, |store| store.list(data_type, position, PURGE_PAGE)).await?;
            let matching = page.entries.into_iter().filter(|entry| selector.matches_listed(entry));
            let keys: Vec<String> = matching.map(|entry| entry.key).collect();
            if !keys.is_empty() {
                deleted += self.store.insist(data_type, |store| store.delete(&keys)).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(deleted);
            }
        }
    }
}
