use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use bytes::Bytes;
use larder_app::SystemEnvironment;
use larder_cache::store::{Store, Units};
use larder_cache::{
    Account, Answer, Cache, Directives, Environment, Failure, FetchOncePer, InvalidateError, Invalidated, Key, Origin,
    Policy, Scope, Selector, Settings, Upstream, UpstreamError,
};
use serde_json::json;

use crate::stopwatch::Stopwatch;

/// The size of every value.
pub(crate) const BYTES: usize = 10 * 1024;
/// The same, for a row.
pub(crate) const SIZE: &str = "10 KiB";
/// How long an entry is fresh: longer than a run takes.
pub(crate) const TTL: Duration = Duration::from_hours(1);

/// As the application has it, but nothing is served past its TTL.
pub(crate) const POLICY: Policy = Policy {
    ttl: TTL,
    stale_while_revalidate: Duration::ZERO,
    stale_if_error: Duration::from_hours(24),
    fetch_once_per: FetchOncePer::Fleet,
};

/// Asks a cache the way `app` does, in front of an upstream that takes no time.
#[derive(Clone)]
pub(crate) struct Asker {
    cache: Cache,
    upstream: Arc<dyn Upstream>,
}

/// An upstream that takes no time.
struct AtOnce(Bytes);

#[async_trait]
impl Upstream for AtOnce {
    async fn fetch(&self) -> Result<Bytes, UpstreamError> {
        Ok(self.0.clone())
    }
}

impl Asker {
    /// A process that starts now: it has nothing in memory and has never looked at the epoch.
    pub(crate) fn fresh(store: Arc<dyn Store>) -> Self {
        let cache = Cache::new(environment(), Some(store), Settings::default());
        Self { cache, upstream: Arc::new(AtOnce(value())) }
    }

    /// Kills what a selector matches.
    pub(crate) async fn invalidate(&self, selector: &Selector) -> Result<Invalidated, InvalidateError> {
        self.cache.invalidate(selector).await
    }

    /// The units that its store consumed so far.
    pub(crate) fn units(&self) -> Units {
        let mut units = Units::default();
        for counted in self.cache.statistics().data_types.values() {
            units += Units { read: counted.read_units, write: counted.write_units };
        }
        units
    }

    /// Asks, and does nothing else.
    pub(crate) async fn get(&self, key: &Key) -> Result<Answer, Failure> {
        self.cache.get(key, &POLICY, &Directives::default(), &self.upstream).await
    }

    /// Asks, and checks where the answer is from; how long it took.
    pub(crate) async fn ask(&self, key: &Key, from: Layer) -> anyhow::Result<Duration> {
        let watch = Stopwatch::start();
        let answer = self.get(key).await;
        let took = watch.elapsed();
        let answer = answer?;
        ensure!(from.is(answer.origin), "the answer is not from {from:?}: {:?}", answer.origin);
        ensure!(answer.value.len() == BYTES, "the answer has {} bytes", answer.value.len());
        Ok(took)
    }
}

/// Where an answer has to be from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Layer {
    Memory,
    Store,
    Upstream,
}

impl Layer {
    fn is(self, origin: Origin) -> bool {
        match self {
            Self::Memory => origin == Origin::Memory,
            Self::Store => origin == Origin::Store,
            Self::Upstream => matches!(origin, Origin::Upstream { stored: true, .. }),
        }
    }
}

/// The real clock and timers.
pub(crate) fn environment() -> Arc<dyn Environment> {
    Arc::new(SystemEnvironment::new())
}

/// A key of its own for every number below a million million.
pub(crate) fn key(number: u64) -> anyhow::Result<Key> {
    let account = Account::Id(format!("{number:012}"));
    let scope = Scope { partition: "aws".into(), region: Some("us-east-1".into()), account };
    Ok(Key::new("ec2-subnets", scope)?)
}

/// Subnets as `ec2-subnets` has them, up to [`BYTES`].
pub(crate) fn value() -> Bytes {
    let subnet = |number: usize| {
        let id = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        json!({
            "subnetId": format!("subnet-{id:016x}0"),
            "vpcId": format!("vpc-{:016x}0", id.rotate_left(17)),
            "cidrBlock": format!("10.{}.{}.0/24", number / 256, number % 256),
            "availabilityZone": "us-east-1a",
            "tags": {"Name": format!("core-{number}"), "Tier": "private"},
        })
    };
    let subnets: Vec<_> = (0..BYTES / 100).map(subnet).collect();
    let mut text = json!({ "subnets": subnets }).to_string().into_bytes();
    text.truncate(BYTES);
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_has_its_size() {
        assert_eq!(value().len(), BYTES);
    }
}
