use futures::future::join_all;
use larder_cache::store::ItemRead;
use larder_cache::{Epoch, Incarnation, Marks, Selector};
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::{key, region};

#[rstest]
#[tokio::test]
async fn an_epoch_is_made_once_whoever_makes_it(#[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind) {
    let backend = kind.make().await;
    let store = &backend.store;
    assert_eq!(store.read_epoch().await.expect("answers").value, None);
    let creators = (1..=32).map(|number| store.create_epoch(Incarnation::new(0, number)));
    let epochs: Vec<Epoch> = join_all(creators).await.into_iter().map(|epoch| epoch.expect("answers").value).collect();
    assert!(epochs.iter().all(|epoch| *epoch == epochs[0]), "one incarnation wins: {epochs:?}");
    assert_eq!((epochs[0].counter, epochs[0].marks.len()), (0, 0));
    assert_eq!(store.read_epoch().await.expect("answers").value.as_ref(), Some(&epochs[0]));
    let snapshot = store.read(&key("ec2-subnets", 1)).await.expect("answers").value;
    assert_eq!((snapshot.epoch.as_ref(), snapshot.entry), (Some(&epochs[0]), ItemRead::Absent));
}

#[rstest]
#[tokio::test]
async fn an_epoch_that_is_missing_is_not_made_by_advancing_or_folding(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = &backend.store;
    assert_eq!(store.advance_epoch(&Selector::EVERYTHING).await.expect("answers").value, None);
    let never = Epoch::first(Incarnation::new(0, 1));
    assert!(!store.fold_epoch(&never, &Marks::new()).await.expect("answers").value);
    assert_eq!(store.read_epoch().await.expect("answers").value, None, "nothing was written");
}

#[rstest]
#[tokio::test]
async fn no_advance_is_lost_and_each_mark_is_the_new_counter(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = &backend.store;
    store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
    let selectors = [Selector::EVERYTHING, region("us-east-1"), region("eu-west-1"), resource("i-0123456789abcdef0")];
    let advances = (0..100).map(|number| {
        let selector = &selectors[number % selectors.len()];
        async move {
            let epoch = store.advance_epoch(selector).await.expect("answers").value.expect("there is an epoch");
            assert_eq!(epoch.marks[selector], epoch.counter, "the mark is the new counter");
            (selector.clone(), epoch.counter)
        }
    });
    let given = join_all(advances).await;
    let mut expected = Marks::new();
    for (selector, counter) in &given {
        let mark = expected.entry(selector.clone()).or_insert(*counter);
        *mark = (*mark).max(*counter);
    }
    let mut counters: Vec<u64> = given.into_iter().map(|(_, counter)| counter).collect();
    counters.sort_unstable();
    assert_eq!(counters, (1..=100).collect::<Vec<_>>(), "each advance has a counter of its own");
    let epoch = store.read_epoch().await.expect("answers").value.expect("there is an epoch");
    assert_eq!((epoch.counter, epoch.marks), (100, expected));
}

#[rstest]
#[tokio::test]
async fn marks_are_folded_only_if_the_epoch_is_the_one_seen(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = &backend.store;
    store.create_epoch(Incarnation::new(0, 1)).await.expect("answers");
    for name in ["us-east-1", "us-east-2"] {
        store.advance_epoch(&region(name)).await.expect("answers");
    }
    let seen = store.read_epoch().await.expect("answers").value.expect("there is an epoch");
    let folded = seen.folded(1);
    assert_ne!(folded, seen.marks);
    let others = [
        Epoch { counter: seen.counter - 1, ..seen.clone() },
        Epoch { counter: seen.counter + 1, ..seen.clone() },
        Epoch { incarnation: Incarnation::new(0, 2), ..seen.clone() },
    ];
    for other in others {
        assert!(!store.fold_epoch(&other, &folded).await.expect("answers").value, "{other:?}");
    }
    assert_eq!(store.read_epoch().await.expect("answers").value.as_ref(), Some(&seen), "nothing was folded");
    assert!(store.fold_epoch(&seen, &folded).await.expect("answers").value);
    let after = store.read_epoch().await.expect("answers").value;
    assert_eq!(after, Some(Epoch { marks: folded, ..seen }));
}

fn resource(id: &str) -> Selector {
    Selector::EVERYTHING.resource(id).expect("a valid resource")
}
