//! What is done to the servers of a group in a chapter.

use std::ops::Range;

use rand::RngExt;
use rand::rngs::StdRng;

use super::deed::{Actor, Deed, Refusal, What};
use super::kind::Kind;

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;

/// All servers are launched after the beginning, and terminated long enough before the end to be gone then.
const MARGIN: i64 = 3 * HOUR;

/// The deeds of a chapter, in order of time.
pub(super) fn plan(rng: &mut StdRng, kind: Kind, servers: usize, chapter: &Range<i64>) -> Vec<Deed> {
    let from = chapter.start + rng.random_range(0..6 * HOUR);
    let mut plan = Plan { rng, servers, from, to: chapter.end - MARGIN, deeds: Vec::new() };
    match kind {
        Kind::Office => plan.office(),
        Kind::AlwaysOn => plan.always_on(),
        Kind::Hibernating => plan.hibernating(),
        Kind::Spot => plan.replaced(What::Evict, Actor::Operator, Actor::Ec2),
        Kind::AutoScaling => plan.replaced(What::Terminate, Actor::AutoScaling, Actor::AutoScaling),
        Kind::Batch => plan.batch(),
        Kind::Restless => plan.restless(),
        Kind::Steady => plan.all(plan.from, What::Run, Actor::Operator),
    }
    match kind {
        Kind::Steady => {}
        Kind::Office | Kind::Hibernating => plan.all(plan.to, What::Terminate, Actor::Operator),
        // A call that names one that is gone already is refused for all.
        _ => (0..servers).for_each(|server| plan.one(plan.to, What::Terminate, Actor::Operator, server)),
    }
    let mut deeds = plan.deeds;
    deeds.sort_by_key(|deed| deed.at);
    deeds.retain(|deed| deed.at <= chapter.end - MARGIN);
    deeds
}

struct Plan<'a> {
    rng: &'a mut StdRng,
    servers: usize,
    from: i64,
    to: i64,
    deeds: Vec<Deed>,
}

impl Plan<'_> {
    fn all(&mut self, at: i64, what: What, who: Actor) {
        self.deeds.push(Deed { at, what, who, servers: (0..self.servers).collect(), refused: None });
    }

    fn one(&mut self, at: i64, what: What, who: Actor, server: usize) {
        self.deeds.push(Deed { at, what, who, servers: vec![server], refused: None });
    }

    fn refused(&mut self, at: i64, what: What, server: usize, why: Refusal) {
        let refused = Some(why);
        self.deeds.push(Deed { at, what, who: Actor::Operator, servers: vec![server], refused });
    }

    fn between(&mut self, least: i64, most: i64) -> i64 {
        self.rng.random_range(least..=most)
    }

    fn chance(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// The midnights of the chapter's whole days.
    fn days(&self) -> impl Iterator<Item = i64> + use<> {
        let (first, last) = (self.from.div_euclid(DAY) + 1, self.to.div_euclid(DAY));
        (first..last).map(|day| day * DAY)
    }

    fn office(&mut self) {
        self.all(self.from, What::Run, Actor::Operator);
        for midnight in self.days() {
            // The first of January 1970 was a Thursday.
            if matches!((midnight / DAY + 3) % 7, 5 | 6) {
                continue;
            }
            let morning = midnight + self.between(6 * HOUR, 8 * HOUR);
            let evening = midnight + self.between(18 * HOUR, 20 * HOUR);
            self.all(morning, What::Start, Actor::Scheduler);
            self.all(evening, What::Stop, Actor::Scheduler);
            for server in 0..self.servers {
                let noon = midnight + self.between(9 * HOUR, 17 * HOUR);
                match self.between(1, 100) {
                    1..=12 => self.one(noon, What::OsStop, Actor::Ec2, server),
                    13..=18 => self.one(noon, What::Reboot, Actor::Operator, server),
                    19..=24 => self.one(noon, What::Start, Actor::Operator, server),
                    25..=30 => self.one(noon, What::Stop, Actor::Operator, server),
                    31..=33 => self.refused(noon, What::Stop, server, Refusal::DryRun),
                    34..=36 => self.one(morning - HOUR, What::Stop, Actor::Operator, server),
                    _ => {}
                }
            }
        }
    }

    fn always_on(&mut self) {
        self.all(self.from, What::Run, Actor::Operator);
        let mut at = self.from;
        loop {
            at += self.between(DAY, 9 * DAY);
            if at + DAY > self.to {
                break;
            }
            let pause = self.between(6 * MINUTE, 8 * HOUR);
            match self.between(1, 6) {
                1 | 2 => {
                    self.all(at, What::Stop, Actor::Operator);
                    self.all(at + pause, What::Start, Actor::Operator);
                }
                3 => {
                    self.all(at, What::OsStop, Actor::Ec2);
                    self.all(at + pause, What::Start, Actor::Operator);
                }
                4 => self.all(at, What::Reboot, Actor::Operator),
                5 => self.refused(at, What::Terminate, 0, Refusal::Unauthorized),
                _ => self.refused(at, What::Start, 0, Refusal::DryRun),
            }
        }
    }

    fn hibernating(&mut self) {
        self.all(self.from, What::Run, Actor::Operator);
        for midnight in self.days() {
            for server in 0..self.servers {
                let hours = [(7, What::Start), (11, What::Hibernate), (13, What::Start), (17, What::Hibernate)];
                for (hour, what) in hours {
                    let at = midnight + hour * HOUR + self.between(0, HOUR);
                    self.one(at, what, Actor::Operator, server);
                }
            }
        }
    }

    /// Each server lives for hours to days, until it is ended and another takes its place.
    fn replaced(&mut self, end: What, by: Actor, ended_by: Actor) {
        for server in 0..self.servers {
            let mut at = self.from + self.between(0, 2 * HOUR);
            while at < self.to {
                self.one(at, What::Run, by, server);
                at += self.between(MINUTE, 60 * HOUR);
                self.one(at, end, ended_by, server);
                at += self.between(5 * MINUTE, 3 * HOUR);
            }
        }
        // Now and then all of them are ended at once.
        for midnight in self.days().step_by(4) {
            let at = midnight + self.between(0, DAY);
            self.all(at, end, ended_by);
        }
    }

    fn batch(&mut self) {
        for midnight in self.days() {
            let at = midnight + self.between(0, 6 * HOUR);
            if self.chance(20) {
                self.refused(at - MINUTE, What::Run, 0, Refusal::VcpuLimit);
            }
            self.all(at, What::Run, Actor::Scheduler);
            for server in 0..self.servers {
                let done = at + self.between(10 * MINUTE, 12 * HOUR);
                self.one(done, What::OsTerminate, Actor::Ec2, server);
            }
        }
    }

    fn restless(&mut self) {
        self.all(self.from, What::Run, Actor::Operator);
        let mut at = self.from + self.between(0, 3 * MINUTE);
        while at < self.to {
            let what = [What::Stop, What::Start, What::Stop, What::Start, What::OsStop, What::Reboot, What::Terminate];
            let what = what[self.rng.random_range(0..what.len())];
            if what == What::Terminate && !self.chance(15) {
                continue;
            }
            self.all(at, what, Actor::Operator);
            if what == What::Terminate {
                at += self.between(20 * MINUTE, 2 * HOUR);
                self.all(at, What::Run, Actor::Operator);
            }
            // Most of the time hours pass, sometimes only seconds.
            at += if self.chance(30) { self.between(1, 4 * MINUTE) } else { self.between(10 * MINUTE, 8 * HOUR) };
        }
    }
}
