use larder_cache::{Failure, FailureClass};

use super::freshness::told_by;
use super::{Broken, broken, passed};
use crate::evidence::{Evidence, Request, Told};
use crate::history::{Outcome, What};
use crate::tally::Tally;

/// Every request comes to an end, in time; and whatever befalls the store, one fails only because upstream failed, because
/// its own deadline was over before upstream answered it, because it asked for no fetch, or because as many fetches as
/// may were running past the store.
pub(super) fn holds(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for request in &evidence.requests {
        let Request { number, key, directives, .. } = request;
        let Some(told) = &request.told else {
            if request.given_up.is_some() {
                continue;
            }
            return broken("availability", format!("request {number} for {key} hangs"));
        };
        let took = told.moment.monotonic - request.began.monotonic;
        if took > directives.deadline && !was_frozen(evidence, request, told) {
            return broken("availability", format!("request {number} for {key} took {took:?}"));
        }
    }
    for (request, told, failure) in evidence.failed() {
        tally.count("failures");
        let because = match failure {
            Failure::Upstream(_) => failed_for(evidence, request, told, failure),
            Failure::Deadline(_) => {
                let over = told.moment.monotonic - request.began.monotonic >= request.directives.deadline;
                over && !was_given_to(evidence, request, told)
            }
            Failure::NotCached => request.directives.only_if_cached,
            Failure::Overloaded(_) => was_full(evidence, request, told),
        };
        if !because {
            return broken("availability", format!("request {} for {} got {failure:?}", request.number, request.key));
        }
    }
    Ok(())
}

/// Whether upstream failed so, and it concerns this request: the fetch began no earlier than the request, or the window
/// before it; or it failed so short a time ago that it is remembered; or it was refused while the request had a stale entry.
fn failed_for(evidence: &Evidence, request: &Request, told: &Told, failure: &Failure) -> bool {
    let Some(fetch) = told_by(evidence, request, told, failure) else { return false };
    let Some((ended, Outcome::Failed(class))) = fetch.ended else { return false };
    let settings = &evidence.plan.settings;
    let began_late_enough = fetch.began > request.asked
        || !settings.coherence_window.is_zero() && passed(request.began, fetch.moment) <= settings.coherence_window;
    let since = evidence.at(told.index) - evidence.at(ended);
    let is_remembered = *class != FailureClass::Denied
        && (since < settings.negative_ttl + passed(told.moment, request.began) || !evidence.plan.skew.is_zero());
    let had_one_stale = !request.policy.stale_while_revalidate.is_zero() && ended > request.asked;
    began_late_enough || !settings.negative_ttl.is_zero() && is_remembered || had_one_stale
}

fn was_frozen(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let meanwhile = &evidence.events[request.asked..told.index];
    meanwhile.iter().any(|event| matches!(&event.what, What::Thawed(at) if *at == request.at))
}

/// Whether upstream answered it although it was told that nothing came in time.
fn was_given_to(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    evidence.fetches.iter().any(|fetch| fetch.request == request.number && fetch.gave_before(told.index))
}

/// Whether as many fetches as may be ran at once in its process, at some moment since it began.
fn was_full(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let here: Vec<_> = evidence.fetches.iter().filter(|fetch| evidence.request_of(fetch).at == request.at).collect();
    let most = evidence.plan.settings.bypass_concurrency;
    (request.asked..=told.index).any(|index| here.iter().filter(|fetch| fetch.ran_at(index)).count() >= most)
}
