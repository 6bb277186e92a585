use larder_standin::{Fault, FaultKind};
use rstest::rstest;

use crate::cloud::{Cloud, FIRST};
use crate::kept::{Kept, StoreKind};

const PATH: &str = "/ec2/subnets?region=us-east-1";

/// AWS fails, and the old answer stands in for it until it is invalidated: then the failure is what comes, from whoever
/// had it in memory and from whoever finds it in the store.
#[rstest]
#[tokio::test(flavor = "multi_thread")]
async fn while_aws_fails(#[values(StoreKind::Memory, StoreKind::Sqlite, StoreKind::DynamoDb)] store: StoreKind) {
    let (cloud, kept) = (Cloud::start().await, Kept::new(store).await);
    let env = cloud.env(FIRST, &[("LARDER_TTL_EC2_SUBNETS_S", "0"), ("LARDER_COHERENCE_WINDOW_MS", "0")]);
    let door = kept.open(&env).await;
    let old = door.get(PATH).await;
    assert_eq!(old.status, 200, "{old:?}");
    cloud.standin.fault(Fault::on("ec2:*", FaultKind::Unavailable));
    let stale = door.get(PATH).await;
    assert_eq!((stale.status, &stale.text), (200, &old.text), "{stale:?}");
    assert!(stale.cache_status().contains("stale-if-error"), "{}", stale.cache_status());

    assert_eq!(door.invalidate(r#"{"dataType": "ec2-subnets"}"#).await.status, 200);
    for door in [&door, &kept.open(&env).await] {
        let failed = door.get(PATH).await;
        assert_eq!((failed.status, failed.code().as_str()), (503, "UPSTREAM_UNAVAILABLE"), "{failed:?}");
        assert_eq!(door.cached(PATH).await.code(), "NOT_CACHED");
    }
}
