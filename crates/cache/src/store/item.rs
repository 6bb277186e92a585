use bytes::Bytes;
use std::fmt;

use crate::epoch::{Epoch, Fence};
use crate::key::Key;

/// The number in every entry. An item with another is not understood, and thus a miss.
pub(super) const FORMAT: u32 = 1;
/// Far more than the largest answer, and few enough that a poisoned number can't exhaust memory.
pub(super) const MOST_CHUNKS: u32 = 4_096;

/// An entry as a store keeps it. All times are in milliseconds since 1970-01-01 UTC unless said otherwise, written
/// by whichever container made the entry.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntry {
    /// The text under which it is kept.
    pub key: String,
    /// What the entry says that it is; a reader who asked for another treats it as a miss.
    pub identity: ItemIdentity,
    /// When its fetch began.
    pub created_at: u64,
    /// When it stops being fresh.
    pub expires_at: u64,
    /// When it was first served, if it was.
    pub used_at: Option<u64>,
    /// When the store may forget it, in Unix seconds: the last usable moment + 1 h.
    pub ttl: u64,
    /// The epoch seen before its fetch began.
    pub fence: Fence,
    /// SHA-256 of the value, 32 hexadecimal digits.
    pub etag: String,
    /// Whether a request's `Cache-Control` forced the fetch while a fresh entry stood there.
    pub forced: bool,
    /// Whether it was fetched ahead of requests, in place of an entry or for nobody yet.
    pub warmed: bool,
    /// The owner of the lease that it was filled under, or that its filler without one knew to be over.
    pub lease: Option<String>,
    /// Bytes of the value before compression.
    pub size: u64,
    /// The value, zstd.
    pub payload: Payload,
}

/// What an entry repeats of itself, readable where the store lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemIdentity {
    /// [`Key::identity`].
    pub text: String,
    /// The data type's name.
    pub data_type: String,
    /// `-`, or `-@partition`, where the scope has none.
    pub region: String,
    /// Twelve digits or `global`.
    pub account_id: String,
    /// The resource that the entry is about, if it is about one.
    pub resource: Option<String>,
}

/// Where the compressed value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// In the item.
    Inline(Bytes),
    /// In `count` chunks whose digest is `digest`.
    Chunked {
        /// SHA-256 of the key and the compressed value, 64 hexadecimal digits.
        digest: String,
        /// How many chunks.
        count: u32,
    },
}

/// The name of a chunk: `#chunk#<digest>#<n>`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ChunkId {
    /// What [`Payload::Chunked`] says.
    pub digest: String,
    /// From 0.
    pub number: u32,
}

/// The right of one container to fetch a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeaseItem {
    /// A token that no other acquisition or renewal has.
    pub owner: String,
    /// When the holder means to be done, in Unix milliseconds by the holder's clock.
    pub until: u64,
    /// When the store may forget it, in Unix seconds.
    pub ttl: u64,
    /// Whether it was given back. One under which an entry was filled needs not be: the entry names its owner.
    pub ended: bool,
}

/// What a listing tells of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The text under which it is kept.
    pub key: String,
    /// The data type's name.
    pub data_type: String,
    /// As the key's text has it: see [`Self::region`].
    pub region: String,
    /// Twelve digits or `global`.
    pub account_id: String,
    /// When its fetch began, in Unix milliseconds.
    pub created_at: u64,
    /// When it stops being fresh, in Unix milliseconds.
    pub expires_at: u64,
    /// When it was first served, in Unix milliseconds, if it was.
    pub used_at: Option<u64>,
    /// Whether it was fetched ahead of requests.
    pub warmed: bool,
    /// Bytes of the value before compression.
    pub size: u64,
    /// What tells whether it is dead, where the listing has it: an index doesn't.
    pub fenced: Option<Fenced>,
}

/// What an invalidation is held against, beside the key's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fenced {
    /// The epoch seen before the entry's fetch began.
    pub fence: Fence,
    /// The resource that the entry is about, if it is about one.
    pub resource: Option<String>,
}

impl ItemIdentity {
    /// What the entry of `key` says of itself.
    #[must_use]
    pub fn of(key: &Key) -> Self {
        Self {
            text: key.identity().to_owned(),
            data_type: key.data_type().to_owned(),
            region: key.scope().region_part(),
            account_id: key.scope().account_part().to_owned(),
            resource: key.resource().map(ToOwned::to_owned),
        }
    }
}

impl Listed {
    /// The region that it is about, if its scope has one.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        Some(self.region.as_str()).filter(|part| !part.starts_with('-'))
    }

    /// Whether no request will ever be answered from it, by that epoch item, or with none; `None` where the listing
    /// doesn't tell.
    #[must_use]
    pub fn is_dead(&self, epoch: Option<&Epoch>) -> Option<bool> {
        let Fenced { fence, resource } = self.fenced.as_ref()?;
        // Selectors know of no partition, so whichever the key is given is as good as its own.
        let key = Key::parse(&self.key, |_| Some("aws"))?.about(resource.as_deref());
        Some(epoch.is_none_or(|epoch| epoch.death_of(&key, *fence).is_some()))
    }
}

impl Payload {
    /// The chunks that hold it, in order.
    #[must_use]
    pub fn chunks(&self) -> Vec<ChunkId> {
        match self {
            Self::Inline(_) => Vec::new(),
            Self::Chunked { digest, count } => {
                (0..*count).map(|number| ChunkId { digest: digest.clone(), number }).collect()
            }
        }
    }
}

impl fmt::Display for ChunkId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#chunk#{}#{}", self.digest, self.number)
    }
}

impl StoredEntry {
    /// What a listing tells of it.
    #[must_use]
    pub fn listed(&self) -> Listed {
        Listed {
            key: self.key.clone(),
            data_type: self.identity.data_type.clone(),
            region: self.identity.region.clone(),
            account_id: self.identity.account_id.clone(),
            created_at: self.created_at,
            expires_at: self.expires_at,
            used_at: self.used_at,
            warmed: self.warmed,
            size: self.size,
            fenced: Some(Fenced { fence: self.fence, resource: self.identity.resource.clone() }),
        }
    }
}

#[cfg(test)]
mod tests;
