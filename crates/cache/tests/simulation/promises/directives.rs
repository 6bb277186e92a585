use std::time::Duration;

use larder_cache::{Answer, Origin};

use super::{Broken, broken, passed};
use crate::evidence::{Evidence, Fetch, Request, Told};
use crate::history::What;
use crate::tally::Tally;

/// A request that asked for no fetch has none, neither of its own nor another's that it joined; and one that named the
/// oldest answer that will do gets none that was older when it asked, unless the key was fetched by force just before.
pub(super) fn are_kept(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for fetch in &evidence.fetches {
        let Request { number, key, directives, .. } = evidence.request_of(fetch);
        if directives.only_if_cached {
            return broken(
                "directives",
                format!("request {number} for {key} asked for no fetch: call {}", fetch.number),
            );
        }
    }
    for (request, told, answer, fetch) in evidence.answered() {
        let Request { number, key, directives, .. } = request;
        if directives.only_if_cached {
            tally.count("answers without a fetch");
            if matches!(answer.origin, Origin::Upstream { .. }) {
                return broken("directives", format!("request {number} for {key} got {:?}", answer.origin));
            }
        }
        if let Some(max_age) = directives.max_age {
            tally.count("answers of a largest age");
            if is_too_old(evidence, request, told, answer, fetch, max_age) {
                let Answer { age, .. } = answer;
                return broken(
                    "directives",
                    format!("request {number} for {key} got what is {age:?} old, not {max_age:?}"),
                );
            }
        }
    }
    Ok(())
}

fn is_too_old(
    evidence: &Evidence,
    request: &Request,
    told: &Told,
    answer: &Answer,
    fetch: &Fetch,
    max_age: Duration,
) -> bool {
    // What a set clock makes of an age meanwhile is not the answer's fault.
    let clock_set = evidence.events[request.asked..told.index]
        .iter()
        .any(|event| matches!(&event.what, What::ClockSet { at, .. } if *at == request.at));
    let (interval, took) = (evidence.plan.settings.forced_fetch_interval, passed(told.moment, request.began));
    let forced = is_forced(evidence, fetch) && answer.age < interval + took;
    !clock_set && answer.age > max_age + took && !forced && !was_another_forced(evidence, request, told, interval)
}

fn is_forced(evidence: &Evidence, fetch: &Fetch) -> bool {
    evidence.request_of(fetch).directives.max_age.is_some()
}

/// Whether a fetch of its key may have been forced in its process in the `interval` before it began.
fn was_another_forced(evidence: &Evidence, request: &Request, told: &Told, interval: Duration) -> bool {
    evidence.fetches.iter().any(|other| {
        let others = evidence.request_of(other);
        let lately = other.began < request.asked && passed(request.began, other.moment) < interval;
        let ended = other.ended.is_some_and(|(ended, _)| ended < told.index);
        lately && ended && is_forced(evidence, other) && others.at == request.at && others.key == request.key
    })
}
