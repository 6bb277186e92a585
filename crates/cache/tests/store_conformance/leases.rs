use futures::future::join_all;
use larder_cache::store::{Claim, LeaseAttempt, LeaseItem, StoredEntry};
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::{entry, fence, key, lease};

#[rstest]
#[tokio::test]
async fn a_lease_is_taken_once(#[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let leases: Vec<_> = (0..32).map(|number| lease(&format!("owner-{number}"))).collect();
    let attempts = join_all(leases.iter().map(|lease| store.take_lease(&key, lease, &Claim::New))).await;
    let attempts: Vec<_> = attempts.into_iter().map(|attempt| attempt.expect("answers").value).collect();
    let winner = attempts.iter().position(|attempt| *attempt == LeaseAttempt::Taken).expect("someone wins");
    for (number, attempt) in attempts.iter().enumerate().filter(|(number, _)| *number != winner) {
        assert_eq!(*attempt, LeaseAttempt::Held(leases[winner].clone()), "attempt {number}");
    }
    let other = crate::samples::key("ec2-subnets", 2);
    assert_eq!(store.take_lease(&other, &leases[0], &Claim::New).await.expect("answers").value, LeaseAttempt::Taken);
}

#[rstest]
#[tokio::test]
async fn a_lease_is_taken_over_from_the_owner_that_was_seen_only(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let take = async |lease, claim| store.take_lease(&key, lease, &claim).await.expect("answers").value;
    let [one, two, three] = ["one", "two", "three"].map(lease);
    assert_eq!(take(&one, over("nobody")).await, LeaseAttempt::Taken, "there is none in the way");
    assert_eq!(take(&two, over("three")).await, LeaseAttempt::Held(one.clone()));
    assert_eq!(take(&two, over("one")).await, LeaseAttempt::Taken);
    assert_eq!(take(&three, over("one")).await, LeaseAttempt::Held(two), "seen before someone else took it over");
}

#[rstest]
#[tokio::test]
async fn a_lease_is_ended_by_its_owner_only_and_stays(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let take = async |lease, claim| store.take_lease(&key, lease, &claim).await.expect("answers").value;
    let [one, two] = ["one", "two"].map(lease);
    store.release_lease(&key, "one").await.expect("nothing to end is no failure");
    assert_eq!(take(&one, Claim::New).await, LeaseAttempt::Taken);
    store.release_lease(&key, "two").await.expect("not ours is no failure");
    assert_eq!(take(&two, Claim::New).await, LeaseAttempt::Held(one.clone()));
    store.release_lease(&key, "one").await.expect("answers");
    let ended = LeaseItem { ended: true, ..one.clone() };
    assert_eq!(take(&two, Claim::New).await, LeaseAttempt::Held(ended), "who takes it says which one it saw");
    assert_eq!(take(&two, over("one")).await, LeaseAttempt::Taken);
    assert_eq!(take(&lease("three"), Claim::New).await, LeaseAttempt::Held(two), "and it is not ended");
}

#[rstest]
#[tokio::test]
async fn a_lease_is_renewed_over_its_own_owner_only_and_not_once_it_is_ended(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let (store, key) = (&backend.store, key("ec2-subnets", 1));
    let take = async |lease, claim| store.take_lease(&key, lease, &claim).await.expect("answers").value;
    let renewal_of = |owner: &str| Claim::Renewal(owner.to_owned());
    let [one, two, three] = ["one", "two", "three"].map(lease);
    assert_eq!(take(&one, renewal_of("nobody")).await, LeaseAttempt::Taken, "there is none in the way");
    assert_eq!(take(&two, renewal_of("three")).await, LeaseAttempt::Held(one.clone()));
    assert_eq!(take(&two, renewal_of("one")).await, LeaseAttempt::Taken);
    store.release_lease(&key, "two").await.expect("answers");
    let ended = LeaseItem { ended: true, ..two.clone() };
    assert_eq!(take(&three, renewal_of("two")).await, LeaseAttempt::Held(ended.clone()), "it came too late");
    assert_eq!(take(&three, Claim::New).await, LeaseAttempt::Held(ended), "and changed nothing");
    assert_eq!(take(&three, over("two")).await, LeaseAttempt::Taken);
    assert_eq!(take(&one, renewal_of("three")).await, LeaseAttempt::Taken, "what was taken over is not ended");
}

#[rstest]
#[tokio::test]
async fn a_purge_takes_the_lease_away_that_the_entry_was_filled_under(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let (store, leased, unleased) = (&backend.store, key("ec2-subnets", 1), key("ec2-subnets", 2));
    let filled = |key, lease: Option<&str>| StoredEntry { lease: lease.map(Into::into), ..entry(key, fence(1, 1)) };
    for (key, entry) in [(&leased, filled(&leased, Some("one"))), (&unleased, filled(&unleased, None))] {
        store.take_lease(key, &lease("one"), &Claim::New).await.expect("answers");
        store.write_entry(&entry).await.expect("answers");
    }
    let keys = [&leased, &unleased].map(|key| key.as_str().to_owned());
    assert_eq!(store.delete(&keys, None).await.expect("answers").value, 2);
    let take = async |key| store.take_lease(key, &lease("two"), &Claim::New).await.expect("answers").value;
    assert_eq!(take(&leased).await, LeaseAttempt::Taken, "nobody has to wait for it");
    assert_eq!(take(&unleased).await, LeaseAttempt::Held(lease("one")), "somebody may hold it");
}

fn over(owner: &str) -> Claim {
    Claim::TakeOver(owner.to_owned())
}
