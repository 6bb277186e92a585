use larder_runtime::{Act, Changed, Described, Evidence, Hibernation, InstanceState, Recorded, Second, Seen, Span};

use crate::random::Random;

const HOUR: i64 = 3_600;

/// An instance from its launch on: what it was, and what AWS tells of it.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) created: Second,
    /// What it was since when.
    states: Vec<(Second, InstanceState)>,
    /// What CloudTrail and EventBridge tell.
    pub(crate) told: Vec<Evidence>,
    /// When it was started by a call, each time.
    launches: Vec<Second>,
    /// When it was stopped or terminated by a call, or, without a time, by itself.
    reasons: Vec<(Second, Option<Second>)>,
    hibernates: Hibernation,
    /// By how many seconds what `DescribeInstances` tells may be behind.
    lag: i64,
    /// EC2 stops it and starts it again when it likes to.
    pub(crate) is_spot: bool,
}

impl Life {
    /// One that goes on until `until`, or its termination.
    pub(crate) fn new(random: &mut Random, created: Second, until: Second) -> Self {
        let hibernates = if random.percent(20) { Hibernation::Configured } else { Hibernation::Off };
        let (states, told, launches, reasons) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let lag = if random.percent(50) { 60 } else { 1 };
        let is_spot = random.percent(30);
        let mut life = Self { created, states, told, launches, reasons, hibernates, lag, is_spot };
        let mut time = life.start(random, created, Act::Launch);
        while time < until {
            time = time.plus(pause(random));
            if random.percent(15) {
                life.call(time.plus(-1), Act::Start(InstanceState::Running));
            }
            let mut kinds = 0..100;
            while is_spot && random.percent(40) {
                let runs = life.interrupt(random, time);
                time = runs.plus(pause(random));
                // By itself, it would leave no trace but for looks that may be lost.
                kinds = 40..96;
            }
            let kind = random.between(kinds.start, kinds.end);
            let Some(off) = life.end(random, time, kind) else { break };
            time = off.plus(pause(random));
            if random.percent(15) {
                life.call(time.plus(-1), Act::Stop(InstanceState::Stopped));
            }
            if random.percent(8) {
                life.call(time, Act::Terminate(InstanceState::Stopped));
                life.reasons.push((time, Some(time)));
                life.turn(time.plus(1), InstanceState::Terminated);
                break;
            }
            time = life.start(random, time, Act::Start(InstanceState::Stopped));
        }
        life
    }

    /// How many seconds it ran in a span.
    pub(crate) fn ran(&self, span: &Span) -> i64 {
        let ends = self.states.iter().skip(1).map(|(time, _)| *time).chain([Second::MAX]);
        let ran = self.states.iter().zip(ends).filter(|((_, state), _)| *state == InstanceState::Running);
        ran.map(|((from, _), to)| Span { from: *from, to }.and(span).seconds()).sum()
    }

    /// What `DescribeInstances` tells at a moment: nothing of one that was launched right before.
    pub(crate) fn seen(&self, time: Second) -> Evidence {
        let of = time.plus(-(time.unix() % self.lag));
        let states = self.states.iter().take_while(|(since, _)| *since <= of);
        let instance = states.last().and_then(|(since, state)| {
            let is_gone = *state == InstanceState::Terminated && of.since(*since) > HOUR;
            (!is_gone).then(|| Described {
                state: *state,
                launched: self.launches.iter().rev().find(|launch| **launch <= of).copied(),
                ended: self.reason_at(of),
                created: Some(self.created),
                hibernates: self.hibernates,
            })
        });
        Evidence::Seen(Seen { time, instance })
    }

    fn reason_at(&self, time: Second) -> Option<Second> {
        let (since, reason) = self.reasons.iter().rev().find(|(since, _)| *since <= time)?;
        let started_since = self.launches.iter().any(|launch| launch > since && *launch <= time);
        reason.filter(|_| !started_since)
    }

    /// EC2 stops a spot instance, and starts it again once it has room, by no call; when it runs.
    fn interrupt(&mut self, random: &mut Random, time: Second) -> Second {
        let off = time.plus(random.between(1, 181));
        self.call(time, Act::Evict);
        self.reasons.push((time, None));
        self.turn(time, InstanceState::Stopping);
        self.turn(off, InstanceState::Stopped);
        let again = off.plus(pause(random));
        self.launch(random, again)
    }

    /// When it runs.
    fn start(&mut self, random: &mut Random, time: Second, act: Act) -> Second {
        self.call(time, act);
        self.launch(random, time)
    }

    fn launch(&mut self, random: &mut Random, time: Second) -> Second {
        self.launches.push(time);
        self.turn(time, InstanceState::Pending);
        let runs = time.plus(random.between(5, 91));
        self.turn(runs, InstanceState::Running);
        runs
    }

    /// When it is off; never again where that is `None`.
    fn end(&mut self, random: &mut Random, time: Second, kind: i64) -> Option<Second> {
        let (off, soon) = (time.plus(random.between(1, 181)), time.plus(random.between(2, 40)));
        match kind {
            40..85 => {
                self.call(time, Act::Stop(InstanceState::Running));
                self.reasons.push((time, Some(time)));
                self.turn(time, InstanceState::Stopping);
                self.turn(off, InstanceState::Stopped);
                Some(off)
            }
            0..40 => {
                self.reasons.push((time, None));
                self.turn(time, InstanceState::Stopping);
                self.turn(off, InstanceState::Stopped);
                Some(off)
            }
            kind => {
                match kind {
                    85..93 => self.call(time, Act::Terminate(InstanceState::Running)),
                    93..96 => self.call(time, Act::Evict),
                    _ => {}
                }
                self.reasons.push((time, Some(time).filter(|_| kind < 93)));
                self.turn(time, InstanceState::ShuttingDown);
                self.turn(soon, InstanceState::Terminated);
                None
            }
        }
    }

    fn call(&mut self, time: Second, act: Act) {
        let event_id = format!("call-{}", self.told.len());
        self.told.push(Evidence::Recorded(Recorded { time, act, event_id }));
    }

    fn turn(&mut self, time: Second, state: InstanceState) {
        self.states.push((time, state));
        let event_id = format!("turn-{}", self.told.len());
        self.told.push(Evidence::Changed(Changed { time, state, event_id }));
    }
}

/// Often some minutes, sometimes days.
fn pause(random: &mut Random) -> i64 {
    match random.between(0, 100) {
        0..15 => random.between(2, 120),
        15..45 => random.between(60, 3 * HOUR),
        45..85 => random.between(HOUR, 30 * HOUR),
        _ => random.between(24 * HOUR, 12 * 24 * HOUR),
    }
}
