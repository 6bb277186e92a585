use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::future::join_all;
use tokio::sync::OnceCell;

use super::Inner;
use crate::key::Key;
use crate::store::StoreError;

/// Leases that were dropped and are not given back yet. Each is given back by whoever comes first, the request that
/// dropped it or a task, and by the other if that one is dropped on the way.
#[derive(Default)]
pub(super) struct Releases(Mutex<Vec<Arc<Release>>>);

/// A lease to be given back.
pub(super) struct Release {
    key: Key,
    /// Its last owner that is known.
    owner: String,
    /// Owners of renewals over that one which got no answer: each may stand there by now, or may yet come.
    unanswered: Vec<String>,
    done: OnceCell<()>,
}

impl Inner {
    /// Gives back what was dropped. Awaited where nothing may rely on work after the answer.
    pub(super) async fn release_dropped(&self) {
        let dropped = self.releases.lock().clone();
        join_all(dropped.iter().map(|release| self.release(release))).await;
    }

    /// Notes that a lease is to be given back, and has a task see to it.
    pub(super) fn release_soon(self: &Arc<Self>, release: &Arc<Release>) {
        self.releases.lock().push(release.clone());
        let (inner, release) = (self.clone(), release.clone());
        self.environment.spawn(Box::pin(async move { inner.release(&release).await }));
    }

    /// Gives one back, unless it is done already.
    pub(super) async fn release(&self, release: &Release) {
        release.done.get_or_init(|| self.give_back(release)).await;
        self.releases.lock().retain(|release| !release.done.initialized());
    }

    async fn give_back(&self, release: &Release) {
        if let Err(error) = self.end(release).await {
            tracing::debug!(key = %release.key, %error, "a lease was not given back; it runs out by itself");
        }
    }

    /// The owner that is known comes first: once that is ended, or found replaced, no renewal over it takes effect any more
    /// that has not by then.
    async fn end(&self, Release { key, owner, unanswered, .. }: &Release) -> Result<(), StoreError> {
        let end = |owner| self.store.ask(key.data_type(), move |store| store.release_lease(key, owner));
        end(owner).await?;
        join_all(unanswered.iter().map(|owner| end(owner))).await.into_iter().collect()
    }
}

impl Release {
    pub(super) fn of(key: &Key, owner: String, unanswered: Vec<String>) -> Arc<Self> {
        Arc::new(Self { key: key.clone(), owner, unanswered, done: OnceCell::new() })
    }
}

impl Releases {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Release>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
