use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use async_trait::async_trait;
use futures::future::{join, join_all};
use larder_runtime::{Answer, Changed, InstanceState, Second, Span, Totals};

use super::*;
use crate::runtime::world::{FakedItems, World, place, second};
use crate::runtime::{Item, Items, Ledger, Place, ServersInItems, StateChanges, TableError};

const ALWAYS_ON: &[(&str, &[&str])] = &[("i-b", &["2025-10-20T00:00:00Z"])];
const RUN: &str = "2025-11-03T05:00:00Z";

/// Minutes at least, at most, and the quality.
type Bounds = (f64, f64, Quality);

fn changed(time: &str, state: InstanceState) -> Changed {
    Changed { time: second(time), state, event_id: format!("{time}-{state:?}") }
}

async fn take(world: &World, place: &Place, id: &str, changed: Changed) -> Option<Bounds> {
    let changes = StateChanges::new(world.calculator.0.clone());
    let kept = changes.take(place, id, changed).await.expect("it is taken")?;
    assert_eq!(world.calculator.0.servers.get(id).await, Ok(Some(kept.clone())), "it is what is kept");
    let Answer { minutes, upper_minutes, quality, .. } = kept.answer;
    Some((minutes?, upper_minutes?, quality))
}

#[tokio::test]
async fn a_change_shows_at_once_and_bounds_what_cloudtrail_has_not_told_yet() {
    let world = World::new(ALWAYS_ON);
    world.run_at(RUN).await;
    world.aws.clock.set("2025-11-03T05:30:00Z");
    let seen_until = (2 * 24 + 5) as f64 * 60.0;
    let stopping = changed("2025-11-03T05:20:00Z", InstanceState::Stopping);
    let taken = take(&world, &place(), "i-b", stopping.clone()).await;
    assert_eq!(taken, Some((seen_until, seen_until + 30.0, Quality::Bounded)), "it may have been started since");
    world.aws.clock.set("2025-11-03T05:31:00Z");
    let stopped = changed("2025-11-03T05:21:00Z", InstanceState::Stopped);
    for again in [&stopped, &stopping, &stopped] {
        let taken = take(&world, &place(), "i-b", again.clone()).await;
        let expected = (seen_until, seen_until + 31.0, Quality::Bounded);
        assert_eq!(taken, Some(expected), "in any order, and as often as it comes");
    }
    world.aws.clock.set("2025-11-03T05:32:00Z");
    let terminated = changed("2025-11-03T05:22:00Z", InstanceState::Terminated);
    let taken = take(&world, &place(), "i-b", terminated).await;
    assert_eq!(taken, Some((seen_until, seen_until + 22.0, Quality::Bounded)), "nothing starts it any more");
}

#[tokio::test]
async fn what_is_no_server_yet_or_was_never_read_waits_for_the_run() {
    let world = World::new(ALWAYS_ON);
    world.aws.clock.set(RUN);
    let stopping = changed("2025-11-03T04:20:00Z", InstanceState::Stopping);
    assert_eq!(take(&world, &place(), "i-b", stopping.clone()).await, None);
    world.calculator.0.ledger.add_servers(&place(), [&"i-b".to_owned()]).await.expect("it is added");
    assert_eq!(take(&world, &place(), "i-b", stopping.clone()).await, None, "CloudTrail was read nowhere");
    assert_eq!(world.calculator.0.servers.get("i-b").await, Ok(None), "no zero for unknown");
    world.run_at(RUN).await;
    let (_, minutes, _) = world.kept("i-b").await;
    assert!(minutes < Some(53.0 * 60.0), "the run has what came before it: {minutes:?}");
    let elsewhere = Place { region: larder_sources::Region::parse("eu-west-1").expect("a region"), ..place() };
    assert_eq!(take(&world, &elsewhere, "i-b", stopping).await, None, "it is no server there");
}

#[tokio::test]
async fn a_months_checkpoint_and_the_month_before_are_left_to_the_run() {
    let world = World::new(ALWAYS_ON);
    world.run_at("2025-12-01T03:00:00Z").await;
    world.run_at("2025-12-01T04:00:00Z").await;
    let kept = |world: &World| {
        let mut state = world.state();
        state.retain(|(_, range), _| range == "checkpoint" || range == "month#2025-11");
        state
    };
    let before = kept(&world);
    assert_eq!(before.len(), 2, "{before:?}");
    world.aws.clock.set("2025-12-01T04:30:00Z");
    let stopping = changed("2025-12-01T04:20:00Z", InstanceState::Stopping);
    assert_eq!(take(&world, &place(), "i-b", stopping).await, Some((240.0, 270.0, Quality::Bounded)));
    assert_eq!(kept(&world), before);
}

