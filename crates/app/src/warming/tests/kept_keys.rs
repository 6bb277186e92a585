use larder_sources::{FailureKind, FetchError};

use super::*;
use crate::inspection::key_of;

const KEPT: &str = "ec2-subnets#us-east-1#111122223333";

fn kept() -> World {
    World::with(|configuration| configuration.warm.keys = vec![key_of(KEPT).expect("a key")])
}

#[tokio::test(start_paused = true)]
async fn a_kept_key_is_fetched_when_it_is_missing_and_then_before_it_expires_used_or_not() {
    let world = kept();
    assert_eq!(subnets(&world.run().await), &TypeReport { refreshed: 1, ..TypeReport::default() });
    assert_eq!(world.asked(), 1, "nobody asked who it is");
    pass(5).await;
    assert_eq!(subnets(&world.run().await), &TypeReport { already_fresh: 1, ..TypeReport::default() });
    pass(52).await;
    let report = world.run().await;
    assert_eq!(subnets(&report), &TypeReport { refreshed: 1, wasted: 1, ..TypeReport::default() });
    assert_eq!(world.asked(), 2);
}

/// Else one that can't be had would keep everything of its account from being warmed, run by run.
#[tokio::test(start_paused = true)]
async fn a_kept_key_that_is_denied_stops_nothing_that_is_used() {
    let world = kept();
    let denied = FetchError::new(FailureKind::AccessDenied, "ec2:DescribeSubnets", "you may not");
    world.test.aws.answers_in("us-east-1", SUBNETS, Err(denied));
    world.use_(SUBNETS, &["us-west-2", "eu-west-1"]).await;
    pass(57).await;
    assert_eq!(subnets(&world.run().await), &TypeReport { refreshed: 2, failed: 1, ..TypeReport::default() });
}

#[tokio::test(start_paused = true)]
async fn a_kept_key_is_fetched_again_after_an_invalidation() {
    let world = kept();
    world.run().await;
    let request = crate::InvalidationRequest::parse(&serde_json::json!({})).expect("everything");
    world.test.app.invalidation().invalidate(&Principal::local(), &request).await.expect("acknowledged");
    let expected = TypeReport { refreshed: 1, wasted: 1, ..TypeReport::default() };
    assert_eq!(subnets(&world.run().await), &expected, "what was killed had served nobody");
}
