use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use super::{Cache, Inner};
use crate::answer::{InvalidateError, Invalidated};
use crate::environment::within;
use crate::epoch::{EPOCH, Epoch};
use crate::look::Look;
use crate::selector::Selector;
use crate::store::{Position, StoreError};

/// How often an epoch item that is lost between two writes is made again before giving up.
const ATTEMPTS: usize = 3;
/// How many entries of an index page a purge deletes at once.
///
/// Deleting reads them first, and consistent reads of so many of the largest fit into the store's time limit.
const PURGE_PAGE: usize = 25;

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
    /// for the deletion, and the deletion is best effort: the index lags, and [`Settings::purge_limit`](crate::Settings::purge_limit) ends it.
    ///
    /// # Errors
    /// Those of [`Cache::invalidate`], and [`InvalidateError::Purge`] when the invalidation is in effect but items
    /// are left.
    pub async fn purge(&self, selector: &Selector, data_types: &[&str]) -> Result<Invalidated, InvalidateError> {
        let invalidated = self.invalidate(selector).await?;
        let purged = AtomicU64::new(0);
        let purge = async {
            for data_type in data_types {
                self.0.delete_matching(selector, data_type, &purged).await?;
            }
            Ok(())
        };
        let in_time = within(&*self.0.environment, self.0.settings.purge_limit, purge).await;
        let (done, purged) = (in_time.unwrap_or(Err(StoreError::Timeout)), purged.into_inner());
        done.map_err(|error| {
            tracing::warn!(%selector, purged, %error, "a purge did not finish; what is left is dead, and can be purged again");
            InvalidateError::Purge(error)
        })?;
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

    async fn delete_matching(
        &self,
        selector: &Selector,
        data_type: &str,
        deleted: &AtomicU64,
    ) -> Result<(), StoreError> {
        let mut after: Option<Position> = None;
        loop {
            let position = after.as_ref();
            let page = self.store.ask_aside(data_type, |store| store.list(data_type, position, PURGE_PAGE)).await?;
            let matching = page.entries.into_iter().filter(|entry| selector.matches_listed(entry));
            let keys: Vec<String> = matching.map(|entry| entry.key).collect();
            if !keys.is_empty() {
                let resource = selector.resource_part();
                let gone = self.store.ask_aside(data_type, |store| store.delete(&keys, resource)).await?;
                deleted.fetch_add(gone, Relaxed);
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
