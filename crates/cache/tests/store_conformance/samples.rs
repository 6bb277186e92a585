//! Keys, entries and epochs to store.

use bytes::Bytes;
use larder_cache::store::{ItemIdentity, LeaseItem, Payload, StoredEntry};
use larder_cache::{Account, Fence, Incarnation, Key, Scope, Selector};

pub(crate) fn key(data_type: &str, account: u64) -> Key {
    let account = Account::Id(format!("{account:012}"));
    let scope = Scope { partition: "aws".into(), region: Some("us-east-1".into()), account };
    Key::new(data_type, scope).expect("a valid key")
}

pub(crate) fn fence(incarnation: u64, counter: u64) -> Fence {
    Fence { incarnation: Incarnation::new(0, incarnation), counter }
}

pub(crate) fn region(name: &str) -> Selector {
    Selector::EVERYTHING.region(name).expect("a valid region")
}

pub(crate) fn entry(key: &Key, fence: Fence) -> StoredEntry {
    StoredEntry {
        key: key.as_str().to_owned(),
        identity: ItemIdentity::of(key),
        created_at: 4_100_000_000_123,
        expires_at: 4_100_000_300_123,
        used_at: None,
        ttl: 4_100_003_900,
        fence,
        etag: "0123456789abcdef0123456789abcdef".into(),
        forced: false,
        warmed: false,
        lease: Some("0123456789abcdef0123456789abcdef".into()),
        size: 11,
        payload: Payload::Inline(Bytes::from_static(b"\x28\xb5\x2f\xfd\x00value")),
    }
}

pub(crate) fn chunked(entry: StoredEntry, digest: &str, count: u32) -> StoredEntry {
    StoredEntry { payload: Payload::Chunked { digest: digest.repeat(64), count }, ..entry }
}

pub(crate) fn lease(owner: &str) -> LeaseItem {
    LeaseItem { owner: owner.into(), until: 4_100_000_030_000, ttl: 4_100_000_090, ended: false }
}

/// Bytes that differ by seed and don't repeat.
pub(crate) fn bytes(seed: u64, length: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    });
    next.take(length).collect()
}
