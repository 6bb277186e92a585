use std::sync::atomic::Ordering::SeqCst;

use larder_runtime::Quality;

use super::*;
use crate::runtime::world::{HOUR, World, place, second};

mod state_changes;

const LIVES: &[(&str, &[&str])] = &[
    // 4 h until 06:00 on the 3rd.
    ("i-a", &["2025-11-02T10:00:00Z", "2025-11-02T12:00:00Z", "2025-11-03T04:00:00Z"]),
    ("i-b", &["2025-10-20T00:00:00Z"]),
    ("i-c", &["2025-10-20T00:00:00Z", "2025-11-01T01:00:00Z"]),
];
const NOW: &str = "2025-11-03T06:00:00Z";
const HOUR_LATER: &str = "2025-11-03T07:00:00Z";

fn is(month: &str, minutes: f64, quality: Quality) -> (String, Option<f64>, Quality) {
    (month.to_owned(), Some(minutes), quality)
}

#[tokio::test]
async fn minutes_are_worked_out_and_by_the_hour_gone_on_with() {
    let world = World::new(LIVES);
    let report = world.run_at(NOW).await;
    assert_eq!((report.total_servers, report.processed, report.errors, report.remaining), (3, 3, 0, 0), "{report:?}");
    let exact = |minutes| is("2025-11", minutes, Quality::Exact);
    let kept = |id| world.kept(id);
    assert_eq!([kept("i-a").await, kept("i-b").await, kept("i-c").await], [240.0, 54.0 * 60.0, 60.0].map(exact));
    let lookups = world.aws.lookups.swap(0, SeqCst);
    world.run_at(HOUR_LATER).await;
    assert_eq!([kept("i-a").await, kept("i-b").await, kept("i-c").await], [300.0, 55.0 * 60.0, 60.0].map(exact));
    assert_eq!((lookups, world.aws.lookups.load(SeqCst)), (11 * 5, 5), "an hour's work is an hour's events");
}

#[tokio::test]
async fn the_days_add_up_to_the_month() {
    let world = World::new(LIVES);
    for hour in 6..12 {
        world.run_at(&format!("2025-11-03T{hour:02}:00:00Z")).await;
    }
    let month = world.calculator.current_month();
    let kept = world.calculator.0.ledger.month("i-a", month).await.expect("it is read").expect("it is kept");
    let days: Vec<_> = kept.days.iter().map(|day| day.lower).collect();
    assert_eq!(days, [0, 2 * HOUR, 7 * HOUR]);
    assert_eq!(kept.kept.answer.minutes, Some(9.0 * 60.0));
    let keys = world.state();
    let checkpoint = &keys[&("i-a".to_owned(), "checkpoint".to_owned())];
    assert!(checkpoint.contains("2025-11-03T10:00:00Z"), "an hour's work is an hour's evidence: {checkpoint}");
}

#[tokio::test]
async fn killed_after_any_write_and_run_again_it_ends_the_same() {
    let undisturbed = World::new(LIVES);
    undisturbed.run_at(NOW).await;
    undisturbed.run_at(HOUR_LATER).await;
    let writes = i64::MAX - undisturbed.items.writes_left.load(SeqCst);
    for first in 0..writes {
        let world = World::new(LIVES);
        world.items.writes_left.store(first, SeqCst);
        let report = world.run_at(NOW).await;
        let was_killed = world.items.writes_left.load(SeqCst) < 0;
        assert_eq!(was_killed, report.errors > 0, "{first} writes: {report:?}");
        if !was_killed {
            world.run_at(HOUR_LATER).await;
            world.items.writes_left.store(i64::MAX, SeqCst);
            world.run_at(HOUR_LATER).await;
        } else {
            world.items.writes_left.store(i64::MAX, SeqCst);
            world.run_at(NOW).await;
            world.run_at(HOUR_LATER).await;
        }
        assert_eq!(world.state(), undisturbed.state(), "killed after {first} writes");
    }
}

#[tokio::test]
async fn throttled_leaves_the_answer_stale_and_none_is_not_zero() {
    let world = World::new(LIVES);
    world.aws.is_throttled.store(true, SeqCst);
    let report = world.run_at(NOW).await;
    assert_eq!((report.total_servers, report.processed, report.errors), (3, 0, 3));
    assert_eq!(report.failed[0].instance_ids, ["i-a", "i-b", "i-c"]);
    assert!(report.failed[0].reason.contains("throttled"), "{report:?}");
    assert_eq!(world.kept("i-b").await, ("2025-11".to_owned(), None, Quality::Stale));
    world.aws.is_throttled.store(false, SeqCst);
    world.run_at(NOW).await;
    world.aws.is_throttled.store(true, SeqCst);
    world.run_at(HOUR_LATER).await;
    assert_eq!(world.kept("i-b").await, is("2025-11", 54.0 * 60.0, Quality::Stale));
    world.run_at("2025-12-01T00:30:00Z").await;
    assert_eq!(world.kept("i-b").await, ("2025-12".to_owned(), None, Quality::Stale), "never last month's value");
}

