//! Listings, from the index.

use aws_sdk_dynamodb::types::ReturnConsumedCapacity;

use super::DynamoDbStore;
use super::attribute::{Item, KEY, number, number_of, primary_key, read_units, text, text_of};
use crate::store::{Listed, Metered, Page, StoreError, StoreResult};

const INDEX: &str = "dataType-createdAt-index";
const DATA_TYPE: &str = "dataType";
const CREATED_AT: &str = "createdAt";

/// One page of the index. Only entries have its keys.
pub(super) async fn page(
    store: &DynamoDbStore,
    data_type: &str,
    after: Option<&str>,
    limit: usize,
) -> StoreResult<Page> {
    let start = after.map(|after| start_key(data_type, after)).transpose()?;
    let answer = store
        .client
        .query()
        .table_name(&store.table)
        .index_name(INDEX)
        .key_condition_expression("#dataType = :dataType")
        .expression_attribute_names("#dataType", DATA_TYPE)
        .expression_attribute_values(":dataType", text(data_type))
        .limit(i32::try_from(limit.max(1)).unwrap_or(i32::MAX))
        .set_exclusive_start_key(start)
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .map_err(|error| store.fault("Query", &error))?;
    Ok(Metered {
        units: read_units(answer.consumed_capacity()),
        value: Page {
            entries: answer.items().iter().filter_map(listed).collect(),
            next: answer.last_evaluated_key().and_then(position),
        },
    })
}

/// Where the index goes on after a position that an earlier page handed out.
fn start_key(data_type: &str, position: &str) -> Result<Item, StoreError> {
    let (created_at, key) = position
        .split_once('|')
        .ok_or_else(|| StoreError::Failed(format!("{position:?} is no position in a listing").into()))?;
    let mut start = primary_key(key);
    start.insert(DATA_TYPE.to_owned(), text(data_type));
    start.insert(CREATED_AT.to_owned(), number(created_at));
    Ok(start)
}

/// The number goes out as it is: even an item that is no entry, and left out of the page, can be its last.
fn position(last: &Item) -> Option<String> {
    let created_at = last.get(CREATED_AT)?.as_n().ok()?;
    Some(format!("{created_at}|{}", text_of(last, KEY)?))
}

/// What the index projects of an entry; an item that is none is left out.
fn listed(item: &Item) -> Option<Listed> {
    Some(Listed {
        key: text_of(item, KEY)?.to_owned(),
        data_type: text_of(item, DATA_TYPE)?.to_owned(),
        region: text_of(item, "region")?.to_owned(),
        account_id: text_of(item, "accountId")?.to_owned(),
        created_at: number_of(item, CREATED_AT)?,
        expires_at: number_of(item, "expiresAt")?,
        used_at: number_of(item, "usedAt"),
        size: number_of(item, "size")?,
    })
}
