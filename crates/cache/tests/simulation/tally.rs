use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::AddAssign;

use larder_cache::Events;

/// How much there was to hold against the promises: fleets to which nothing happens prove nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<Cow<'static, str>, u64>);

/// What the promises count, beside what the cache counts itself.
const HELD_AGAINST_PROMISES: [&str; 14] = [
    "answers",
    "answers from memory",
    "answers from the store",
    "answers joined",
    "answers stale while revalidating",
    "answers stale after errors",
    "answers held against an invalidation",
    "answers of a largest age",
    "answers without a fetch",
    "failures",
    "fetches",
    "fetches ahead of requests",
    "undisturbed fetches under a lease",
    "writes",
];

impl Tally {
    pub(crate) fn count(&mut self, what: &'static str) {
        self.add(what.into(), 1);
    }

    /// What should be rare in the field, and is not here.
    pub(crate) fn count_events(&mut self, events: &Events) {
        let counted = serde_json::to_value(events).expect("numbers by name");
        for (name, count) in counted.as_object().expect("numbers by name") {
            self.add(name.clone().into(), count.as_u64().expect("a number"));
        }
    }

    /// What never happened of all that can.
    pub(crate) fn never(&self) -> Vec<&str> {
        let uncounted = HELD_AGAINST_PROMISES.into_iter().filter(|what| !self.0.contains_key(*what));
        let zero = self.0.iter().filter(|(_, count)| **count == 0).map(|(what, _)| &**what);
        uncounted.chain(zero).collect()
    }

    fn add(&mut self, what: Cow<'static, str>, count: u64) {
        *self.0.entry(what).or_default() += count;
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        for (what, count) in other.0 {
            self.add(what, count);
        }
    }
}
