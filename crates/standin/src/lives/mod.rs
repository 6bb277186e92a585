//! Instances that live: when they truly ran, and what tells of it.

mod act;
mod chapter;
mod deed;
mod delivery;
mod ebs_snapshot;
mod group;
mod identity;
mod image;
mod instance_id;
mod kind;
mod life;
mod notification;
mod plan;
mod record;
mod record_elements;
mod seed;
mod state;
mod storage;
mod unrelated;
mod volume;

use std::collections::HashMap;
use std::ops::{Range, RangeInclusive};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

pub use delivery::Delivery;
pub use ebs_snapshot::EbsSnapshot;
pub use group::APP_TAG;
pub use image::Image;
pub use life::{Cause, Described, Hibernation, Life, Market, Transition};
pub use notification::Notification;
pub use record::Record;
pub(crate) use seed::draw;
pub use state::InstanceState;
pub use volume::Volume;

use crate::fleet::{AccountId, Fleet};
use chapter::Chapter;
use group::Group;
use instance_id::Which;
use record::Body;

/// 2020-01-01T00:00:00Z: every group of servers began within a year after it.
const EPOCH: i64 = 1_577_836_800;

/// How many servers each account has at a time, in each of the fleet's first three regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerCounts {
    /// Those to which something happens. Default 16, which is one group of each kind.
    pub lively: usize,
    /// Those that were launched in 2020 and run ever since. Default 2.
    pub steady: usize,
}

impl Default for ServerCounts {
    fn default() -> Self {
        Self { lively: 16, steady: 2 }
    }
}

/// The lives of all instances of a fleet, at any time after 2020. They follow from the seed, the fleet and the counts;
/// what is asked for is generated then, and kept.
#[derive(Debug)]
pub struct Lives {
    seed: u64,
    groups: Vec<Group>,
    chapters: Mutex<HashMap<(usize, u64), Arc<Chapter>>>,
}

impl Lives {
    /// The lives of a fleet's instances.
    #[must_use]
    pub fn generate(seed: u64, fleet: &Fleet, counts: &ServerCounts) -> Self {
        Self { seed, groups: Group::all(seed, fleet, counts), chapters: Mutex::default() }
    }

    /// All that `DescribeInstances` had at some moment of `span`, by account and region, in the order of their launches.
    #[must_use]
    pub fn during(&self, span: &Range<Timestamp>) -> Vec<Arc<Life>> {
        let there = |life: &Life| life.created < span.end && life.gone.is_none_or(|gone| gone > span.start);
        let mut lives = self.lives(self.groups.iter(), second(span.start)..=second(span.end), there);
        // The order within a place stays.
        lives.sort_by(|one, other| (&one.account_id, one.region).cmp(&(&other.account_id, other.region)));
        lives
    }

    /// All that `DescribeInstances` has at a moment in a region of an account, in the order of their launches.
    #[must_use]
    pub fn at(&self, account: &AccountId, region: &str, moment: Timestamp) -> Vec<Arc<Life>> {
        let groups = self.groups.iter().filter(|group| group.is_of(account, region));
        self.lives(groups, second(moment)..=second(moment), |life| life.state_at(moment).is_some())
    }

    /// The life of an instance, whenever it was.
    #[must_use]
    pub fn find(&self, instance_id: &str) -> Option<Arc<Life>> {
        let (_, chapter, ordinal) = self.place_of(instance_id)?;
        chapter.lives.get(ordinal).cloned()
    }

    /// What CloudTrail recorded in a region of an account from the first moment of `span` to the one at its end, whether
    /// it shows it yet or not, in order of time. What has to do with no instance of the fleet is there too.
    #[must_use]
    pub fn records(&self, account: &AccountId, region: &str, span: &Range<Timestamp>) -> Vec<Record> {
        let (from, to) = (second(span.start), second(span.end));
        let Some(place) = self.groups.iter().find(|group| group.is_of(account, region)) else { return Vec::new() };
        let unrelated = unrelated::within(self.seed, (account, region), from, to).into_iter();
        let mut records: Vec<Record> = unrelated
            .map(|it| Record {
                time: moment(it.at),
                name: it.kind.name,
                account_id: account.clone(),
                region: place.template.region,
                id: it.id,
                body: Body::Unrelated(it.kind),
            })
            .collect();
        for group in self.groups.iter().filter(|group| group.is_of(account, region)) {
            for chapter in self.chapters(group, from..=to) {
                records.extend(recorded(group, &chapter, from..=to));
            }
        }
        records.sort_by_key(|record| (record.time, record.id));
        records
    }

    /// What CloudTrail recorded of an instance, as [`Self::records`] has it.
    #[must_use]
    pub fn records_of(&self, life: &Life, span: &Range<Timestamp>) -> Vec<Record> {
        let Some((group, chapter, _)) = self.place_of(&life.id) else { return Vec::new() };
        let mut records = recorded(group, &chapter, second(span.start)..=second(span.end));
        records.retain(|record| record.instance_ids().any(|id| id == life.id));
        records.sort_by_key(|record| (record.time, record.id));
        records
    }

