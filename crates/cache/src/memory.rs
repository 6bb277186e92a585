use std::sync::Arc;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::{Cache as QuickCache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder};

use crate::entry::Entry;
use crate::environment::Moment;
use crate::epoch::Fence;
use crate::key::Key;
use crate::look::Start;
use crate::store::may_replace;
use crate::upstream::UpstreamError;

/// How many failures and forced fetches are remembered.
const MOST_NOTES: usize = 4_096;
/// What quick_cache sizes its tables by: a typical entry's bytes.
const TYPICAL_ENTRY: u64 = 4 << 10;
/// It makes room for so many at most before the first comes; more find theirs as they come.
const MOST_EXPECTED: usize = 1 << 20;
/// An entry has to fit into one shard, so there are few of them.
const SHARDS: usize = 4;

/// The first layer: entries bounded in bytes, and notes about fetches bounded in number. Knows no clock; whoever
/// reads decides what is still good.
pub(crate) struct Memory {
    entries: QuickCache<Key, Arc<Entry>, ByWeight>,
    failures: QuickCache<Key, Arc<NotedFailure>>,
    /// Kept apart from the failures, so that a failure of another class hides no refusal.
    refused: QuickCache<Key, UpstreamError>,
    forced: QuickCache<Key, Start>,
}

/// A fetch that failed, and the epoch seen before it began, if one was.
pub(crate) struct NotedFailure {
    pub(crate) error: UpstreamError,
    pub(crate) fence: Option<Fence>,
    pub(crate) at: Moment,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<Key, Arc<Entry>> for ByWeight {
    fn weight(&self, _key: &Key, entry: &Arc<Entry>) -> u64 {
        entry.weight()
    }
}

impl Memory {
    pub(crate) fn new(bytes: u64) -> Self {
        Self {
            entries: bounded(bytes),
            failures: QuickCache::new(MOST_NOTES),
            refused: QuickCache::new(MOST_NOTES),
            forced: QuickCache::new(MOST_NOTES),
        }
    }

    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.entries.get(key)
    }

    /// Keeps an entry that has a fence, unless one with a newer fence of the same incarnation is there.
    pub(crate) fn keep(&self, entry: &Arc<Entry>) {
        let Some(fence) = entry.fence else { return };
        let newer_is_there = self.entries.peek(&entry.key).and_then(|known| known.fence);
        if newer_is_there.is_none_or(|known| may_replace(known, fence)) {
            self.entries.insert(entry.key.clone(), entry.clone());
        }
    }

    /// Forgets `entry`, if it is still the one that is kept.
    pub(crate) fn forget(&self, entry: &Arc<Entry>) {
        self.entries.remove_if(&entry.key, |kept| Arc::ptr_eq(kept, entry));
    }

    pub(crate) fn note_failure(&self, key: &Key, failure: NotedFailure) {
        if failure.error.class.is_refusal() {
            self.refused.insert(key.clone(), failure.error.clone());
        }
        self.failures.insert(key.clone(), Arc::new(failure));
    }

    /// A fetch succeeded: what failed before it no longer counts.
    pub(crate) fn forget_failure(&self, key: &Key) {
        self.refused.remove(key);
        self.failures.remove(key);
    }

    /// Why a fetch was refused, if none succeeded since.
    pub(crate) fn refusal(&self, key: &Key) -> Option<UpstreamError> {
        self.refused.get(key)
    }

    pub(crate) fn failure(&self, key: &Key, now: Moment, remembered: Duration) -> Option<Arc<NotedFailure>> {
        self.failures.get(key).filter(|failure| now.since(failure.at) < remembered)
    }

    pub(crate) fn note_forced(&self, key: &Key, began: Start) {
        self.forced.insert(key.clone(), began);
    }

    /// Whether a fetch was forced in the `interval` before `request` began; its own doesn't count.
    pub(crate) fn was_forced(&self, key: &Key, request: &Start, interval: Duration) -> bool {
        let forced = self.forced.get(key).filter(|began| !began.serves(request, Duration::ZERO));
        forced.is_some_and(|began| request.at.since(began.at) < interval)
    }

    pub(crate) fn entries(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.entries.weight()
    }
}

fn bounded(bytes: u64) -> QuickCache<Key, Arc<Entry>, ByWeight> {
    let items = usize::try_from(bytes / TYPICAL_ENTRY).unwrap_or(usize::MAX).clamp(SHARDS, MOST_EXPECTED);
    let mut options = OptionsBuilder::new();
    options.shards(SHARDS).estimated_items_capacity(items).weight_capacity(bytes);
    // Building fails only for an option that was not given, and all are.
    options.build().map_or_else(
        |_| QuickCache::with_weighter(items, bytes, ByWeight),
        |options| {
            QuickCache::with_options(options, ByWeight, DefaultHashBuilder::default(), DefaultLifecycle::default())
        },
    )
}
