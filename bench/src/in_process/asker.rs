use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use async_trait::async_trait;
use bytes::Bytes;
use larder_app::SystemEnvironment;
use larder_cache::store::Store;
use larder_cache::{
    Account, Answer, Cache, Directives, Environment, Failure, FetchOncePer, Key, Origin, Policy, Scope, Settings,
    Upstream, UpstreamError,
};
use serde_json::json;

use crate::stopwatch::Stopwatch;

/// The size of every value.
pub(super) const BYTES: usize = 10 * 1024;

const POLICY: Policy = Policy {
    ttl: Duration::from_hours(1),
    stale_while_revalidate: Duration::ZERO,
    stale_if_error: Duration::from_hours(24),
    fetch_once_per: FetchOncePer::Fleet,
};

/// Asks a cache the way `app` does, in front of an upstream that takes no time.
#[derive(Clone)]
pub(super) struct Asker {
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
    pub(super) fn fresh(store: Arc<dyn Store>) -> Self {
        let cache = Cache::new(environment(), Some(store), Settings::default());
        Self { cache, upstream: Arc::new(AtOnce(value())) }
    }

    /// Asks, and does nothing else.
    pub(super) async fn get(&self, key: &Key) -> Result<Answer, Failure> {
        self.cache.get(key, &POLICY, &Directives::default(), &self.upstream).await
    }

    /// Asks, and checks where the answer is from; how long it took.
    pub(super) async fn ask(&self, key: &Key, from: Layer) -> anyhow::Result<Duration> {
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
pub(super) enum Layer {
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
pub(super) fn environment() -> Arc<dyn Environment> {
    Arc::new(SystemEnvironment::new())
}

/// A key of its own for every number below a million million.
pub(super) fn key(number: u64) -> anyhow::Result<Key> {
    let account = Account::Id(format!("{number:012}"));
    let scope = Scope { partition: "aws".into(), region: Some("us-east-1".into()), account };
    Ok(Key::new("ec2-subnets", scope)?)
}

/// Subnets as `ec2-subnets` has them, up to [`BYTES`].
pub(super) fn value() -> Bytes {
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