    /// What CloudTrail shows at the moment `as_of` of [`Self::records`], newest first.
    #[must_use]
    pub fn looked_up(
        &self,
        (account, region): (&AccountId, &str),
        span: &Range<Timestamp>,
        as_of: Timestamp,
        delivery: &Delivery,
    ) -> Vec<Record> {
        let records = self.records(account, region, span).into_iter().rev();
        let shown = records.filter(|record| delivery.recorded(record.id, second(record.time)) <= second(as_of));
        let mut shown: Vec<Record> =
            shown.flat_map(|record| std::iter::repeat_n(record.clone(), delivery.copies(record.id))).collect();
        for behind in 1..shown.len() {
            if delivery.falls_behind(shown[behind].id) {
                shown.swap(behind - 1, behind);
            }
        }
        shown
    }

    /// What arrives of EventBridge in `span`, in order of arrival.
    #[must_use]
    pub fn notifications(&self, span: &Range<Timestamp>, delivery: &Delivery) -> Vec<Notification> {
        let since = moment(second(span.start) - delivery::LATEST);
        let mut arriving = Vec::new();
        for life in self.during(&(since..span.end)) {
            for transition in life.transitions.iter().filter(|it| (since..span.end).contains(&it.time)) {
                let id = notification::id(&life, transition);
                let arrivals = delivery.notified(id, second(transition.time)).into_iter();
                let arrivals = arrivals.filter(|arrives| span.contains(arrives));
                arriving.extend(arrivals.map(|arrives| Notification {
                    arrives,
                    life: Arc::clone(&life),
                    transition: *transition,
                }));
            }
        }
        arriving.sort_by_key(|it| (it.arrives, it.transition.time));
        arriving
    }

    /// Of which group an instance is, in which chapter, and the how manieth there.
    fn place_of(&self, instance_id: &str) -> Option<(&Group, Arc<Chapter>, usize)> {
        let Which { group, chapter, ordinal } = instance_id::decode(self.seed, instance_id)?;
        let group = self.groups.get(group)?;
        Some((group, self.chapter(group, chapter)?, ordinal))
    }

    fn lives<'a>(
        &self,
        groups: impl Iterator<Item = &'a Group>,
        span: RangeInclusive<i64>,
        there: impl Fn(&Life) -> bool,
    ) -> Vec<Arc<Life>> {
        let chapters: Vec<Arc<Chapter>> = groups.flat_map(|group| self.chapters(group, span.clone())).collect();
        let mut lives: Vec<Arc<Life>> =
            chapters.iter().flat_map(|it| it.lives.iter().filter(|life| there(life)).cloned()).collect();
        lives.sort_by(|one, other| {
            let key = |life: &Life| (life.created, life.launch_index);
            key(one).cmp(&key(other)).then_with(|| one.id.cmp(&other.id))
        });
        lives
    }

    /// The chapters of a group that share a second with a span.
    fn chapters(&self, group: &Group, span: RangeInclusive<i64>) -> impl Iterator<Item = Arc<Chapter>> {
        let number = |second: i64| (second - group.since).div_euclid(group.kind.chapter());
        let numbers = number(*span.start()).max(0)..=number(*span.end());
        numbers.filter_map(|number| self.chapter(group, u64::try_from(number).ok()?))
    }

    fn chapter(&self, group: &Group, number: u64) -> Option<Arc<Chapter>> {
        let span = Chapter::span(group, number).filter(|span| span.end < second(Timestamp::MAX))?;
        // What a panic elsewhere left is whole: a chapter is put in when it is done.
        let mut chapters = self.chapters.lock().unwrap_or_else(PoisonError::into_inner);
        let generate = || Arc::new(Chapter::generate(self.seed, group, number, &span));
        Some(Arc::clone(chapters.entry((group.index, number)).or_insert_with(generate)))
    }
}

fn recorded(group: &Group, chapter: &Arc<Chapter>, span: RangeInclusive<i64>) -> Vec<Record> {
    let first = chapter.acts.partition_point(|act| act.at < *span.start());
    let acts = chapter.acts.iter().enumerate().skip(first).take_while(|(_, act)| act.at <= *span.end());
    acts.filter_map(|(nth, act)| {
        Some(Record {
            time: moment(act.at),
            name: act.what.event_name()?,
            account_id: group.template.account_id.clone(),
            region: group.template.region,
            id: act.id,
            body: Body::Act(Arc::clone(chapter), nth),
        })
    })
    .collect()
}

/// The moment at which a second begins.
fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap_or(Timestamp::MAX)
}

/// The second that a moment is in.
fn second(moment: Timestamp) -> i64 {
    moment.as_second()
}

#[cfg(test)]
mod tests;
