use std::time::Duration;

use larder_cache::{Answer, Failure, FailureClass, Freshness};

use super::deadline::ran_out;
use super::{Broken, broken};
use crate::evidence::{Evidence, Fetch, Request, Told};
use crate::history::{Answered, Outcome, What};
use crate::tally::Tally;
use crate::upstream::Told as ToldToFail;

/// G5: an answer that says to be fresh is within its lifetime, or was fetched since its request began. One that says
/// to be stale is past it, by no more than policy allows and the request took; after a refusal, and until a fetch
/// succeeds, there is none; and one that is said to stand in for a failure stands in for one that there was.
pub(super) fn is_true(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for (request, told, answer, fetch) in evidence.answered() {
        let lie = match &answer.freshness {
            Freshness::Fresh => {
                let past = answer.age >= answer.lifetime && fetch.began < request.asked;
                past.then_some("it is past its lifetime")
            }
            Freshness::StaleWhileRevalidate => {
                tally.count("answers stale while revalidating");
                let allowed = request.policy.stale_while_revalidate;
                lie_of_stale(evidence, request, told, answer, fetch, allowed)
            }
            Freshness::StaleIfError(failure) => {
                tally.count("answers stale after errors");
                let allowed = request.policy.stale_if_error.max(request.policy.stale_while_revalidate);
                lie_of_failure(evidence, request, told, failure)
                    .or_else(|| lie_of_stale(evidence, request, told, answer, fetch, allowed))
            }
        };
        if let Some(lie) = lie {
            let told = Answered(answer.clone());
            return broken("G5", format!("request {} for {} got {told:?}, but {lie}", request.number, request.key));
        }
    }
    Ok(())
}

fn lie_of_stale(
    evidence: &Evidence,
    request: &Request,
    told: &Told,
    answer: &Answer,
    fetch: &Fetch,
    allowed: Duration,
) -> Option<&'static str> {
    // What a set clock makes of an age meanwhile is not the answer's fault.
    let clock_set = evidence.events[request.asked..told.index]
        .iter()
        .any(|event| matches!(&event.what, What::ClockSet { at, .. } if *at == request.at));
    let took = super::passed(told.moment, request.began);
    if was_refused(evidence, request, told.index) {
        Some("upstream refused it, and gave nothing since")
    } else if fetch.began > request.asked && fetch.request == request.number {
        Some("it was fetched for this request")
    } else if !clock_set && answer.age < answer.lifetime {
        Some("it is within its lifetime")
    } else if !clock_set && answer.age >= answer.lifetime + allowed + took.max(Duration::from_millis(1)) {
        Some("policy does not allow one that old")
    } else {
        None
    }
}

/// Whether the last fetch of its key that ended in its process, and was no passing failure, was refused.
fn was_refused(evidence: &Evidence, request: &Request, before: usize) -> bool {
    let ended = evidence.fetches.iter().filter_map(|fetch| {
        let (ended, outcome) = fetch.ended.filter(|(ended, _)| *ended < before)?;
        let fetcher = evidence.request_of(fetch);
        (fetcher.at == request.at && fetcher.key == request.key).then_some((ended, outcome))
    });
    let telling = ended.filter(|(_, outcome)| match outcome {
        Outcome::Gave(_) | Outcome::Failed(FailureClass::Denied | FailureClass::Rejected) => true,
        Outcome::Failed(FailureClass::Failed) | Outcome::Dropped => false,
    });
    let last = telling.max_by_key(|(ended, _)| *ended);
    last.is_some_and(|(_, outcome)| matches!(outcome, Outcome::Failed(_)))
}

/// Why a failure is not one that a stale answer may stand in for.
fn lie_of_failure(evidence: &Evidence, request: &Request, told: &Told, failure: &Failure) -> Option<&'static str> {
    match failure {
        Failure::Upstream(error) if error.class != FailureClass::Failed => Some("upstream refused it"),
        Failure::Upstream(_) => (!was_told(evidence, request, told, failure)).then_some("there was no such failure"),
        Failure::Deadline(_) => (!ran_out(evidence, request, told)).then_some("time had not run out"),
        Failure::Overloaded(_) => None,
        Failure::NotCached => Some("that is no failure of upstream"),
    }
}

/// Whether upstream failed so in this process, asked for this key.
fn was_told(evidence: &Evidence, request: &Request, told: &Told, failure: &Failure) -> bool {
    told_by(evidence, request, told, failure).is_some()
}

/// The fetch of this process, for this key, that failed so.
pub(super) fn told_by<'e, 'a>(
    evidence: &'e Evidence<'a>,
    request: &Request,
    told: &Told,
    failure: &Failure,
) -> Option<&'e Fetch<'a>> {
    let Failure::Upstream(error) = failure else { return None };
    let ToldToFail(number) = error.source.downcast_ref()?;
    let fetch = evidence.fetches.get(*number)?;
    let fetcher = evidence.request_of(fetch);
    let so =
        matches!(fetch.ended, Some((ended, Outcome::Failed(class))) if ended < told.index && *class == error.class);
    (so && fetcher.at == request.at && fetcher.key == request.key).then_some(fetch)
}
