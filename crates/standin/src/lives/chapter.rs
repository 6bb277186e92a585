use std::ops::Range;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{Rng, RngExt};

use super::act::{Act, Target};
use super::deed::{Actor, Deed, Refusal, What};
use super::group::Group;
use super::instance_id::{self, Which};
use super::life::{Cause, Life, Transition};
use super::plan::plan;
use super::seed::{draw, rng};
use super::{InstanceState, moment};

/// A part of a group's time: none of its lives began before it or is left after it.
#[derive(Debug)]
pub(super) struct Chapter {
    pub(super) lives: Vec<Arc<Life>>,
    /// What AWS recorded, in order of time.
    pub(super) acts: Vec<Act>,
}

impl Chapter {
    /// From when until when the `number`th chapter is.
    pub(super) fn span(group: &Group, number: u64) -> Option<Range<i64>> {
        let length = group.kind.chapter();
        let start = i64::try_from(number).ok()?.checked_mul(length)?.checked_add(group.since)?;
        Some(start..start.checked_add(length)?)
    }

    /// Lets everything happen that is planned, by AWS's rules.
    pub(super) fn generate(seed: u64, group: &Group, number: u64, span: &Range<i64>) -> Self {
        let mut rng = rng(seed, (group.index, number));
        let deeds = plan(&mut rng, group.kind, group.servers, span);
        let servers = vec![None; group.servers];
        let (lives, acts) = (Vec::new(), Vec::new());
        let mut stage = Stage { seed, group, number, rng, servers, lives, acts };
        deeds.iter().for_each(|deed| stage.take(deed));
        let Stage { lives, mut acts, .. } = stage;
        acts.sort_by_key(|act| act.at);
        Self { lives: lives.into_iter().map(|player| Arc::new(player.life)).collect(), acts }
    }
}

struct Stage<'a> {
    seed: u64,
    group: &'a Group,
    number: u64,
    rng: StdRng,
    /// Which life each server is now.
    servers: Vec<Option<usize>>,
    lives: Vec<Player>,
    acts: Vec<Act>,
}

struct Player {
    life: Life,
    last_act: i64,
}

impl Player {
    fn state_at(&self, at: i64) -> Option<InstanceState> {
        self.life.state_at(moment(at))
    }

    /// Whether something happens to it in that second, or later already did.
    fn is_busy(&self, at: i64) -> bool {
        at <= self.last_act || self.life.transitions.iter().any(|it| it.time == moment(at))
    }
}

