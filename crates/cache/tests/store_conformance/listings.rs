use std::collections::HashSet;

use larder_cache::store::{Listed, Store, StoredEntry};
use rstest::rstest;

use crate::backends::Kind;
use crate::samples::{entry, fence, key, lease};

async fn pages(store: &dyn Store, data_type: &str, limit: usize) -> Vec<Vec<Listed>> {
    let mut pages = Vec::new();
    let mut after = None;
    loop {
        let page = store.list(data_type, after.as_deref(), limit).await.expect("answers").value;
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
            StoredEntry { created_at: 1_000 + (number * 5 % 23) / 3, size: number, ..entry(&key, fence(1, 1)) }
        })
        .collect();
    for entry in &entries {
        store.write_entry(entry).await.expect("answers");
    }
    let used = key("ec2-subnets", 4);
    store.mark_used(&used, entries[4].created_at, 77).await.expect("answers");
    store.write_entry(&entry(&key("drs-quotas", 1), fence(1, 1))).await.expect("answers");
    store.create_epoch(larder_cache::Incarnation::new(0, 1)).await.expect("answers");
    store.take_lease(&used, &lease("one"), None).await.expect("answers");
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
            assert_eq!(entry, Listed { used_at, ..written });
        }
    }
    assert!(pages(store, "ec2-snapshots", 5).await.concat().is_empty());
}
