use std::time::Duration;

use futures::future::{join, join_all};
use rstest::rstest;
use tokio::time::timeout;

use super::*;
use crate::scripted_aws::{ACCOUNT, PausedClock};

const MILLISECOND: Duration = Duration::from_millis(1);

fn account(text: &str) -> AccountId {
    AccountId::parse(text).expect("12 digits")
}

fn region(name: &str) -> Region {
    Region::parse(name).expect("a region")
}

/// A request's way to AWS and the time until its answer is back, in milliseconds.
type Way = (u64, u64);

/// When requests that all come at once are sent, and when they reach AWS, in milliseconds.
async fn requests(turns: &Turns, clock: &PausedClock, region: Region, ways: &[Way]) -> Vec<(u64, u64)> {
    let now = || u64::try_from(clock.elapsed().as_millis()).expect("short");
    let account = account(ACCOUNT);
    let asked = ways.iter().map(|&(there, back)| {
        let account = &account;
        async move {
            let turn = turns.turn(account, region).await;
            let sent = now();
            clock.sleep(Duration::from_millis(there)).await;
            let reached = now();
            clock.sleep(Duration::from_millis(back)).await;
            drop(turn);
            (sent, reached)
        }
    });
    join_all(asked).await
}

#[tokio::test(start_paused = true)]
async fn requests_are_evenly_spaced_and_no_slower_than_allowed_after_a_process_that_was_killed() {
    let clock = PausedClock::new();
    let sent = requests(&Turns::new(clock.clone()), &clock, region("us-east-1"), &[(0, 0); 6]).await;
    assert_eq!(sent.iter().map(|(sent, _)| *sent).collect::<Vec<_>>(), [1_000, 1_500, 2_000, 2_500, 3_000, 3_500]);
}

/// Ways of up to that many milliseconds, which differ by the seed.
fn ways(seed: u64, longest: u64) -> Vec<Way> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % (longest + 1)
    };
    (0..60).map(|_| (next(), next())).collect()
}

#[rstest]
#[case::near(20)]
#[case::far(400)]
#[case::through_a_bad_line(3_000)]
#[tokio::test(start_paused = true)]
async fn no_second_sees_more_than_two_requests_however_long_they_are_on_their_way(#[case] longest: u64) {
    let mut overtaken = false;
    for seed in 0..50 {
        let clock = PausedClock::new();
        let turns = Turns::new(clock.clone());
        let asked = requests(&turns, &clock, region("us-east-1"), &ways(seed, longest)).await;
        let mut reached: Vec<_> = asked.iter().map(|(_, reached)| *reached).collect();
        overtaken |= !reached.is_sorted();
        reached.sort_unstable();
        let third_comes_late = reached.windows(3).all(|three| three[2] - three[0] >= 1_000);
        assert!(third_comes_late, "seed {seed}: {reached:?}");
        assert!(asked.windows(2).all(|two| two[1].0 - two[0].0 >= 500), "seed {seed}: {asked:?}");
    }
    assert_eq!(overtaken, longest > 500, "a slow request is overtaken by the next");
}

#[tokio::test(start_paused = true)]
async fn accounts_and_regions_do_not_wait_for_each_other() {
    let clock = PausedClock::new();
    let turns = Turns::new(clock.clone());
    let regions = [region("us-east-1"), region("eu-west-1")];
    let [one, other] = regions.map(|region| requests(&turns, &clock, region, &[(0, 0); 2]));
    let sent: [(u64, u64); 2] = [(1_000, 1_000), (1_500, 1_500)];
    assert_eq!(join(one, other).await, (sent.to_vec(), sent.to_vec()));
    turns.turn(&account("444455556666"), regions[0]).await;
    assert_eq!(clock.elapsed(), PERIOD + APART);
}

#[tokio::test(start_paused = true)]
async fn who_goes_away_takes_nobodys_turn_with_him() {
    let clock = PausedClock::new();
    let turns = Turns::new(clock.clone());
    let (account, region) = (account(ACCOUNT), region("us-east-1"));
    for _ in 0..REQUESTS {
        drop(turns.turn(&account, region).await);
    }
    for _ in 0..5 {
        let gone = timeout(10 * MILLISECOND, turns.turn(&account, region)).await;
        assert!(gone.is_err(), "it was not his turn yet");
    }
    drop(turns.turn(&account, region).await);
    assert_eq!(clock.elapsed(), 2 * PERIOD);
    drop(turns.turn(&account, region).await);
    assert_eq!(clock.elapsed(), 2 * PERIOD + APART);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_does_not_come_holds_up_one_turn_of_two() {
    let clock = PausedClock::new();
    let turns = Turns::new(clock.clone());
    let (account, region) = (account(ACCOUNT), region("us-east-1"));
    let silent = turns.turn(&account, region).await;
    for _ in 0..3 {
        drop(turns.turn(&account, region).await);
    }
    assert_eq!(clock.elapsed(), APART + 3 * PERIOD, "one a second");
    drop(silent);
}