impl Stage<'_> {
    fn take(&mut self, deed: &Deed) {
        if deed.what == What::Run {
            return self.run(deed);
        }
        let lives: Vec<usize> = deed.servers.iter().filter_map(|server| self.servers[*server]).collect();
        // The order of what happens to an instance in one second could not be told from the evidence.
        let free = |at: &i64| lives.iter().all(|life| !self.lives[*life].is_busy(*at));
        let Some(at) = (deed.at..).find(free).filter(|_| !lives.is_empty()) else { return };
        match deed.what {
            What::OsStop | What::OsTerminate | What::Evict => self.happen(at, deed.what, &lives),
            _ => self.call(at, deed, &lives),
        }
    }

    /// What no call brings about; it happens to what runs.
    fn happen(&mut self, at: i64, what: What, lives: &[usize]) {
        let runs = |life: &&usize| match self.lives[**life].state_at(at) {
            Some(InstanceState::Running) => true,
            Some(InstanceState::Pending) => what == What::Evict,
            _ => false,
        };
        let lives: Vec<usize> = lives.iter().filter(runs).copied().collect();
        let (state, cause) = match what {
            What::OsStop => (InstanceState::Stopping, Cause::OsShutdown),
            What::OsTerminate => (InstanceState::ShuttingDown, Cause::OsShutdown),
            _ => (InstanceState::ShuttingDown, Cause::SpotInterruption),
        };
        let targets: Vec<Target> = lives.iter().filter_map(|life| self.target(*life, at, state)).collect();
        lives.iter().for_each(|life| self.turn(*life, at, state, cause));
        if what == What::Evict && !targets.is_empty() {
            self.record(at, what, Actor::Ec2, targets, None);
        }
    }

    /// A call is refused for all that it names, or for none.
    fn call(&mut self, at: i64, deed: &Deed, lives: &[usize]) {
        let outcomes = lives.iter().map(|life| outcome(deed.what, self.lives[*life].state_at(at)));
        let outcomes: Result<Vec<Option<InstanceState>>, Refusal> = outcomes.collect();
        let outcomes = deed.refused.map_or(outcomes, Err);
        let after = |nth: usize, state| outcomes.as_ref().ok().and_then(|all| all[nth]).unwrap_or(state);
        let targets = lives.iter().enumerate().map(|(nth, life)| {
            // Of one that is gone there is no state, and the call is refused.
            let previous = self.lives[*life].state_at(at).unwrap_or(InstanceState::Terminated);
            Target { life: *life, previous, current: after(nth, previous) }
        });
        let targets = targets.collect();
        self.record(at, deed.what, deed.who, targets, outcomes.as_ref().err().copied());
        let cause = match deed.what {
            What::Start => Cause::Start,
            What::Stop => Cause::Stop,
            What::Hibernate => Cause::Hibernate,
            _ => Cause::Terminate,
        };
        for (life, outcome) in lives.iter().zip(outcomes.into_iter().flatten()) {
            self.lives[*life].last_act = at;
            if let Some(state) = outcome {
                self.turn(*life, at, state, cause);
            }
        }
    }

    fn run(&mut self, deed: &Deed) {
        let at = deed.at;
        let ended = |life: usize| matches!(self.lives[life].state_at(at), None | Some(InstanceState::Terminated));
        let free = deed.servers.iter().filter(|server| self.servers[**server].is_none_or(ended));
        let free: Vec<usize> = free.copied().collect();
        if free.is_empty() {
            return;
        }
        let mut targets = Vec::new();
        if deed.refused.is_none() {
            let reservation_id = format!("r-0{:016x}", self.rng.next_u64());
            for (launch_index, server) in free.into_iter().enumerate() {
                let life = self.lives.len();
                self.servers[server] = Some(life);
                let life_begun = self.born(at, server, launch_index, &reservation_id);
                self.lives.push(Player { life: life_begun, last_act: at });
                self.turn(life, at, InstanceState::Pending, Cause::Launch);
                targets.push(Target { life, previous: InstanceState::Pending, current: InstanceState::Pending });
            }
        }
        self.record(at, What::Run, deed.who, targets, deed.refused);
    }

    fn born(&self, at: i64, server: usize, launch_index: usize, reservation_id: &str) -> Life {
        let template = &self.group.template;
        let which = Which { group: self.group.index, chapter: self.number, ordinal: self.lives.len() };
        let name = template.name_tag.map_or_else(|| format!("{}-{}", template.name, server + 1), str::to_owned);
        let mut tags = template.tags.clone();
        tags.push(("Name".to_owned(), name.clone()));
        Life {
            id: instance_id::encode(self.seed, which),
            account_id: template.account_id.clone(),
            region: template.region,
            name,
            tags,
            instance_type: template.instance_type,
            hibernation: template.hibernation,
            market: template.market,
            created: moment(at),
            gone: None,
            transitions: Vec::new(),
            reservation_id: reservation_id.to_owned(),
            launch_index,
            template: Arc::clone(template),
        }
    }

    /// It is in the state from then on, and comes to the one that follows, instead of what would have come.
    fn turn(&mut self, life: usize, at: i64, state: InstanceState, cause: Cause) {
        let next = match state {
            InstanceState::Pending => Some((InstanceState::Running, 5..=90)),
            InstanceState::Stopping if cause == Cause::Hibernate => Some((InstanceState::Stopped, 30..=180)),
            InstanceState::Stopping => Some((InstanceState::Stopped, 1..=180)),
            InstanceState::ShuttingDown => Some((InstanceState::Terminated, 2..=40)),
            InstanceState::Running | InstanceState::Stopped | InstanceState::Terminated => None,
        };
        let life = &mut self.lives[life].life;
        life.transitions.retain(|it| it.time <= moment(at));
        life.transitions.push(Transition { time: moment(at), state, cause });
        let mut last = at;
        if let Some((state, seconds)) = next {
            last += self.rng.random_range(seconds);
            life.transitions.push(Transition { time: moment(last), state, cause: Cause::Progress });
        }
        if matches!(state, InstanceState::ShuttingDown | InstanceState::Terminated) {
            life.gone = Some(moment(last + self.rng.random_range(600..=3_500)));
        }
    }

    fn target(&self, life: usize, at: i64, current: InstanceState) -> Option<Target> {
        Some(Target { life, previous: self.lives[life].state_at(at)?, current })
    }

    fn record(&mut self, at: i64, what: What, who: Actor, targets: Vec<Target>, refused: Option<Refusal>) {
        let id = draw(self.seed, (self.group.index, self.number, self.acts.len()));
        self.acts.push(Act { at, id, what, who, targets, refused });
    }
}

/// The state that a call puts an instance in, `None` if it stays as it is.
fn outcome(what: What, state: Option<InstanceState>) -> Result<Option<InstanceState>, Refusal> {
    use InstanceState::{Pending, Running, ShuttingDown, Stopped, Stopping, Terminated};
    let state = state.ok_or(Refusal::NotFound)?;
    match (what, state) {
        (What::Start, Stopped) => Ok(Some(Pending)),
        (What::Start, Pending | Running)
        | (What::Stop | What::Hibernate, Stopping | Stopped)
        | (What::Terminate, ShuttingDown | Terminated)
        | (What::Reboot, Running) => Ok(None),
        (What::Stop | What::Hibernate, Running) => Ok(Some(Stopping)),
        (What::Terminate, Pending | Running | Stopping) => Ok(Some(ShuttingDown)),
        (What::Terminate, Stopped) => Ok(Some(Terminated)),
        _ => Err(Refusal::IncorrectState),
    }
}
