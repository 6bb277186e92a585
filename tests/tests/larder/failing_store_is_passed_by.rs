use futures::StreamExt;
use futures::stream::FuturesUnordered;
use larder_standin::{Fault, FaultKind};
use larder_tests::wait_until;
use rstest::rstest;

use crate::cloud::{Cloud, FIRST, table};
use crate::door::{Door, Reply};
use crate::faulty_dynamodb::{FaultyDynamoDb, StoreFault};
use crate::relay::Relay;

const PATH: &str = "/ec2/subnets?region=us-east-1";

const THROTTLED: StoreFault = StoreFault::Throttled("ThrottlingException");

/// A cloud whose DynamoDB has faults, and the variables of a strict process in it.
struct World {
    cloud: Cloud,
    dynamodb: FaultyDynamoDb,
    table: String,
}

impl World {
    async fn new() -> Self {
        let (table, endpoint) = table().await;
        Self { cloud: Cloud::start().await, dynamodb: FaultyDynamoDb::before(endpoint).await, table }
    }

    fn env(&self, more: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        let ours = [
            ("AWS_ENDPOINT_URL_DYNAMODB", self.dynamodb.url()),
            ("CACHE_TABLE_NAME", self.table.as_str()),
            ("LARDER_COHERENCE_WINDOW_MS", "0"),
        ];
        self.cloud.env(FIRST, &[&ours, more].concat())
    }

    /// That AWS itself answers a request, and nothing else does.
    async fn assert_passed_by(&self, door: &Door, fresh: &Reply) {
        let calls = self.cloud.calls();
        let reply = door.get(PATH).await;
        assert_eq!((reply.status, &reply.text), (200, &fresh.text), "{reply:?}");
        assert!(reply.cache_status().starts_with("larder; fwd=bypass; ttl="), "{}", reply.cache_status());
        assert!(self.cloud.calls() > calls, "answered by AWS: nothing cached is served without a look");
    }
}

/// A new process needs the epoch and the entry; one with the entry in memory needs the epoch.
#[rstest]
#[case(THROTTLED, 4)]
#[case(StoreFault::Throttled("ProvisionedThroughputExceededException"), 4)]
#[case(StoreFault::EpochUnprocessed, 6)]
#[case(StoreFault::EntryUnprocessed, 6)]
#[case(StoreFault::Held, 1)]
#[tokio::test(flavor = "multi_thread")]
async fn a_short_fault_is_retried_away(#[case] fault: StoreFault, #[case] calls: u64) {
    let world = World::new().await;
    let env = world.env(&[]);
    let fresh = Door::serve(&[], &env).await.get(PATH).await;
    assert_eq!(fresh.status, 200, "{fresh:?}");
    let door = Door::serve(&[], &env).await;

    world.dynamodb.fault_for(calls, fault);
    let stored = door.get(PATH).await;
    assert_eq!((stored.status, &stored.text), (200, &fresh.text));
    assert!(stored.cache_status().ends_with("detail=store"), "{}", stored.cache_status());
    assert_eq!(world.dynamodb.happened(), calls);

    if matches!(fault, StoreFault::Throttled(_) | StoreFault::Held) {
        world.dynamodb.fault_for(calls, fault);
        let remembered = door.get(PATH).await;
        assert_eq!((remembered.status, &remembered.text), (200, &fresh.text));
        assert!(remembered.cache_status().ends_with("detail=memory"), "{}", remembered.cache_status());
        assert_eq!(world.dynamodb.happened(), calls);
    }
    assert_eq!(door.counted("bypassed").await, 0);
}

