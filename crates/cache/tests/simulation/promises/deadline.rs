use std::time::Duration;

use crate::evidence::{Evidence, Request, Told};
use crate::history::{Event, What};

/// From here on a deadline leaves time to give up a store that hangs, and to ask upstream.
const LONG: Duration = Duration::from_secs(8);
/// So many questions to the store may come one after another between the last wait for a lease and the fetch: the
/// entry, its chunks, the lease, and the entry and its chunks again.
const LAST_QUESTIONS: u32 = 5;

/// Whether a request was told something in time. The time limit of a container stands still while it is frozen.
pub(super) fn is_kept(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    took(request, told) <= request.directives.deadline || was_frozen(evidence, request, told)
}

/// Whether time ran out on a request that was told so: its deadline was over, upstream had not answered it, and, given
/// the time, upstream was asked.
pub(super) fn ran_out(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let over = took(request, told) >= request.directives.deadline;
    let given = evidence.fetches.iter().any(|fetch| fetch.request == request.number && fetch.gave_before(told.index));
    over && !given && (was_asked(evidence, request, told) || may_be_unasked(evidence, request, told))
}

/// Whether upstream may not have been asked in its process though time ran out on it: there was little time, or it asked
/// for no fetch, or its container was frozen. Two more reasons are known limits of the cache: nobody begins to wait for a
/// lease when four fifths of the deadline are over, but a question to the store that is under way then has a time limit of
/// its own; and whoever joins another request waits as long as that one's deadline lets it.
fn may_be_unasked(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    request.directives.deadline < LONG
        || request.directives.only_if_cached
        || was_frozen(evidence, request, told)
        || was_store_slow(evidence, request, told)
        || may_have_waited_with_another(evidence, request, told)
}

/// Whether the store may have kept its container waiting for the last fifth of the deadline, when nobody waits for a
/// lease any more.
fn was_store_slow(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let (limit, rest) = (evidence.plan.settings.store_timeout, request.directives.deadline / 5);
    let since = evidence.at(told.index).saturating_sub(rest + limit);
    let mut lately = evidence.events[..told.index].iter().rev().take_while(|event| event.at >= since);
    let disturbed = |event: &Event| matches!(&event.what, What::Disturbed(at, _) if *at == request.at);
    limit * LAST_QUESTIONS > rest && lately.any(disturbed)
}

/// Whether it may have joined a request of its process, or that one's refresh, whose own deadline left it more time to
/// wait for a lease.
fn may_have_waited_with_another(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let over = evidence.at(told.index);
    let waits_longer = |other: &Request| {
        let until = evidence.at(other.asked) + other.directives.deadline.mul_f64(0.8);
        other.asked < told.index && until + evidence.plan.settings.store_timeout > over
    };
    let mut others = evidence.requests.iter().filter(|other| other.number != request.number);
    evidence.is_leased(request)
        && others.any(|other| other.at == request.at && other.key == request.key && waits_longer(other))
}

pub(super) fn took(request: &Request, told: &Told) -> Duration {
    told.moment.monotonic - request.began.monotonic
}

fn was_frozen(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let meanwhile = &evidence.events[request.asked..told.index];
    meanwhile.iter().any(|event| matches!(&event.what, What::Thawed(at) if *at == request.at))
}

/// Whether a fetch of its key ran in its process at some moment between its question and what it was told.
fn was_asked(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    evidence.fetches.iter().any(|fetch| {
        let fetcher = evidence.request_of(fetch);
        let ran = fetch.began < told.index && fetch.ended.is_none_or(|(ended, _)| ended > request.asked);
        ran && fetcher.at == request.at && fetcher.key == request.key
    })
}
