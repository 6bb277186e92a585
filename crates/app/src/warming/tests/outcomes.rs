use bytes::Bytes;
use larder_cache::store::{ItemIdentity, Payload, Store, StoredEntry};
use larder_cache::{Environment, Epoch, Incarnation, Key, Origin};

use super::*;
use crate::InvalidationRequest;

#[tokio::test(start_paused = true)]
async fn what_was_used_is_fetched_before_it_expires_and_then_left_until_it_is_used_again() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1"]).await;
    let before = world.asked();
    pass(53).await;
    assert_eq!(subnets(&world.run().await), &TypeReport::default(), "it is fresh until the next run is over");
    pass(2).await;
    assert_eq!(subnets(&world.run().await), &TypeReport { refreshed: 1, ..TypeReport::default() });
    assert_eq!(world.asked(), before + 1);
    pass(10).await;
    assert_ne!(world.ask(SUBNETS, "eu-west-1").await, Origin::Memory);
    pass(46).await;
    assert_eq!(subnets(&world.run().await), &TypeReport::default(), "nobody was answered from it");
    assert_eq!(world.asked(), before + 2);
}

#[tokio::test(start_paused = true)]
async fn a_request_after_the_old_expiry_does_not_wait() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1"]).await;
    pass(57).await;
    world.run().await;
    pass(20).await;
    assert_eq!(world.ask(SUBNETS, "us-east-1").await, Origin::Memory);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_used_is_left_to_die() {
    let world = World::new();
    world.ask(SUBNETS, "us-east-1").await;
    let before = world.asked();
    pass(57).await;
    assert_eq!(subnets(&world.run().await), &TypeReport::default());
    assert_eq!(world.asked(), before);
}

#[tokio::test(start_paused = true)]
async fn what_expired_since_the_last_run_is_fetched_and_what_did_before_is_not() {
    for (minutes, refreshed) in [(64, 1), (66, 0)] {
        let world = World::new();
        world.use_(SUBNETS, &["us-east-1"]).await;
        pass(minutes).await;
        assert_eq!(subnets(&world.run().await).refreshed, refreshed, "after {minutes} minutes");
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_invalidation_killed_is_not_fetched() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1", "eu-west-1"]).await;
    let request = InvalidationRequest::parse(&serde_json::json!({"region": "us-east-1"})).expect("it is right");
    world.test.app.invalidation().invalidate(&Principal::local(), &request).await.expect("acknowledged");
    let before = world.asked();
    pass(57).await;
    assert_eq!(subnets(&world.run().await), &TypeReport { refreshed: 1, dead: 1, ..TypeReport::default() });
    assert_eq!(world.asked(), before + 1);
}

/// Of parameters a key has but a digest.
#[tokio::test(start_paused = true)]
async fn what_no_question_can_be_told_of_is_left_and_counted() {
    let world = World::new();
    let key = Key::parse(&format!("ec2-subnets#us-east-1#{OWN}#{}", "0".repeat(32)), |_| Some("aws")).expect("a key");
    let now = TokioClock::new().now().unix_millis();
    let entry = StoredEntry {
        key: key.as_str().to_owned(),
        identity: ItemIdentity::of(&key),
        created_at: now - 60_000,
        expires_at: now + 60_000,
        used_at: Some(now),
        ttl: now,
        fence: Epoch::first(Incarnation::new(1, 2)).fence(),
        etag: "0".repeat(32),
        forced: false,
        warmed: false,
        lease: None,
        size: 0,
        payload: Payload::Inline(Bytes::new()),
    };
    world.test.store.write_entry(&entry).await.expect("written");
    assert_eq!(subnets(&world.run().await), &TypeReport { not_rebuilt: 1, ..TypeReport::default() });
    assert_eq!(world.asked(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_lives_shorter_than_the_time_between_runs_is_left_and_said_to_be() {
    let world = World::new();
    world.use_("drs-source-servers", &["us-east-1"]).await;
    let before = world.asked();
    let report = world.run().await;
    assert_eq!(report.not_warmed["drs-source-servers"], "its TTL of 120 s is shorter than 300 s");
    assert!(!report.data_types.contains_key("drs-source-servers"));
    assert_eq!(world.asked(), before);
}

#[tokio::test(start_paused = true)]
async fn what_was_warmed_and_used_is_told_as_saved_once() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1"]).await;
    pass(57).await;
    assert_eq!((subnets(&world.run().await).saved, world.test.app.cache().statistics().events.warmed_used), (0, 0));
    pass(20).await;
    world.ask(SUBNETS, "us-east-1").await;
    settle().await;
    assert_eq!(world.test.app.cache().statistics().events.warmed_used, 1);
    pass(36).await;
    let report = world.run().await;
    assert_eq!(subnets(&report), &TypeReport { refreshed: 1, saved: 1, ..TypeReport::default() });
    pass(5).await;
    assert_eq!(subnets(&world.run().await), &TypeReport::default());
}

#[tokio::test(start_paused = true)]
async fn what_was_warmed_in_vain_is_told_as_wasted_once() {
    let world = World::new();
    world.use_(SUBNETS, &["us-east-1"]).await;
    pass(57).await;
    assert_eq!(subnets(&world.run().await).refreshed, 1);
    let mut wasted = Vec::new();
    for _ in 0..15 {
        tokio::time::sleep(EVERY).await;
        wasted.push(subnets(&world.run().await).wasted);
    }
    assert_eq!(wasted.iter().sum::<usize>(), 1, "{wasted:?}");
    assert_eq!(wasted[11], 1, "it expires after an hour: {wasted:?}");
}

#[tokio::test(start_paused = true)]
async fn with_caching_switched_off_there_is_nothing_to_warm() {
    let world = World::with(|configuration| configuration.cache.disabled = true);
    let report = world.run().await;
    assert!(report.message.starts_with("Nothing is cached, so nothing was warmed: "), "{}", report.message);
    assert!(report.data_types.is_empty() && report.failed.is_empty(), "{report:?}");
}
