use std::time::Duration;

use larder_cache::{Directives, Failure, Moment};
use larder_sources::{AccountId, Cost, DataType};

use super::readable;
use crate::Principal;
use crate::problem::{Problem, of_failure};

/// A question on its way.
#[derive(Clone)]
pub(super) struct Asking<'a> {
    pub(super) principal: &'a Principal,
    pub(super) data_type: &'static DataType,
    pub(super) account: Option<AccountId>,
    pub(super) directives: &'a Directives,
    pub(super) began: Moment,
}

impl Asking<'_> {
    /// The oldest answer that will do. Where each call costs money, only an administrator of the account has more of them
    /// made than one in each TTL.
    pub(super) fn max_age(&self, ttl: Duration) -> Option<Duration> {
        let is_free = self.data_type.cost == Cost::Nothing;
        let may_spend = is_free || self.principal.check_invalidate(self.account.as_ref()).is_ok();
        self.directives.max_age.map(|max_age| if may_spend { max_age } else { max_age.max(ttl) })
    }

    /// A failure as whoever asks is told it: in words that they may read, and by the whole time that the question had,
    /// not by what was left of it for the cache.
    pub(super) fn told(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Upstream(error) => Failure::Upstream(readable::upstream_by(self.principal, error)),
            Failure::Deadline(_) => Failure::Deadline(self.directives.deadline),
            failure @ (Failure::NotCached | Failure::Overloaded(_)) => failure,
        }
    }

    /// What whoever asks is told where there is no answer.
    pub(super) fn problem_of(&self, failure: Failure) -> Problem {
        of_failure(&self.told(failure), self.data_type)
    }
}
