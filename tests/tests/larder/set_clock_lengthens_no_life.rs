use larder_tests::{FakedClock, wait_until};
use rstest::rstest;

use crate::cloud::{Cloud, FIRST};
use crate::door::Door;
use crate::kept::{Kept, StoreKind};

/// Fresh for an hour, as the default is.
const PATH: &str = "/ec2/subnets?region=us-east-1";
const HOUR: i64 = 3_600;

/// A cloud and a store, for programs with a clock each.
struct World {
    cloud: Cloud,
    kept: Kept,
}

impl World {
    async fn new(store: StoreKind) -> Self {
        Self { cloud: Cloud::start().await, kept: Kept::new(store).await }
    }

    async fn open(&self, clock: &FakedClock, more: &[(&'static str, &str)]) -> Door {
        let exact = [("LARDER_TTL_JITTER", "0"), ("LARDER_STALE_WHILE_REVALIDATE_EC2_SUBNETS_S", "0")];
        let env = [self.cloud.env(FIRST, &[&exact, more].concat()), clock.env().to_vec()].concat();
        self.kept.open(&env).await
    }
}

/// A clock that many seconds ahead of the real one.
fn clock(ahead: i64) -> FakedClock {
    let clock = FakedClock::new().expect("a folder");
    clock.set(ahead).expect("it is set");
    clock
}

/// That the answer is AWS's, since what was kept is past its TTL.
async fn assert_past_its_ttl(cloud: &Cloud, door: &Door) {
    let calls = cloud.calls();
    let reply = door.get(PATH).await;
    assert!(reply.cache_status().starts_with("larder; fwd=stale; stored; "), "{}", reply.cache_status());
    assert!(reply.status == 200 && cloud.calls() > calls, "{reply:?}");
}

/// That a layer has the answer, and gives it no longer than its TTL from now.
async fn assert_hit(door: &Door, layer: &str) {
    let reply = door.get(PATH).await;
    let status = reply.cache_status();
    assert!(status.starts_with("larder; hit; ") && status.ends_with(&format!("detail={layer}")), "{status}");
    let ttl = status.split("ttl=").nth(1).and_then(|rest| rest.split(';').next()).expect("a ttl");
    assert!((0..=HOUR).contains(&ttl.parse().expect("a number")), "{status}");
}

#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn set_forward_by_an_hour_it_ends_lives_that_long(
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let (world, clock) = (World::new(store).await, clock(0));
    let door = world.open(&clock, &[]).await;
    assert_eq!(door.get(PATH).await.status, 200);
    assert_hit(&door, "memory").await;
    clock.set(HOUR).expect("it is set");
    assert_past_its_ttl(&world.cloud, &door).await;
    assert_hit(&door, "memory").await;
    assert_hit(&world.open(&clock, &[]).await, "store").await;
    clock.set(2 * HOUR).expect("it is set");
    assert_past_its_ttl(&world.cloud, &world.open(&clock, &[]).await).await;
}

/// By the wall clock it would live for another hour; the monotonic one ends it after its two seconds.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn set_back_by_an_hour_no_entry_in_memory_lives_longer(
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let (world, clock) = (World::new(store).await, clock(0));
    let door = world.open(&clock, &[("LARDER_TTL_EC2_SUBNETS_S", "2")]).await;
    assert_eq!(door.get(PATH).await.status, 200);
    clock.set(-HOUR).expect("it is set");
    let calls = world.cloud.calls();
    let fetched = wait_until("it is past its TTL", async || {
        assert_eq!(door.get(PATH).await.status, 200);
        Ok((world.cloud.calls() > calls).then_some(()))
    });
    fetched.await.expect("its life ends");
}

/// Another process only has the wall clock to go by, so there the skew is what a life can be lengthened by.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn set_back_by_an_hour_no_stored_entry_lives_longer_by_more_than_that(
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let (world, clock) = (World::new(store).await, clock(0));
    assert_eq!(world.open(&clock, &[]).await.get(PATH).await.status, 200);
    clock.set(-HOUR).expect("it is set");
    let door = world.open(&clock, &[]).await;
    assert_hit(&door, "store").await;
    assert_hit(&door, "memory").await;
    // An hour after it was read, which is an hour by the real clock after it was fetched.
    clock.set(0).expect("it is set");
    assert_past_its_ttl(&world.cloud, &door).await;
    clock.set(HOUR).expect("it is set");
    assert_past_its_ttl(&world.cloud, &world.open(&clock, &[]).await).await;
}

/// A process whose clock is an hour ahead keeps an answer of the future.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_the_future_lives_longer_by_the_skew_at_most(
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let (world, ahead, right) = (World::new(store).await, clock(HOUR), clock(0));
    assert_eq!(world.open(&ahead, &[]).await.get(PATH).await.status, 200);
    assert_hit(&world.open(&right, &[]).await, "store").await;
    right.set(2 * HOUR).expect("it is set");
    assert_past_its_ttl(&world.cloud, &world.open(&right, &[]).await).await;
}

/// Whoever's clock is wrong, and however: the epoch is a counter.
#[rstest]
#[case::the_writers_is_ahead(HOUR, 0)]
#[case::the_writers_is_behind(-HOUR, 0)]
#[case::the_readers_is_ahead(0, HOUR)]
#[case::the_readers_is_behind(0, -HOUR)]
#[tokio::test(flavor = "multi_thread")]
async fn an_invalidation_is_over_at_once(
    #[case] of_writer: i64,
    #[case] of_reader: i64,
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let (world, writers, readers) = (World::new(store).await, clock(0), clock(0));
    let strict = [("LARDER_COHERENCE_WINDOW_MS", "0"), ("LARDER_TTL_EC2_SUBNETS_S", "86400")];
    let (writer, reader) = (world.open(&writers, &strict).await, world.open(&readers, &strict).await);
    assert_eq!(reader.get(PATH).await.status, 200);
    writers.set(of_writer).expect("it is set");
    readers.set(of_reader).expect("it is set");
    assert_eq!(reader.cached(PATH).await.status, 200);
    assert_eq!(writer.invalidate("{}").await.status, 200);
    assert_eq!(reader.cached(PATH).await.code(), "NOT_CACHED");
    let refilled = reader.get(PATH).await;
    assert!(refilled.cache_status().starts_with("larder; fwd=miss; stored; "), "{}", refilled.cache_status());
    for door in [&reader, &writer] {
        assert_eq!(door.cached(PATH).await.status, 200, "what was fetched since is good for both");
    }
}

/// By the wall clock a look of before would be trusted for another hour.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn set_back_by_an_hour_the_coherence_window_is_no_longer(
    #[values(StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind,
) {
    let (world, right, readers) = (World::new(store).await, clock(0), clock(0));
    let (writer, reader) = (world.open(&right, &[]).await, world.open(&readers, &[]).await);
    assert_eq!(reader.get(PATH).await.status, 200);
    readers.set(-HOUR).expect("it is set");
    assert_eq!(writer.invalidate("{}").await.status, 200);
    let over = wait_until("the window is over", async || Ok((reader.cached(PATH).await.status == 504).then_some(())));
    over.await.expect("the reader sees it");
}
