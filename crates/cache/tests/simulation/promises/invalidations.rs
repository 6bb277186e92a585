use larder_cache::{Account, Key, Moment, Selector};

use super::{Broken, broken, passed};
use crate::evidence::{Evidence, Invalidation, Request};
use crate::history::What;
use crate::tally::Tally;

/// G1: a request that begins after an invalidation was acknowledged, plus the window, never gets a value whose fetch
/// began before the invalidation's write took effect.
pub(super) fn are_over_when_they_say_so(evidence: &Evidence, tally: &mut Tally) -> Result<(), Broken> {
    for (request, told, _, fetch) in evidence.answered() {
        for invalidation in &evidence.invalidations {
            let concerns = invalidation.acknowledged < request.asked && is_about(invalidation.selector, request.key);
            if !concerns || !is_over(evidence, invalidation, request) {
                continue;
            }
            tally.count("answers held against an invalidation");
            if fetch.began < invalidation.took_effect {
                let Invalidation { selector, acknowledged, took_effect, .. } = invalidation;
                return broken(
                    "G1",
                    format!(
                        "request {} began at event {} and got call {} of {} at event {}, which began at event {}; \
                         {selector} took effect at event {took_effect} and was acknowledged at event {acknowledged}",
                        request.number, request.asked, fetch.number, request.key, told.index, fetch.began
                    ),
                );
            }
        }
    }
    Ok(())
}

/// Whether an invalidation concerns a key: part by part it names the same or any, and a part that the key lacks is any
/// too. Said here again, since what the cache says is what is held against it.
fn is_about(selector: &Selector, key: &Key) -> bool {
    let account = match &key.scope().account {
        Account::Id(id) => Some(id.as_str()),
        Account::Global => None,
    };
    let has = [Some(key.data_type()), key.scope().region.as_deref(), account, key.resource()];
    selector.to_string().split('#').zip(has).all(|(asked, has)| asked == "*" || has.is_none_or(|has| has == asked))
}

/// Whether more than the window lies between the acknowledgement and the request: in the true order where the window
/// is zero or the container began later. Else by the request's own container, whose clocks may have been set: whichever
/// moment up to the acknowledgement its last look at the epoch may be dated at, the window has passed since by one of its
/// clocks. The moments that seem youngest are the acknowledgement's and those just before a clock was set.
fn is_over(evidence: &Evidence, invalidation: &Invalidation, request: &Request) -> bool {
    let window = evidence.plan.settings.coherence_window;
    let Some((_, then)) = invalidation.clocks.iter().find(|(at, _)| *at == request.at) else { return true };
    let is_past = |moment: &Moment| passed(request.began, *moment) > window;
    let mut before_sets = evidence.events[..invalidation.acknowledged].iter().filter_map(|event| match &event.what {
        What::ClockSet { at, before, .. } if *at == request.at => Some(before),
        _ => None,
    });
    window.is_zero() || is_past(then) && before_sets.all(is_past)
}
