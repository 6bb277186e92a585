//! Entries: one item each, with the value in it or in chunks beside it.

mod item;

use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemOutput};
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};

use super::attribute::{Item, number, primary_key, text, write_units};
use super::{DynamoDbStore, batch, chunk, epoch};
use crate::key::Key;
use crate::store::{ItemRead, Metered, Snapshot, StoreError, StoreResult, StoredEntry, Units};

/// True where there is no item, and where what is there has an older or an equal fence, one of another incarnation,
/// or none: a comparison with a missing attribute or another type is false.
const NOT_NEWER: &str = "attribute_not_exists(cacheKey) OR NOT (incarnation = :incarnation AND #fence > :fence)";

pub(super) async fn read(store: &DynamoDbStore, key: &Key) -> StoreResult<Snapshot> {
    let keys = vec![epoch::EPOCH.to_owned(), key.as_str().to_owned()];
    let answer = batch::read(store, keys, None).await?;
    Ok(answer.map(|mut items| Snapshot {
        epoch: items.get(epoch::EPOCH).and_then(epoch::parse),
        entry: items.remove(key.as_str()).map_or(ItemRead::Absent, |item| {
            item::parse(item).map_or(ItemRead::Malformed, |entry| ItemRead::Found(entry.into()))
        }),
    }))
}

/// An item that holds no entry must not be in the way, whatever it says of its fence: it comes back with the refusal,
/// and is then replaced if what it says is still the same.
pub(super) async fn write(store: &DynamoDbStore, entry: &StoredEntry) -> StoreResult<bool> {
    let refusal = match put(store, entry, None).await {
        Ok(answer) => return Ok(Metered { units: write_units(answer.consumed_capacity()), value: true }),
        Err(Refused::Item(item)) => item,
        Err(Refused::Fault(error)) => return Err(error),
    };
    let Some(fence) = refusal.get("fence").cloned().filter(|_| item::parse(refusal).is_none()) else {
        return Ok(Metered::free(false));
    };
    match put(store, entry, Some(Item::from([(":malformed".to_owned(), fence)]))).await {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: true }),
        Err(Refused::Item(_)) => Ok(Metered::free(false)),
        Err(Refused::Fault(error)) => Err(error),
    }
}

pub(super) async fn mark_used(store: &DynamoDbStore, key: &Key, created_at: u64, used_at: u64) -> StoreResult<()> {
    let answer = store
        .client
        .update_item()
        .table_name(&store.table)
        .set_key(Some(primary_key(key.as_str())))
        .update_expression("SET usedAt = :used")
        .condition_expression("createdAt = :created AND attribute_not_exists(usedAt)")
        .expression_attribute_values(":used", number(used_at))
        .expression_attribute_values(":created", number(created_at))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    match answer {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: () }),
        Err(error) if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
            Ok(Metered::free(()))
        }
        Err(error) => Err(store.fault("UpdateItem", &error)),
    }
}

/// Reads which entries there are, and which chunks they have, then deletes both in batches. A request that is sent
/// twice changes neither what is deleted nor the count; an entry written in between may leave chunks behind, which
/// are forgotten by their own `ttl`.
pub(super) async fn delete(store: &DynamoDbStore, keys: &[String]) -> StoreResult<u64> {
    // No entry's key begins so: the epoch and leases must not be deleted by anyone's list of keys.
    let keys: Vec<_> = keys.iter().filter(|key| !key.starts_with('#')).cloned().collect();
    let mut units = Units::default();
    let mut deleted = 0;
    for some in keys.chunks(batch::MOST_READS) {
        let found = batch::read(store, some.to_vec(), Some("cacheKey, digest, chunks")).await?;
        let chunks = found.value.values().flat_map(item::chunks).map(|chunk| chunk.to_string());
        let doomed: Vec<_> = found.value.keys().cloned().chain(chunks).collect();
        deleted += found.value.len() as u64;
        units += found.units;
        units += chunk::delete(store, &doomed).await?.units;
    }
    Ok(Metered { value: deleted, units })
}

enum Refused {
    /// This one stands there, and has a newer fence.
    Item(Item),
    Fault(StoreError),
}

/// Puts an entry where nothing newer is, or over the item whose fence is `:malformed`.
async fn put(store: &DynamoDbStore, entry: &StoredEntry, over: Option<Item>) -> Result<PutItemOutput, Refused> {
    let condition = match &over {
        Some(_) => format!("{NOT_NEWER} OR (incarnation = :incarnation AND #fence = :malformed)"),
        None => NOT_NEWER.to_owned(),
    };
    let values = Item::from([
        (":incarnation".to_owned(), text(entry.fence.incarnation.to_string())),
        (":fence".to_owned(), number(entry.fence.counter)),
    ]);
    let item = item::of(entry).map_err(|error| Refused::Fault(StoreError::Failed(error.to_string().into())))?;
    let request = store.client.put_item().table_name(&store.table).set_item(Some(item));
    let answer = request
        .condition_expression(condition)
        .expression_attribute_names("#fence", "fence")
        .set_expression_attribute_values(Some(values.into_iter().chain(over.into_iter().flatten()).collect()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    answer.map_err(|error| match error.as_service_error() {
        Some(PutItemError::ConditionalCheckFailedException(refusal)) => {
            Refused::Item(refusal.item().cloned().unwrap_or_default())
        }
        _ => Refused::Fault(store.fault("PutItem", &error)),
    })
}