#[tokio::test]
async fn a_month_that_is_over_is_final_after_a_day() {
    let world = World::new(LIVES);
    world.run_at("2025-11-30T23:00:00Z").await;
    world.run_at("2025-12-01T01:00:00Z").await;
    assert_eq!(world.kept("i-b").await, is("2025-12", 60.0, Quality::Exact));
    let november = "2025-11".parse().expect("a month");
    let kept =
        async || world.calculator.0.ledger.month("i-b", november).await.expect("it is read").expect("it is kept");
    let before = kept().await;
    assert_eq!((before.kept.answer.minutes, before.days.len(), before.is_final), (Some(43_200.0), 30, false));
    world.run_at("2025-12-02T01:00:00Z").await;
    assert!(kept().await.is_final);
    assert_eq!(world.kept("i-b").await, is("2025-12", 25.0 * 60.0, Quality::Exact));
    // Found out later, it would not have run.
    world.aws.lives.lock().expect("not poisoned").insert("i-b", vec!["2025-10-20T00:00:00Z", "2025-12-02T02:00:00Z"]);
    world.run_at("2025-12-02T03:00:00Z").await;
    assert_eq!(kept().await.kept.answer.minutes, Some(43_200.0));
    assert_eq!(world.kept("i-b").await, is("2025-12", 26.0 * 60.0, Quality::Exact));
}

#[tokio::test]
async fn late_evidence_is_worked_in() {
    let world = World::new(LIVES);
    let (stop, start) = ("2025-11-03T02:00:00Z", "2025-11-03T03:00:00Z");
    world.aws.lives.lock().expect("not poisoned").insert("i-b", vec!["2025-10-20T00:00:00Z", stop, start]);
    for hour in 4..8 {
        world.run_at(&format!("2025-11-03T{hour:02}:00:00Z")).await;
    }
    let state = world.state();
    assert_eq!(world.kept("i-b").await, is("2025-11", 54.0 * 60.0, Quality::Exact));
    let late = larder_runtime::Changed {
        time: second("2025-11-03T01:30:00Z"),
        state: larder_runtime::InstanceState::Stopping,
        event_id: "late".to_owned(),
    };
    let late = [("i-b".to_owned(), larder_runtime::Evidence::Changed(late))];
    assert!(state[&("i-b".to_owned(), "checkpoint".to_owned())].contains("until"));
    world.calculator.0.ledger.add(&late).await.expect("it is added");
    world.run_at("2025-11-03T07:00:00Z").await;
    let (_, minutes, _) = world.kept("i-b").await;
    assert_eq!(minutes, Some(53.0 * 60.0 + 30.0));
}

#[tokio::test]
async fn a_deadline_stops_between_steps_and_the_next_run_goes_on() {
    let world = World::new(LIVES);
    world.aws.lookup_takes_ms.store(1_000, SeqCst);
    let within = Duration::from_secs(20);
    let report = world.run_within(NOW, within).await;
    assert!(report.unfinished.contains(&place().to_string()), "{report:?}");
    let progress = world.calculator.0.ledger.progress(&place()).await.expect("it is read");
    assert_eq!(progress.watermark(), Some(second("2025-11-02T18:00:00Z")), "the oldest come first");
    assert_eq!(world.kept("i-a").await.2, Quality::Bounded);
    let mut runs = 1;
    while !world.run_within(NOW, within).await.unfinished.is_empty() {
        runs += 1;
        assert!(runs < 9, "it does not come forward");
    }
    assert_eq!(world.kept("i-a").await, is("2025-11", 240.0, Quality::Exact));
}

#[tokio::test]
async fn servers_that_the_deadline_left_come_first_the_next_time() {
    let ids: Vec<&'static str> = (0..40).map(|index| &*format!("i-{index:02}").leak()).collect();
    let lives: Vec<(&str, &[&str])> = ids.iter().map(|id| (*id, &["2025-11-03T01:00:00Z"][..])).collect();
    let world = World::new(&lives);
    world.run_at(NOW).await;
    let mut progress = world.calculator.0.ledger.progress(&place()).await.expect("it is read");
    progress.next_server = Some("i-20".to_owned());
    world.calculator.0.ledger.keep_progress(&place(), &progress).await.expect("it is kept");
    // Time for the events alone.
    world.aws.lookup_takes_ms.store(2_000, SeqCst);
    let report = world.run_within(HOUR_LATER, Duration::from_secs(11)).await;
    assert_eq!((report.processed, report.remaining), (0, 40), "{report:?}");
    let progress = world.calculator.0.ledger.progress(&place()).await.expect("it is read");
    assert_eq!(progress.next_server.as_deref(), Some("i-20"));
    assert_eq!(world.run_at(HOUR_LATER).await.processed, 40);
    assert_eq!(world.calculator.0.ledger.progress(&place()).await.expect("it is read").next_server, None);
}

#[tokio::test]
async fn what_can_not_be_described_is_bounded_and_named() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    world.aws.describes_nothing.store(true, SeqCst);
    let report = world.run_at(HOUR_LATER).await;
    assert_eq!((report.total_servers, report.processed, report.errors), (3, 3, 1));
    assert!(report.failed[0].reason.contains("DescribeInstances"), "{report:?}");
    assert_eq!(world.kept("i-b").await.2, Quality::Bounded);
}

