use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::Inner;
use super::load::Purpose;
use crate::answer::Forward;
use crate::entry::{Entry, Usability};
use crate::key::Key;
use crate::look::Start;
use crate::policy::{Directives, Policy};
use crate::upstream::Upstream;

/// One question put to the cache.
#[derive(Clone)]
pub(crate) struct Request {
    pub(super) key: Key,
    pub(super) policy: Policy,
    pub(super) directives: Directives,
    pub(super) start: Start,
    pub(super) upstream: Arc<dyn Upstream>,
    /// That this is a renewal, and what will not do for it.
    pub(super) renewal: Option<Outdated>,
    /// What was fetched for this very request, and why, whatever became of it in memory and in the store.
    pub(super) fetched: Arc<OnceLock<(Arc<Entry>, Forward)>>,
}

/// What a renewal fetches again although it is fresh.
#[derive(Clone, Copy)]
pub(super) enum Outdated {
    /// At first: what stays fresh for no longer than that.
    Within(Duration),
    /// Once it has read the store: the entry that it found there, by its `created_at`, if it found one. Another was fetched
    /// meanwhile; it will do however short it lives, else it would be fetched twice.
    Found(Option<u64>),
}

impl Inner {
    /// Whether an entry of a good fence may be served, by its age and by what fetches met: once one was refused,
    /// nothing past its TTL is served until one succeeds.
    pub(super) fn usability_now(&self, request: &Request, entry: &Entry) -> Usability {
        match entry.usability(&request.policy, self.environment.now()) {
            Usability::WhileRevalidate | Usability::IfError if self.memory.refusal(&request.key).is_some() => {
                Usability::Expired
            }
            usability => usability,
        }
    }

    /// Whether an entry of a good fence will do for `request`, or for the refresh that it leads.
    pub(super) fn will_do_for(&self, request: &Request, entry: &Entry, purpose: Purpose) -> bool {
        if fetched_for(request, entry) {
            return true;
        }
        let young_enough = match (self.usability_now(request, entry), purpose) {
            (Usability::Fresh, _) | (Usability::WhileRevalidate, Purpose::Answer) => true,
            (Usability::WhileRevalidate | Usability::IfError | Usability::Expired, _) => false,
        };
        let outdated = request.renewal.is_some_and(|outdated| match outdated {
            Outdated::Within(left) => !entry.stays_fresh_for(left, self.environment.now()),
            Outdated::Found(created_at) => created_at == Some(entry.content.created_at),
        });
        young_enough && !outdated && self.cache_control_allows(request, entry)
    }

    /// Whether the request's `Cache-Control` lets it have this entry.
    ///
    /// A key that was fetched by force a moment ago is not fetched again: no reader may burn the account's quota.
    pub(super) fn cache_control_allows(&self, request: &Request, entry: &Entry) -> bool {
        let Some(max_age) = request.directives.max_age else { return true };
        let (key, now, interval) = (&request.key, request.start.at, self.settings.forced_fetch_interval);
        let forced_just_now =
            entry.forced && entry.age(now) < interval || self.memory.was_forced(key, &request.start, interval);
        fetched_for(request, entry) || forced_just_now || entry.age(now) <= max_age
    }

    pub(super) fn is_stale(&self, request: &Request, entry: &Entry) -> bool {
        self.usability_now(request, entry) != Usability::Fresh && !fetched_for(request, entry)
    }
}

/// Whether its fetch began after the request: there is nothing newer to be had for it, however long the fetch took.
pub(super) fn fetched_for(request: &Request, entry: &Entry) -> bool {
    entry.fetched.is_some_and(|fetched| fetched.serves(&request.start, Duration::ZERO))
}
