use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use super::request::fetched_for;
use super::{Inner, Request};
use crate::answer::{Answer, Failure, Forward, Freshness, Origin};
use crate::entry::{Entry, Usability};
use crate::environment::Moment;
use crate::flight::Role;
use crate::key::Key;
use crate::look::{Look, Start};
use crate::policy::Directives;
use crate::statistics::{Layer, Outcome};
use crate::store::StoreError;

/// What memory has for a request.
pub(super) enum Recall {
    Answer(Answer),
    /// Usable while it is refreshed.
    Stale(Arc<Entry>),
    Nothing(Forward),
}

impl Inner {
    /// Step 1: in memory, looked within the window, fence good, fresh. No round trip, no await, and a glance at the clocks:
    /// what is not certain by that goes through step 2.
    pub(super) fn hit(self: &Arc<Self>, key: &Key, directives: &Directives) -> Option<(Arc<Entry>, Duration)> {
        if directives.max_age.is_some() {
            return None;
        }
        let entry = self.memory.get(key)?;
        let now = self.environment.glance();
        let version = self.looks.version_at_a_glance(now)?;
        if !now.is_before(entry.fresh_until) || !entry.was_good_by(version) {
            return None;
        }
        entry.counters.count_at_once(entry.content.value.len());
        self.note_use(&entry);
        let age = entry.age(now);
        Some((entry, age))
    }

    /// Step 2: as step 1, with a new look where the last is too old.
    pub(super) async fn recall(self: &Arc<Self>, request: &Request) -> Recall {
        let Some(entry) = self.memory.get(&request.key) else { return self.missed(request, Forward::Miss) };
        let usability = self.usability_now(request, &entry);
        if matches!(usability, Usability::IfError | Usability::Expired) {
            return self.missed(request, Forward::Stale);
        }
        if !self.cache_control_allows(request, &entry) {
            return self.missed(request, Forward::Request);
        }
        match self.look(&request.start).await {
            Err(_) => self.missed(request, Forward::Bypass),
            Ok(look) if !entry.is_good(&look) => {
                self.statistics.events.dead.fetch_add(1, Relaxed);
                self.memory.forget(&entry);
                self.missed(request, Forward::Miss)
            }
            // The look may have taken long.
            Ok(_) => match self.usability_now(request, &entry) {
                Usability::Fresh => Recall::Answer(self.serve(request, &entry, Origin::Memory)),
                Usability::WhileRevalidate => Recall::Stale(entry),
                Usability::IfError | Usability::Expired => self.missed(request, Forward::Stale),
            },
        }
    }

    /// A look at the epoch that a request begun at `request` may use: the last one, or that of a read sent late
    /// enough. One read is under way at a time; who comes too late for it shares the next.
    pub(super) async fn look(&self, request: &Start) -> Result<Arc<Look>, StoreError> {
        loop {
            if let Some(look) = self.looks.usable_by(request) {
                return Ok(look);
            }
            match self.look_reads.lead_or_join(&()) {
                Role::Lead(leader) => {
                    let look = self.read_epoch().await;
                    leader.land(look.clone());
                    return look;
                }
                Role::Join(joiner) => {
                    if let Some(Err(error)) = joiner.wait().await {
                        return Err(error);
                    }
                }
            }
        }
    }

    /// Step 6: a stale entry of a fence good by this request's own look instead of `failure`, if policy and the
    /// kind of failure allow; no look, no stale. Or what was fetched for this very request, and only its way into the
    /// store took too long.
    pub(super) fn fall_back(
        self: &Arc<Self>,
        request: &Request,
        look: Option<&Look>,
        failure: Failure,
    ) -> Result<Answer, Failure> {
        if !failure.allows_stale() {
            return Err(failure);
        }
        if let Some(fetched) = self.fetched_for_it(request) {
            return Ok(fetched);
        }
        let usable = |entry: &Arc<Entry>| {
            fetched_for(request, entry)
                || self.usability_now(request, entry) != Usability::Expired
                    && look.is_some_and(|look| entry.is_good(look))
                    && self.cache_control_allows(request, entry)
        };
        let Some(entry) = self.memory.get(&request.key).filter(usable) else { return Err(failure) };
        if !self.is_stale(request, &entry) {
            return Ok(self.serve(request, &entry, Origin::Memory));
        }
        Ok(self.serve_as(request, &entry, Origin::Memory, Freshness::StaleIfError(failure.into())))
    }

    /// The answer made of what was fetched for this very request, if anything was.
    pub(super) fn fetched_for_it(self: &Arc<Self>, request: &Request) -> Option<Answer> {
        let (entry, why) = request.fetched.get()?;
        let stored = self.memory.get(&request.key).is_some_and(|kept| Arc::ptr_eq(&kept, entry));
        Some(self.serve(request, entry, Origin::Upstream { why: *why, collapsed: false, stored }))
    }

    /// The answer made of an entry that is within its lifetime.
    pub(super) fn serve(self: &Arc<Self>, request: &Request, entry: &Arc<Entry>, origin: Origin) -> Answer {
        self.serve_as(request, entry, origin, Freshness::Fresh)
    }

    /// The answer made of an entry, counted, and said to be as fresh as `freshness` says.
    pub(super) fn serve_as(
        self: &Arc<Self>,
        request: &Request,
        entry: &Arc<Entry>,
        origin: Origin,
        freshness: Freshness,
    ) -> Answer {
        let now = self.environment.now();
        self.note_served(request, entry, origin, &freshness, now);
        Answer::held_by(entry.clone(), entry.age(now), origin, freshness)
    }

    fn note_served(
        self: &Arc<Self>,
        request: &Request,
        entry: &Arc<Entry>,
        origin: Origin,
        freshness: &Freshness,
        now: Moment,
    ) {
        let outcome = if matches!(freshness, Freshness::Fresh) { Outcome::Hit } else { Outcome::Stale };
        let layer = match origin {
            Origin::Memory => Layer::Memory,
            Origin::Store => Layer::Store,
            // Counted where the fetch ended.
            Origin::Upstream { .. } => return,
        };
        entry.counters.count(layer, outcome, entry.content.value.len(), now.since(request.start.at));
        self.note_use(entry);
    }

    fn note_use(self: &Arc<Self>, entry: &Arc<Entry>) {
        if !entry.used.load(Relaxed) && !entry.used.swap(true, Relaxed) {
            if entry.warmed {
                self.statistics.events.warmed_used.fetch_add(1, Relaxed);
            }
            self.mark_used_soon(entry);
        }
    }

    fn missed(&self, request: &Request, why: Forward) -> Recall {
        self.count(request, Layer::Memory, Outcome::Miss, 0);
        Recall::Nothing(why)
    }
}
