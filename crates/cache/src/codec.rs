//! Values as they are stored: compressed, digested, in chunks where one item can't hold them.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::key::Key;
use crate::store::{ChunkId, Payload};

/// Fast, and within a few percent of the higher levels on JSON.
const COMPRESSION_LEVEL: i32 = 3;

/// A value ready to be stored.
pub(crate) struct Encoded {
    pub(crate) payload: Payload,
    pub(crate) chunks: Vec<(ChunkId, Bytes)>,
}

/// A stored value that is not what its entry says.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Corrupt {
    #[error("it is not a zstd frame of the size that the entry says")]
    Compression,
    #[error("it does not have the digest that the entry says")]
    Digest,
}

/// What names a value's content: 32 hexadecimal digits of its SHA-256.
pub(crate) fn etag(value: &[u8]) -> Arc<str> {
    hex::encode(&Sha256::digest(value)[..16]).into()
}

/// Compresses `value`, and splits it where it is larger than `largest_inline`.
pub(crate) fn encode(key: &Key, value: &[u8], largest_inline: usize) -> std::io::Result<Encoded> {
    let compressed = Bytes::from(zstd::bulk::compress(value, COMPRESSION_LEVEL)?);
    if compressed.len() <= largest_inline {
        return Ok(Encoded { payload: Payload::Inline(compressed), chunks: Vec::new() });
    }
    let digest = chunk_digest(key, &compressed);
    let pieces = (0..compressed.len()).step_by(largest_inline);
    let chunks: Vec<_> = pieces
        .zip(0..)
        .map(|(from, number)| {
            let to = (from + largest_inline).min(compressed.len());
            (ChunkId { digest: digest.clone(), number }, compressed.slice(from..to))
        })
        .collect();
    let count = u32::try_from(chunks.len()).map_err(std::io::Error::other)?;
    Ok(Encoded { payload: Payload::Chunked { digest, count }, chunks })
}

/// Whether `compressed`, put together from chunks, is what was split.
pub(crate) fn verify_chunks(key: &Key, digest: &str, compressed: &[u8]) -> Result<(), Corrupt> {
    if chunk_digest(key, compressed) == digest { Ok(()) } else { Err(Corrupt::Digest) }
}

/// The value of `size` bytes and digest `etag` that was compressed; never more than `largest` bytes, whatever the
/// item says.
pub(crate) fn decode(compressed: &[u8], size: u64, expected: &str, largest: usize) -> Result<Bytes, Corrupt> {
    let size = usize::try_from(size).ok().filter(|size| *size <= largest).ok_or(Corrupt::Compression)?;
    let mut value = Vec::with_capacity(size);
    let decoder = zstd::Decoder::with_buffer(compressed).map_err(|_| Corrupt::Compression)?;
    decoder.take(size as u64 + 1).read_to_end(&mut value).map_err(|_| Corrupt::Compression)?;
    if value.len() != size {
        return Err(Corrupt::Compression);
    }
    if *etag(&value) != *expected {
        return Err(Corrupt::Digest);
    }
    Ok(value.into())
}

/// Named by content, and by key: two keys never share a chunk, so that purging one never breaks another.
fn chunk_digest(key: &Key, compressed: &[u8]) -> String {
    let identity = key.identity();
    let mut hasher = Sha256::new();
    hasher.update((identity.len() as u64).to_be_bytes());
    hasher.update(identity);
    hasher.update(compressed);
    hex::encode(hasher.finalize())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scope::{Account, Scope};

    const LARGEST: usize = 1 << 20;

    fn key(region: &str) -> Key {
        let scope = Scope { partition: "aws".into(), region: Some(region.into()), account: Account::Global };
        Key::new("ec2-instance-types", scope).expect("valid")
    }

    fn compressed(encoded: &Encoded) -> Vec<u8> {
        match &encoded.payload {
            Payload::Inline(bytes) => bytes.to_vec(),
            Payload::Chunked { .. } => encoded.chunks.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect(),
        }
    }

    proptest! {
        #[test]
        fn a_value_comes_back_byte_for_byte(value in proptest::collection::vec(any::<u8>(), 0..4_000), inline in 1usize..500) {
            let key = key("us-east-1");
            let encoded = encode(&key, &value, inline).expect("encodes");
            prop_assert!(encoded.chunks.iter().all(|(_, bytes)| bytes.len() <= inline));
            let compressed = compressed(&encoded);
            if let Payload::Chunked { digest, count } = &encoded.payload {
                prop_assert_eq!(*count as usize, encoded.chunks.len());
                prop_assert_eq!(verify_chunks(&key, digest, &compressed), Ok(()));
            }
            let decoded = decode(&compressed, value.len() as u64, &etag(&value), LARGEST);
            prop_assert_eq!(decoded, Ok(Bytes::from(value)));
        }

        #[test]
        fn arbitrary_bytes_never_make_a_value(bytes in proptest::collection::vec(any::<u8>(), 0..500), size in 0u64..2_000) {
            prop_assert!(decode(&bytes, size, "no digest at all", LARGEST).is_err());
        }
    }

    #[test]
    fn a_bomb_is_not_unpacked() {
        let bomb = zstd::bulk::compress(&vec![0; 8 * LARGEST], 3).expect("compresses");
        assert_eq!(decode(&bomb, 10, "", LARGEST), Err(Corrupt::Compression));
        assert_eq!(decode(&bomb, 8 * LARGEST as u64, "", LARGEST), Err(Corrupt::Compression));
    }

    #[test]
    fn a_changed_value_has_another_digest() {
        let packed = zstd::bulk::compress(b"{\"a\":1}", 3).expect("compresses");
        assert_eq!(decode(&packed, 7, &etag(b"{\"a\":2}"), LARGEST), Err(Corrupt::Digest));
    }

    #[test]
    fn two_keys_never_share_a_chunk() {
        let value: Vec<u8> = (0..=255).collect();
        let digest = |region| encode(&key(region), &value, 10).expect("encodes").chunks.swap_remove(0).0;
        assert_ne!(digest("us-east-1"), digest("us-west-2"));
    }
}
