use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures::future::BoxFuture;

use crate::random::Random;
use crate::sleep::Sleep;
use crate::timeline::{Monotonic, Timeline, Timer};

/// More polls than any fleet needs: one that takes more never comes to rest.
const MOST_POLLS: u64 = 3_000_000;

/// Runs tasks one at a time, on one thread and in virtual time. Which of those that could run goes on next is a
/// function of the seed, and of nothing else.
pub(crate) struct Executor {
    state: Mutex<State>,
    ready: Arc<Ready>,
    random: Random,
}

/// Whose task it is: the world's, which always goes on, or a container's, which can be frozen and killed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place(pub(crate) u32);

/// Where requests to the store travel, and whatever else no container's fate touches.
pub(crate) const WORLD: Place = Place(0);

type Ready = Mutex<BTreeSet<u64>>;

#[derive(Default)]
struct State {
    now: Duration,
    next: u64,
    tasks: BTreeMap<u64, Task>,
    places: BTreeMap<Place, Timeline>,
}

struct Task {
    place: Place,
    /// Away while it is polled.
    work: Option<BoxFuture<'static, ()>>,
    waker: Waker,
}

struct TaskWaker {
    task: u64,
    ready: Arc<Ready>,
}

impl Executor {
    pub(crate) fn new(seed: u64) -> Arc<Self> {
        let state = State { places: BTreeMap::from([(WORLD, Timeline::default())]), ..State::default() };
        Arc::new(Self { state: Mutex::new(state), ready: Arc::default(), random: Random::new(seed, 1) })
    }

    /// True time since the beginning.
    pub(crate) fn now(&self) -> Duration {
        self.state().now
    }

    /// How long a place has lived by its monotonic clock, which began with the world; `None` once it was killed.
    pub(crate) fn lived(&self, place: Place) -> Option<Duration> {
        let state = self.state();
        state.places.get(&place).map(|timeline| timeline.local(state.now))
    }

    pub(crate) fn begin(&self, place: Place) {
        self.state().places.insert(place, Timeline::default());
    }

    /// Nothing of a frozen place goes on until it is thawed.
    pub(crate) fn freeze(&self, place: Place, monotonic: Monotonic) {
        let mut state = self.state();
        let now = state.now;
        if let Some(timeline) = state.places.get_mut(&place) {
            timeline.freeze(now, monotonic);
        }
    }

    pub(crate) fn thaw(&self, place: Place) {
        let mut state = self.state();
        let now = state.now;
        if let Some(timeline) = state.places.get_mut(&place) {
            timeline.thaw(now);
        }
    }

    /// Drops every task of a place where it awaits; what it had sent is on its way all the same.
    pub(crate) fn kill(&self, place: Place) {
        let killed: Vec<Task> = {
            let mut state = self.state();
            state.places.remove(&place);
            let tasks = std::mem::take(&mut state.tasks);
            let (killed, left): (BTreeMap<_, _>, BTreeMap<_, _>) =
                tasks.into_iter().partition(|(_, task)| task.place == place);
            state.tasks = left;
            killed.into_values().collect()
        };
        // What is dropped may ask the executor for something.
        drop(killed);
    }

    /// Runs `work` at `place`; a dead place runs nothing.
    pub(crate) fn spawn(&self, place: Place, work: BoxFuture<'static, ()>) {
        let mut state = self.state();
        if !state.places.contains_key(&place) {
            drop(state);
            return drop(work);
        }
        let id = state.next;
        state.next += 1;
        let waker = Waker::from(Arc::new(TaskWaker { task: id, ready: self.ready.clone() }));
        state.tasks.insert(id, Task { place, work: Some(work), waker });
        self.ready.lock().expect("no panic").insert(id);
    }

    /// Resolves once `place` has lived through `duration`.
    pub(crate) fn sleep(self: &Arc<Self>, place: Place, duration: Duration) -> BoxFuture<'static, ()> {
        let until = self.lived(place).unwrap_or_default().saturating_add(duration);
        let timer = {
            let mut state = self.state();
            state.next += 1;
            state.next
        };
        Box::pin(Sleep::new(self.clone(), place, (until, timer)))
    }

    pub(crate) fn set_timer(&self, place: Place, timer: Timer, waker: &Waker) {
        if let Some(timeline) = self.state().places.get_mut(&place) {
            timeline.set_timer(timer, waker);
        }
    }

    pub(crate) fn forget_timer(&self, place: Place, timer: Timer) {
        if let Some(timeline) = self.state().places.get_mut(&place) {
            timeline.forget_timer(timer);
        }
    }

    /// Goes on until nothing is left that ever could; whether it came to rest.
    pub(crate) fn run(&self) -> bool {
        for _ in 0..MOST_POLLS {
            match self.runnable() {
                Some(task) => self.poll(task),
                None if self.pass_time() => {}
                None => return true,
            }
        }
        false
    }

    fn runnable(&self) -> Option<u64> {
        let (mut state, mut ready) = (self.state(), self.ready.lock().expect("no panic"));
        let State { tasks, places, .. } = &mut *state;
        ready.retain(|task| tasks.contains_key(task));
        let runnable: Vec<u64> =
            ready.iter().filter(|task| !places[&tasks[*task].place].is_frozen()).copied().collect();
        let chosen = (!runnable.is_empty()).then(|| self.random.one_of(&runnable))?;
        ready.remove(&chosen);
        Some(chosen)
    }

    fn poll(&self, id: u64) {
        let taken = self.state().tasks.get_mut(&id).and_then(|task| Some((task.work.take()?, task.waker.clone())));
        let Some((mut work, waker)) = taken else { return };
        match work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(()) => {
                self.state().tasks.remove(&id);
            }
            Poll::Pending => {
                if let Some(task) = self.state().tasks.get_mut(&id) {
                    task.work = Some(work);
                }
            }
        }
    }

    /// On to the next moment at which anything is due; whether there is one.
    fn pass_time(&self) -> bool {
        let mut state = self.state();
        let Some(due) = state.places.values().filter_map(Timeline::next_due).min() else { return false };
        state.now = state.now.max(due);
        let now = state.now;
        state.places.values_mut().for_each(|timeline| timeline.wake_due(now));
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no panic")
    }
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        self.ready.lock().expect("no panic").insert(self.task);
    }
}
