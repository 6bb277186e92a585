//! G1 and G3 of the README's promises on random walks: containers, outages, freezes, lost epochs, dropped requests, answers that overtake
//! each other. A walk that fails names its seed.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use larder_cache::{FailureClass, FetchOncePer, Refresh, Selector};
use rstest::rstest;
use tokio::task::JoinSet;

use crate::clock::random;
use crate::fault::{Fault, Op};
use crate::scripted_upstream::ScriptedUpstream;
use crate::world::{Container, World, max_age, millis, no_cache, seconds, subnets, within};

const WALKS: u64 = 40;
const STEPS: usize = 100;
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const NAMES: [&str; 2] = ["a", "b"];

/// An invalidation that was acknowledged: of which region, when, and how many fetches had begun before it.
struct Acknowledged {
    region: Option<usize>,
    at: Duration,
    begun_before: [usize; 2],
}

struct Walk {
    seed: u64,
    random: AtomicU64,
    world: World,
    /// By container and region.
    containers: Vec<[Container; 2]>,
    acknowledged: Arc<Mutex<Vec<Acknowledged>>>,
    answers: Arc<Mutex<usize>>,
    running: JoinSet<()>,
}

impl Walk {
    fn new(seed: u64, window: Duration) -> Self {
        let world = World::with(|settings, policy| {
            settings.coherence_window = window;
            settings.negative_ttl = millis(300);
            settings.breaker.open_for = seconds(5);
            settings.forced_fetch_interval = millis(700);
            settings.most_marks = 2;
            settings.refresh =
                if seed.is_multiple_of(2) { Refresh::InBackground } else { Refresh::Within(millis(250)) };
            policy.ttl = seconds(3);
            policy.stale_while_revalidate = seconds(3);
            policy.fetch_once_per = if seed.is_multiple_of(3) { FetchOncePer::Process } else { FetchOncePer::Fleet };
        });
        world.store.be_slow(seed << 20, millis(60));
        let upstream = |region: usize| {
            let seed = (seed << 20) + region as u64 + 1;
            Arc::new(ScriptedUpstream::slow(NAMES[region], seed, millis(400)))
        };
        let upstreams = [upstream(0), upstream(1)];
        let container = |_| {
            let container = world.container();
            [0, 1].map(|at| Container { upstream: upstreams[at].clone(), ..container.about(subnets(REGIONS[at])) })
        };
        let containers = (0..3).map(container).collect();
        Self {
            seed,
            random: AtomicU64::new(seed << 40),
            world,
            containers,
            acknowledged: Arc::default(),
            answers: Arc::default(),
            running: JoinSet::new(),
        }
    }

    fn below(&self, end: u64) -> usize {
        usize::try_from(random(&self.random) % end).expect("small")
    }

    fn step(&mut self) {
        let container = self.containers[self.below(3)].clone();
        let store = &self.world.store;
        match self.below(100) {
            0..70 => self.ask(&container),
            70..82 => self.invalidate(&container),
            82..85 => container[0].clock.freeze_for(seconds(4)),
            85..86 => store.lose_epoch(),
            86..88 => store.fault_all(&[Fault::Fail, Fault::Hang, Fault::LoseAnswer][self.below(3)]),
            88..94 => store.heal(),
            94..95 => store.fault(&Op::WRITES, &Fault::Fail),
            95..97 => container[self.below(2)].upstream.fail_with(FailureClass::Failed),
            _ => container.each_ref().iter().for_each(|container| container.upstream.recover()),
        }
    }

    /// A request; its answer is held against what was acknowledged when it began.
    fn ask(&mut self, container: &[Container; 2]) {
        let region = self.below(2);
        let container = container[region].clone();
        let directives = match self.below(8) {
            0 => no_cache(),
            1 => max_age(1),
            2 => within(millis(300)),
            _ => within(seconds(8)),
        };
        let (seed, window) = (self.seed, self.world.settings.coherence_window);
        let (acknowledged, answers) = (self.acknowledged.clone(), self.answers.clone());
        let patience = if self.below(10) == 0 { millis(150) } else { seconds(60) };
        self.running.spawn(async move {
            let begin = container.clock.began_for();
            let dead = newest_dead(&acknowledged.lock().expect("no panic"), region, begin, window);
            let answer = tokio::time::timeout(patience, container.get_with(directives)).await;
            let Ok(Ok(answer)) = answer else { return };
            let value = String::from_utf8(answer.value.to_vec()).expect("text");
            let (name, number) = value.split_at(1);
            assert_eq!(name, NAMES[region], "seed {seed}: another key's value");
            let number: usize = number.parse().expect("a number");
            assert!(number > dead, "seed {seed}: {value} from {:?}, though {dead} is dead", answer.origin);
            *answers.lock().expect("no panic") += 1;
        });
    }

    fn invalidate(&mut self, container: &[Container; 2]) {
        let container = container.clone();
        let region = [None, Some(0), Some(1)][self.below(3)];
        let acknowledged = self.acknowledged.clone();
        self.running.spawn(async move {
            let selector = match region {
                Some(region) => Selector::EVERYTHING.region(REGIONS[region]).expect("valid"),
                None => Selector::EVERYTHING,
            };
            let begun_before = container.each_ref().map(|container| container.upstream.calls());
            if container[0].cache.invalidate(&selector).await.is_ok() {
                let at = container[0].clock.began_for();
                acknowledged.lock().expect("no panic").push(Acknowledged { region, at, begun_before });
            }
        });
    }
}

/// The last fetch of `region` that a request begun at `begin` must not be answered with.
fn newest_dead(acknowledged: &[Acknowledged], region: usize, begin: Duration, window: Duration) -> usize {
    let over = acknowledged.iter().filter(|it| it.at + window < begin || window.is_zero());
    let matching = over.filter(|it| it.region.is_none_or(|it| it == region));
    matching.map(|it| it.begun_before[region]).max().unwrap_or_default()
}

#[rstest]
#[case::strict(0)]
#[case::half_a_second(500)]
#[case::two_seconds(2_000)]
#[tokio::test(start_paused = true)]
async fn no_request_is_answered_with_what_was_invalidated_before_it_or_with_another_keys_value(#[case] window: u64) {
    let mut answers = 0;
    for seed in 1..=WALKS {
        let mut walk = Walk::new(seed, millis(window));
        for _ in 0..STEPS {
            walk.step();
            let pause = millis(walk.below(250) as u64);
            tokio::time::sleep(pause).await;
        }
        while let Some(ended) = walk.running.join_next().await {
            ended.expect("the promises hold");
        }
        answers += *walk.answers.lock().expect("no panic");
    }
    assert!(answers > STEPS * 10, "only {answers} answers to look at");
}