#[tokio::test]
async fn a_server_that_is_gone_keeps_its_minutes_and_one_without_the_tag_is_left() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    world.aws.untagged.lock().expect("not poisoned").insert("i-b");
    let report = world.run_at(HOUR_LATER).await;
    assert_eq!((report.total_servers, report.errors), (2, 0));
    assert_eq!(world.kept("i-b").await, is("2025-11", 54.0 * 60.0, Quality::Exact));
    world.aws.lives.lock().expect("not poisoned").remove("i-c");
    let report = world.run_at("2025-11-03T08:00:00Z").await;
    assert_eq!((report.total_servers, report.processed, report.errors), (2, 2, 0));
    assert_eq!(
        world.kept("i-c").await,
        is("2025-11", 60.0, Quality::Bounded),
        "it may have been started before it went"
    );
    world.run_at("2025-11-03T09:00:00Z").await;
    assert_eq!(world.kept("i-c").await, is("2025-11", 60.0, Quality::Exact), "CloudTrail says that it was not");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let world = World::new(LIVES);
    world.aws.clock.set(NOW);
    let instance_ids = ["i-a", "i-z"].map(str::to_owned).into();
    let request = CalculationRequest { instance_ids, ..CalculationRequest::default() };
    let report = world.calculator.run(&request, Duration::from_secs(840)).await;
    assert_eq!((report.total_servers, report.processed, report.errors), (1, 1, 1));
    assert_eq!(report.failed[0].instance_ids, ["i-z"]);
    assert_eq!(world.calculator.0.servers.get("i-b").await, Ok(None));
}

#[tokio::test]
async fn an_event_that_is_cut_off_bounds_one_second_and_keeps_nobody_else_waiting() {
    let world = World::new(LIVES);
    world.aws.cut_off.lock().expect("not poisoned").insert("2025-11-02T12:00:00Z");
    let report = world.run_at(NOW).await;
    assert_eq!((report.processed, report.errors, report.unfinished.len()), (3, 1, 0), "{report:?}");
    assert!(report.failed[0].reason.contains("i-a-2025-11-02T12:00:00Z"), "{report:?}");
    assert_eq!(world.kept("i-a").await.2, Quality::Bounded, "the stop is the one that is missing");
    assert_eq!(world.kept("i-b").await, is("2025-11", 54.0 * 60.0, Quality::Exact), "it was not started since");
    assert_eq!(world.run_at(HOUR_LATER).await.errors, 0, "it is read no more");
}

#[tokio::test]
async fn a_month_is_completed_however_late_and_whoever_asked_for_another() {
    let world = World::new(LIVES);
    world.run_at("2025-11-20T12:00:00Z").await;
    world.aws.lives.lock().expect("not poisoned").insert("i-b", vec!["2025-10-20T00:00:00Z", "2025-11-20T18:00:00Z"]);
    world.aws.clock.set("2026-01-05T00:00:00Z");
    let gone = world.aws.lives.lock().expect("not poisoned").remove("i-b").expect("it lived");
    let request = CalculationRequest { month: Some(world.calculator.current_month()), ..CalculationRequest::default() };
    world.calculator.run(&request, Duration::from_secs(840)).await;
    world.aws.lives.lock().expect("not poisoned").insert("i-b", gone);
    world.run_at("2026-01-05T01:00:00Z").await;
    let november = "2025-11".parse().expect("a month");
    let kept = world.calculator.0.ledger.month("i-b", november).await.expect("it is read").expect("it is kept");
    assert_eq!((kept.kept.answer.minutes, kept.is_final), (Some((19.0 * 24.0 + 18.0) * 60.0), true));
    let december = "2025-12".parse().expect("a month");
    let kept = world.calculator.0.ledger.month("i-b", december).await.expect("it is read").expect("it is kept");
    assert_eq!((kept.kept.answer.minutes, kept.is_final), (Some(0.0), true));
}

#[tokio::test]
async fn a_month_that_can_not_be_known_is_refused_and_not_kept() {
    let world = World::new(LIVES);
    world.aws.clock.set(NOW);
    for (month, code) in [("2025-07", Code::RuntimeNotKnown), ("2025-12", Code::InvalidMonth)] {
        let request = CalculationRequest { month: month.parse().ok(), ..CalculationRequest::default() };
        let report = world.calculator.run(&request, Duration::from_secs(840)).await;
        assert_eq!((report.errors, report.failed[0].code), (1, code), "{report:?}");
        assert!(world.state().is_empty() && world.aws.lookups.load(SeqCst) == 0);
    }
}

#[tokio::test]
async fn servers_of_an_account_that_is_lost_are_stale() {
    let world = World::new(LIVES);
    world.run_at(NOW).await;
    world.aws.is_lost.store(true, SeqCst);
    let report = world.run_at(HOUR_LATER).await;
    assert_eq!((report.total_servers, report.processed, report.errors), (3, 0, 4), "{report:?}");
    assert_eq!(world.kept("i-b").await, is("2025-11", 54.0 * 60.0, Quality::Stale));
}
