use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures::channel::oneshot;
use larder_cache::store::{
    ChunkId, Claim, ItemRead, LeaseAttempt, LeaseItem, Metered, Page, Position, Snapshot, Store, StoreError,
    StoreResult, StoredEntry,
};
use larder_cache::{Epoch, Incarnation, Key, Marks, Selector};

use crate::executor::{Executor, Place, WORLD};
use crate::history::What;
use crate::shared_store::{SharedStore, at_once};
use crate::weather::{Fate, Intent, Passage};

/// The shared store as one container reaches it. A request travels on its own: whether its container is frozen or
/// killed meanwhile, or nobody waits for it any more, what it does is done.
pub(crate) struct ContainerStore {
    pub(crate) place: Place,
    pub(crate) executor: Arc<Executor>,
    pub(crate) shared: Arc<SharedStore>,
}

impl ContainerStore {
    /// Sends a request whose effect on the shared store is `effect`.
    async fn send<T: Send + 'static>(
        &self,
        name: &'static str,
        intent: Intent,
        effect: impl Future<Output = Result<T, StoreError>> + Send + 'static,
    ) -> StoreResult<T> {
        let passage = self.shared.weather().passage(intent, &self.shared.random);
        if passage.is_disturbed() {
            self.shared.history.note(What::Disturbed(self.place, name));
        }
        let (sender, receiver) = oneshot::channel();
        self.executor.spawn(WORLD, Box::pin(travel(self.executor.clone(), passage, sender, effect)));
        match receiver.await {
            Ok(answer) => answer.map(Metered::free),
            // No answer will come.
            Err(oneshot::Canceled) => pending().await,
        }
    }

    fn note(&self) -> impl Fn(What) + Send + 'static {
        let shared = self.shared.clone();
        move |what| shared.history.note(what)
    }
}

async fn travel<T>(
    executor: Arc<Executor>,
    passage: Passage,
    answer: oneshot::Sender<Result<T, StoreError>>,
    effect: impl Future<Output = Result<T, StoreError>>,
) {
    executor.sleep(WORLD, passage.question).await;
    if answer.is_canceled() && !passage.insists {
        return;
    }
    let outcome = match passage.fate {
        Fate::Lost => return,
        Fate::Throttled => Err(StoreError::Throttled("more than it can take".into())),
        Fate::Failed => Err(StoreError::Failed("out of order".into())),
        Fate::Answered | Fate::Late => effect.await,
        Fate::AnswerLost => {
            let _ = effect.await;
            return;
        }
        Fate::AnswerWrong => effect.await.and(Err(StoreError::Failed("connection reset".into()))),
    };
    executor.sleep(WORLD, passage.answer).await;
    let _ = answer.send(outcome);
}

#[async_trait]
impl Store for ContainerStore {
    fn largest_inline(&self) -> usize {
        self.shared.largest_inline
    }

    /// A batch is no snapshot: of its two items either may be read first.
    async fn read(&self, key: &Key) -> StoreResult<Snapshot> {
        let (shared, executor, key, to, note) =
            (self.shared.clone(), self.executor.clone(), key.clone(), self.place, self.note());
        let effect = async move {
            let between = shared.random.pause(std::time::Duration::from_millis(10));
            let (epoch, entry) = if shared.random.happens(500) {
                let epoch = shared.epoch();
                executor.sleep(WORLD, between).await;
                (epoch, shared.met(&key))
            } else {
                let entry = shared.met(&key);
                executor.sleep(WORLD, between).await;
                (shared.epoch(), entry)
            };
            if let ItemRead::Found(entry) = &entry {
                note(What::Delivered { to, key: key.to_string(), etag: entry.etag.clone() });
            }
            Ok(Snapshot { epoch, entry })
        };
        self.send("read", Intent::Read, effect).await
    }

    async fn read_epoch(&self) -> StoreResult<Option<Epoch>> {
        let shared = self.shared.clone();
        self.send("read_epoch", Intent::Read, async move { Ok(shared.epoch()) }).await
    }

    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch> {
        let shared = self.shared.clone();
        let effect = async move { at_once(shared.epochs().create_epoch(incarnation)) };
        self.send("create_epoch", Intent::Write, effect).await
    }

    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>> {
        let (shared, selector, by, note) = (self.shared.clone(), selector.clone(), self.place, self.note());
        let effect = async move {
            let epoch = at_once(shared.epochs().advance_epoch(&selector))?;
            if let Some(epoch) = &epoch {
                note(What::Advanced { by, selector, epoch: epoch.fence() });
            }
            Ok(epoch)
        };
        self.send("advance_epoch", Intent::Write, effect).await
    }

    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
        let (shared, seen, marks) = (self.shared.clone(), seen.clone(), marks.clone());
        let effect = async move { at_once(shared.epochs().fold_epoch(&seen, &marks)) };
        self.send("fold_epoch", Intent::Write, effect).await
    }

    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool> {
        let (shared, entry, by, note) = (self.shared.clone(), entry.clone(), self.place, self.note());
        let effect = async move {
            let written = at_once(shared.entries.write_entry(&entry))?;
            if written {
                shared.mend_entry(&entry.key);
                let (key, fence, etag) = (entry.key, entry.fence, entry.etag);
                note(What::Wrote { by, key, fence, etag, epoch: shared.epoch() });
            }
            Ok(written)
        };
        self.send("write_entry", Intent::Write, effect).await
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        let (shared, key) = (self.shared.clone(), key.clone());
        let effect = async move { at_once(shared.entries.mark_used(&key, created_at, used_at)) };
        self.send("mark_used", Intent::Write, effect).await
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
        let (shared, chunks) = (self.shared.clone(), chunks.to_vec());
        let effect = async move {
            shared.mend_chunks(&chunks);
            at_once(shared.entries.write_chunks(&chunks, ttl))
        };
        self.send("write_chunks", Intent::Write, effect).await
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        let (shared, ids) = (self.shared.clone(), ids.to_vec());
        let effect = async move {
            let chunks = at_once(shared.entries.read_chunks(&ids))?;
            Ok(chunks.into_iter().zip(&ids).map(|(chunk, id)| chunk.filter(|_| !shared.is_lost(id))).collect())
        };
        self.send("read_chunks", Intent::Read, effect).await
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt> {
        let (shared, key, lease, by, note) = (self.shared.clone(), key.clone(), lease.clone(), self.place, self.note());
        let claim = claim.clone();
        let effect = async move {
            let attempt = at_once(shared.entries.take_lease(&key, &lease, &claim))?;
            if attempt == LeaseAttempt::Taken {
                note(What::Leased { by, key: key.to_string() });
            }
            Ok(attempt)
        };
        self.send("take_lease", Intent::Write, effect).await
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        let (shared, key, owner) = (self.shared.clone(), key.clone(), owner.to_owned());
        let effect = async move { at_once(shared.entries.release_lease(&key, &owner)) };
        self.send("release_lease", Intent::Write, effect).await
    }

    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page> {
        let (shared, data_type, after) = (self.shared.clone(), data_type.to_owned(), after.cloned());
        let effect = async move { at_once(shared.entries.list(&data_type, after.as_ref(), limit)) };
        self.send("list", Intent::Read, effect).await
    }

    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
        let (shared, keys, note) = (self.shared.clone(), keys.to_vec(), self.note());
        let resource = resource.map(ToOwned::to_owned);
        let effect = async move {
            note(What::Deleted { keys: keys.clone() });
            at_once(shared.entries.delete(&keys, resource.as_deref()))
        };
        self.send("delete", Intent::Write, effect).await
    }
}
