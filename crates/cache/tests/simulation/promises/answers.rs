use std::time::Duration;

use larder_cache::{Moment, Origin};

use super::{Broken, broken};
use crate::evidence::{Evidence, Fetch, Request};
use crate::executor::Place;
use crate::history::{Answered, What};
use crate::tally::Tally;

/// Times in the store are whole milliseconds, and a glance at the wall clock shows what it did at its last tick.
const ROUNDING: Duration = Moment::TICK;

/// G5: an answer from memory was in that process, one from the store was brought to it, one from upstream was fetched by
/// this request, or by another of the same process that it joined.
pub(super) fn tell_where_they_came_from(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for (request, told, answer, fetch) in evidence.answered() {
        let fetcher = evidence.request_of(fetch);
        let fetched_here = fetcher.at == request.at;
        let known = match answer.origin {
            Origin::Memory => {
                tally.count("answers from memory");
                fetched_here || was_delivered(evidence, &answer.etag, request.at, told.index)
            }
            Origin::Store => {
                tally.count("answers from the store");
                was_delivered(evidence, &answer.etag, request.at, told.index)
            }
            Origin::Upstream { collapsed: false, .. } => fetch.request == request.number,
            Origin::Upstream { collapsed: true, .. } => {
                tally.count("answers joined");
                fetched_here && fetch.request != request.number
            }
        };
        if !known {
            let told = Answered(answer.clone());
            return broken("G5", format!("request {} of {:?} got {told:?}", request.number, request.at));
        }
    }
    Ok(())
}

fn was_delivered(evidence: &Evidence, etag: &str, place: Place, before: usize) -> bool {
    evidence.events[..before].iter().rev().any(|event| match &event.what {
        What::Delivered { to, etag: delivered, .. } => *to == place && delivered == etag,
        _ => false,
    })
}

/// G5: an answer's age is the true time since its fetch began; wrong by no more than clocks are apart, and what this
/// container's was set by.
pub(super) fn tell_their_age(evidence: &Evidence, _: &mut Tally) -> Result<(), Broken> {
    for (request, told, answer, fetch) in evidence.answered() {
        let truly = evidence.at(told.index) - evidence.at(fetch.began);
        let apart = evidence.plan.skew * 2 + ROUNDING;
        let (forward, back) = sets(evidence, request.at, told.index);
        if answer.age + apart + back < truly || answer.age > truly + apart + forward {
            return wrong_age(request, answer.age, truly, fetch);
        }
    }
    Ok(())
}

/// By how much a container's wall clock was set forward and back, all told.
fn sets(evidence: &Evidence, place: Place, until: usize) -> (Duration, Duration) {
    let mut all = (Duration::ZERO, Duration::ZERO);
    for event in &evidence.events[..until] {
        if let What::ClockSet { at, before, after } = &event.what
            && *at == place
        {
            all.0 += after.wall.saturating_sub(before.wall);
            all.1 += before.wall.saturating_sub(after.wall);
        }
    }
    all
}

fn wrong_age(request: &Request, said: Duration, truly: Duration, fetch: &Fetch) -> Result<(), Broken> {
    let Request { number, key, .. } = request;
    broken(
        "G5",
        format!("request {number} for {key} got call {} as {said:?} old, which is {truly:?} old", fetch.number),
    )
}
