use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder_cache::{Cache, Environment, Events, Moment};

use crate::clocks::Clocks;
use crate::container::Container;
use crate::container_store::ContainerStore;
use crate::executor::{Executor, Place, WORLD};
use crate::history::{Event, History, What};
use crate::plan::Plan;
use crate::random::Random;
use crate::script::Script;
use crate::shared_store::SharedStore;
use crate::upstream::Origin;

/// Everything that a seed makes.
pub(crate) struct World {
    pub(crate) plan: Plan,
    pub(crate) executor: Arc<Executor>,
    pub(crate) history: Arc<History>,
    pub(crate) store: Arc<SharedStore>,
    pub(crate) origin: Arc<Origin>,
    pub(crate) everyones: Arc<Clock>,
    pub(crate) random: Random,
    seed: u64,
    /// Of every container that there ever was.
    caches: Mutex<Vec<Cache>>,
}

/// The clocks of all containers that live.
#[derive(Default)]
pub(crate) struct Clock(Mutex<BTreeMap<Place, Arc<Clocks>>>);

/// What became of a world.
pub(crate) struct Run {
    pub(crate) plan: Plan,
    pub(crate) events: Vec<Event>,
    /// What each container counted.
    pub(crate) events_counted: Vec<Events>,
    /// Whether nothing was left that could go on.
    pub(crate) rested: bool,
}

/// Runs the fleet of a seed to its end.
pub(crate) fn run(seed: u64) -> Run {
    let world = Arc::new(World::new(seed));
    let script = Script::new(world.clone());
    world.executor.spawn(WORLD, Box::pin(script.play()));
    let rested = world.executor.run();
    let events = world.history.take();
    let events_counted = world.end();
    Run { plan: world.plan.clone(), events, events_counted, rested }
}

impl World {
    fn new(seed: u64) -> Self {
        let plan = Plan::new(seed);
        let executor = Executor::new(seed);
        let history = Arc::new(History::new(executor.clone()));
        let keys = plan.questions.iter().map(|(key, _)| key.clone()).collect();
        let store = Arc::new(SharedStore::new(history.clone(), Random::new(seed, 3), plan.largest_inline, keys));
        let origin = Arc::new(Origin {
            executor: executor.clone(),
            history: history.clone(),
            store: store.clone(),
            random: Random::new(seed, 4),
            latency: plan.upstream,
            calls: AtomicUsize::new(0),
            moods: Mutex::default(),
        });
        let (everyones, random) = (Arc::default(), Random::new(seed, 5));
        Self { plan, executor, history, store, origin, everyones, random, seed, caches: Mutex::default() }
    }

    /// A container that begins now, cold.
    pub(crate) fn begin(&self, place: Place) -> Container {
        self.executor.begin(place);
        self.history.note(What::Began(place));
        let random = Random::new(self.seed, 100 + u64::from(place.0));
        let clocks = Arc::new(Clocks::new(self.executor.clone(), place, self.skew(), random));
        self.everyones.0.lock().expect("no panic").insert(place, clocks.clone());
        let store = ContainerStore { place, executor: self.executor.clone(), shared: self.store.clone() };
        let cache = Cache::new(clocks.clone(), Some(Arc::new(store)), self.plan.settings.clone());
        self.caches.lock().expect("no panic").push(cache.clone());
        let (history, origin, everyones) = (self.history.clone(), self.origin.clone(), self.everyones.clone());
        Container { place, clocks, cache, history, origin, everyones }
    }

    pub(crate) fn kill(&self, place: Place) {
        self.everyones.0.lock().expect("no panic").remove(&place);
        self.history.note(What::Killed(place));
        self.executor.kill(place);
    }

    /// How far a wall clock is ahead of the earliest that there may be.
    pub(crate) fn skew(&self) -> Duration {
        self.random.pause(self.plan.skew * 2)
    }

    /// Drops what still waits, so that nothing holds on to itself; what every container counted.
    fn end(&self) -> Vec<Events> {
        let places: Vec<Place> = self.everyones.0.lock().expect("no panic").keys().copied().collect();
        places.into_iter().for_each(|place| self.kill(place));
        self.executor.kill(WORLD);
        let caches = std::mem::take(&mut *self.caches.lock().expect("no panic"));
        caches.iter().map(|cache| cache.statistics().events).collect()
    }
}

impl Clock {
    pub(crate) fn moments(&self) -> Vec<(Place, Moment)> {
        let clocks = self.0.lock().expect("no panic");
        clocks.iter().map(|(place, clocks)| (*place, clocks.now())).collect()
    }
}
