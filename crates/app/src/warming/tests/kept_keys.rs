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

#[tokio::test(start_paused = true)]
async fn a_kept_key_is_fetched_again_after_an_invalidation() {
    let world = kept();
    world.run().await;
    let request = crate::InvalidationRequest::parse(&serde_json::json!({})).expect("everything");
    world.test.app.invalidation().invalidate(&Principal::local(), &request).await.expect("acknowledged");
    let expected = TypeReport { refreshed: 1, wasted: 1, ..TypeReport::default() };
    assert_eq!(subnets(&world.run().await), &expected, "what was killed had served nobody");
}
