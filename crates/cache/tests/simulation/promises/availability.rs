use larder_cache::{Failure, FailureClass};

use super::deadline::{is_kept, ran_out, took};
use super::freshness::told_by;
use super::{Broken, broken, passed};
use crate::evidence::{Evidence, Request, Told};
use crate::executor::Place;
use crate::history::{Event, Outcome, What};
use crate::tally::Tally;
use crate::timeline::Monotonic;

/// Every request comes to an end, in time; and whatever befalls the store, one fails only because upstream failed, because
/// its own deadline was over before upstream, which was asked given the time, answered it, because it asked for no fetch, or because as many fetches as
/// may were running past the store.
pub(super) fn holds(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for request in &evidence.requests {
        let Request { number, key, .. } = request;
        let Some(told) = &request.told else {
            if request.given_up.is_some() {
                continue;
            }
            return broken("availability", format!("request {number} for {key} hangs"));
        };
        if !is_kept(evidence, request, told) {
            return broken("availability", format!("request {number} for {key} took {:?}", took(request, told)));
        }
    }
    for (request, told, failure) in evidence.failed() {
        tally.count("failures");
        let because = match failure {
            Failure::Upstream(_) => failed_for(evidence, request, told, failure),
            Failure::Deadline(_) => ran_out(evidence, request, told),
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
        && (since < settings.negative_ttl + passed(told.moment, request.began)
            || seemed_shorter(evidence, request.at, ended, told.index));
    let had_one_stale = !request.policy.stale_while_revalidate.is_zero() && ended > request.asked;
    began_late_enough || !settings.negative_ttl.is_zero() && is_remembered || had_one_stale
}

/// Whether less may have passed than truly did between two events, by both clocks of a container: the wall clock was set
/// back and the monotonic one stood still.
fn seemed_shorter(evidence: &Evidence, place: Place, since: usize, until: usize) -> bool {
    let meanwhile = &evidence.events[since..until];
    let set_back = |event: &Event| matches!(&event.what, What::ClockSet { at, before, after } if *at == place && after.wall < before.wall);
    let stood_still = |event: &Event| matches!(&event.what, What::Froze(at, Monotonic::StandsStill) if *at == place);
    meanwhile.iter().any(set_back) && meanwhile.iter().any(stood_still)
}

/// Whether as many fetches as may be ran at once in its process, at some moment since it began.
fn was_full(evidence: &Evidence, request: &Request, told: &Told) -> bool {
    let here: Vec<_> = evidence.fetches.iter().filter(|fetch| evidence.request_of(fetch).at == request.at).collect();
    let most = evidence.plan.settings.bypass_concurrency;
    (request.asked..=told.index).any(|index| here.iter().filter(|fetch| fetch.ran_at(index)).count() >= most)
}
