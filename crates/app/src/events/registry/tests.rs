use futures::future::join_all;

use super::*;
use crate::events::faked_places::{FakedPlaces, account_of, region};
use crate::test_app::TokioClock;

const OURS: &str = "111122223333";
const OTHER: &str = "444455556666";

fn registry(places: &Arc<FakedPlaces>) -> Registry {
    let environment = Arc::new(TokioClock::new());
    Registry { upstream: places.clone(), environment, look: Mutex::default() }
}

#[tokio::test(start_paused = true)]
async fn a_burst_of_events_costs_one_look() {
    let places = FakedPlaces::of(&[(OURS, "us-east-1")]);
    let registry = registry(&places);
    let (ours, other) = (account_of(OURS), account_of(OTHER));
    let known = join_all((0..50).map(|_| registry.knows(&ours, Some(region("us-east-1"))))).await;
    assert!(known.into_iter().all(|known| known == Ok(true)));
    assert_eq!(registry.knows(&ours, None).await, Ok(true));
    assert_eq!(registry.knows(&ours, Some(region("eu-west-1"))).await, Ok(false));
    assert_eq!(registry.knows(&other, None).await, Ok(false));
    assert_eq!(places.reads(), 1);
    tokio::time::advance(KNOWN_FOR - Duration::from_secs(1)).await;
    assert_eq!(registry.knows(&ours, None).await, Ok(true));
    assert_eq!(places.reads(), 1);
    tokio::time::advance(Duration::from_secs(1)).await;
    places.set(&[], &[]);
    assert_eq!(registry.knows(&ours, None).await, Ok(false));
    assert_eq!(places.reads(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_unknown_is_looked_for_again_soon() {
    let places = FakedPlaces::of(&[(OURS, "us-east-1")]);
    let registry = registry(&places);
    let other = account_of(OTHER);
    assert_eq!(registry.knows(&other, None).await, Ok(false));
    places.set(&[(OURS, "us-east-1"), (OTHER, "us-east-1")], &[]);
    tokio::time::advance(UNKNOWN_FOR).await;
    assert_eq!(registry.knows(&other, None).await, Ok(true));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_tell_is_not_unknown() {
    let places = FakedPlaces::of(&[]);
    let registry = registry(&places);
    let [ours, other] = [OURS, OTHER].map(account_of);
    places.set(&[(OURS, "us-east-1")], &[None]);
    assert_eq!(registry.knows(&ours, None).await, Ok(true));
    for _ in 0..2 {
        let problem = registry.knows(&other, None).await.expect_err("it may be registered");
        assert_eq!(problem.code(), Code::UpstreamUnavailable);
        assert!(problem.detail().contains("nobody answers"), "{problem}");
    }
    tokio::time::advance(UNKNOWN_FOR).await;
    places.set(&[(OURS, "us-east-1")], &[Some(OURS)]);
    assert_eq!(registry.knows(&other, None).await, Ok(false), "another account's failure does not matter");
    assert_eq!(registry.knows(&ours, Some(region("us-east-1"))).await, Ok(true));
    assert!(registry.knows(&ours, Some(region("eu-west-1"))).await.is_err(), "its regions are not all told");
}
