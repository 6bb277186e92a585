//! Batches, and what the service leaves of them unprocessed.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity, WriteRequest};

use super::DynamoDbStore;
use super::attribute::{Item, KEY, primary_key, read_units, text_of, write_units};
use super::backoff::Backoff;
use crate::store::{Metered, StoreError, StoreResult, Units};

/// The most keys in one BatchGetItem.
pub(super) const MOST_READS: usize = 100;
/// The most items in one BatchWriteItem. Twenty-five of 400 KB stay under its other limit, 16 MB.
pub(super) const MOST_WRITES: usize = 25;

/// The items with these keys, at most [`MOST_READS`], by key; strongly consistent. Those that don't exist are absent;
/// a key that the service leaves unprocessed is an error, never absent.
///
/// Of each item there is what `attributes` says, a projection expression that names the key and `#resource` too; all
/// where it is `None`.
pub(super) async fn read(
    store: &DynamoDbStore,
    keys: Vec<String>,
    attributes: Option<&str>,
) -> StoreResult<HashMap<String, Item>> {
    let mut units = Units::default();
    let mut items = HashMap::new();
    let mut backoff = Backoff::new(store.environment.as_ref(), keys.len());
    let mut asked: Vec<Item> = keys.into_iter().map(primary_key).collect();
    while !asked.is_empty() {
        let request = KeysAndAttributes::builder().consistent_read(true).set_keys(Some(asked));
        let request = request.set_projection_expression(attributes.map(ToOwned::to_owned));
        let request = request.set_expression_attribute_names(attributes.map(|_| reserved())).build();
        let request = request.map_err(|error| StoreError::Failed(error.to_string().into()))?;
        let answer = store
            .client
            .batch_get_item()
            .request_items(&store.table, request)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| store.fault("BatchGetItem", &error))?;
        units += read_units(answer.consumed_capacity());
        for item in answer.responses.into_iter().flat_map(HashMap::into_values).flatten() {
            if let Some(key) = text_of(&item, KEY) {
                items.insert(key.to_owned(), item);
            }
        }
        let left = answer.unprocessed_keys.into_iter().flat_map(HashMap::into_values);
        asked = left.flat_map(|left| left.keys).collect();
        if !asked.is_empty() && !backoff.again(asked.len()).await {
            return Err(store.unprocessed("BatchGetItem", asked.len()));
        }
    }
    Ok(Metered { value: items, units })
}

/// `resource` is one of DynamoDB's own words.
fn reserved() -> HashMap<String, String> {
    HashMap::from([("#resource".to_owned(), "resource".to_owned())])
}

/// Sends writes, at most [`MOST_WRITES`], until none is left unprocessed.
pub(super) async fn write(store: &DynamoDbStore, writes: Vec<WriteRequest>) -> StoreResult<()> {
    let mut units = Units::default();
    let mut backoff = Backoff::new(store.environment.as_ref(), writes.len());
    let mut asked = writes;
    while !asked.is_empty() {
        let answer = store
            .client
            .batch_write_item()
            .request_items(&store.table, asked)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| store.fault("BatchWriteItem", &error))?;
        units += write_units(answer.consumed_capacity());
        asked = answer.unprocessed_items.into_iter().flat_map(HashMap::into_values).flatten().collect();
        if !asked.is_empty() && !backoff.again(asked.len()).await {
            return Err(store.unprocessed("BatchWriteItem", asked.len()));
        }
    }
    Ok(Metered { value: (), units })
}
