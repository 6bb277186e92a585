//! Entries: one item each, with the value in it or in chunks beside it.

mod item;

use std::collections::BTreeSet;

use aws_sdk_dynamodb::operation::put_item::PutItemOutput;
use aws_sdk_dynamodb::types::{ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure};

use super::attribute::{Item, number, primary_key, text, text_of, write_units};
use super::refusal::Refusal;
use super::{DynamoDbStore, batch, chunk, epoch, lease};
use crate::epoch::EPOCH;
use crate::key::Key;
use crate::store::{ItemRead, Metered, Snapshot, StoreError, StoreResult, StoredEntry, Units};

/// True where there is no item, and where what is there has an older or an equal fence, one of another incarnation,
/// or none: a comparison with a missing attribute or another type is false.
const NOT_NEWER: &str = "attribute_not_exists(cacheKey) OR NOT (incarnation = :incarnation AND #fence > :fence)";

pub(super) async fn read(store: &DynamoDbStore, key: &Key) -> StoreResult<Snapshot> {
    let keys = vec![EPOCH.to_owned(), key.as_str().to_owned()];
    let answer = batch::read(store, keys, None).await?;
    Ok(answer.map(|mut items| Snapshot {
        epoch: items.get(EPOCH).and_then(epoch::parse),
        entry: items.remove(key.as_str()).map_or(ItemRead::Absent, item::read),
    }))
}

/// An item that holds no entry must not be in the way, whatever it says of its fence: it comes back with the refusal,
/// and is then replaced if what it says is still the same.
pub(super) async fn write(store: &DynamoDbStore, entry: &StoredEntry) -> StoreResult<bool> {
    let standing = match put(store, entry, None).await {
        Ok(answer) => return Ok(Metered { units: write_units(answer.consumed_capacity()), value: true }),
        Err(Refusal::Condition(item)) => item.unwrap_or_default(),
        Err(Refusal::Fault(error)) => return Err(error),
    };
    let Some(fence) = standing.get("fence").cloned().filter(|_| item::parse(standing).is_none()) else {
        return Ok(Metered::free(false));
    };
    match put(store, entry, Some(Item::from([(":malformed".to_owned(), fence)]))).await {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: true }),
        Err(Refusal::Condition(_)) => Ok(Metered::free(false)),
        Err(Refusal::Fault(error)) => Err(error),
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
    match answer.map_err(|error| store.refusal(&error)) {
        Ok(answer) => Ok(Metered { units: write_units(answer.consumed_capacity()), value: () }),
        Err(Refusal::Condition(_)) => Ok(Metered::free(())),
        Err(Refusal::Fault(error)) => Err(error),
    }
}

/// Reads which entries there are, and which chunks and leases they have, then deletes all of it in batches. A request
/// that is sent twice changes neither what is deleted nor the count; an entry written in between may leave chunks behind,
/// which are forgotten by their own `ttl`, and a lease taken in between may be lost, which costs a fetch more.
pub(super) async fn delete(store: &DynamoDbStore, keys: &[String], resource: Option<&str>) -> StoreResult<u64> {
    // No entry's key begins so: the epoch and leases must not be deleted by anyone's list of keys. A batch refuses a
    // key that it has twice.
    let keys: BTreeSet<_> = keys.iter().filter(|key| !key.starts_with('#')).cloned().collect();
    let keys: Vec<_> = keys.into_iter().collect();
    let mut units = Units::default();
    let mut deleted = 0;
    for some in keys.chunks(batch::MOST_READS) {
        let mut found = batch::read(store, some.to_vec(), Some("cacheKey, digest, chunks, lease, #resource")).await?;
        found.value.retain(|_, item| match (resource, text_of(item, "resource")) {
            (Some(asked), Some(has)) => asked == has,
            _ => true,
        });
        let chunks = found.value.values().flat_map(item::chunks).map(|chunk| chunk.to_string());
        let leased = found.value.iter().filter(|(_, item)| item.contains_key("lease"));
        let leases = leased.map(|(key, _)| lease::name(key));
        // Leases first: one that is left behind by an entry would look as if somebody held it.
        units += chunk::delete(store, &leases.collect::<Vec<_>>()).await?.units;
        let doomed: Vec<_> = found.value.keys().cloned().chain(chunks).collect();
        deleted += found.value.len() as u64;
        units += found.units;
        units += chunk::delete(store, &doomed).await?.units;
    }
    Ok(Metered { value: deleted, units })
}

/// Puts an entry where nothing newer is, or over the item whose fence is `:malformed`.
async fn put(store: &DynamoDbStore, entry: &StoredEntry, over: Option<Item>) -> Result<PutItemOutput, Refusal> {
    let condition = match &over {
        Some(_) => format!("{NOT_NEWER} OR (incarnation = :incarnation AND #fence = :malformed)"),
        None => NOT_NEWER.to_owned(),
    };
    let values = Item::from([
        (":incarnation".to_owned(), text(entry.fence.incarnation.to_string())),
        (":fence".to_owned(), number(entry.fence.counter)),
    ]);
    let item = item::of(entry).map_err(|error| Refusal::Fault(StoreError::Failed(error.to_string().into())))?;
    let request = store.client.put_item().table_name(&store.table).set_item(Some(item));
    let answer = request
        .condition_expression(condition)
        .expression_attribute_names("#fence", "fence")
        .set_expression_attribute_values(Some(values.into_iter().chain(over.into_iter().flatten()).collect()))
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await;
    answer.map_err(|error| store.refusal(&error))
}
