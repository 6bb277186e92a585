use std::time::Duration;

use super::load::{EntryRead, Landed, Purpose};
use super::{Inner, Request};
use crate::environment::{Moment, share};
use crate::store::LeaseItem;

/// How often whoever waits looks for the entry between two attempts at the lease.
const LOOKS_PER_ATTEMPT: usize = 4;

/// A lease that is not ours, and since when it has stood unchanged by our own clock: clocks of two containers are never
/// compared.
pub(super) struct Observed {
    pub(super) owner: String,
    pub(super) since: Moment,
    /// Given back before the entry was last read.
    pub(super) ended: bool,
    /// The store itself may have forgotten it by now: no two clocks differ by that much.
    pub(super) long_gone: bool,
}

/// What came of waiting for whoever holds the lease.
pub(super) enum Waited {
    Landed(Landed),
    /// Nothing yet, by this read; a lease may be had by now.
    InVain(EntryRead),
    /// There is just time for a fetch of one's own, or no way to learn of another's.
    Enough(EntryRead),
}

impl Inner {
    /// Looks for the entry that the holder of the lease is to fill, a few times, or until that lease is over. A store that
    /// gives no look holds nobody up.
    pub(super) async fn wait_for_holder(
        &self,
        request: &Request,
        mut read: EntryRead,
        theirs: &Observed,
        purpose: Purpose,
    ) -> Waited {
        let mut looked = false;
        for _ in 0..LOOKS_PER_ATTEMPT {
            if self.has_waited_enough(request) {
                return Waited::Enough(read);
            }
            if !theirs.is_over() {
                self.environment.sleep(self.poll_pause()).await;
            }
            let Ok(again) = self.read_entry(request).await else { continue };
            if let Some(landed) = self.landed_without_fetch(request, &again, purpose) {
                return Waited::Landed(landed);
            }
            (read, looked) = (again, true);
            if theirs.is_over() || read.names(theirs) {
                break;
            }
        }
        if looked { Waited::InVain(read) } else { Waited::Enough(read) }
    }

    pub(super) fn observe(&self, held: LeaseItem) -> Observed {
        let since = self.environment.now();
        Observed { owner: held.owner, since, ended: held.ended, long_gone: held.ttl < since.wall.as_secs() }
    }

    pub(super) fn has_run_out(&self, lease: &Observed) -> bool {
        lease.long_gone || self.environment.now().since(lease.since) >= self.settings.lease.duration
    }

    /// A fifth of the deadline is left for a fetch of one's own.
    pub(super) fn has_waited_enough(&self, request: &Request) -> bool {
        self.environment.now().since(request.start.at) >= request.directives.deadline.mul_f64(0.8)
    }

    /// Between half and one and a half of the mean pause.
    fn poll_pause(&self) -> Duration {
        let mean = self.settings.lease.poll;
        (mean / 2).saturating_add(mean.mul_f64(share(&*self.environment)))
    }
}

impl Observed {
    /// Nobody has to be waited for.
    fn is_over(&self) -> bool {
        self.ended || self.long_gone
    }
}

impl EntryRead {
    /// Whether the entry was filled under that lease, which is over by that.
    pub(super) fn names(&self, lease: &Observed) -> bool {
        self.lease.as_ref() == Some(&lease.owner)
    }
}
