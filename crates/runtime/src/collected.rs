use std::collections::BTreeMap;

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
    /// How many events were read, of any kind.
    pub events: u64,
    /// How many of them tell of instances that started or ended.
    pub telling: u64,
    /// How many were refused, or only tried.
    pub refused: u64,
    /// The times of the first and the last event, of any kind.
    times: Option<(Second, Second)>,
    /// Those of CloudTrail's alone: no other source is complete.
    recorded: Option<(Second, Second)>,
    /// Spans of which events are missing.
    missing: Vec<Span>,
    instances: BTreeMap<String, Instance>,
}

#[derive(Clone, Debug, Default)]
struct Instance {
    account_id: Option<String>,
    region: Option<String>,
    evidence: Vec<Evidence>,
}

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
        let at = Some((event.time, event.time));
        self.times = around(self.times, at);
        if !event.is_a_change() {
            self.recorded = around(self.recorded, at);
        }
        match event.tells {
            Tells::Nothing => {}
            Tells::Refused => self.refused += 1,
            Tells::Evidence(evidence) => {
                self.telling += 1;
                for (id, evidence) in evidence {
                    let instance = self.instances.entry(id).or_default();
                    instance.is_of(event.account_id.as_ref(), event.region.as_ref());
                    instance.evidence.push(evidence);
                }
            }
        }
    }

    /// Adds what `DescribeInstances` told at a moment.
    pub fn add_described(&mut self, time: Second, (server, described): (Server, Described)) {
        let instance = self.instances.entry(server.instance_id).or_default();
        instance.is_of(server.account_id.as_ref(), server.region.as_ref());
        instance.evidence.push(Evidence::Seen(Seen { time, instance: Some(described) }));
    }

    /// Events of that span could not be read: whatever was then, nothing tells of it.
    pub fn miss(&mut self, span: Span) {
        self.missing.push(span);
    }

    /// Adds what other logs tell.
    pub fn merge(&mut self, other: Self) {
        self.events += other.events;
        self.telling += other.telling;
        self.refused += other.refused;
        self.missing.extend(other.missing);
        self.times = around(self.times, other.times);
        self.recorded = around(self.recorded, other.recorded);
        for (id, theirs) in other.instances {
            let ours = self.instances.entry(id).or_default();
            ours.is_of(theirs.account_id.as_ref(), theirs.region.as_ref());
            ours.evidence.extend(theirs.evidence);
        }
    }

    /// When the last event was, of any kind.
    #[must_use]
    pub fn last(&self) -> Option<Second> {
        self.times.map(|(_, last)| last)
    }

    /// The answers by instance and month: of those that ran, or may have.
    #[must_use]
    pub fn answers(&self, asked: &Asked) -> Vec<Answer> {
        let Some((first, last)) = self.times else { return Vec::new() };
        let from = asked.since.unwrap_or(first);
        let window = Span { from, to: asked.as_of.unwrap_or(last) };
        let mut recorded = match self.recorded {
            Some((first, last)) => {
                Coverage::of(Span { from: asked.since.map_or(first, |since| since.min(first)), to: last })
            }
            None => Coverage::default(),
        };
        self.missing.iter().for_each(|span| recorded.remove(*span));
        let answers = self.instances.iter().flat_map(|(id, instance)| instance.answers(id, asked, &window, &recorded));
        answers.collect()
    }
}

/// The earlier beginning and the later end of both.
fn around(one: Option<(Second, Second)>, other: Option<(Second, Second)>) -> Option<(Second, Second)> {
    match (one, other) {
        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
        (one, other) => one.or(other),
    }
}

impl Instance {
    fn is_of(&mut self, account_id: Option<&String>, region: Option<&String>) {
        self.account_id = self.account_id.take().or_else(|| account_id.cloned());
        self.region = self.region.take().or_else(|| region.cloned());
    }

    fn answers(&self, id: &str, asked: &Asked, window: &Span, recorded: &Coverage) -> Vec<Answer> {
        let timeline = timeline(&self.evidence, recorded);
        let server =
            Server { instance_id: id.to_owned(), account_id: self.account_id.clone(), region: self.region.clone() };
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
