use std::fmt;
use std::sync::Arc;

use larder_cache::Environment;
use larder_runtime::Second;

use super::{Ledger, ServersTable, Upstream};

/// What running minutes are worked out of, and where they are kept. Cloning is a few reference counts.
#[derive(Clone)]
pub struct RuntimeParts {
    /// AWS.
    pub upstream: Arc<dyn Upstream>,
    /// Evidence, and what was made of it.
    pub ledger: Ledger,
    /// The current month's answers, beside the servers.
    pub servers: Arc<dyn ServersTable>,
    /// The world.
    pub environment: Arc<dyn Environment>,
}

impl RuntimeParts {
    /// The time by the wall clock.
    #[must_use]
    pub fn now(&self) -> Second {
        let seconds = self.environment.now().wall.as_secs();
        Second::of_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
    }
}

impl fmt::Debug for RuntimeParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { upstream, ledger, servers, environment: _ } = self;
        let mut parts = f.debug_struct("RuntimeParts");
        parts.field("upstream", upstream).field("ledger", ledger).field("servers", servers).finish_non_exhaustive()
    }
}
