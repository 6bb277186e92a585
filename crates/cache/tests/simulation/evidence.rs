use std::time::Duration;

use larder_cache::{
    Answer, Directives, Failure, Fence, FetchOncePer, Key, Moment, Policy, Renewal, Selector, StoreHealth,
};

use crate::executor::Place;
use crate::history::{Answered, Event, Outcome, Standing, What};
use crate::plan::Plan;
use crate::world::Run;

/// A history put in order: what the promises are held against. Indices are those of events, which is the true order.
pub(crate) struct Evidence<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) events: &'a [Event],
    pub(crate) requests: Vec<Request<'a>>,
    pub(crate) fetches: Vec<Fetch<'a>>,
    pub(crate) invalidations: Vec<Invalidation<'a>>,
}

/// One request.
pub(crate) struct Request<'a> {
    pub(crate) number: usize,
    pub(crate) key: &'a Key,
    pub(crate) policy: Policy,
    pub(crate) at: Place,
    pub(crate) directives: Directives,
    /// What it renews, if it is no request.
    pub(crate) renewal: Option<Renewal>,
    pub(crate) asked: usize,
    pub(crate) began: Moment,
    pub(crate) health: StoreHealth,
    /// `None` if it was never told anything: given up, or hung.
    pub(crate) told: Option<Told<'a>>,
    pub(crate) given_up: Option<usize>,
}

/// What a request was told.
pub(crate) struct Told<'a> {
    pub(crate) index: usize,
    pub(crate) moment: Moment,
    pub(crate) answer: Result<&'a Answer, &'a Failure>,
}

/// One call of upstream.
pub(crate) struct Fetch<'a> {
    pub(crate) number: usize,
    pub(crate) request: usize,
    pub(crate) began: usize,
    pub(crate) moment: Moment,
    pub(crate) health: StoreHealth,
    pub(crate) standing: Option<&'a Standing>,
    pub(crate) ended: Option<(usize, &'a Outcome)>,
}

/// One invalidation that was acknowledged.
pub(crate) struct Invalidation<'a> {
    pub(crate) selector: &'a Selector,
    pub(crate) acknowledged: usize,
    pub(crate) took_effect: usize,
    pub(crate) clocks: &'a [(Place, Moment)],
}

impl<'a> Evidence<'a> {
    pub(crate) fn of(run: &'a Run) -> Self {
        let (plan, events) = (&run.plan, &run.events[..]);
        let mut evidence = Self { plan, events, requests: Vec::new(), fetches: Vec::new(), invalidations: Vec::new() };
        for (index, event) in events.iter().enumerate() {
            evidence.take(index, event);
        }
        evidence.invalidations = invalidations(events);
        // A request of a frozen container is noted when it begins, so notes don't come in the order of numbers.
        evidence.requests.sort_by_key(|request| request.number);
        evidence
    }

    fn take(&mut self, index: usize, event: &'a Event) {
        match &event.what {
            What::Asked { request: number, at, key, directives, renewal, moment, health } => {
                let (_, policy) =
                    self.plan.questions.iter().find(|(asked, _)| asked == key).expect("asked by the script");
                self.requests.push(Request {
                    number: *number,
                    key,
                    policy: *policy,
                    at: *at,
                    directives: *directives,
                    renewal: *renewal,
                    asked: index,
                    began: *moment,
                    health: *health,
                    told: None,
                    given_up: None,
                });
            }
            What::Answered { request, answer, moment } => {
                let answer = (**answer).as_ref().map(|Answered(answer)| answer);
                self.asked(*request).told = Some(Told { index, moment: *moment, answer });
            }
            What::GivenUp { request } => self.asked(*request).given_up = Some(index),
            What::FetchBegan { fetch, request, moment, health, standing } => {
                self.fetches.push(Fetch {
                    number: *fetch,
                    request: *request,
                    began: index,
                    moment: *moment,
                    health: *health,
                    standing: standing.as_ref(),
                    ended: None,
                });
            }
            What::FetchEnded { fetch, outcome } => self.fetches[*fetch].ended = Some((index, outcome)),
            _ => {}
        }
    }