/// Whatever is in memory or in the store, only AWS answers while the epoch can't be had; afterwards the cache does.
async fn check_lasting(fault: StoreFault, open: impl AsyncFn(&[(&str, String)]) -> Door) {
    let world = World::new().await;
    let more =
        [("LARDER_STORE_TIMEOUT_MS", "300"), ("LARDER_BREAKER_FAILURES", "2"), ("LARDER_BREAKER_OPEN_MS", "300")];
    let env = world.env(&more);
    let filled = open(&env).await;
    let fresh = fill(&filled).await;
    let empty = open(&env).await;

    world.dynamodb.fault(fault);
    for door in [&filled, &empty] {
        for _ in 0..3 {
            world.assert_passed_by(door, &fresh).await;
        }
        assert_eq!(door.cached(PATH).await.code(), "NOT_CACHED");
        let refused = door.invalidate("{}").await;
        assert_eq!((refused.status, refused.code().as_str()), (503, "STORE_UNAVAILABLE"), "{refused:?}");
        assert_eq!(door.get("/health").await.json()["store"], "left alone");
        assert!(door.counted("bypassed").await >= 3);
    }

    // Without AWS there is nothing left: a stale answer needs a look too.
    world.cloud.standin.fault(Fault::on("*", FaultKind::Unavailable));
    for door in [&filled, &empty] {
        let failed = door.get(PATH).await;
        assert_eq!((failed.status, failed.code().as_str()), (503, "UPSTREAM_UNAVAILABLE"), "{failed:?}");
        assert!(failed.text.contains("ec2:DescribeSubnets"), "{}", failed.text);
    }
    world.cloud.standin.clear_faults();

    world.dynamodb.recover();
    for door in [&filled, &empty] {
        let hit = wait_until("the cache comes back", async || {
            let reply = door.get(PATH).await;
            assert_eq!((reply.status, &reply.text), (200, &fresh.text));
            Ok(reply.cache_status().contains("; hit; ").then_some(()))
        });
        hit.await.expect("it recovers");
        assert_eq!(door.get("/health").await.json()["store"], "ok");
    }
}

/// Asks until the answer is remembered under a look: while nothing is wrong, a busy machine may still take longer than so
/// short a time-out of the store's.
async fn fill(door: &Door) -> Reply {
    let kept = async || {
        let reply = door.get(PATH).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        Ok(reply.cache_status().ends_with("detail=memory").then_some(reply))
    };
    wait_until("the answer is kept", kept).await.expect("it is")
}

#[rstest]
#[case(THROTTLED)]
#[case(StoreFault::Held)]
#[tokio::test(flavor = "multi_thread")]
async fn a_lasting_fault_is_passed_by_by_serve(#[case] fault: StoreFault) {
    check_lasting(fault, async |env| Door::serve(&[], env).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lasting_fault_is_passed_by_by_query_handler() {
    check_lasting(THROTTLED, async |env| Door::function(env).await).await;
}

/// What is in memory needs no batch, and is served meanwhile.
#[rstest]
#[case(StoreFault::EpochUnprocessed)]
#[case(StoreFault::EntryUnprocessed)]
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_stays_partial_is_passed_by(#[case] fault: StoreFault) {
    let world = World::new().await;
    let env = world.env(&[]);
    let filled = Door::serve(&[], &env).await;
    let fresh = filled.get(PATH).await;
    let empty = Door::serve(&[], &env).await;
    world.dynamodb.fault(fault);
    world.assert_passed_by(&empty, &fresh).await;
    assert!(world.dynamodb.happened() > 1, "it was retried first");
    assert_eq!(empty.counted("epochCreated").await, 0, "an unprocessed epoch is no lost one");
    assert!(filled.get(PATH).await.cache_status().ends_with("detail=memory"));
}

/// Of three fetches without the store, with room for two, one is turned away while AWS holds the others.
#[tokio::test(flavor = "multi_thread")]
async fn over_the_cap_of_fetches_without_the_store_a_request_is_told_to_come_back() {
    let world = World::new().await;
    world.dynamodb.fault(THROTTLED);
    let aws = Relay::held().await;
    let more = [
        ("AWS_ENDPOINT_URL", &*aws.url()),
        ("LARDER_ACCOUNT_ID", &*world.cloud.account(FIRST).id().to_string()),
        ("LARDER_BREAKER_FAILURES", "1"),
        ("LARDER_BYPASS_CONCURRENCY", "2"),
    ];
    let door = Door::serve(&[], &world.env(&more)).await;
    let regions = ["us-east-1", "us-west-2", "eu-west-1"];
    let paths = regions.map(|region| format!("/ec2/subnets?region={region}"));
    let mut replies: FuturesUnordered<_> = paths.iter().map(|path| door.get(path)).collect();
    let turned_away = replies.next().await.expect("one of three");
    assert_eq!((turned_away.status, turned_away.code().as_str()), (503, "OVERLOADED"), "{turned_away:?}");
    assert_eq!(turned_away.headers["retry-after"], "2");
    assert_eq!(door.counted("overloaded").await, 1);

    aws.lead_to(&world.cloud.standin.url());
    let others: Vec<_> = replies.collect().await;
    let statuses: Vec<_> = others.iter().map(|reply| reply.status).collect();
    assert_eq!(statuses, [200, 200], "{others:?}");
}
