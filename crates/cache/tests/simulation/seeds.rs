use std::env;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use crate::promises::{Broken, check};
use crate::tally::Tally;
use crate::world::run;

/// How many fleets are run where nothing else is asked for.
const SEEDS: u64 = 2_000;

#[test]
fn every_promise_holds_in_every_fleet() {
    if let Some(seed) = number("LARDER_SEED") {
        return replay(seed);
    }
    let seeds = number("LARDER_SEEDS").unwrap_or(SEEDS);
    let threads = thread::available_parallelism().map_or(1, |threads| threads.get() as u64);
    let broken_already = &AtomicBool::new(false);
    let held = thread::scope(|scope| {
        let run = |first| scope.spawn(move || run_every(first, threads, seeds, broken_already));
        let running: Vec<_> = (0..threads).map(run).collect();
        running.into_iter().map(|range| range.join().expect("no panic")).collect::<Vec<_>>()
    });
    let mut tally = Tally::default();
    for held in held {
        match held {
            Ok(held) => tally += held,
            Err((seed, Broken { promise, how })) => panic!(
                "{promise} is broken: {how}\nseed {seed}; replay: LARDER_SEED={seed} cargo test --workspace --test simulation \
                 every_promise -- --nocapture"
            ),
        }
    }
    println!("{seeds} fleets: {tally:#?}");
    // A few fleets don't meet everything.
    assert!(seeds < SEEDS || tally.never().is_empty(), "never happened: {:?}", tally.never());
}

#[test]
fn the_same_seed_makes_the_same_history() {
    for seed in 0..40 {
        let histories = [(); 2].map(|()| run(seed).events.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(histories[0], histories[1], "seed {seed}");
        assert!(histories[0].len() > 100, "seed {seed} made hardly anything happen");
    }
}

fn run_every(first: u64, step: u64, end: u64, broken_already: &AtomicBool) -> Result<Tally, (u64, Broken)> {
    let mut tally = Tally::default();
    for seed in (first..end).step_by(usize::try_from(step).expect("few threads")) {
        if broken_already.load(Relaxed) {
            break;
        }
        check(&run(seed), &mut tally).map_err(|broken| {
            broken_already.store(true, Relaxed);
            (seed, broken)
        })?;
    }
    Ok(tally)
}

#[expect(clippy::print_stdout, reason = "a replay is there to be read")]
fn replay(seed: u64) {
    let run = run(seed);
    println!("{:#?}", run.plan);
    for (index, event) in run.events.iter().enumerate() {
        println!("{index:>6} {event}");
    }
    if let Err(Broken { promise, how }) = check(&run, &mut Tally::default()) {
        panic!("{promise} is broken: {how}");
    }
}

fn number(variable: &str) -> Option<u64> {
    let text = env::var(variable).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{variable} is a number, not {text:?}")))
}