    fn asked(&mut self, number: usize) -> &mut Request<'a> {
        self.requests.iter_mut().rev().find(|request| request.number == number).expect("asked before")
    }

    /// The request that a fetch was for.
    pub(crate) fn request_of(&self, fetch: &Fetch) -> &Request<'a> {
        let found = self.requests.binary_search_by_key(&fetch.request, |request| request.number);
        &self.requests[found.expect("a fetch is a request's")]
    }

    /// The fetch that gave an answer's value, by what the value says itself.
    pub(crate) fn fetch_of(&self, answer: &Answer) -> Option<&Fetch<'a>> {
        let line = answer.value.split(|byte| *byte == b'\n').next()?;
        let (_, number) = std::str::from_utf8(line).ok()?.split_once(" call ")?;
        self.fetches.get(number.parse::<usize>().ok()?)
    }

    /// Requests that were answered with a value, and the fetch that gave it.
    pub(crate) fn answered(&self) -> impl Iterator<Item = (&Request<'a>, &Told<'a>, &'a Answer, &Fetch<'a>)> {
        self.requests.iter().filter_map(|request| {
            let told = request.told.as_ref()?;
            let answer = told.answer.ok()?;
            Some((request, told, answer, self.fetch_of(answer)?))
        })
    }

    /// Requests that were told that there is no answer.
    pub(crate) fn failed(&self) -> impl Iterator<Item = (&Request<'a>, &Told<'a>, &'a Failure)> {
        self.requests.iter().filter_map(|request| {
            let told = request.told.as_ref()?;
            Some((request, told, told.answer.err()?))
        })
    }

    pub(crate) fn at(&self, index: usize) -> Duration {
        self.events[index].at
    }

    pub(crate) fn is_leased(&self, request: &Request) -> bool {
        request.policy.fetch_once_per == FetchOncePer::Fleet
    }
}

impl Request<'_> {
    /// When its answer went out, or its caller away.
    pub(crate) fn ended(&self) -> Option<usize> {
        self.told.as_ref().map(|told| told.index).or(self.given_up)
    }
}

impl Fetch<'_> {
    /// Whether it ran at the moment of an event.
    pub(crate) fn ran_at(&self, index: usize) -> bool {
        self.began < index && self.ended.is_none_or(|(ended, _)| ended > index)
    }

    pub(crate) fn gave_before(&self, index: usize) -> bool {
        matches!(self.ended, Some((ended, Outcome::Gave(_))) if ended < index)
    }
}

fn invalidations(events: &[Event]) -> Vec<Invalidation<'_>> {
    let acknowledged = events.iter().enumerate().filter_map(|(index, event)| match &event.what {
        What::Acknowledged { invalidation, epoch, clocks } => Some((index, *invalidation, *epoch, clocks)),
        _ => None,
    });
    acknowledged
        .map(|(acknowledged, number, epoch, clocks)| {
            let (sent, at, selector) = sent(events, number);
            let between = &events[sent..acknowledged];
            let took_effect = between.iter().position(|event| advanced(event, at, selector, epoch));
            let took_effect = sent + took_effect.expect("what is acknowledged took effect");
            Invalidation { selector, acknowledged, took_effect, clocks }
        })
        .collect()
}

fn sent(events: &[Event], number: usize) -> (usize, Place, &Selector) {
    let sent = events.iter().enumerate().find_map(|(index, event)| match &event.what {
        What::InvalidationSent { invalidation, at, selector } if *invalidation == number => {
            Some((index, *at, selector))
        }
        _ => None,
    });
    sent.expect("sent before it is acknowledged")
}

/// Whether this is the write of that invalidation; the first that may be if it is not known which epoch it made.
fn advanced(event: &Event, at: Place, invalidated: &Selector, made: Option<Fence>) -> bool {
    match &event.what {
        What::Advanced { by, selector, epoch } => {
            *by == at && selector == invalidated && made.is_none_or(|made| made == *epoch)
        }
        _ => false,
    }
}
