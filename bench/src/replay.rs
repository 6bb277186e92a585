//! Real reads of an account, put to the cache at the times that they were made.

mod expected;
mod reads;
mod set_clock;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use bytes::Bytes;
use larder_cache::store::{InProcessStore, Store};
use larder_cache::{Cache, Directives, FetchOncePer, Origin, Policy, Settings, Upstream, UpstreamError};

use crate::arguments::Effort;
use crate::figure::Figure;
use crate::row::{Row, Target};
use expected::Expected;
use reads::Read;
use set_clock::SetClock;

/// As many containers take turns, so that an answer may be in memory, in the store, or in neither.
const CONTAINERS: usize = 4;

/// How many reads were answered from the cache, and how many were fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counted {
    hits: u64,
    misses: u64,
}

/// An upstream that takes no time.
struct AtOnce;

#[async_trait]
impl Upstream for AtOnce {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        Ok(Bytes::from_static(b"{}"))
    }
}

/// One row for every TTL and choice of services that there are figures for; one row alone in a quick run.
pub(crate) async fn run(effort: Effort) -> anyhow::Result<Vec<Row>> {
    let Some(folder) = larder_tests::real_data() else {
        ensure!(effort.is_quick(), "the recorded reads are missing: set LARDER_REAL_DATA");
        return Ok(Vec::new());
    };
    let mut rows = Vec::new();
    let mut all = expected::read(&folder)?;
    all.truncate(effort.samples(all.len()));
    for expected in all {
        let counted = replay(&folder, &expected).await?;
        let [ours, theirs] = [counted, expected.counted].map(|counted| Figure::Share(counted.share()));
        let what = format!("{}, TTL {} s", expected.services, expected.ttl.as_secs());
        let target = Target { wanted: "equal".to_owned(), met: counted == expected.counted };
        let asked = format!("{} hits, {} misses", counted.hits, counted.misses);
        rows.push(Row::new(what, ours, "worked out from the records", theirs).reaching(target).counted(asked));
    }
    Ok(rows)
}

/// Puts the reads to containers that share a store, at the times that they were made.
async fn replay(folder: &Path, expected: &Expected) -> anyhow::Result<Counted> {
    let clock = Arc::new(SetClock::default());
    let store: Arc<dyn Store> = Arc::new(InProcessStore::new());
    let settings = Settings { ttl_jitter: 0.0, ..Settings::default() };
    let container = || Cache::new(clock.clone(), Some(store.clone()), settings.clone());
    let containers: [Cache; CONTAINERS] = std::array::from_fn(|_| container());
    let policy = Policy {
        ttl: expected.ttl,
        stale_while_revalidate: Duration::ZERO,
        stale_if_error: Duration::ZERO,
        fetch_once_per: FetchOncePer::Fleet,
    };
    let upstream: Arc<dyn Upstream> = Arc::new(AtOnce);
    let mut counted = Counted { hits: 0, misses: 0 };
    for (number, Read { at, key }) in reads::read(folder, expected.services)?.into_iter().enumerate() {
        clock.set(at);
        let cache = &containers[number % CONTAINERS];
        match cache.get(&key, &policy, &Directives::default(), &upstream).await?.origin {
            Origin::Memory | Origin::Store => counted.hits += 1,
            Origin::Upstream { .. } => counted.misses += 1,
        }
    }
    Ok(counted)
}

impl Counted {
    fn share(self) -> f64 {
        self.hits as f64 / (self.hits + self.misses) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::reads::Services;
    use super::*;

    /// Every figure, not only its share.
    #[tokio::test]
    async fn the_hits_on_real_reads_are_those_of_a_fixed_ttl() {
        let Some(folder) = larder_tests::real_data() else { return };
        let all = expected::read(&folder).expect("the figures are there");
        assert!(all.iter().any(|expected| expected.services == Services::All), "{all:?}");
        for expected in all {
            let counted = replay(&folder, &expected).await.expect("the reads are there");
            assert_eq!(counted, expected.counted, "{expected:?}");
        }
    }
}
