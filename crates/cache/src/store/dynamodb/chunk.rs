//! The items `#chunk#<digest>#<n>`.

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, DeleteRequest, PutRequest, WriteRequest};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};

use super::DynamoDbStore;
use super::attribute::{number, primary_key};
use super::batch::{self, MOST_READS, MOST_WRITES};
use crate::store::{ChunkId, Metered, StoreError, StoreResult, Units};

/// Chunks moved by one request: 4 MB, which an attempt's second is enough for. A full batch would be 9 MB to write
/// and 16 MB to read.
const PER_REQUEST: usize = 12;
/// Requests under way at a time.
const SIDE_BY_SIDE: usize = 4;

const _: () = assert!(PER_REQUEST <= MOST_READS && PER_REQUEST <= MOST_WRITES);

pub(super) async fn write(store: &DynamoDbStore, chunks: &[(ChunkId, Bytes)], ttl: u64) -> StoreResult<()> {
    let requests = chunks.chunks(PER_REQUEST).map(|some| async move {
        let puts: Result<Vec<_>, _> = some.iter().map(|(id, bytes)| put(id, bytes, ttl)).collect();
        batch::write(store, puts.map_err(|error| incomplete(&error))?).await
    });
    all(requests.collect()).await
}

/// Deletes items by key, chunks and entries alike.
pub(super) async fn delete(store: &DynamoDbStore, keys: &[String]) -> StoreResult<()> {
    let requests = keys.chunks(MOST_WRITES).map(|some| async move {
        let deletions: Result<Vec<_>, _> = some.iter().map(|key| deletion(key)).collect();
        batch::write(store, deletions.map_err(|error| incomplete(&error))?).await
    });
    all(requests.collect()).await
}

pub(super) async fn read(store: &DynamoDbStore, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
    let requests: Vec<_> = ids.chunks(PER_REQUEST).map(|some| read_some(store, some)).collect();
    let mut answers = futures::stream::iter(requests).buffered(SIDE_BY_SIDE);
    let mut units = Units::default();
    let mut chunks = Vec::with_capacity(ids.len());
    while let Some(answer) = answers.try_next().await? {
        units += answer.units;
        chunks.extend(answer.value);
    }
    Ok(Metered { value: chunks, units })
}

async fn read_some(store: &DynamoDbStore, ids: &[ChunkId]) -> StoreResult<Vec<Option<Bytes>>> {
    let answer = batch::read(store, ids.iter().map(ToString::to_string).collect(), None).await?;
    Ok(answer.map(|mut items| {
        let data = ids.iter().map(|id| items.remove(&id.to_string())?.remove("data"));
        data.map(|data| match data {
            Some(AttributeValue::B(data)) => Some(Bytes::from(data.into_inner())),
            _ => None,
        })
        .collect()
    }))
}

/// Drives requests side by side; the first failure ends them.
async fn all(requests: Vec<impl Future<Output = StoreResult<()>>>) -> StoreResult<()> {
    let mut answers = futures::stream::iter(requests).buffer_unordered(SIDE_BY_SIDE);
    let mut units = Units::default();
    while let Some(answer) = answers.try_next().await? {
        units += answer.units;
    }
    Ok(Metered { value: (), units })
}

fn put(id: &ChunkId, bytes: &Bytes, ttl: u64) -> Result<WriteRequest, BuildError> {
    let item = PutRequest::builder()
        .set_item(Some(primary_key(id.to_string())))
        .item("data", AttributeValue::B(Blob::new(bytes.to_vec())))
        .item("ttl", number(ttl));
    Ok(WriteRequest::builder().put_request(item.build()?).build())
}

fn deletion(key: &str) -> Result<WriteRequest, BuildError> {
    let request = DeleteRequest::builder().set_key(Some(primary_key(key))).build()?;
    Ok(WriteRequest::builder().delete_request(request).build())
}

fn incomplete(error: &BuildError) -> StoreError {
    StoreError::Failed(error.to_string().into())
}
