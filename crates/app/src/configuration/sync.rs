use std::time::Duration;

/// How often `larder serve` syncs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyncConfiguration {
    /// Instances, snapshots and images; zero is never.
    pub every: Duration,
    /// Costs, of which AWS charges for every page; zero is only when asked.
    pub costs_every: Duration,
}

impl Default for SyncConfiguration {
    fn default() -> Self {
        Self { every: Duration::from_secs(60 * 60), costs_every: Duration::ZERO }
    }
}
