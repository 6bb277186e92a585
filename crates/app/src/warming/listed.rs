use std::collections::BTreeMap;

use larder_cache::Key;
use larder_cache::store::Listed;

use super::due::{Due, Fate};
use super::period::Period;
use super::report::TypeReport;
use crate::inspection::key_of;
use crate::queries::asked_by;

/// What a listing has for the warmer, a page after the other.
pub(super) struct Seen<'a> {
    period: Period,
    /// The keys that are kept warm whether or not they are used, of which no entry was seen yet.
    kept: BTreeMap<&'a str, &'a Key>,
    due: Vec<Due>,
}

impl<'a> Seen<'a> {
    pub(super) fn of(kept: impl Iterator<Item = &'a Key>, period: Period) -> Self {
        Self { period, kept: kept.map(|key| (key.as_str(), key)).collect(), due: Vec::new() }
    }

    pub(super) fn take(&mut self, entry: &Listed, report: &mut TypeReport) {
        if self.period.has_seen_the_end_of(entry) {
            report.count(Fate::of(entry));
        }
        if let Some(key) = self.kept.remove(&*entry.key) {
            self.due.push(Due::kept(key.clone(), Some(entry), &self.period));
        } else if entry.used_at.is_some() && self.period.is_the_last_of(entry) {
            match key_of(&entry.key).filter(|key| asked_by(key).is_some()) {
                Some(key) => self.due.push(Due::used(key, entry, &self.period)),
                None => report.not_rebuilt += 1,
            }
        }
    }

    /// What is to be fetched, the most urgent first.
    pub(super) fn due(mut self) -> Vec<Due> {
        let period = self.period;
        self.due.extend(self.kept.into_values().map(|key| Due::kept(key.clone(), None, &period)));
        super::due::sort(&mut self.due);
        self.due
    }
}
