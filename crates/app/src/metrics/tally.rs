use std::collections::BTreeMap;

use super::measured::{Measured, Of, Repeated};
use super::table::Metric;

/// What a process measured since it began, added up: for whoever comes and reads it.
#[derive(Clone, Debug, Default)]
pub struct Tally(BTreeMap<&'static str, BTreeMap<Of, Total>>);

/// The values of one metric, added up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Total {
    pub(super) sum: f64,
    /// How many values.
    pub(super) count: u64,
    /// How many of them were 0.
    pub(super) zeros: u64,
    /// The last one.
    pub(super) last: f64,
}

impl Tally {
    /// Adds what was measured.
    pub fn add(&mut self, measured: impl Into<Measured>) {
        let Measured { of, values } = measured.into();
        for (metric, values) in values {
            let total = self.0.entry(metric.name).or_default().entry(of.clone()).or_default();
            values.iter().for_each(|repeated| total.add(*repeated));
        }
    }

    /// What was added of a metric, by what it is of.
    pub(super) fn of(&self, metric: &Metric) -> impl Iterator<Item = (&Of, &Total)> {
        self.0.get(metric.name).into_iter().flatten()
    }
}

impl Total {
    fn add(&mut self, Repeated { value, times }: Repeated) {
        self.sum += value * times as f64;
        self.count += times;
        self.zeros += if value == 0.0 { times } else { 0 };
        self.last = value;
    }
}
