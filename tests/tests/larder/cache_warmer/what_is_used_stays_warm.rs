use std::time::Duration;

use larder_standin::{Fault, FaultKind};
use larder_tests::wait_until;
use serde_json::json;

use super::world::{DESCRIBE_SUBNETS, World, path, subnets};
use crate::command::larder;

const HERE: &str = "us-east-1";
const THERE: &str = "us-west-2";
/// Far longer than an invalidation takes; where it is not, less is proved and nothing fails.
const SLOW: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn what_was_used_is_fetched_before_it_expires_and_what_was_not_is_not() {
    let world = World::start().await;
    world.use_early(&[HERE]).await;
    world.early.get(&path(THERE)).await;
    let (calls, unused) = (world.calls(), world.item(THERE).await);
    let body = world.warm().await;
    assert_eq!(body["message"], "Cache warming completed", "{body}");
    assert_eq!(subnets(&body), json!({"refreshed": 1}), "{body}");
    assert_eq!((world.calls(), world.item(THERE).await), (calls + 1, unused));
    let reply = world.reader().await.get(&path(HERE)).await;
    assert!(reply.cache_status().contains("hit") && reply.cache_status().contains("detail=store"), "{reply:?}");
    let age: u64 = reply.headers["age"].parse().expect("seconds");
    assert!(age < 56 * 60, "it is the new one: {reply:?}");
    let inspect = format!("cache inspect {} --store dynamodb:{}", world.key(HERE), world.table);
    larder(&inspect, &world.env).await.is(0, &["ago, ahead of requests"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_warmed_is_used_by_the_first_request_that_is_served_from_it_and_not_by_the_warmer() {
    let world = World::with(&[("LARDER_TTL_EC2_SUBNETS_S", "360")]).await;
    let reader = world.reader().await;
    for _ in 0..2 {
        reader.get(&path(HERE)).await;
    }
    world.is_used(HERE).await;
    // A TTL that ends before the next run is over makes every run the last one.
    assert_eq!(subnets(&world.warm().await), json!({"refreshed": 1}));
    let item = world.item(HERE).await;
    assert!(item["warmed"].as_bool().is_ok_and(|warmed| *warmed) && !item.contains_key("usedAt"), "{item:?}");
    let calls = world.calls();
    assert_eq!(subnets(&world.warm().await), json!({}), "it was fetched for nobody yet, and is left to die");
    assert_eq!(world.calls(), calls);
    assert_eq!(world.reader().await.get(&path(HERE)).await.status, 200);
    world.is_used(HERE).await;
    assert_eq!(subnets(&world.warm().await), json!({"refreshed": 1, "saved": 1}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_tells_how_often_it_was_the_first_to_use_what_was_warmed() {
    let world = World::start().await;
    world.use_early(&[HERE]).await;
    world.warm().await;
    let [first, second] = [world.reader().await, world.reader().await];
    for (reader, used) in [(&first, 1), (&second, 0)] {
        for _ in 0..2 {
            reader.get(&path(HERE)).await;
        }
        assert_eq!(reader.counted("warmedUsed").await, used);
        world.is_used(HERE).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_invalidation_killed_is_left_to_whoever_asks() {
    let world = World::start().await;
    world.use_early(&[HERE, THERE]).await;
    let killed = world.early.invalidate(&format!(r#"{{"region": "{HERE}"}}"#)).await;
    assert_eq!(killed.status, 200, "{killed:?}");
    let calls = world.calls();
    assert_eq!(subnets(&world.warm().await), json!({"refreshed": 1, "dead": 1}));
    assert_eq!(world.calls(), calls + 1);
    assert_eq!(world.reader().await.cached(&path(HERE)).await.status, 504);
}

/// G1, through the function: what was fetched for nobody is as dead as what was fetched for somebody.
#[tokio::test(flavor = "multi_thread")]
async fn an_invalidation_during_the_warmers_fetch_is_not_undone() {
    let world = World::start().await;
    world.use_early(&[HERE]).await;
    let calls = world.calls();
    world.cloud.standin.fault(Fault::on(DESCRIBE_SUBNETS, FaultKind::Slow(SLOW)).for_calls(1));
    let invalidated = async {
        let began = async || Ok((world.calls() > calls).then_some(()));
        wait_until("its fetch has begun", began).await.expect("it begins");
        world.early.invalidate("{}").await
    };
    let (body, invalidated) = tokio::join!(world.warm(), invalidated);
    assert_eq!((subnets(&body), invalidated.status), (json!({"refreshed": 1}), 200));
    let reader = world.reader().await;
    assert_eq!(reader.cached(&path(HERE)).await.status, 504);
    assert!(reader.get(&path(HERE)).await.cache_status().contains("fwd=miss"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_data_type_that_lives_shorter_than_five_minutes_is_not_kept_warm() {
    let world = World::with(&[("LARDER_TTL_EC2_SUBNETS_S", "299")]).await;
    let reader = world.reader().await;
    for _ in 0..2 {
        reader.get(&path(HERE)).await;
    }
    world.is_used(HERE).await;
    let calls = world.calls();
    let body = world.warm().await;
    assert_eq!(body["notWarmed"]["ec2-subnets"], "its TTL of 299 s is shorter than 300 s", "{body}");
    assert_eq!(world.calls(), calls);
}