/// A table whose answers come in another order for each seed, and some of them late.
#[derive(Debug)]
struct Interleaved {
    items: Arc<FakedItems>,
    seed: AtomicU64,
}

impl Interleaved {
    fn random(&self) -> u64 {
        let next =
            |seed: u64| Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        self.seed.fetch_update(SeqCst, SeqCst, next).expect("there is always a next") >> 33
    }

    async fn wait(&self) {
        let turns = if self.random().is_multiple_of(4) { self.random() % 150 } else { self.random() % 8 };
        self.wait_for(turns).await;
    }

    async fn wait_for(&self, turns: u64) {
        for _ in 0..turns {
            tokio::task::yield_now().await;
        }
    }
}

#[async_trait]
impl Items for Interleaved {
    async fn get(&self, hash: &str, range: &str) -> Result<Option<Item>, TableError> {
        self.wait().await;
        self.items.get(hash, range).await
    }

    async fn between(&self, hash: &str, from: &str, to: &str) -> Result<Vec<Item>, TableError> {
        self.wait().await;
        self.items.between(hash, from, to).await
    }

    async fn first_between(&self, hash: &str, range: (&str, &str), most: usize) -> Result<Vec<Item>, TableError> {
        self.wait().await;
        self.items.first_between(hash, range, most).await
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), TableError> {
        self.wait().await;
        self.items.put(items).await
    }

    async fn replace(&self, item: Item, version: Option<u64>) -> Result<bool, TableError> {
        self.wait().await;
        self.items.replace(item, version).await
    }

    async fn remove(&self, hash: &str, range: &str) -> Result<(), TableError> {
        self.wait().await;
        self.items.remove(hash, range).await
    }
}

/// What all that is in the ledger comes to.
async fn worked_out_anew(world: &World, until: Second) -> Totals {
    let ledger = &world.calculator.0.ledger;
    let month = Month::of(until).span();
    let progress = ledger.progress(&place()).await.expect("it is read");
    let history = ledger.history("i-b", month.from).await.expect("it is read");
    history.ran(&progress.covered()).totals(&Span { from: month.from, to: until })
}

#[tokio::test]
async fn side_by_side_with_a_run_the_end_knows_all_in_whatever_order() {
    const STATES: [InstanceState; 4] =
        [InstanceState::Stopping, InstanceState::Stopped, InstanceState::Pending, InstanceState::Running];
    let times = ["2025-11-03T05:40:00Z", "2025-11-03T05:41:00Z", "2025-11-03T05:50:00Z", "2025-11-03T05:51:00Z"];
    for seed in 0..1_000 {
        let world = World::new(ALWAYS_ON);
        world.run_at(RUN).await;
        world.aws.clock.set(NOW);
        let interleaved = Arc::new(Interleaved { items: world.items.clone(), seed: AtomicU64::new(seed) });
        let items: Arc<dyn Items> = interleaved.clone();
        let parts = RuntimeParts {
            ledger: Ledger::new(items.clone()),
            servers: Arc::new(ServersInItems::new(items)),
            ..world.calculator.0.clone()
        };
        let changes = StateChanges::new(parts.clone());
        let place = place();
        let takes = times.iter().zip(STATES).map(async |(time, state)| {
            interleaved.wait_for(interleaved.random() % 800).await;
            changes.take(&place, "i-b", changed(time, state)).await
        });
        let run = RuntimeCalculator::new(parts);
        let request = CalculationRequest::default();
        let (report, taken) = join(run.run(&request, Duration::from_secs(840)), join_all(takes)).await;
        assert_eq!(report.errors, 0, "seed {seed}: {report:?}");
        assert!(taken.iter().all(Result::is_ok), "seed {seed}: {taken:?}");

        let kept = world.calculator.0.servers.get("i-b").await.expect("it is read").expect("it was worked out").answer;
        let progress = world.calculator.0.ledger.progress(&place).await.expect("it is read");
        let window = Span { from: kept.window_from, to: kept.as_of };
        let totals = worked_out_anew(&world, kept.as_of).await;
        let expected = Answer::new(place.server("i-b"), kept.month, window, &totals, progress.watermark());
        assert_eq!(kept, expected, "seed {seed}");
        let month = world.calculator.0.ledger.month("i-b", kept.month).await.expect("it is read");
        assert_eq!(month.map(|month| month.kept.answer), Some(kept), "seed {seed}");
    }
}
