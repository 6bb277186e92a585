use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use crate::clock::travel;
use crate::fault::{Fault, Op};
use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::store::{
    ChunkId, Claim, InProcessStore, ItemRead, LeaseAttempt, LeaseItem, Metered, Page, Position, Snapshot, Store,
    StoreError, StoreResult, StoredEntry, Units,
};
use larder_cache::{Epoch, Incarnation, Key, Marks, Selector};

type Tamper = Box<dyn Fn(StoredEntry) -> ItemRead + Send>;
type TamperChunk = Box<dyn Fn(usize, Bytes) -> Option<Bytes> + Send>;

/// An [`InProcessStore`] that counts, and fails as it is told. A read costs one read unit, a write one write unit.
pub(crate) struct ScriptedStore {
    entries: InProcessStore,
    script: Mutex<Script>,
    largest_inline: AtomicUsize,
    seed: AtomicU64,
}

#[derive(Default)]
struct Script {
    /// Epochs are kept apart, so that they can be lost alone.
    epochs: Arc<InProcessStore>,
    counts: HashMap<Op, usize>,
    /// How long a question or an answer travels at most.
    latency: Duration,
    faults: HashMap<Op, Fault>,
    next_faults: HashMap<Op, VecDeque<Fault>>,
    tamper: Option<Tamper>,
    tamper_chunk: Option<TamperChunk>,
    written: Vec<StoredEntry>,
    renewal: Option<(Key, LeaseItem, Claim)>,
}

impl ScriptedStore {
    pub(crate) fn new() -> Self {
        Self {
            entries: InProcessStore::new(),
            script: Mutex::default(),
            largest_inline: AtomicUsize::new(usize::MAX),
            seed: AtomicU64::new(0),
        }
    }

    pub(crate) fn count(&self, op: Op) -> usize {
        self.script().counts.get(&op).copied().unwrap_or_default()
    }

    /// How many operations it was asked for.
    pub(crate) fn total(&self) -> usize {
        self.script().counts.values().sum()
    }

    /// Everything fails, or hangs, so until it heals.
    pub(crate) fn fault_all(&self, fault: &Fault) {
        self.fault(&Op::READS, fault);
        self.fault(&Op::WRITES, fault);
    }

    pub(crate) fn fault(&self, ops: &[Op], fault: &Fault) {
        self.script().faults.extend(ops.iter().map(|op| (*op, fault.clone())));
    }

    /// What becomes of the next such operation, once.
    pub(crate) fn fault_next(&self, op: Op, fault: Fault) {
        self.script().next_faults.entry(op).or_default().push_back(fault);
    }

    pub(crate) fn heal(&self) {
        self.script().faults.clear();
    }

    /// From now on questions and answers travel for random times, so that they overtake each other.
    pub(crate) fn be_slow(&self, seed: u64, latency: Duration) {
        self.seed.store(seed, SeqCst);
        self.script().latency = latency;
    }

    /// As if the epoch item had been deleted.
    pub(crate) fn lose_epoch(&self) {
        self.script().epochs = Arc::default();
    }

    /// What readers see instead of stored entries.
    pub(crate) fn tamper(&self, tamper: impl Fn(StoredEntry) -> ItemRead + Send + 'static) {
        self.script().tamper = Some(Box::new(tamper));
    }

    /// What readers see instead of the chunk of a number.
    pub(crate) fn tamper_chunk(&self, tamper: impl Fn(usize, Bytes) -> Option<Bytes> + Send + 'static) {
        self.script().tamper_chunk = Some(Box::new(tamper));
    }

    pub(crate) fn keep_inline_up_to(&self, bytes: usize) {
        self.largest_inline.store(bytes, SeqCst);
    }

    /// Every entry that was asked to be written, whether or not it was.
    pub(crate) fn written(&self) -> Vec<StoredEntry> {
        self.script().written.clone()
    }

    /// The epoch as it is, not counted.
    pub(crate) async fn epoch(&self) -> Option<Epoch> {
        let epochs = self.epochs();
        epochs.read_epoch().await.expect("answers").value
    }

    /// What stands under a key, not counted and not tampered with.
    pub(crate) async fn stored(&self, key: &Key) -> Option<Arc<StoredEntry>> {
        match self.entries.read(key).await.expect("answers").value.entry {
            ItemRead::Found(entry) => Some(entry),
            ItemRead::Absent | ItemRead::Malformed { .. } => None,
        }
    }

    /// How many of `count` chunks of `digest` are there.
    pub(crate) async fn chunks_there(&self, ids: &[ChunkId]) -> usize {
        self.entries.read_chunks(ids).await.expect("answers").value.iter().flatten().count()
    }

    /// Puts an entry where it is, whatever the conditions say.
    pub(crate) async fn put(&self, key: &Key, entry: &StoredEntry) {
        self.entries.delete(&[key.as_str().to_owned()], None).await.expect("answers");
        self.entries.write_entry(entry).await.expect("answers");
    }

    /// Whether a lease of `key` stands that is not over; tried with one that is.
    pub(crate) async fn is_leased(&self, key: &Key) -> bool {
        let probe = LeaseItem { owner: "probe".into(), until: 0, ttl: u64::MAX, ended: true };
        let named = self.stored(key).await.and_then(|entry| entry.lease.clone());
        match self.entries.take_lease(key, &probe, &Claim::New).await.expect("answers").value {
            LeaseAttempt::Taken => false,
            LeaseAttempt::Held(lease) => !lease.ended && named != Some(lease.owner),
        }
    }

