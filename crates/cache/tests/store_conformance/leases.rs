use futures::future::join_all;
use larder_cache::store::LeaseAttempt;
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::{key, lease};

#[rstest]
#[tokio::test]
async fn a_lease_is_taken_once(#[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let leases: Vec<_> = (0..32).map(|number| lease(&format!("owner-{number}"))).collect();
    let attempts = join_all(leases.iter().map(|lease| store.take_lease(&key, lease, None))).await;
    let attempts: Vec<_> = attempts.into_iter().map(|attempt| attempt.expect("answers").value).collect();
    let winner = attempts.iter().position(|attempt| *attempt == LeaseAttempt::Taken).expect("someone wins");
    for (number, attempt) in attempts.iter().enumerate().filter(|(number, _)| *number != winner) {
        assert_eq!(*attempt, LeaseAttempt::Held(leases[winner].clone()), "attempt {number}");
    }
    let other = crate::samples::key("ec2-subnets", 2);
    assert_eq!(store.take_lease(&other, &leases[0], None).await.expect("answers").value, LeaseAttempt::Taken);
}

#[rstest]
#[tokio::test]
async fn a_lease_is_taken_over_from_the_owner_that_was_seen_only(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let take = async |lease, over| store.take_lease(&key, lease, over).await.expect("answers").value;
    let [one, two, three] = ["one", "two", "three"].map(lease);
    assert_eq!(take(&one, Some("nobody")).await, LeaseAttempt::Taken, "there is none in the way");
    assert_eq!(take(&two, Some("three")).await, LeaseAttempt::Held(one.clone()));
    assert_eq!(take(&two, Some("one")).await, LeaseAttempt::Taken);
    assert_eq!(take(&three, Some("one")).await, LeaseAttempt::Held(two), "seen before someone else took it over");
}

#[rstest]
#[tokio::test]
async fn a_lease_is_released_by_its_owner_only(#[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let take = async |lease| store.take_lease(&key, lease, None).await.expect("answers").value;
    let [one, two] = ["one", "two"].map(lease);
    store.release_lease(&key, "one").await.expect("nothing to release is no failure");
    assert_eq!(take(&one).await, LeaseAttempt::Taken);
    store.release_lease(&key, "two").await.expect("not ours is no failure");
    assert_eq!(take(&two).await, LeaseAttempt::Held(one.clone()));
    store.release_lease(&key, "one").await.expect("answers");
    assert_eq!(take(&two).await, LeaseAttempt::Taken);
}
