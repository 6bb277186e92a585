//! What an inspection foretells is what the next request meets.

use larder_cache::{FailureClass, NextRequest, Verdict};
use rstest::rstest;

use crate::world::{World, pass, seconds, subnets};

/// What a new container is answered while upstream is well, and while it is unwell.
fn foretold(next: NextRequest) -> [&'static str; 2] {
    match next {
        NextRequest::ServesFresh => ["v1 store", "v1 store"],
        NextRequest::ServesWhileRevalidating => ["v1 store stale", "v1 store stale"],
        NextRequest::FetchesOrServesStale => ["v2 upstream", "v1 memory stale-if-error"],
        NextRequest::Fetches => ["v2 upstream", "Failed"],
    }
}

/// The TTL is 300 s, and an entry is usable for 60 s and 3,600 s past it.
#[rstest]
#[case(0, Verdict::Fresh, NextRequest::ServesFresh)]
#[case(299, Verdict::Fresh, NextRequest::ServesFresh)]
#[case(300, Verdict::Stale, NextRequest::ServesWhileRevalidating)]
#[case(359, Verdict::Stale, NextRequest::ServesWhileRevalidating)]
#[case(360, Verdict::Stale, NextRequest::FetchesOrServesStale)]
#[case(3_899, Verdict::Stale, NextRequest::FetchesOrServesStale)]
#[case(3_900, Verdict::Stale, NextRequest::Fetches)]
#[tokio::test(start_paused = true)]
async fn the_next_request_does_as_foretold(#[case] age: u64, #[case] verdict: Verdict, #[case] next: NextRequest) {
    for is_well in [true, false] {
        let world = World::new();
        world.container().get().await.expect("fetched");
        pass(seconds(age)).await;
        let inspected = world.container().inspect(&subnets("us-east-1")).await.expect("answers");
        assert_eq!((inspected.verdict, inspected.next_request), (verdict, next), "{}", inspected.reason);
        let entry = inspected.entry.expect("an entry");
        assert_eq!((entry.age_ms / 1_000, entry.lifetime_ms), (age, 300_000));
        if !is_well {
            world.upstream.fail_with(FailureClass::Failed);
        }
        assert_eq!(world.container().tell().await, foretold(next)[usize::from(!is_well)], "well: {is_well}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_fenced_out_is_fetched_and_says_by_which_mark() {
    let world = World::new();
    let (container, key) = (world.container(), subnets("us-east-1"));
    container.get().await.expect("fetched");
    container.invalidate_all().await;
    let inspected = world.container().inspect(&key).await.expect("answers");
    assert_eq!((inspected.verdict, inspected.next_request), (Verdict::Dead, NextRequest::Fetches));
    assert_eq!((inspected.floor, inspected.counter), (Some(1), Some(1)));
    assert_eq!(inspected.marks.into_iter().collect::<Vec<_>>(), [("*#*#*#*".to_owned(), 1)]);
    world.upstream.fail_with(FailureClass::Failed);
    assert_eq!(world.container().tell().await, foretold(NextRequest::Fetches)[1]);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_stored_the_next_request_fetches() {
    let inspected = World::new().container().inspect(&subnets("us-east-1")).await.expect("answers");
    assert_eq!((inspected.verdict, inspected.next_request), (Verdict::Absent, NextRequest::Fetches));
    assert_eq!((inspected.entry.is_none(), inspected.floor, inspected.incarnation), (true, None, None));
}
