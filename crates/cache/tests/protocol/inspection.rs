//! What an inspection foretells is what the next request meets.

use larder_cache::store::{ItemRead, StoredEntry};
use larder_cache::{FailureClass, NextRequest, Verdict};
use rstest::rstest;

use crate::fault::{Fault, Op};
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

/// However young it is, whoever reads it meets a miss.
#[rstest]
#[case::cut(|_, chunk: bytes::Bytes| Some(chunk.slice(1..)), "the digest")]
#[case::missing(|number, chunk: bytes::Bytes| (number != 1).then_some(chunk), "a chunk of it is missing")]
#[tokio::test(start_paused = true)]
async fn what_misses_a_part_of_its_value_is_fetched(
    #[case] tamper: fn(usize, bytes::Bytes) -> Option<bytes::Bytes>,
    #[case] why: &str,
) {
    let world = World::new();
    world.store.keep_inline_up_to(4);
    world.container().get().await.expect("fetched");
    let sound = world.container().inspect(&subnets("us-east-1")).await.expect("answers");
    assert_eq!((sound.verdict, sound.next_request), (Verdict::Fresh, NextRequest::ServesFresh));
    world.store.tamper_chunk(tamper);
    check_corrupt(&world, why).await;
}

#[rstest]
#[case(|entry: StoredEntry| StoredEntry { etag: "0".repeat(32), ..entry }, "the digest")]
#[case(|entry: StoredEntry| StoredEntry { size: entry.size + 1, ..entry }, "the size")]
#[tokio::test(start_paused = true)]
async fn what_is_not_what_it_says_is_fetched(#[case] change: fn(StoredEntry) -> StoredEntry, #[case] why: &str) {
    let world = World::new();
    world.container().get().await.expect("fetched");
    world.store.tamper(move |entry| ItemRead::Found(change(entry).into()));
    check_corrupt(&world, why).await;
}

async fn check_corrupt(world: &World, why: &str) {
    let inspecting = world.container();
    let inspected = inspecting.inspect(&subnets("us-east-1")).await.expect("answers");
    assert_eq!((inspected.verdict, inspected.next_request), (Verdict::Corrupt, NextRequest::Fetches));
    assert!(inspected.reason.contains(why), "{}", inspected.reason);
    let events = inspecting.events();
    assert_eq!((events.corrupt, events.chunk_missing), (0, 0), "only requests are counted");
    assert_eq!(world.container().tell().await, foretold(NextRequest::Fetches)[0]);
}

#[tokio::test(start_paused = true)]
async fn what_can_not_be_read_to_its_end_is_no_verdict() {
    let world = World::new();
    world.store.keep_inline_up_to(4);
    world.container().get().await.expect("fetched");
    world.store.fault(&[Op::ReadChunks], &Fault::Fail);
    world.container().inspect(&subnets("us-east-1")).await.expect_err("the store's failure is not the entry's");
}

#[tokio::test(start_paused = true)]
async fn where_nothing_is_stored_the_next_request_fetches() {
    let inspected = World::new().container().inspect(&subnets("us-east-1")).await.expect("answers");
    assert_eq!((inspected.verdict, inspected.next_request), (Verdict::Absent, NextRequest::Fetches));
    assert_eq!((inspected.entry.is_none(), inspected.floor, inspected.incarnation), (true, None, None));
}
