use std::sync::Arc;
use std::time::Duration;

use larder_cache::{Directives, Environment, Renewal};

use crate::container::{Also, Container};
use crate::executor::{Place, WORLD};
use crate::history::What;
use crate::plan::Mishaps;
use crate::questions;
use crate::timeline::Monotonic;
use crate::upstream::Mood;
use crate::weather::Weather;
use crate::world::World;

const LONG: Duration = Duration::from_secs(1_000_000);

/// What happens in a world, one thing after another.
pub(crate) struct Script {
    world: Arc<World>,
    fleet: Vec<Container>,
    places: u32,
    requests: usize,
    invalidations: usize,
    thawed: Vec<Duration>,
}

impl Script {
    pub(crate) fn new(world: Arc<World>) -> Self {
        let mut script =
            Self { world, fleet: Vec::new(), places: WORLD.0, requests: 0, invalidations: 0, thawed: Vec::new() };
        for _ in 0..script.world.plan.containers {
            let container = script.begin();
            script.fleet.push(container);
        }
        script
    }

    /// Acts, lets everything come to an end in calm weather, and has everyone asked once more.
    pub(crate) async fn play(mut self) {
        for _ in 0..self.world.plan.steps {
            self.act();
            self.pass().await;
        }
        self.world.store.set_weather(Weather::Calm);
        let now = self.world.executor.now();
        let end = self.thawed.iter().copied().max().unwrap_or_default().max(now) + Duration::from_secs(60);
        self.world.executor.sleep(WORLD, end - now).await;
        for container in self.fleet.clone() {
            self.ask(&container);
        }
    }

    /// Mostly moments; now and then as long as entries live.
    async fn pass(&self) {
        let random = &self.world.random;
        let longest = match random.below(200) {
            0 => Duration::from_secs(2_400),
            1..=3 => Duration::from_secs(60),
            4..=11 => Duration::from_secs(5),
            _ => self.world.plan.pace,
        };
        self.world.executor.sleep(WORLD, random.pause(longest)).await;
    }

    fn act(&mut self) {
        let mishaps = self.world.plan.mishaps;
        let chance = self.world.random.below(1_000);
        match chance {
            0..570 => self.ask_some(),
            570..620 => self.renew(),
            620..800 => self.invalidate(),
            800..850 => self.change_mood(),
            850..900 if mishaps != Mishaps::None => self.world.store.set_weather(Weather::of(&self.world.random)),
            900..940 if mishaps != Mishaps::None => self.world.store.set_weather(Weather::Calm),
            940..945 if mishaps == Mishaps::All => self.world.store.lose_epoch(),
            945..955 if mishaps == Mishaps::All => self.world.store.tamper(),
            955..970 if mishaps == Mishaps::All => self.set_clock(),
            970..985 if mishaps == Mishaps::All => self.replace(),
            985..1_000 if mishaps == Mishaps::All => self.freeze(),
            _ => self.ask_some(),
        }
    }

    /// One request, or a herd for one key.
    fn ask_some(&mut self) {
        let random = &self.world.random;
        let herd = random.one_of(&[1, 1, 1, 2, 8]);
        for _ in 0..herd {
            let container = self.any();
            self.ask(&container);
        }
    }

    fn ask(&mut self, container: &Container) {
        let random = &self.world.random;
        let question = self.world.plan.questions[random.index(self.world.plan.questions.len())].clone();
        let directives = Directives {
            max_age: random.happens(150).then(|| Duration::from_secs(random.one_of(&[0, 0, 1, 60]))),
            only_if_cached: random.happens(50),
            deadline: Duration::from_millis(random.one_of(&[25_000, 25_000, 25_000, 8_000, 700, 100])),
        };
        let patience = if random.happens(80) { random.pause(Duration::from_secs(2)) } else { LONG };
        let request = self.requests;
        self.requests += 1;
        let asking = container.clone().ask(request, question, directives, patience);
        self.world.executor.spawn(container.place, Box::pin(asking));
    }

    /// Before it expires, most often; now and then whatever is there.
    fn renew(&mut self) {
        let random = &self.world.random;
        let question = self.world.plan.questions[random.index(self.world.plan.questions.len())].clone();
        let left = Duration::from_secs(random.one_of(&[0, 1, 300, 1_000_000]));
        let renewal = random.one_of(&[Renewal::OfUsed(left), Renewal::OfUsed(left), Renewal::OfAny(left)]);
        let deadline = Duration::from_millis(random.one_of(&[25_000, 25_000, 8_000, 700]));
        let directives = Directives { deadline, ..Directives::default() };
        let (container, request) = (self.any(), self.requests);
        self.requests += 1;
        let place = container.place;
        self.world.executor.spawn(place, Box::pin(container.renew(request, question, directives, renewal)));
    }

    fn invalidate(&mut self) {
        let random = &self.world.random;
        let (container, selector) = (self.any(), questions::selector(random));
        let also = if random.happens(200) { Also::Purge } else { Also::Nothing };
        let invalidation = self.invalidations;
        self.invalidations += 1;
        let place = container.place;
        self.world.executor.spawn(place, Box::pin(container.invalidate(invalidation, selector, also)));
    }

    fn change_mood(&self) {
        let random = &self.world.random;
        let (key, _) = &self.world.plan.questions[random.index(self.world.plan.questions.len())];
        self.world.origin.set_mood(key, Mood::of(random));
    }

    fn set_clock(&self) {
        if self.world.plan.skew.is_zero() {
            return;
        }
        let Container { place, clocks, history, .. } = self.any();
        let before = clocks.now();
        clocks.set(self.world.skew());
        history.note(What::ClockSet { at: place, before, after: clocks.now() });
    }

    /// Killed, most often; or it ends as it should, and gives its leases back. Another begins in its place.
    fn replace(&mut self) {
        let random = &self.world.random;
        let index = random.index(self.fleet.len());
        let ending = self.fleet[index].clone();
        if random.happens(200) {
            let world = self.world.clone();
            let last = async move {
                ending.cache.give_back_leases().await;
                let place = ending.place;
                drop(ending);
                let killing = world.clone();
                world.executor.spawn(WORLD, Box::pin(async move { killing.kill(place) }));
            };
            self.world.executor.spawn(self.fleet[index].place, Box::pin(last));
        } else {
            self.world.kill(ending.place);
        }
        self.fleet[index] = self.begin();
    }

    /// A moment, some seconds, or up to an hour; asked again the moment it goes on.
    fn freeze(&mut self) {
        let random = &self.world.random;
        let longest = random.one_of(&[200, 200, 10_000, 10_000, 3_600_000].map(Duration::from_millis));
        let (length, monotonic) = (random.pause(longest), random.one_of(&[Monotonic::StandsStill, Monotonic::GoesOn]));
        let container = self.any();
        let place = container.place;
        self.world.history.note(What::Froze(place, monotonic));
        self.world.executor.freeze(place, monotonic);
        self.thawed.push(self.world.executor.now() + length);
        self.ask(&container);
        let world = self.world.clone();
        let thaw = async move {
            world.executor.sleep(WORLD, length).await;
            world.history.note(What::Thawed(place));
            world.executor.thaw(place);
        };
        self.world.executor.spawn(WORLD, Box::pin(thaw));
    }

    fn any(&self) -> Container {
        self.fleet[self.world.random.index(self.fleet.len())].clone()
    }

    fn begin(&mut self) -> Container {
        self.places += 1;
        self.world.begin(Place(self.places))
    }
}
