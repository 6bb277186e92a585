use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use crate::calls::CalledOperation;
use crate::costs::Costs;
use crate::faults::Fault;
use crate::fleet::{Account, Fleet};
use crate::lives::{Delivery, Lives};
use crate::replay::Recording;
use crate::server::Server;

/// How long [`Handle::stop`] waits for answers under way.
const GRACE: Duration = Duration::from_secs(2);

/// A running stand-in. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Handle {
    addr: SocketAddr,
    server: Arc<Server>,
    stopping: DropGuard,
    task: JoinHandle<()>,
}

impl Handle {
    pub(crate) fn new(addr: SocketAddr, server: Arc<Server>, stopping: DropGuard, task: JoinHandle<()>) -> Self {
        Self { addr, server, stopping, task }
    }

    /// The address it listens on, with the port that was really taken.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What `AWS_ENDPOINT_URL` must be, such as `http://127.0.0.1:40123`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The fleet it answers from.
    #[must_use]
    pub fn fleet(&self) -> &Fleet {
        self.server.fleet()
    }

    /// The lives of the fleet's instances: what is true of them, whatever the answers tell.
    #[must_use]
    pub fn lives(&self) -> &Lives {
        self.server.lives()
    }

    /// What its accounts are charged: what is true of it, whatever the answers tell.
    #[must_use]
    pub fn costs(&self) -> &Costs {
        self.server.costs()
    }

    /// The stand-in's time: that of its answers.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.server.clock().now()
    }

    /// How evidence of the instances goes astray.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.server.delivery()
    }

    /// How evidence of the instances goes astray from now on.
    pub fn set_delivery(&self, delivery: Delivery) {
        self.server.set_delivery(delivery);
    }

    /// The SDK's own variables that make any AWS SDK talk to this stand-in as `account`, in the fleet's first region.
    #[must_use]
    pub fn environment(&self, account: &Account) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.url()),
            ("AWS_ACCESS_KEY_ID", account.access_key_id().to_owned()),
            ("AWS_SECRET_ACCESS_KEY", account.secret_access_key().to_owned()),
            ("AWS_REGION", self.fleet().regions()[0].to_owned()),
        ]
    }

    /// How often each operation was called since the start, by account and region.
    #[must_use]
    pub fn calls(&self) -> BTreeMap<CalledOperation, u64> {
        self.server.calls().snapshot()
    }

    /// How often `operation` (such as `ec2:DescribeSubnets`) was called since the start, by all accounts in all
    /// regions. 0 also for an operation that does not exist.
    #[must_use]
    pub fn call_count(&self, operation: &str) -> u64 {
        self.server.calls().count(operation)
    }

    /// The most calls of each operation within any second since the start, by account and region.
    #[must_use]
    pub fn most_calls_in_a_second(&self) -> BTreeMap<CalledOperation, u64> {
        self.server.calls().most_in_a_second()
    }

    /// How many requests came since the start, known operations or not. A request that is yet to come has this number
    /// or a higher one.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.server.requests()
    }

    /// Puts a fault in place. Of several that hit a call, the oldest one happens to it, so that faults with a number of
    /// calls come one after the other.
    ///
    /// # Panics
    /// If the fault is about no operation that the stand-in has: a test that relies on it would prove nothing.
    pub fn fault(&self, fault: Fault) {
        if let Err(unknown) = self.server.add_fault(fault) {
            panic!("{unknown}");
        }
    }

    /// The faults in place, oldest first; those that are over are not.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.server.active_faults()
    }

    /// Ends every fault.
    pub fn clear_faults(&self) {
        self.server.clear_faults();
    }

    /// Sets the stand-in's clock forward: sessions of roles and faults that last for a time end sooner by as
    /// much, and the instances live on by as much.
    pub fn advance_clock(&self, by: Duration) {
        self.server.clock().advance(by);
    }

    /// What was recorded of `operation` (such as `ec2:DescribeSubnets`), in the order that it is answered in. Empty
    /// without [`Config::replay`](crate::Config::replay), for what was not recorded, and for instance types, which come
    /// from one long list.
    #[must_use]
    pub fn recordings(&self, operation: &str) -> &[Recording] {
        self.server.replay().map(|replay| replay.recordings(operation)).unwrap_or_default()
    }

    /// Stops: the port is closed at once, answers under way are finished for at most 2 s. When this returns,
    /// connections to [`Self::addr`] are refused.
    pub async fn stop(self) {
        drop(self.stopping);
        if tokio::time::timeout(GRACE, self.task).await.is_err() {
            tracing::warn!(addr = %self.addr, "answers of the stand-in are still under way");
        }
    }
}