    /// The last renewal of a lease arrives once more, now, though nobody waits for it any more.
    pub(crate) async fn renewal_arrives_late(&self) {
        let (key, lease, claim) = self.script().renewal.clone().expect("one was sent");
        self.entries.take_lease(&key, &lease, &claim).await.expect("answers");
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("no panic")
    }

    fn epochs(&self) -> Arc<InProcessStore> {
        self.script().epochs.clone()
    }

    fn next_fault(&self, op: Op) -> Option<Fault> {
        let mut script = self.script();
        *script.counts.entry(op).or_default() += 1;
        let next = script.next_faults.get_mut(&op).and_then(VecDeque::pop_front);
        next.or_else(|| script.faults.get(&op).cloned())
    }

    async fn act<T>(&self, op: Op, work: impl Future<Output = StoreResult<T>> + Send) -> StoreResult<T> {
        let (fault, latency) = (self.next_fault(op), self.script().latency);
        travel(&self.seed, latency).await;
        let answer = match fault {
            None => work.await,
            Some(Fault::Fail) => Err(StoreError::Failed("told to fail".into())),
            Some(Fault::Throttle) => Err(StoreError::Throttled("told to throttle".into())),
            Some(Fault::Hang) => pending().await,
            Some(Fault::LoseAnswer) => {
                work.await?;
                pending().await
            }
            Some(Fault::HoldAnswer(gate)) => {
                let answer = work.await;
                gate.notified().await;
                answer
            }
            Some(Fault::HoldQuestion(gate)) => {
                gate.notified().await;
                work.await
            }
        };
        travel(&self.seed, latency).await;
        let one =
            if Op::READS.contains(&op) { Units { read: 1.0, write: 0.0 } } else { Units { read: 0.0, write: 1.0 } };
        answer.map(|metered| Metered { units: one, ..metered })
    }
}

#[async_trait]
impl Store for ScriptedStore {
    fn largest_inline(&self) -> usize {
        self.largest_inline.load(SeqCst)
    }

    async fn read(&self, key: &Key) -> StoreResult<Snapshot> {
        let epochs = self.epochs();
        let work = async {
            let epoch = epochs.read_epoch().await?.value;
            let entry = match (self.entries.read(key).await?.value.entry, &self.script().tamper) {
                (ItemRead::Found(entry), Some(tamper)) => tamper((*entry).clone()),
                (entry, _) => entry,
            };
            Ok(Metered::free(Snapshot { epoch, entry }))
        };
        self.act(Op::Read, work).await
    }

    async fn read_epoch(&self) -> StoreResult<Option<Epoch>> {
        let epochs = self.epochs();
        self.act(Op::ReadEpoch, epochs.read_epoch()).await
    }

    async fn create_epoch(&self, incarnation: Incarnation) -> StoreResult<Epoch> {
        let epochs = self.epochs();
        self.act(Op::CreateEpoch, epochs.create_epoch(incarnation)).await
    }

    async fn advance_epoch(&self, selector: &Selector) -> StoreResult<Option<Epoch>> {
        let epochs = self.epochs();
        self.act(Op::AdvanceEpoch, epochs.advance_epoch(selector)).await
    }

    async fn fold_epoch(&self, seen: &Epoch, marks: &Marks) -> StoreResult<bool> {
        let epochs = self.epochs();
        self.act(Op::FoldEpoch, epochs.fold_epoch(seen, marks)).await
    }

    async fn write_entry(&self, entry: &StoredEntry) -> StoreResult<bool> {
        self.script().written.push(entry.clone());
        self.act(Op::WriteEntry, self.entries.write_entry(entry)).await
    }

    async fn mark_used(&self, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
        self.act(Op::MarkUsed, self.entries.mark_used(key, created_at, used_at)).await
    }

    async fn write_chunks(&self, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
        self.act(Op::WriteChunks, self.entries.write_chunks(chunks, ttl)).await
    }

    async fn read_chunks(&self, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
        let work = async {
            let chunks = self.entries.read_chunks(ids).await?.value;
            let script = self.script();
            let tampered = chunks.into_iter().enumerate().map(|(number, chunk)| match &script.tamper_chunk {
                Some(tamper) => chunk.and_then(|chunk| tamper(number, chunk)),
                None => chunk,
            });
            Ok(Metered::free(tampered.collect()))
        };
        self.act(Op::ReadChunks, work).await
    }

    async fn take_lease(&self, key: &Key, lease: &LeaseItem, claim: &Claim) -> StoreResult<LeaseAttempt> {
        if let Claim::Renewal(_) = claim {
            self.script().renewal = Some((key.clone(), lease.clone(), claim.clone()));
        }
        self.act(Op::TakeLease, self.entries.take_lease(key, lease, claim)).await
    }

    async fn release_lease(&self, key: &Key, owner: &str) -> StoreResult<()> {
        self.act(Op::ReleaseLease, self.entries.release_lease(key, owner)).await
    }

    async fn list(&self, data_type: &str, after: Option<&Position>, limit: usize) -> StoreResult<Page> {
        self.act(Op::List, self.entries.list(data_type, after, limit)).await
    }

    async fn delete(&self, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
        self.act(Op::Delete, self.entries.delete(keys, resource)).await
    }
}
