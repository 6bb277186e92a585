//! What a history is held against.

mod answers;
mod availability;
mod deadline;
mod directives;
mod fences;
mod fetches;
mod freshness;
mod invalidations;
mod values;

use std::time::Duration;

use larder_cache::Moment;

use crate::evidence::Evidence;
use crate::tally::Tally;
use crate::world::Run;

/// A promise that was broken, and how.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) promise: &'static str,
    pub(crate) how: String,
}

type Promise = fn(&Evidence, &mut Tally) -> Result<(), Broken>;

/// Every promise; the first that is broken names a mutant.
const PROMISES: &[Promise] = &[
    values::are_whole_and_the_keys_own,
    invalidations::are_over_when_they_say_so,
    fences::are_never_above_the_epoch,
    fetches::run_once_per_process,
    fetches::run_once_per_fleet,
    answers::tell_where_they_came_from,
    answers::tell_their_age,
    freshness::is_true,
    directives::are_kept,
    availability::holds,
];

/// Holds a run against every promise.
pub(crate) fn check(run: &Run, tally: &mut Tally) -> Result<(), Broken> {
    if !run.rested {
        return broken("availability", "it never came to rest");
    }
    run.events_counted.iter().for_each(|events| tally.count_events(events));
    let evidence = Evidence::of(run);
    PROMISES.iter().try_for_each(|promise| promise(&evidence, tally))
}

fn broken<T>(promise: &'static str, how: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { promise, how: how.into() })
}

/// How long ago `earlier` was by whichever of the two clocks advanced more. Said here again, since what the cache says
/// is what is held against it.
fn passed(later: Moment, earlier: Moment) -> Duration {
    let wall = later.wall.saturating_sub(earlier.wall);
    wall.max(later.monotonic.saturating_sub(earlier.monotonic))
}
