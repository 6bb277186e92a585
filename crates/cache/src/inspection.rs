use std::collections::BTreeMap;

use serde::Serialize;

use crate::environment::millis;
use crate::policy::Policy;

/// What a store holds under a key, and what a reader would make of it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Inspection {
    /// The text under which the entry is kept.
    pub key: String,
    /// What a reader would make of it.
    pub verdict: Verdict,
    /// Why, in words.
    pub reason: String,
    /// What the next request for it would do.
    pub next_request: NextRequest,
    /// The entry, if there is a well-formed one.
    pub entry: Option<InspectedEntry>,
    /// How long such an entry may be used, as the process that inspects is configured.
    pub policy: InspectedPolicy,
    /// The epoch's incarnation, if there is an epoch.
    pub incarnation: Option<String>,
    /// The epoch's counter, if there is an epoch.
    pub counter: Option<u64>,
    /// The mark of everything, below which every fence is dead, if there is one.
    pub floor: Option<u64>,
    /// The marks whose selectors match the key, by selector; the floor is among them.
    pub marks: BTreeMap<String, u64>,
}

/// What a reader would make of what stands under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Inside its TTL.
    Fresh,
    /// Past its TTL.
    Stale,
    /// Fenced out; never usable.
    Dead,
    /// Of a good fence, but its value is not what it says, or a part of it is missing.
    Corrupt,
    /// No entry of this format.
    Malformed,
    /// Another key's entry.
    Foreign,
    /// Nothing.
    Absent,
}

/// What the next request for a key would do, if it has no directives of its own and nothing changes meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextRequest {
    /// Answer from the entry; upstream is not asked.
    ServesFresh,
    /// Answer from the entry, while it is fetched again (RFC 5861, stale-while-revalidate).
    ServesWhileRevalidating,
    /// Ask upstream, and answer from the entry if that fails (RFC 5861, stale-if-error).
    FetchesOrServesStale,
    /// Ask upstream; if that fails, so does the request.
    Fetches,
}

/// A stored entry without its value.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectedEntry {
    /// What it says that it is: the partition, and the key.
    pub identity: String,
    /// The resource that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// When its fetch began, in Unix milliseconds.
    pub created_at: u64,
    /// When it stops being fresh, in Unix milliseconds.
    pub expires_at: u64,
    /// When it was first served, in Unix milliseconds, if it was.
    pub used_at: Option<u64>,
    /// Whether it was fetched ahead of requests.
    pub warmed: bool,
    /// When the store may forget it, in Unix seconds.
    pub ttl: u64,
    /// How long ago its fetch began, in milliseconds; 0 where the clock of this process is behind the writer's.
    pub age_ms: u64,
    /// For how long it is fresh, in milliseconds: its TTL, less jitter.
    pub lifetime_ms: u64,
    /// Its fence's incarnation.
    pub incarnation: String,
    /// Its fence's counter.
    pub fence: u64,
    /// The digest of its value.
    pub etag: String,
    /// Bytes of its value before compression.
    pub size: u64,
    /// In how many chunks it is stored; none where it is in the item itself.
    pub chunks: u32,
}

/// How long an entry may be used, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InspectedPolicy {
    /// The TTL, before jitter.
    pub ttl_ms: u64,
    /// How long past its lifetime it is served while a fetch refreshes it.
    pub stale_while_revalidate_ms: u64,
    /// How long past its lifetime it is served if upstream fails.
    pub stale_if_error_ms: u64,
}

impl InspectedPolicy {
    pub(crate) fn of(policy: &Policy) -> Self {
        Self {
            ttl_ms: millis(policy.ttl),
            stale_while_revalidate_ms: millis(policy.stale_while_revalidate),
            stale_if_error_ms: millis(policy.stale_if_error),
        }
    }
}
