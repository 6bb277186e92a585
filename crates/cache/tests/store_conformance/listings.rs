use std::collections::HashSet;

use larder_cache::store::{Claim, Listed, Position, Store, StoredEntry};
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::{entry, fence, key, lease};

pub(crate) async fn pages(store: &dyn Store, data_type: &str, limit: usize) -> Vec<Vec<Listed>> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = store.list(data_type, after.as_ref(), limit).await.expect("answers").value;
        pages.push(page.entries);
        after = page.next;
        if after.is_none() {
            return pages;
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_listing_has_every_entry_of_its_data_type_once_and_the_oldest_first(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    // Made in no order, and several at a time, as entries of different keys are.
    let entries: Vec<_> = (0..23)
        .map(|number| {
            let key = key("ec2-subnets", number);
            let (created_at, warmed) = (1_000 + (number * 5 % 23) / 3, number % 3 == 0);
            StoredEntry { created_at, warmed, size: number, ..entry(&key, fence(1, 1)) }
        })
        .collect();
    for entry in &entries {
        store.write_entry(entry).await.expect("answers");
    }
    let used = key("ec2-subnets", 4);
    store.mark_used(&used, entries[4].created_at, 77).await.expect("answers");
    store.write_entry(&entry(&key("drs-quotas", 1), fence(1, 1))).await.expect("answers");
    store.create_epoch(larder_cache::Incarnation::new(0, 1)).await.expect("answers");
    store.take_lease(&used, &lease("one"), &Claim::New).await.expect("answers");
    for limit in [1, 5, 23, 100] {
        let pages = pages(store, "ec2-subnets", limit).await;
        assert!(pages.iter().all(|page| page.len() <= limit));
        let listed: Vec<_> = pages.into_iter().flatten().collect();
        assert!(listed.is_sorted_by_key(|entry| entry.created_at), "oldest first");
        assert_eq!(listed.len(), entries.len(), "at {limit} a page");
        let keys: HashSet<_> = listed.iter().map(|entry| entry.key.clone()).collect();
        assert_eq!(keys.len(), entries.len(), "no entry twice");
        for entry in listed {
            let written = entries.iter().find(|other| other.key == entry.key).expect("it was written").listed();
            let used_at = (entry.key == used.as_str()).then_some(77);
            // What the index projects has no fence.
            let fenced = written.fenced.clone().filter(|_| !matches!(kind, Kind::DynamoDb));
            assert_eq!(entry, Listed { used_at, fenced, ..written });
        }
    }
    assert!(pages(store, "ec2-snapshots", 5).await.concat().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_page_can_begin_after_any_entry_by_its_text_even_one_that_is_gone(
    #[values(Kind::InProcess, Kind::Sqlite, Kind::DynamoDb)] kind: Kind,
) {
    let backend = kind.make().await;
    let store = backend.store.as_ref();
    for number in 0..9 {
        // The later ones have more digits, and come last all the same.
        let created_at = 8 + number / 2;
        let entry = StoredEntry { created_at, ..entry(&key("ec2-subnets", number), fence(1, 1)) };
        store.write_entry(&entry).await.expect("answers");
    }
    let all = pages(store, "ec2-subnets", 100).await.concat();
    assert_eq!(all.len(), 9);
    for (number, last) in all.iter().enumerate() {
        let after = Position::parse(&last.position().to_string()).expect("its own text");
        let rest = store.list("ec2-subnets", Some(&after), 100).await.expect("answers").value;
        assert_eq!((rest.entries.as_slice(), rest.next), (&all[number + 1..], None), "after {after}");
    }
    store.delete(&[all[4].key.clone()], None).await.expect("answers");
    let rest = store.list("ec2-subnets", Some(&all[4].position()), 100).await.expect("answers").value;
    assert_eq!(rest.entries, all[5..]);
}
