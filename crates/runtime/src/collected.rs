use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::answer::{Answer, Quality, Server};
use crate::cloudtrail::{Event, Tells};
use crate::coverage::Coverage;
use crate::evidence::{Described, Evidence, Seen};
use crate::history::timeline;
use crate::month::Month;
use crate::second::{Second, Span};

/// All that logs tell, whichever file it stood in.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// How many events were read, of any kind, as often as they stood in files.
    pub events: u64,
    refused: BTreeSet<String>,
    /// When the first and the last event was, of any kind.
    times: Option<Times>,
    /// Those of CloudTrail's alone, since no other source is complete, by account and region.
    recorded: BTreeMap<Place, Times>,
    /// Spans of which events are missing.
    missing: Vec<Span>,
    instances: BTreeMap<String, Instance>,
}

#[derive(Clone, Debug, Default)]
struct Instance {
    place: Place,
    evidence: Vec<Evidence>,
}

/// Whose it is, and where; `None` where nothing tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    account_id: Option<String>,
    region: Option<String>,
}

/// A first and a last moment.
type Times = (Second, Second);

/// Of which time answers are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked {
    /// From when on; else from the first event. Logs are complete from then on.
    pub since: Option<Second>,
    /// Until when; else until the last event.
    pub as_of: Option<Second>,
    /// Of one month only.
    pub month: Option<Month>,
}

impl Collected {
    /// Adds an event.
    pub fn add(&mut self, event: Event) {
        self.events += 1;
        let (is_recorded, times) = (event.is_recorded(), (event.time, event.time));
        let place = Place { account_id: event.account_id, region: event.region };
        self.times = Some(self.times.map_or(times, |before| around(before, times)));
        match event.tells {
            Tells::NothingRecorded | Tells::Nothing => {}
            Tells::Refused(event_id) => drop(self.refused.insert(event_id)),
            Tells::Evidence(evidence) => {
                for (id, evidence) in evidence {
                    let instance = self.instances.entry(id).or_default();
                    instance.place.learn(&place);
                    instance.evidence.push(evidence);
                }
            }
        }
        if is_recorded {
            self.recorded.entry(place).and_modify(|before| *before = around(*before, times)).or_insert(times);
        }
    }

    /// Adds what `DescribeInstances` told at a moment.
    pub fn add_described(&mut self, time: Second, (server, described): (Server, Described)) {
        let instance = self.instances.entry(server.instance_id).or_default();
        instance.place.learn(&Place { account_id: server.account_id, region: server.region });
        instance.evidence.push(Evidence::Seen(Seen { time, instance: Some(described) }));
    }

    /// Events of that span could not be read: whatever was then, nothing tells of it.
    pub fn miss(&mut self, span: Span) {
        self.missing.push(span);
    }

    /// Adds what other logs tell.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.refused.extend(other.refused);
        self.missing.extend(other.missing);
        self.times = match (self.times, other.times) {
            (Some(ours), Some(theirs)) => Some(around(ours, theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        for (place, times) in other.recorded {
            self.recorded.entry(place).and_modify(|ours| *ours = around(*ours, times)).or_insert(times);
        }
        for (id, theirs) in other.instances {
            let ours = self.instances.entry(id).or_default();
            ours.place.learn(&theirs.place);
            ours.evidence.extend(theirs.evidence);
        }
    }

    /// How many events tell of instances that started or ended, each counted once.
    #[must_use]
    pub fn telling(&self) -> usize {
        let evidence = self.instances.values().flat_map(|instance| &instance.evidence);
        let ids = evidence.filter_map(|evidence| match evidence {
            Evidence::Recorded(recorded) => Some(&recorded.event_id),
            Evidence::Changed(changed) => Some(&changed.event_id),
            Evidence::Seen(_) => None,
        });
        ids.collect::<HashSet<_>>().len()
    }

    /// How many starts and ends were refused, or only tried, each counted once.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.refused.len()
    }

    /// When the last event was, of any kind.
    #[must_use]
    pub fn last(&self) -> Option<Second> {
        self.times.map(|(_, last)| last)
    }

    /// The answers by instance and month: of those that ran, or may have.
    #[must_use]
    pub fn answers(&self, asked: &Asked) -> Vec<Answer> {
        let Some((first, last)) = self.times.or_else(|| self.described()) else { return Vec::new() };
        let window = Span { from: asked.since.unwrap_or(first), to: asked.as_of.unwrap_or(last) };
        let answers = self.instances.iter().flat_map(|(id, instance)| {
            instance.answers(id, asked, &window, &self.coverage_of(&instance.place, asked.since))
        });
        answers.collect()
    }

    /// Without any event: since the first start that `DescribeInstances` told of, until it told so.
    fn described(&self) -> Option<Times> {
        let evidence = self.instances.values().flat_map(|instance| &instance.evidence);
        let times = evidence.filter_map(|evidence| match evidence {
            Evidence::Seen(Seen { time, instance }) => Some((instance.as_ref()?.launched.unwrap_or(*time), *time)),
            Evidence::Recorded(_) | Evidence::Changed(_) => None,
        });
        times.reduce(around)
    }

    /// From the first to the last event of an account and region: how far the logs of others reach tells nothing of its own.
    fn coverage_of(&self, place: &Place, since: Option<Second>) -> Coverage {
        let times = self.recorded.iter().filter(|(other, _)| other.may_be(place)).map(|(_, times)| *times);
        let Some((first, last)) = times.reduce(around) else { return Coverage::default() };
        let mut covered = Coverage::of(Span { from: since.map_or(first, |since| since.min(first)), to: last });
        self.missing.iter().for_each(|span| covered.remove(*span));
        covered
    }
}

/// The earlier beginning and the later end of both.
fn around(one: Times, other: Times) -> Times {
    (one.0.min(other.0), one.1.max(other.1))
}

impl Place {
    /// What is not known yet.
    fn learn(&mut self, other: &Self) {
        let learn = |ours: &mut Option<String>, theirs: &Option<String>| {
            *ours = ours.take().or_else(|| theirs.clone());
        };
        learn(&mut self.account_id, &other.account_id);
        learn(&mut self.region, &other.region);
    }

    /// Whether nothing tells that it is another one.
    fn may_be(&self, other: &Self) -> bool {
        let may_be = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
        may_be(&self.account_id, &other.account_id) && may_be(&self.region, &other.region)
    }
}

impl Instance {
    fn answers(&self, id: &str, asked: &Asked, window: &Span, recorded: &Coverage) -> Vec<Answer> {
        let timeline = timeline(&self.evidence, recorded);
        let Place { account_id, region } = self.place.clone();
        let server = Server { instance_id: id.to_owned(), account_id, region };
        let watermark = recorded.spans().last().map(|span| span.to);
        let mut answers = Vec::new();
        for month in months(window).filter(|month| asked.month.is_none_or(|wanted| wanted == *month)) {
            let part = month.span().and(window);
            let totals = timeline.totals(&part);
            if totals.upper == 0 {
                continue;
            }
            let mut answer = Answer::new(server.clone(), month, part, &totals, watermark);
            // Since when it ran is told by where the logs happen to begin.
            if asked.since.is_none() && part.from == window.from && timeline.ran_from_the_beginning() {
                answer.quality = Quality::Bounded;
            }
            answers.push(answer);
        }
        answers
    }
}

/// Those that a span touches.
fn months(span: &Span) -> impl Iterator<Item = Month> + use<> {
    let end = span.to;
    std::iter::successors(Some(Month::of(span.from)), |month| Some(month.after()))
        .take_while(move |month| month.span().from < end)
}
