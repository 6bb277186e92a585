use std::sync::Arc;

use super::load::{Landed, Purpose, Way};
use super::{Inner, Request};
use crate::answer::{Answer, Failure, Forward, Freshness, Origin};
use crate::entry::Entry;
use crate::environment::within;
use crate::flight::Role;
use crate::policy::Refresh;

impl Inner {
    /// Answers with a stale entry of a good fence while it is refreshed (RFC 5861).
    pub(super) async fn revalidate(
        self: &Arc<Self>,
        request: &Request,
        entry: &Arc<Entry>,
        origin: Origin,
    ) -> Result<Answer, Failure> {
        if !request.directives.only_if_cached {
            match self.settings.refresh {
                Refresh::InBackground => self.refresh_in_background(request),
                Refresh::Within(limit) => {
                    let refreshed = within(&*self.environment, limit, self.refresh(request)).await;
                    match refreshed.flatten() {
                        Some(Landed::Entry { entry, origin }) => return Ok(self.serve(request, &entry, origin)),
                        Some(Landed::Failed { failure, .. }) if !failure.allows_stale() => return Err(failure),
                        Some(Landed::Failed { .. }) | None => {}
                    }
                    // The dropped refresh may have held the lease, and nothing runs after the answer. A store too slow
                    // even for that is not waited for: the lease runs out by itself.
                    within(&*self.environment, limit, self.release_dropped()).await;
                    // It may have been dropped when it had the value and was writing it to the store.
                    if let Some(fetched) = self.fetched_for_it(request) {
                        return Ok(fetched);
                    }
                }
            }
        }
        // It may have been refused to another request since this one found the entry usable.
        if let Some(refusal) = self.memory.refusal(&request.key) {
            return Err(Failure::Upstream(refusal));
        }
        Ok(self.serve_as(request, entry, origin, Freshness::StaleWhileRevalidate))
    }

    fn refresh_in_background(self: &Arc<Self>, request: &Request) {
        let (inner, request) = (self.clone(), request.clone());
        self.environment.spawn(Box::pin(async move {
            let limit = request.directives.deadline;
            // What it brings is in memory then; a failure is noted, and the next request decides.
            let _ = within(&*inner.environment, limit, inner.refresh(&request)).await;
        }));
    }

    /// One refresh of a key at a time in this process; `None` for whoever finds one under way, or one that has just
    /// failed.
    async fn refresh(self: &Arc<Self>, request: &Request) -> Option<Landed> {
        let now = self.environment.now();
        if self.memory.failure(&request.key, now, self.settings.negative_ttl).is_some() {
            return None;
        }
        let Role::Lead(leader) = self.fetches.lead_or_join(&request.key) else { return None };
        let landed = self.load(request, Forward::Stale, Way::ThroughStore, Purpose::Refresh).await;
        leader.land(landed.clone());
        Some(landed)
    }
}
